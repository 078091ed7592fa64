#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Drives the runtime through Debian's containerd and ctr: RUNTIME=PATH sh conformance/external/containerd/run.sh
# containerd has its own root, state, socket and configuration, and nothing of it survives this script.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
. "$HERE/../driver.sh"
require containerd containerd
require ctr containerd
require busybox busybox-static
require script bsdutils
isolated "$HERE/cases.sh"
