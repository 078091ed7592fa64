#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds what conformance/vm/run.sh boots, from Debian packages alone: build-image.sh DIRECTORY SUITE apparmor|selinux
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
image=$1 suite=$2 lsm=$3
packages='linux-image-amd64 initramfs-tools zstd kmod nodejs runc iproute2 procps mount busybox-static e2fsprogs xfsprogs apparmor'
[ "$lsm" != selinux ] || packages="$packages selinux-policy-default policycoreutils"

rm -rf "$image"
mkdir -p "$image"
root=$image/root
trap 'rm -rf "$root"' EXIT

# The modules that it takes to find the disk; all others are loaded from there.
# shellcheck disable=SC2016
initramfs='mkdir -p "$1/etc/initramfs-tools/conf.d"
  echo MODULES=list >"$1/etc/initramfs-tools/conf.d/runts"
  printf "%s\n" virtio_pci virtio_blk ext4 >"$1/etc/initramfs-tools/modules"'

echo "building a $suite image with $lsm in $image" >&2
mmdebstrap --mode=root --variant=minbase --skip=output/dev --include="$(echo $packages | tr ' ' ,)" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
  --essential-hook="$initramfs" "$suite" "$root" >"$image/log" 2>&1 || { tail -n 20 "$image/log" >&2; exit 1; }

install -m 755 "$HERE/guest-init.sh" "$root/usr/local/sbin/guest-init"
cp -L "$root/vmlinuz" "$image/vmlinuz"
cp -L "$root/initrd.img" "$image/initrd"
rm -rf "$root/boot" "$root/var/cache/apt" "$root/var/lib/apt/lists"
mke2fs -q -t ext4 -d "$root" -m 0 "$image/root.ext4" 4G
: >"$image/complete"
