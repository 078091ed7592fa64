#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs black-box cases in a Debian guest, with what the machine at hand may not have: systemd, cgroup v2 alone, AppArmor
# or SELinux. As root: [VM_…=…] [RUNTIME=runc] sh conformance/vm/run.sh [ROOM or ROOM/FILE or external/DRIVER]...
# On cgroup v1 as systemd lays it out (hybrid; VM_APPEND of guest.sh tells of v1 alone), with either driver:
#   VM_SUITE=bookworm VM_APPEND=systemd.unified_cgroup_hierarchy=0 sh conformance/vm/run.sh cgroups/systemd cgroups/claims external/systemd
#   … CGROUP_DRIVER=systemd sh conformance/vm/run.sh events update living devices exec/cgroups cgroups/limits
# The variables VM_… are those of guest.sh, CGROUP_DRIVER that of conformance/run.sh; RESULTS_FILE, of the same, is a place
# in this repository; COUNT and AT_ONCE are those of external/systemd. dist/runts runs as it was built outside. The cases
# come first, then the drivers, each with a last line that counts; the exit status says whether something failed, or is 125 where no guest answered.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
cd "$HERE/../.."
: "${RUNTIME:=dist/runts}" "${WAIT_SECONDS:=300}"
[ $# -gt 0 ] || set -- cgroups/systemd security/lsm

if [ -z "${PREPARED:-}" ]; then
  sh src/tools/prepare.sh test >&2
  make -s -C conformance/probe
fi

quoted() { printf "'%s' " "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }
job="export PREPARED=1 JOBS=1 RUNTIME=$(quoted "$RUNTIME") WAIT_SECONDS=$(quoted "$WAIT_SECONDS")
export RESULTS_FILE=$(quoted "${RESULTS_FILE:-}") CGROUP_DRIVER=$(quoted "${CGROUP_DRIVER:-}") COUNT=$(quoted "${COUNT:-20}") AT_ONCE=$(quoted "${AT_ONCE:-4}")
status=0"
rooms='' drivers=''
for wanted in "$@"; do
  case $wanted in
    external/*) drivers="$drivers
sh $(quoted "conformance/$wanted/run.sh")|| status=\$?" ;;
    *) rooms="$rooms $(quoted "$wanted")" ;;
  esac
done
[ -z "$rooms" ] || job="$job
sh conformance/run.sh $rooms || status=\$?"
job="$job$drivers
exit \$status"
exec sh "$HERE/guest.sh" "$job"
