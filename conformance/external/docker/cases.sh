# SPDX-License-Identifier: Apache-2.0
# The cases themselves; run.sh starts this file in namespaces of its own.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
DRIVER=$HERE
. "$HERE/../driver.sh"
. "$HERE/../everyday.sh"
IMAGE=busybox:local
BRIDGE_GATEWAY=10.199.0.1
# A machine may have another docker before Debian's.
DOCKER=/usr/bin/docker

# start_dockerd OPTION...
start_dockerd() {
  # As docs/engines.md has it, apart from the name.
  echo "{ \"runtimes\": { \"tested\": { \"path\": \"$RUNTIME\" } }, \"default-runtime\": \"tested\" }" >"$WORK/daemon.json"
  rm -f "$WORK/dockerd.pid"
  dockerd --config-file "$WORK/daemon.json" --data-root "$WORK/data" --exec-root "$WORK/exec" --host "unix://$WORK/docker.sock" \
    --pidfile "$WORK/dockerd.pid" --bip "$BRIDGE_GATEWAY/24" \
    --cgroup-parent "/$NAME" "$@" >>"$WORK/dockerd.log" 2>&1 </dev/null &
  eventually d version >/dev/null 2>&1
}

# Checks run in subshells, and some start the daemon anew: it is known by its pid file.
stop_dockerd() {
  stopped=$(cat "$WORK/dockerd.pid")
  kill "$stopped"
  eventually is_gone "$stopped"
}

is_gone() {
  [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

is_default_runtime() {
  equals 'the default runtime' "$(d info --format '{{.DefaultRuntime}}')" tested
  keep runtime
  equals 'its runtime' "$(inspect runtime '{{.HostConfig.Runtime}}')" tested
  remove runtime
}

refuses_file_over_directory() {
  echo text >"$WORK/text"
  [ "$(status_of run_ --volume "$WORK/text:/tmp" "$IMAGE" true)" -ge 125 ]
  contains stderr "$(cat "$WORK/stderr")" 'Are you trying to mount a directory onto a file'
}

becomes_healthy() {
  d run --detach --name living --health-cmd 'test -e /tmp/fine' --health-interval 1s --health-retries 1 "$IMAGE" sh -c 'sleep 1000' >/dev/null
  health() { [ "$(inspect living '{{.State.Health.Status}}')" = "$1" ]; }
  eventually health unhealthy
  d exec living touch /tmp/fine
  eventually health healthy
  remove living
}

builds_image_with_buildkit() {
  [ -d "$WORK/build" ] || builds_image
  DOCKER_BUILDKIT=1 d build --no-cache --network none --tag kitten "$WORK/build"
  equals 'what it prints' "$(run_ kitten | tr '\n' ' ')" 'built copied app '
}

updates_processes() {
  keep living --pids-limit 50
  d update --pids-limit 77 living >/dev/null
  equals 'the limit of processes' "$(cgroup_file living pids pids.max)" 77
  remove living
}

sees_oom_kill() {
  d run --detach --name hog --memory 16m --memory-swap 16m "$IMAGE" sh -c 'head -c 100000000 /dev/zero | tail' >/dev/null
  d wait hog >/dev/null
  equals 'whether it was OOM-killed' "$(inspect hog '{{.State.OOMKilled}}')" true
  remove hog
}

has_domainname() {
  equals 'the name' "$(run_ --domainname example.org "$IMAGE" cat /proc/sys/kernel/domainname)" example.org
}

survives_daemon() {
  keep living --restart no
  pid=$(pid_of living)
  stop_dockerd
  kill -0 "$pid"
  start_dockerd --live-restore
  eventually has_state living running
  equals 'its process' "$(pid_of living)" "$pid"
  equals stdout "$(d exec living echo still)" still
  remove living
}

cleans_after_killed_shim() {
  keep living
  id=$(inspect living '{{.Id}}')
  shim=$(pgrep -f "containerd-shim.* -id $id")
  kill -KILL "$shim"
  eventually has_state living exited
  remove living
  empty 'its cgroups' "$(find /sys/fs/cgroup -type d -path "*$id*" 2>/dev/null)"
  empty 'its state' "$(find "$WORK/exec" -path "*$id*" 2>/dev/null)"
}

# The user exists in this mount namespace alone.
maps_users() {
  cp -a /etc "$WORK/etc"
  mount --bind "$WORK/etc" /etc
  trap 'umount -l /etc' EXIT
  grep -q '^dockremap:' /etc/passwd || useradd --system --no-create-home dockremap
  echo dockremap:500000:65536 >/etc/subuid
  echo dockremap:500000:65536 >/etc/subgid
  stop_dockerd
  start_dockerd --userns-remap dockremap || { tail -n 3 "$WORK/dockerd.log"; return 1; }
  tar -C "$WORK/rootfs" -c . | d import - "$IMAGE" >/dev/null
  equals 'the map' "$(run_ "$IMAGE" cat /proc/self/uid_map | awk '{ print $1, $2, $3 }')" '0 500000 65536'
  equals 'the user' "$(run_ "$IMAGE" id -u)" 0
  keep living
  equals 'the user on the host' "$(stat -c %u "/proc/$(pid_of living)")" 500000
  equals stdout "$(d exec living id -u)" 0
  contains 'what tty says' "$(in_terminal "$(engine_words) exec -it living tty")" /dev/pts/
  d pause living && d unpause living
  remove living
}

# d ARG...: one call with a bound on its time.
d() {
  timeout -k 5 120 "$DOCKER" --config "$WORK/config" --host "unix://$WORK/docker.sock" "$@"
}

# The words of d for a shell started by script(1). In the background of a terminal they would be stopped.
engine_words() {
  echo "timeout --foreground -k 5 120 $DOCKER --config $WORK/config --host unix://$WORK/docker.sock"
}

container_cgroup() {
  echo "$1"
}

leaves_nothing() {
  empty 'its containers' "$(d ps --all --quiet)"
  stop_dockerd
  eventually only_own_processes
  # The parent that BuildKit asks for is its own to keep.
  empty 'its cgroups' "$(container_cgroups "$NAME" | grep -v '/buildkit$')"
  mounts >"$WORK/mounts"
  # The daemon holds on to the network namespace of the host, as it does with any runtime.
  empty 'its mounts' "$(comm -13 "$WORK/mounts.before" "$WORK/mounts" | grep -v -e '/netns/default' -e " $WORK/data ")"
}

only_own_processes() {
  processes >"$WORK/processes"
  ! grep -v "$DRIVER" "$WORK/processes" | grep -q 'dockerd\|containerd\|sleep\|runts\|runc'
}

mounts >"$WORK/mounts.before"
start_dockerd --live-restore
check 'images made locally are there' imports_images
check_ 'the runtime is the default of the daemon' is_default_runtime
everyday_checks
check_ 'run explains a file mounted over a directory' refuses_file_over_directory
check_ 'update of the limit of processes' updates_processes
check_ 'memory limit: the OOM kill is seen' sees_oom_kill
check_ 'domainname' has_domainname
check_ 'health check' becomes_healthy
check_ 'build with BuildKit' builds_image_with_buildkit
check_ 'a killed shim is cleaned up after' cleans_after_killed_shim
check_ 'live restore: the container survives the daemon' survives_daemon
check_ 'userns-remap' maps_users
check 'nothing is left' leaves_nothing
finish
