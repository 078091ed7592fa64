#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Everyday use of Debian's podman with the runtime as its own, as root and as an ordinary user, and of buildah:
# [RUNTIME=PATH] sh conformance/external/podman/run.sh [WORD...]. With words, only checks whose sentence has one of them.
# Storage, configuration and networks are this driver's own, and nothing of them survives it.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
. "$HERE/../driver.sh"
require podman podman
require buildah buildah
require conmon conmon
require /usr/lib/podman/netavark netavark
require slirp4netns slirp4netns
require iptables iptables
require busybox busybox-static
require debootstrap debootstrap
require script bsdutils
require newuidmap uidmap
ARCHIVE=$(sh "$HERE/../nginx/rootfs-archive.sh") || exit 1
export ARCHIVE
isolated "$HERE/cases.sh" "$@"
