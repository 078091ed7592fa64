#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds crictl into build/ as an ordinary Go package of a pinned go.mod: sh build.sh
# That takes Go 1.24 or newer and, the first time, a module proxy.
set -eu
cd "$(dirname "$0")"
if [ -x build/crictl ] && [ ! go.mod -nt build/crictl ]; then exit 0; fi
# Where a Debian machine keeps a toolchain that is not on the PATH.
command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin
command -v go >/dev/null || { echo 'go is missing: apt-get install golang-go' >&2; exit 1; }
CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -trimpath -ldflags '-s -w' -o build/ sigs.k8s.io/cri-tools/cmd/crictl
touch build/crictl
