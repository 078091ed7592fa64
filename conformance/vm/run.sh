#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs black-box cases on a Debian kernel in QEMU, with cgroup v2 alone and AppArmor or SELinux: what the machine at
# hand may not have. As root: [VM_LSM=selinux] [RUNTIME=runc] sh conformance/vm/run.sh [ROOM or ROOM/FILE]...
#   VM_LSM       apparmor, or selinux with Debian's policy, permissive        VM_SUITE   of Debian, trixie by default
#   VM_ACCEL     tcg, emulation that works everywhere, or kvm, which is 10 to 30 times faster
#   VM_CACHE     where the image stays, about 1 GB; removing it is all that undoes a build
#   VM_SECONDS   patience with the whole run, 3600 by default
# The last line counts; the exit status is that of conformance/run.sh, or 125 where no guest answered.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
cd "$HERE/../.."
: "${VM_LSM:=apparmor}" "${VM_SUITE:=trixie}" "${VM_ACCEL:=tcg}" "${VM_CACHE:=/var/tmp/runts-vm}" "${VM_SECONDS:=3600}"
: "${RUNTIME:=dist/runts}" "${WAIT_SECONDS:=300}"
[ $# -gt 0 ] || set -- security/lsm

die() { printf 'vm: %s\n' "$*" >&2; exit 125; }

[ "$(id -u)" = 0 ] || die 'needs root'
case $VM_LSM in apparmor | selinux) ;; *) die "VM_LSM is apparmor or selinux, not $VM_LSM" ;; esac
for program in qemu-system-x86_64 mmdebstrap mke2fs; do
  command -v $program >/dev/null ||
    die "missing $program: apt-get install --no-install-recommends qemu-system-x86 mmdebstrap e2fsprogs"
done

sh src/tools/prepare.sh test >&2
make -s -C conformance/probe

image=$VM_CACHE/$VM_SUITE-$VM_LSM-$(cat "$HERE/build-image.sh" "$HERE/guest-init.sh" | sha256sum | cut -c1-12)
[ -e "$image/complete" ] || sh "$HERE/build-image.sh" "$image" "$VM_SUITE" "$VM_LSM" || die 'the image was not built'

out=$(mktemp -d "${TMPDIR:-/tmp}/runts-vm.XXXXXX")
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM HUP

quoted() { printf "'%s' " "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }
{
  echo "cd $(quoted "$PWD")"
  echo "export PREPARED=1 JOBS=1 RUNTIME=$(quoted "$RUNTIME") WAIT_SECONDS=$(quoted "$WAIT_SECONDS")"
  printf 'exec sh conformance/run.sh '
  for wanted in "$@"; do quoted "$wanted"; done
  echo
} >"$out/job"
printf '%s\n' "$PWD" >"$out/place"

case $VM_LSM in selinux) lsm='selinux=1 security=selinux enforcing=0' ;; *) lsm='apparmor=1 security=apparmor' ;; esac
# One processor: emulated ones wait for each other on a busy machine until the kernel takes them for dead.
share='security_model=passthrough,multidevs=remap'
timeout --foreground -s KILL "$VM_SECONDS" qemu-system-x86_64 -M q35 -accel "$VM_ACCEL" -cpu max -smp 1 -m 2048 \
  -nodefaults -no-user-config -display none -nic none -no-reboot -rtc base=utc \
  -kernel "$image/vmlinuz" -initrd "$image/initrd" \
  -append "root=/dev/vda rw init=/usr/local/sbin/guest-init console=ttyS0 quiet panic=-1 mitigations=off no_timer_check $lsm" \
  -drive "if=virtio,file=$image/root.ext4,format=raw,snapshot=on,cache=unsafe" \
  -object rng-random,filename=/dev/urandom,id=random -device virtio-rng-pci,rng=random \
  -virtfs "local,path=$PWD,mount_tag=work,$share" -virtfs "local,path=$out,mount_tag=out,$share" \
  -serial "file:$out/console" -serial stdio </dev/null >&1 2>"$out/qemu" || true

[ -s "$out/status" ] || { cat "$out/qemu" >&2; tail -n 20 "$out/console" >&2; die 'the guest gave no answer; its last lines are above'; }
exit "$(cat "$out/status")"
