#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the programs of runtime-tools, and the root filesystem they unpack, into build/: sh build.sh [PROGRAM...]
# Without names all of them. It takes a Go toolchain of 1.19 or newer, and a module proxy for the first time.
set -eu
cd "$(dirname "$0")"
module=github.com/opencontainers/runtime-tools
export CGO_ENABLED=0 GOFLAGS='-buildvcs=false -mod=readonly'

all_programs() {
  sed -n "s,^.*\"$module/validation/\(.*\)\"\$,\1,p" programs.go
}

# Where a Debian machine keeps a toolchain that is not on the PATH.
command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin
command -v go >/dev/null || { echo 'go is missing: apt-get install golang-go' >&2; exit 1; }
command -v busybox >/dev/null || { echo 'busybox is missing: apt-get install busybox-static' >&2; exit 1; }

# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(all_programs)
mkdir -p build/programs
for program in "$@"; do packages="${packages:-} $module/validation/$program"; done
# shellcheck disable=SC2086
go build -trimpath -ldflags '-s -w' -o build/programs/ $packages
go build -trimpath -ldflags '-s -w' -o build/ "$module/cmd/runtimetest" "$module/cmd/oci-runtime-tool"

rootfs=$(mktemp -d)
trap 'rm -rf "$rootfs"' EXIT
# The programs unpack it over a directory that takes this mode, and containers with a user namespace pass through it.
chmod 755 "$rootfs"
sh ../external/busybox-rootfs.sh "$rootfs"
tar -C "$rootfs" --sort=name --owner=0 --group=0 --numeric-owner -czf "build/rootfs-$(go env GOARCH).tar.gz" .
