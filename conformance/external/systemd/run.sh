#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The systemd driver under engines and under load, on a host with systemd: RUNTIME=PATH sh conformance/external/systemd/run.sh
#   COUNT   containers that are made and deleted at the same time, 50 by default
# Everything it makes carries one name, and is gone when it ends: units, cgroups, processes, BPF programs.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
DRIVER=$HERE
. "$HERE/../driver.sh"
: "${COUNT:=50}"
[ "$(id -u)" = 0 ] || { echo "$0 needs root" >&2; exit 1; }
[ -d /run/systemd/system ] || { echo "$0 needs a host with systemd" >&2; exit 1; }
require busybox busybox-static
command -v bpftool >/dev/null || echo 'left out: counting BPF programs, which takes bpftool'
RUNTIME=$(runtime_path "${RUNTIME:-$ROOT/dist/runts}") || exit 1
WORK=$(mktemp -d "${TMPDIR:-/tmp}/runts-systemd.XXXXXX") || exit 1
NAME=rs$$
# Device rules are BPF programs on cgroup v2 alone.
case $(stat -f -c %T /sys/fs/cgroup) in cgroup2fs) MEMORY_MAX=MemoryMax ;; *) MEMORY_MAX=MemoryLimit ;; esac
containerd=''
trap 'sweep; [ -z "$containerd" ] || { kill "$containerd"; wait "$containerd"; }; rm -rf --one-file-system "$WORK"' EXIT
trap 'exit 130' INT TERM HUP

runts() {
  "$RUNTIME" --root "$WORK/state" "$@"
}

sweep() {
  for state in "$WORK"/state/*; do [ ! -d "$state" ] || runts delete --force "${state##*/}"; done
  ! command -v podman >/dev/null || podman_ rm --all --force --time 0
  for unit in $(units); do systemctl stop "$unit"; done
} >/dev/null 2>&1

units() {
  systemctl list-units --all --plain --no-legend "*$NAME*" | cut -d ' ' -f 1
}

programs() {
  ! command -v bpftool >/dev/null || bpftool prog list | awk '/^[0-9]+:/ { count += 1 } END { print count + 0 }'
}

programs_are() {
  [ "$(programs)" -le "$1" ] 2>/dev/null || [ -z "$1" ]
}

# The file system and config.json of a container that waits.
make_bundle() {
  mkdir -p "$WORK/bundle"
  sh "$HERE/../busybox-rootfs.sh" "$WORK/bundle/rootfs"
  runts spec --bundle "$WORK/bundle"
  sed -i 's/"terminal": true/"terminal": false/; s/"sh"$/"sleep", "1000"/' "$WORK/bundle/config.json"
}

# at_once COMMAND...: COUNT times with -1, -2, … after it, all at the same time; fails when one does.
at_once() {
  rm -f "$WORK/failed"
  for number in $(seq "$COUNT"); do
    { "$@-$number" >>"$WORK/log" 2>&1 </dev/null || echo "$number" >>"$WORK/failed"; } &
  done
  wait
  [ ! -e "$WORK/failed" ] || { echo "failed: $(tr '\n' ' ' <"$WORK/failed"): $(tail -n 3 "$WORK/log")"; return 1; }
}

many_at_once() {
  before=$(programs)
  at_once "$RUNTIME" --root "$WORK/state" "$@" create --bundle "$WORK/bundle" "$NAME"
  equals 'the number of containers' "$(runts list --quiet | wc -l)" "$COUNT"
  if [ -n "$before" ] && [ "$MEMORY_MAX" = MemoryMax ]; then equals 'more BPF programs than before' "$(($(programs) >= before + COUNT))" 1; fi
  at_once "$RUNTIME" --root "$WORK/state" delete --force "$NAME"
  empty 'units that were left' "$(units)"
  empty 'cgroups that were left' "$(cgroups_of "$NAME"; find /sys/fs/cgroup -type d -name "*$NAME*")"
  empty 'states that were left' "$(ls "$WORK/state")"
  eventually programs_are "$before"
}

# One of its own: that of the host is left alone.
start_containerd() {
  require containerd containerd
  printf 'version = 2\nroot = "%s/root"\nstate = "%s/run"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "%s/socket"\n' \
    "$WORK" "$WORK" "$WORK" >"$WORK/containerd.toml"
  containerd --config "$WORK/containerd.toml" >"$WORK/containerd.log" 2>&1 </dev/null &
  containerd=$!
  eventually ctr_ version >/dev/null 2>&1
}

ctr_() {
  timeout -k 5 120 ctr --address "$WORK/socket" "$@"
}

ctr_under_systemd() {
  sh "$HERE/../containerd/busybox-image.sh" "$WORK/image.tar" localhost/busybox:local
  ctr_ image import --all-platforms "$WORK/image.tar"
  ctr_ run --snapshotter native --detach --runc-binary "$RUNTIME" --runc-systemd-cgroup --cgroup "system.slice:ctr:$NAME" \
    localhost/busybox:local "$NAME" sleep 1000
  equals 'the slice' "$(systemctl show --value --property=Slice "ctr-$NAME.scope")" system.slice
  contains 'the cgroup' "$(cat "/proc/$(ctr_ task ls | awk -v id="$NAME" '$1 == id { print $2 }')/cgroup")" "system.slice/ctr-$NAME.scope"
  equals 'the output of exec' "$(ctr_ task exec --exec-id more "$NAME" echo hello)" hello
  ctr_ task rm --force "$NAME"
  ctr_ container rm "$NAME"
  empty 'units that were left' "$(units)"
}

podman_() {
  timeout -k 5 300 podman --root "$WORK/podman" --runroot "$WORK/podman-run" --runtime "$RUNTIME" --cgroup-manager systemd \
    --events-backend none "$@"
}

podman_under_systemd() {
  require podman podman
  podman_ run --log-driver none --detach --name "$NAME" --network none --memory 64m --pids-limit 77 --rootfs "$WORK/bundle/rootfs" sleep 1000
  unit=libpod-$(podman_ inspect --format '{{.Id}}' "$NAME").scope
  equals 'the state of the unit' "$(systemctl show --value --property=ActiveState "$unit")" active
  equals 'the memory limit' "$(systemctl show --value --property=$MEMORY_MAX "$unit")" 67108864
  equals 'the limit of tasks' "$(systemctl show --value --property=TasksMax "$unit")" 77
  podman_ update --memory 48m "$NAME"
  equals 'the updated limit' "$(systemctl show --value --property=$MEMORY_MAX "$unit")" 50331648
  equals 'the output of exec' "$(podman_ exec "$NAME" echo hello)" hello
  podman_ rm --force --time 0 "$NAME"
  equals 'the state of the unit' "$(systemctl show --value --property=LoadState "$unit")" not-found
}

make_bundle
check "leaves nothing of $COUNT containers made at the same time through systemd" many_at_once --systemd-cgroup
check "leaves nothing of $COUNT containers made at the same time through cgroupfs" many_at_once
start_containerd
check 'runs a container of ctr in a unit of systemd' ctr_under_systemd
check 'runs a container of podman in a unit of systemd' podman_under_systemd
finish
