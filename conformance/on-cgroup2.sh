#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs black-box cases as on a host with cgroup v2 alone, on one that has both: sh conformance/on-cgroup2.sh [ROOM]...
# The v1 hierarchies are unmounted in a mount namespace of its own. Controllers that they use are not there on v2, and the
# cases that need one are left out; a virtual machine has all of them (conformance/vm/run.sh).
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "$0 needs root" >&2; exit 1; }
[ $# -gt 0 ] || set -- cgroups mounts/filesystems devices living/pause
if [ -z "${PREPARED:-}" ]; then
  sh src/tools/prepare.sh test >&2
  make -s -C conformance/probe
fi

# shellcheck disable=SC2016
unshare --mount sh -c '
  set -eu
  hierarchies=$(awk "\$3 == \"cgroup\" || \$3 == \"cgroup2\" { print \$2 }" /proc/self/mounts)
  for hierarchy in $hierarchies; do umount "$hierarchy"; done
  mount -t tmpfs none /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
  before=$(cat /sys/fs/cgroup/cgroup.subtree_control)
  status=0
  PREPARED=1 sh conformance/run.sh "$@" || status=$?
  # What the runtime enabled in the root of the hierarchy is the host'"'"'s.
  for controller in $(cat /sys/fs/cgroup/cgroup.subtree_control); do
    case " $before " in
      *" $controller "*) ;;
      *) echo "-$controller" >/sys/fs/cgroup/cgroup.subtree_control ;;
    esac
  done
  exit $status' sh "$@"
