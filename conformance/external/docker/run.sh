#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Everyday use of Debian's Docker with the runtime as its default: [RUNTIME=PATH] sh conformance/external/docker/run.sh [WORD...]
# With words, only checks whose sentence has one of them (and those that set up). The daemon has its own data root, exec
# root, socket, bridge and network namespace, and nothing of it survives this script.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
. "$HERE/../driver.sh"
require dockerd docker.io
require iptables iptables
require busybox busybox-static
require debootstrap debootstrap
require script bsdutils
ARCHIVE=$(sh "$HERE/../nginx/rootfs-archive.sh") || exit 1
export ARCHIVE
isolated "$HERE/cases.sh" "$@"
