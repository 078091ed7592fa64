#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The systemd driver under engines and under load, on a host with systemd: RUNTIME=PATH sh conformance/external/systemd/run.sh
#   COUNT      containers that are there at the same time, 50 by default
#   AT_ONCE    of them that are made and deleted at the same time, all by default: less where memory is short
# Everything it makes carries one name, and is gone when it ends: units, cgroups, processes, BPF programs.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../../.." && pwd)
DRIVER=$HERE
. "$HERE/../driver.sh"
: "${COUNT:=50}" "${AT_ONCE:=$COUNT}"
[ "$(id -u)" = 0 ] || { echo "$0 needs root" >&2; exit 1; }
[ -d /run/systemd/system ] || { echo "$0 needs a host with systemd" >&2; exit 1; }
require busybox busybox-static
command -v bpftool >/dev/null || echo 'left out: counting BPF programs, which takes bpftool'
RUNTIME=$(runtime_path "${RUNTIME:-$ROOT/dist/runts}") || exit 1
WORK=$(mktemp -d "${TMPDIR:-/tmp}/runts-systemd.XXXXXX") || exit 1
NAME=rs$$
# Device rules are BPF programs on cgroup v2 alone.
case $(stat -f -c %T /sys/fs/cgroup) in cgroup2fs) MEMORY_MAX=MemoryMax ;; *) MEMORY_MAX=MemoryLimit ;; esac
daemons=''
trap 'sweep; stop_daemons; rm -rf --one-file-system "$WORK"' EXIT
trap 'exit 130' INT TERM HUP

runts() {
  "$RUNTIME" --root "$WORK/state" "$@"
}

stop_daemons() {
  for daemon in $daemons; do kill "$daemon" && wait "$daemon"; done
}

sweep() {
  for id in $(docker_ ps --all --quiet); do docker_ rm --force "$id"; done
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

# at_once COMMAND...: COUNT times with -1, -2, … after it, AT_ONCE at the same time; fails when one does.
at_once() {
  seq "$COUNT" | xargs -P "$AT_ONCE" -I '{}' "$@-{}" >"$WORK/log" 2>&1 || { tail -n 3 "$WORK/log"; return 1; }
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
  daemons=$!
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

# The same: with its own containerd, and no network, which would be the host's.
start_docker() {
  require dockerd docker.io
  echo "{ \"runtimes\": { \"tested\": { \"path\": \"$RUNTIME\" } }, \"default-runtime\": \"tested\" }" >"$WORK/daemon.json"
  dockerd --config-file "$WORK/daemon.json" --data-root "$WORK/docker" --exec-root "$WORK/docker-run" --host "unix://$WORK/docker.sock" \
    --pidfile "$WORK/dockerd.pid" --exec-opt native.cgroupdriver=systemd --bridge none --iptables=false --ip6tables=false \
    >"$WORK/dockerd.log" 2>&1 </dev/null &
  daemons="$! $daemons"
  eventually docker_ version >/dev/null 2>&1 || tail -n 3 "$WORK/dockerd.log"
}

docker_() {
  timeout -k 5 300 docker --config "$WORK/docker-config" --host "unix://$WORK/docker.sock" "$@"
}

docker_under_systemd() {
  equals 'the cgroup driver' "$(docker_ info --format '{{.CgroupDriver}}')" systemd
  tar -C "$WORK/bundle/rootfs" -c . | docker_ import - busybox:local
  docker_ run --detach --name "$NAME" --network none --memory 64m --memory-swap 64m --pids-limit 77 busybox:local sleep 1000
  unit=docker-$(docker_ inspect --format '{{.Id}}' "$NAME").scope
  equals 'the state of the unit' "$(systemctl show --value --property=ActiveState "$unit")" active
  equals 'the slice' "$(systemctl show --value --property=Slice "$unit")" system.slice
  contains 'the cgroup' "$(cat "/proc/$(docker_ inspect --format '{{.State.Pid}}' "$NAME")/cgroup")" "system.slice/$unit"
  equals 'the memory limit' "$(systemctl show --value --property=$MEMORY_MAX "$unit")" 67108864
  equals 'the limit of tasks' "$(systemctl show --value --property=TasksMax "$unit")" 77
  docker_ update --memory 48m --memory-swap 48m "$NAME"
  equals 'the updated limit' "$(systemctl show --value --property=$MEMORY_MAX "$unit")" 50331648
  equals 'the output of exec' "$(docker_ exec "$NAME" echo hello)" hello
  docker_ pause "$NAME"
  docker_ unpause "$NAME"
  hog='head -c 100000000 /dev/zero | exec tail'
  equals 'the status of a memory hog' "$(status_of docker_ run --rm --network none --memory 16m --memory-swap 16m busybox:local sh -c "$hog")" 137
  docker_ rm --force "$NAME"
  equals 'the state of the unit' "$(systemctl show --value --property=LoadState "$unit")" not-found
}

make_bundle
check "leaves nothing of $COUNT containers made at the same time through systemd" many_at_once --systemd-cgroup
check "leaves nothing of $COUNT containers made at the same time through cgroupfs" many_at_once
start_containerd
check 'runs a container of ctr in a unit of systemd' ctr_under_systemd
check 'runs a container of podman in a unit of systemd' podman_under_systemd
start_docker
check 'runs a container of docker in a unit of systemd' docker_under_systemd
finish
