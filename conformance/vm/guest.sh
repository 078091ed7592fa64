#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a shell command as root of a Debian guest in QEMU: systemd as pid 1, cgroup v2 alone, AppArmor or SELinux.
#   [VM_…=…] sh conformance/vm/guest.sh 'COMMAND'
#   VM_ARCH      amd64, or arm64, always emulated; conformance/README.md says what it takes
#   VM_SUITE     of Debian, trixie by default; bookworm has cgroup v1 too, see VM_APPEND
#   VM_LSM       apparmor, or selinux with Debian's policy, permissive
#   VM_APPEND    further arguments for the kernel: systemd.unified_cgroup_hierarchy=0 is v1 with an empty v2 beside it
#                (hybrid), with systemd.legacy_systemd_cgroup_controller=1 after it v1 alone
#   VM_USER      who runs the command: root, or tester, an ordinary user with a systemd --user manager and subordinate ids
#   VM_PACKAGES  further packages of Debian
#   VM_ACCEL     kvm, tcg (emulation), or auto: kvm where a guest really comes up with it
#   VM_CACHE     where images and booted guests are kept, 2 GB; removing it is all that undoes a build
#   VM_SECONDS   patience with the command, 3600 by default
# This repository is mounted in the guest at the place it has outside. Output is that of the command; so is the exit
# status, or 125 where no guest answered. Every guest starts from the same saved moment and its disk is thrown away.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
cd "$HERE/../.."
: "${VM_ARCH:=amd64}" "${VM_SUITE:=trixie}" "${VM_LSM:=apparmor}" "${VM_APPEND:=}" "${VM_USER:=root}" "${VM_PACKAGES:=}" "${VM_ACCEL:=auto}"
: "${VM_CACHE:=/var/tmp/runts-vm}" "${VM_SECONDS:=3600}"
# Emulated processors that wait for each other on a busy machine are taken for dead by the kernel: one is safer.
: "${VM_PROCESSORS:=1}" "${VM_MEMORY:=2048}"

die() { printf 'vm: %s\n' "$*" >&2; exit 125; }

[ $# = 1 ] || { sed -n '3,19s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ "$(id -u)" = 0 ] || die 'needs root'
case $VM_LSM in
  apparmor) lsm='apparmor=1 security=apparmor' ;;
  selinux) lsm='selinux=1 security=selinux enforcing=0' ;;
  *) die "VM_LSM is apparmor or selinux, not $VM_LSM" ;;
esac
case $VM_ARCH in
  amd64) qemu_program=qemu-system-x86_64 machine_type=q35,hpet=off console=ttyS0 cpu=max packages=qemu-system-x86 ;;
  # With pointer authentication, which `max` has, emulation is far slower.
  arm64) qemu_program=qemu-system-aarch64 machine_type=virt console=ttyAMA0 cpu=neoverse-n1
    packages='qemu-system-arm qemu-user-static binfmt-support arch-test' ;;
  *) die "VM_ARCH is amd64 or arm64, not $VM_ARCH" ;;
esac
for program in $qemu_program qemu-img mmdebstrap mke2fs flock; do
  command -v $program >/dev/null ||
    die "missing $program: apt-get install --no-install-recommends $packages qemu-utils mmdebstrap e2fsprogs"
done

# See build-image.sh about time-outs.
arguments='systemd.unified_cgroup_hierarchy=1 systemd.show_status=1 systemd.service_watchdogs=0 udev.event_timeout=1800'

fingerprint() { sha256sum | cut -c1-12; }

image=$VM_CACHE/$VM_ARCH-$VM_SUITE-$VM_LSM-$({ cat "$HERE"/build-image.sh "$HERE"/guest-agent.*; echo "$VM_PACKAGES"; } | fingerprint)
# What a saved guest depends on besides its image.
machine=$({ $qemu_program --version; echo "$VM_APPEND $VM_PROCESSORS $VM_MEMORY"; cat "$0"; } | fingerprint)

out=$(mktemp -d "${TMPDIR:-/tmp}/runts-vm.XXXXXX")
qemu=''
clean_up() {
  [ -z "$qemu" ] || { kill "$qemu" && wait "$qemu"; } 2>/dev/null || true
  rm -rf "$out"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
mkfifo "$out/control.in" "$out/control.out" "$out/monitor.in" "$out/monitor.out" "$out/output"
mkdir "$out/share"

# start_qemu ACCELERATOR DISK SECONDS ARGUMENT...: in the background; the guest's output is this script's. It goes through a
# pipe: with stdio the end of the input would count as the end of the port, and the guest would wait for good.
start_qemu() {
  accel=$1 disk=$2 seconds=$3
  shift 3
  [ "$accel" != kvm ] || cpu=host
  files='security_model=passthrough,multidevs=remap'
  timeout --foreground -s KILL "$seconds" "$qemu_program" -M $machine_type -accel "$accel" -cpu "$cpu" \
    -smp "$VM_PROCESSORS" -m "$VM_MEMORY" -nodefaults -no-user-config -display none -nic none -no-reboot -rtc base=utc \
    -kernel "$image/vmlinuz" -initrd "$image/initrd" \
    -append "root=/dev/vda rw console=$console quiet panic=-1 mitigations=off nokaslr no_timer_check $arguments $lsm $VM_APPEND" \
    -drive "if=virtio,file=$disk,format=qcow2,cache=unsafe" \
    -object rng-random,filename=/dev/urandom,id=random -device virtio-rng-pci,rng=random \
    -virtfs "local,path=$PWD,mount_tag=work,$files" -virtfs "local,path=$out/share,mount_tag=out,$files" \
    -serial "file:$out/console" -chardev "pipe,id=monitor,path=$out/monitor" -mon chardev=monitor,mode=readline \
    -device virtio-serial-pci -chardev "pipe,id=control,path=$out/control" \
    -device virtserialport,chardev=control,name=runts.control \
    -chardev "file,id=output,path=$out/output" -device virtserialport,chardev=output,name=runts.output \
    "$@" </dev/null >"$out/qemu" 2>&1 &
  qemu=$!
  cat "$out/output" &
  output=$!
}

end_of_qemu() {
  wait "$qemu" || true
  # A QEMU that failed early never opened it.
  : <>"$out/output"
  wait "$output"
  qemu=''
}

# Boots the image once and saves the machine as it is when all its services are up.
save_guest() {
  accel=$1 saved=$2 patience=$3
  rm -rf "$saved"
  mkdir -p "$saved"
  qemu-img create -q -f qcow2 -b "$image/root.ext4" -F raw "$saved/disk"
  start_qemu "$accel" "$saved/disk" "$patience"
  # What the monitor says has to be read, or QEMU stands still.
  cat "$out/monitor.out" >/dev/null &
  reader=$!
  if wait_for_guest; then
    printf 'migrate_set_parameter max-bandwidth 100G\nmigrate "exec:cat >%s/memory"\nquit\n' "$saved" >&9
  fi
  end_of_qemu
  kill "$reader" 2>/dev/null || true
  wait "$reader" 2>/dev/null || true
  [ ! -s "$saved/memory" ] || : >"$saved/complete"
  [ -e "$saved/complete" ]
}

wait_for_guest() {
  until timeout 1 head -n 1 <&8 | grep -q up; do
    kill -0 "$qemu" 2>/dev/null || return 1
  done
}

# find_guest ACCELERATOR SECONDS: sets `saved`, booting the guest where it was not yet.
find_guest() {
  saved=$image/$1-$machine
  [ -e "$saved/complete" ] || save_guest "$1" "$saved" "$2"
}

# KVM may open and still not run a kernel, as inside some virtual machines: only a guest that comes up tells.
choose_guest() {
  accel=$VM_ACCEL
  if [ "$accel" = auto ]; then
    accel=tcg
    if [ "$VM_ARCH" = amd64 ] && [ -w /dev/kvm ] && [ ! -e "$VM_CACHE/kvm-is-of-no-use" ]; then
      if find_guest kvm 120; then accel=kvm; else : >"$VM_CACHE/kvm-is-of-no-use"; fi
    fi
  fi
  find_guest "$accel" 1800 || { cat "$out/qemu" >&2; tail -n 20 "$out/console" >&2; die 'the guest did not come up; its last lines are above'; }
}

mkdir -p "$VM_CACHE"
exec 6>"$VM_CACHE/lock"
flock 6
# shellcheck disable=SC2086
[ -e "$image/complete" ] || sh "$HERE/build-image.sh" "$image" "$VM_ARCH" "$VM_SUITE" "$VM_LSM" $VM_PACKAGES 6>&- || die 'the image was not built'
# Held open both ways, so that neither side waits for the other to open it.
exec 7<>"$out/control.in" 8<>"$out/control.out" 9<>"$out/monitor.in"
choose_guest
exec 6>&-

printf '%s\n' "$1" >"$out/share/job"
printf '%s\n' "$PWD" >"$out/share/place"
printf '%s\n' "$VM_USER" >"$out/share/user"
chmod 755 "$out" "$out/share"
qemu-img create -q -f qcow2 -b "$saved/disk" -F qcow2 "$out/disk"
start_qemu "$accel" "$out/disk" "$VM_SECONDS" -incoming "exec:cat $saved/memory"
date +%s >&7
end_of_qemu
[ -s "$out/share/status" ] || { cat "$out/qemu" >&2; tail -n 20 "$out/console" >&2; die 'the guest gave no answer; its last lines are above'; }
exit "$(cat "$out/share/status")"
