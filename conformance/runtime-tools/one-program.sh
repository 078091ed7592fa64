# SPDX-License-Identifier: Apache-2.0
# Runs one program of runtime-tools against $RUNTIME, inside the namespaces of `isolated`: one-program.sh PROGRAM OUTPUT
# OUTPUT receives what the program writes, OUTPUT.status its exit status (124: out of time).
#
# The programs write fixed cgroup paths and look at the host's hierarchies. A cgroup namespace over hierarchies
# mounted anew makes those paths ours alone, so that two runs never meet and all they make lies below $NAME.
set -eu
program=$1
output=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../external/driver.sh"
# It ends every process of its pid namespace at last.
grep -q isolated /proc/1/cmdline || { echo "$0 is started by run.sh" >&2; exit 1; }

# "OPTIONS MOUNTPOINT" for each v1 hierarchy of the host, without those of other mounts of it.
v1_hierarchies() {
  awk '$3 == "cgroup" { n = split($4, o, ","); name = ""
    for (i = 1; i <= n; i++) if (o[i] !~ /^(rw|ro|relatime|noatime|nosuid|nodev|noexec|xattr|clone_children|release_agent=.*)$/) name = name (name ? "," : "") o[i]
    print name, $2 }' /proc/mounts
}

# A hierarchy of v1 that the host has not mounted, for the one program that is about it; see cgroups(7).
mount_missing() {
  grep -q "^$1[[:space:]].*1\$" /proc/cgroups || return 0
  ! v1_hierarchies | grep -q "\b$1\b" || return 0
  mkdir "$WORK/extra/$1"
  # Busy as long as a cgroup of v2 has the controller.
  eventually mount -t cgroup -o "$1" "$1" "$WORK/extra/$1" >/dev/null 2>&1 ||
    without "a cgroup of v2 has $1, and v1 cannot be given it meanwhile"
}

# A hierarchy that loses its last mount while a cgroup is still on its way out outlives it, and v2 goes without the
# controller: one more mount and its end give it back. The kernel takes a moment for that.
give_back() {
  tries=100
  while [ "$tries" -gt 0 ]; do
    umount "$WORK/extra/$1" 2>/dev/null || true
    ! grep -q "^$1[[:space:]]*0[[:space:]]" /proc/cgroups || return 0
    sleep 0.1
    tries=$((tries - 1))
    [ $((tries % 20)) != 0 ] || mount -t cgroup -o "$1" "$1" "$WORK/extra/$1" 2>/dev/null || true
  done
  umount "$WORK/extra/$1" 2>/dev/null || true
}

without() {
  echo "ok 1 # SKIP $1" >"$output"
  echo 0 >"$output.status"
  exit 0
}

# enter MOUNTPOINT: a cgroup of this run, ready to take processes. v1 leaves a new cpuset empty.
enter() {
  mkdir "$1/$NAME"
  for file in cpuset.cpus cpuset.mems; do
    [ ! -e "$1/$file" ] || cat "$1/$file" >"$1/$NAME/$file"
  done
  echo "$1/$NAME" >>"$WORK/cgroups"
}

# Containers with a user namespace reach their root filesystem through it.
chmod 755 "$WORK"
mkdir "$WORK/extra" "$WORK/tmp" "$WORK/cwd"
case "$program" in
  *_hugetlb) mount_missing hugetlb ;;
  *_network) mount_missing net_cls; mount_missing net_prio ;;
esac
v1_hierarchies >"$WORK/hierarchies"
[ -s "$WORK/hierarchies" ] || case "$program" in linux_cgroups_*) without 'needs cgroup v1' ;; esac
awk '$3 == "cgroup2" { print $2 }' /proc/mounts | head -n 1 >"$WORK/unified"
# crun gives up where v1 and v2 are mounted together.
if [ "${RUNTIME##*/}" = crun ] && [ -s "$WORK/hierarchies" ]; then : >"$WORK/unified"; fi
: >"$WORK/cgroups"
while read -r _ mountpoint; do enter "$mountpoint"; done <"$WORK/hierarchies"
while read -r mountpoint; do enter "$mountpoint"; done <"$WORK/unified"

ln -s "$here"/build/* "$WORK/cwd/"
# The suite copies this one as it finds it, and a link would lead nowhere inside a container.
cp --remove-destination "$here/build/runtimetest" "$WORK/cwd/"
export TMPDIR="$WORK/tmp"
status=0
sh "$here/in-cgroups.sh" "$program" >"$output" 2>"$output.stderr" || status=$?
echo "$status" >"$output.status"

# What the program left of processes: they would keep the cgroups busy. This pid namespace is ours.
kill -KILL -1 2>/dev/null || true
remove_own() {
  sort -r "$WORK/cgroups" | while read -r cgroup; do
    [ ! -d "$cgroup" ] || find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  [ -z "$(find $(cat "$WORK/cgroups") -maxdepth 0 2>/dev/null)" ]
}
eventually remove_own
for mountpoint in "$WORK"/extra/*; do [ ! -d "$mountpoint" ] || give_back "${mountpoint##*/}"; done
