# SPDX-License-Identifier: Apache-2.0
# User namespaces, namespaces of the host and of other containers, snapshots. Sourced by cases.sh.

maps_users() {
  printed=$(run_ --rm --uidmap 0:100000:65536 --gidmap 0:200000:65536 "$IMAGE" one \
    sh -c 'id -u; awk "{ print \$1, \$2, \$3 }" /proc/self/uid_map /proc/self/gid_map' | tr '\n' ' ')
  equals 'user and maps' "$printed" '0 0 100000 65536 0 200000 65536 '
}

owns_its_files() {
  start_detached mapped --uidmap 0:100000:65536 --gidmap 0:100000:65536
  pid=$(task_pid mapped)
  equals 'the owner of its process' "$(stat -c %u:%g "/proc/$pid")" 100000:100000
  equals 'its own root directory' "$(exec_ mapped stat -c %u:%g /)" 0:0
  exec_ mapped touch /new
  equals 'the owner of a new file on the host' "$(stat -c %u:%g "/proc/$pid/root/new")" 100000:100000
  remove mapped
}

# shares_host KIND: of the host, which is to say of this driver.
shares_host() {
  printed=$(run_ --rm --with-ns "$1:/proc/$$/ns/$2" "$IMAGE" one readlink "/proc/self/ns/$2")
  equals "its $1 namespace" "$printed" "$(readlink "/proc/$$/ns/$2")"
}

# joins KIND FILE: the namespace of another container.
joins() {
  start_detached owner
  pid=$(task_pid owner)
  own=$(readlink "/proc/$pid/ns/$2")
  joined=$(run_ --rm --with-ns "$1:/proc/$pid/ns/$2" "$IMAGE" guest readlink "/proc/self/ns/$2") || joined=failed
  remove owner
  equals "the $1 namespace of the second container" "$joined" "$own"
}

ends_alone_in_joined_pid_namespace() {
  start_detached owner
  pid=$(task_pid owner)
  start_detached guest --with-ns "pid:/proc/$pid/ns/pid"
  ctr_ task kill --signal SIGKILL guest
  eventually status_is guest STOPPED
  equals 'the other container' "$(task_status owner)" RUNNING
  remove guest
  remove owner
}

keeps_snapshots_apart() {
  start_detached first
  start_detached second
  exec_ first touch /only-here
  equals 'the file in the second container' "$(status_of exec_ second test -e /only-here)" 1
  equals 'the snapshots' "$(ctr_ snapshot ls | awk '$3 == "Active" { print $1 }' | sort | tr '\n' ' ')" 'first second '
  remove first
  remove second
  empty 'snapshots left' "$(ctr_ snapshot ls | awk '$3 == "Active"')"
}

runs_from_native_snapshot() {
  ctr_ image unpack --snapshotter native "$IMAGE" >/dev/null 2>&1 || true
  equals stdout "$(run_ --rm --snapshotter native "$IMAGE" one echo native)" native
}

runs_privileged() {
  printed=$(run_ --rm --privileged "$IMAGE" one sh -c 'grep -c " /sys sysfs rw" /proc/self/mounts; grep CapEff /proc/self/status | cut -f 2')
  equals 'writable /sys, capabilities' "$(echo "$printed" | tr '\n' ' ')" "1 $(grep CapEff /proc/self/status | cut -f 2) "
}

namespace_checks() {
  check 'maps users and groups into a user namespace' maps_users
  check 'lets the root of a user namespace own its files' owns_its_files
  check 'shares the pid namespace of the host' shares_host pid pid
  check 'shares the ipc namespace of the host' shares_host ipc ipc
  check 'shares the uts namespace of the host' shares_host uts uts
  check 'joins the pid namespace of another container' joins pid pid
  check 'joins the ipc namespace of another container' joins ipc ipc
  check 'joins the uts namespace of another container' joins uts uts
  check 'ends alone in a joined pid namespace' ends_alone_in_joined_pid_namespace
  check 'keeps the snapshots of containers apart, and removes them' keeps_snapshots_apart
  check 'runs from a snapshot that is a plain directory' runs_from_native_snapshot
  check 'runs a privileged container' runs_privileged
}
