#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs nginx on a Debian root filesystem in its own network: RUNTIME=PATH sh conformance/external/nginx/run.sh
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
. "$HERE/../driver.sh"
require debootstrap debootstrap
require busybox busybox-static
ARCHIVE=$(sh "$HERE/rootfs-archive.sh") || exit 1
isolated "$HERE/cases.sh" "$ARCHIVE"
