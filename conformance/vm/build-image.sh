#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds what conformance/vm/guest.sh boots, from Debian packages alone: build-image.sh DIRECTORY ARCHITECTURE SUITE apparmor|selinux [PACKAGE]...
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
image=$1 arch=$2 suite=$3 lsm=$4
shift 4
packages="linux-image-$arch initramfs-tools zstd kmod udev systemd systemd-sysv dbus dbus-user-session libpam-systemd
  nodejs runc crun containerd docker.io podman conmon netavark uidmap passt fuse-overlayfs golang-github-containers-common ca-certificates
  iproute2 nftables iptables procps mount util-linux bsdutils busybox-static e2fsprogs xfsprogs strace bpftool apparmor $*"
# Older suites have the command in docker.io.
[ "$suite" = bookworm ] || packages="$packages docker-cli"
# What is run there must be built there.
[ "$arch" = "$(dpkg --print-architecture)" ] || packages="$packages gcc g++ libc6-dev make musl-tools"
[ "$lsm" != selinux ] || packages="$packages selinux-policy-default policycoreutils"

rm -rf "$image"
mkdir -p "$image"
root=$image/root
trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT TERM HUP

# The modules that it takes to find the disk; all others are loaded from there.
# shellcheck disable=SC2016
initramfs='mkdir -p "$1/etc/initramfs-tools/conf.d"
  echo MODULES=list >"$1/etc/initramfs-tools/conf.d/runts"
  printf "%s\n" virtio_pci virtio_blk ext4 >"$1/etc/initramfs-tools/modules"'

echo "building a $suite image for $arch with $lsm in $image" >&2
mmdebstrap --mode=root --architectures="$arch" --variant=minbase --skip=output/dev --include="$(echo $packages | tr ' ' ,)" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
  --essential-hook="$initramfs" "$suite" "$root" >"$image/log" 2>&1 || { tail -n 20 "$image/log" >&2; exit 1; }

# Older suites have a Node.js that cannot run the cases.
if [ "$(chroot "$root" node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
  [ "$arch" = "$(dpkg --print-architecture)" ] || { echo "$suite has no Node.js for the cases; this machine's is not for $arch" >&2; exit 1; }
  install -m 755 "$(readlink -f "$(command -v node)")" "$root/usr/local/bin/node"
fi

install -m 755 "$HERE/guest-agent.sh" "$root/usr/local/sbin/runts-agent"
install -m 644 "$HERE/guest-agent.service" "$root/etc/systemd/system/runts-agent.service"
echo runts-vm >"$root/etc/hostname"
printf '127.0.0.1 localhost runts-vm\n::1 localhost\n' >"$root/etc/hosts"
: >"$root/etc/fstab"
# A machine without an identity takes its start for the first and enables every unit again.
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
touch -d tomorrow "$root/etc/.updated" "$root/var/.updated"
printf '%s\n' virtio_console 9p 9pnet_virtio overlay loop dummy veth bridge tun fuse >"$root/etc/modules-load.d/runts.conf"

# An ordinary user whose manager runs without a login and may set every limit.
chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash tester
for ids in subuid subgid; do grep -q '^tester:' "$root/etc/$ids" || echo tester:100000:65536 >>"$root/etc/$ids"; done
mkdir -p "$root/var/lib/systemd/linger" "$root/etc/systemd/system/user@.service.d"
: >"$root/var/lib/systemd/linger/tester"
printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >"$root/etc/systemd/system/user@.service.d/delegate.conf"

# Emulation is so slow that each unit of a usual start counts, and that what is well would be given up: engines start
# when a case wants them, and profiles of programs that are not here need not be compiled.
for unit in containerd docker docker.socket podman podman.socket podman-restart podman-auto-update.timer podman-clean-transient nftables \
  netavark-dhcp-proxy.socket netavark-firewalld-reload apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap fstrim.timer; do
  chroot "$root" systemctl --quiet disable "$unit" 2>/dev/null || true
done
chroot "$root" systemctl --quiet mask getty@tty1 getty@ttyS0 serial-getty@ttyS0 console-getty modprobe@drm modprobe@efi_pstore \
  ldconfig systemd-firstboot systemd-hwdb-update systemd-journal-catalog-update systemd-journal-flush systemd-networkd \
  systemd-networkd-wait-online systemd-pstore systemd-random-seed systemd-resolved systemd-timesyncd systemd-tpm2-setup \
  systemd-tpm2-setup-early systemd-update-done systemd-update-utmp e2scrub_reap
mkdir -p "$root/etc/systemd/system.conf.d" "$root/etc/systemd/user.conf.d" "$root/etc/systemd/journald.conf.d"
echo '[Manager]
DefaultTimeoutStartSec=30min
DefaultDeviceTimeoutSec=30min' | tee "$root/etc/systemd/system.conf.d/slow.conf" >"$root/etc/systemd/user.conf.d/slow.conf"
echo '[Journal]
Storage=volatile' >"$root/etc/systemd/journald.conf.d/volatile.conf"
mkdir "$root/etc/apparmor.d/unused"
for profile in "$root"/etc/apparmor.d/*; do
  [ -f "$profile" ] || continue
  case ${profile##*/} in
    runc | crun | podman | passt* | pasta* | *busybox* | *unshare*) ;;
    *) mv "$profile" "$root/etc/apparmor.d/unused/" ;;
  esac
done
mv "$root/etc/apparmor.d/unused" "$root/etc/apparmor.unused"
chroot "$root" systemctl --quiet enable runts-agent apparmor
chroot "$root" systemctl --quiet set-default multi-user.target

cp -L "$root/vmlinuz" "$image/vmlinuz"
cp -L "$root/initrd.img" "$image/initrd"
rm -rf "$root/boot" "$root/var/cache/apt" "$root/var/lib/apt/lists"
mke2fs -q -t ext4 -d "$root" -m 0 "$image/root.ext4" 6G
: >"$image/complete"
