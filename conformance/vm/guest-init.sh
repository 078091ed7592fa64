#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first process of the guest: mounts what a host has, runs the job of conformance/vm/run.sh, ends the machine.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH HOME=/root LANG=C.UTF-8

end() {
  sync
  echo b >/proc/sysrq-trigger
  sleep 60
}

# The initramfs has mounted /proc, /sys, /dev and /run already.
mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
mkdir -p /dev/pts /dev/shm /dev/mqueue /out
mountpoint -q /dev/pts || mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t mqueue mqueue /dev/mqueue
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t cgroup2 -o nsdelegate,memory_recursiveprot cgroup2 /sys/fs/cgroup
mount -t securityfs securityfs /sys/kernel/security
# As systemd does: every controller for the cgroups below.
sed 's/\([a-z_]*\)/+\1/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
# A new mount namespace of a systemd host starts from shared mounts.
mount --make-rshared /
grep -q selinuxfs /proc/filesystems && load_policy -i
ip link set lo up
for module in 9p 9pnet_virtio overlay loop dummy veth tun fuse; do modprobe "$module"; done
hostname runts-vm

share=trans=virtio,version=9p2000.L,msize=512000,cache=mmap
mount -t 9p -o "$share" out /out || end
place=$(cat /out/place)
mkdir -p "$place"
mount -t 9p -o "$share" work "$place" || end

stty -F /dev/ttyS1 raw
setsid sh /out/job </dev/null >/dev/ttyS1 2>&1
echo $? >/out/status
end
