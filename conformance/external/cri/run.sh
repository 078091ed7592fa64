#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Drives the runtime through containerd's CRI plugin, as a kubelet does: RUNTIME=PATH sh conformance/external/cri/run.sh
# crictl is built as an ordinary Go package of a pinned go.mod, which takes Go 1.24 and, the first time, a module proxy.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
. "$HERE/../driver.sh"
require containerd containerd
require busybox busybox-static
require ip iproute2
require script bsdutils
if [ ! -x "$HERE/build/crictl" ] || [ "$HERE/go.mod" -nt "$HERE/build/crictl" ]; then
  require go golang-go
  (cd "$HERE" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -trimpath -ldflags '-s -w' -o build/ sigs.k8s.io/cri-tools/cmd/crictl) || exit 1
  touch "$HERE/build/crictl"
fi
isolated "$HERE/cases.sh"
