#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The calls that CRI-O makes, without CRI-O, which Debian 12 has not: RUNTIME=PATH sh conformance/external/crio/run.sh
# Debian's conmon creates and executes with CRI-O's arguments, and everything else is called as CRI-O calls it, with the
# path and root of the stanza in docs/engines.md (internal/oci/runtime_oci.go of CRI-O 1.30 and later).
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
. "$HERE/../driver.sh"
require conmon conmon
require busybox busybox-static
require script bsdutils
isolated "$HERE/cases.sh"
