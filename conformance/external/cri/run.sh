#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Drives the runtime through containerd's CRI plugin, as a kubelet does: RUNTIME=PATH sh conformance/external/cri/run.sh
# crictl is built first (build.sh).
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
. "$HERE/../driver.sh"
require containerd containerd
require busybox busybox-static
require ip iproute2
require script bsdutils
sh "$HERE/build.sh" || exit 1
isolated "$HERE/cases.sh"
