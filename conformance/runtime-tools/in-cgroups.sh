# SPDX-License-Identifier: Apache-2.0
# The second half of one-program.sh: joins the cgroups of $WORK/cgroups, takes them as the root of a cgroup namespace,
# mounts the hierarchies as that namespace shows them, and runs the program there.
set -eu
if [ "${2:-}" = '' ]; then
  while read -r cgroup; do echo $$ >"$cgroup/cgroup.procs"; done <"$WORK/cgroups"
  exec unshare --cgroup --mount --propagation private sh "$0" "$1" inside
fi

# What is mounted already shows the cgroups above the namespace, and would be found first.
umount -R /sys/fs/cgroup
for mountpoint in "$WORK"/extra/*; do [ ! -d "$mountpoint" ] || umount "$mountpoint"; done
if [ -s "$WORK/hierarchies" ]; then
  mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
  while read -r options mountpoint; do
    mkdir "/sys/fs/cgroup/${mountpoint##*/}"
    mount -t cgroup -o "$options" cgroup "/sys/fs/cgroup/${mountpoint##*/}"
  done <"$WORK/hierarchies"
  if [ -s "$WORK/unified" ]; then
    mkdir /sys/fs/cgroup/unified
    mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
  fi
else
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  # A cgroup of v2 that has processes cannot give controllers to its children.
  mkdir /sys/fs/cgroup/program
  echo $$ >/sys/fs/cgroup/program/cgroup.procs
fi
# State directories of the runtimes under their default paths.
mount -t tmpfs tmpfs /run
cd "$WORK/cwd"
exec timeout -k 5 "${PROGRAM_SECONDS:-120}" "./programs/$1"
