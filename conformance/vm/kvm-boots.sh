#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Succeeds where KVM can run a stock kernel; else says why not. KVM may open and still not do that, as inside some
# virtual machines, so a kernel of this machine is started: it ends in panic, because it is given no root.
set -u
no() { echo "$*"; exit 1; }

[ "$(id -u)" = 0 ] || no 'needs root'
[ -w /dev/kvm ] || no 'no KVM here'
for program in qemu-system-x86_64 qemu-img mmdebstrap; do
  command -v $program >/dev/null || no "no $program here"
done
for kernel in /boot/vmlinuz-*; do :; done
[ -e "$kernel" ] || no 'no kernel in /boot to try KVM with'
timeout -k 5 60 qemu-system-x86_64 -M q35 -accel kvm -cpu host -m 512 -nodefaults -no-user-config -display none -nic none \
  -no-reboot -kernel "$kernel" -append 'console=ttyS0 panic=-1' -serial stdio </dev/null 2>/dev/null |
  grep -q 'Unable to mount root fs' || no 'KVM here cannot run a kernel'
