#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a Debian root filesystem as an ordinary user: RUNTIME=PATH sh conformance/external/rootless/run.sh
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
. "$HERE/../driver.sh"
require debootstrap debootstrap
require newuidmap uidmap
require setpriv util-linux
ARCHIVE=$(sh "$HERE/../nginx/rootfs-archive.sh") || exit 1
isolated "$HERE/cases.sh" "$ARCHIVE"
