# SPDX-License-Identifier: Apache-2.0
# The cases themselves; run.sh starts this file in namespaces of its own.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
DRIVER=$HERE
. "$HERE/../driver.sh"

. "$HERE/exec.sh"
. "$HERE/living.sh"
. "$HERE/namespaces.sh"
. "$HERE/crash.sh"

IMAGE=localhost/busybox:local
TALE='trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done'

# Containers with a user namespace reach their root filesystem through it.
chmod 711 "$WORK"
# The shim puts its sockets under /run/containerd, whatever the configuration says.
mount -t tmpfs tmpfs /run

start_containerd() {
  cat >"$WORK/config.toml" <<TOML
version = 2
root = "$WORK/root"
state = "$WORK/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
[grpc]
  address = "$WORK/containerd.sock"
TOML
  containerd --config "$WORK/config.toml" >"$WORK/containerd.log" 2>&1 </dev/null &
  containerd=$!
  eventually ctr_ version >/dev/null 2>&1
}

stop_containerd() {
  kill "$containerd"
  wait "$containerd"
  return 0
}

# ctr_ ARG...: one call with a bound on its time, in a namespace of this run.
ctr_() {
  timeout -k 5 60 ctr --address "$WORK/containerd.sock" --namespace "$NAME" "$@"
}

# run_ CTR-OPTIONS... ID COMMAND...: the image's name stands where IMAGE is written.
run_() {
  ctr_ run --runc-binary "$RUNTIME" --runc-root "$WORK/runtime-root" "$@"
}

task_status() {
  ctr_ task ls | awk -v id="$1" '$1 == id { print $3 }'
}

status_is() {
  [ "$(task_status "$1")" = "$2" ]
}

task_pid() {
  ctr_ task ls | awk -v id="$1" '$1 == id { print $2 }'
}

remove() {
  ctr_ task rm --force "$1" >/dev/null 2>&1 || true
  ctr_ container rm "$1"
}

# deleted_with ID STATUS: task rm of ctr 1.6 reports the exit status of the task in words, newer ones as their own.
deleted_with() {
  status=$(status_of ctr_ task rm "$1")
  case "$status $(cat "$WORK/stderr")" in
    "$2 "* | "0 "*"exit code $2"*) ;;
    *) echo "task rm gave status $status and said: $(cat "$WORK/stderr"), wanted exit status $2"; return 1 ;;
  esac
}

# Called after a failed case, so that its remains do not fail the next one.
sweep() {
  for id in $(ctr_ container ls -q); do remove "$id"; done
}

# A container that says "ready" once it can take a signal, ended by remove or by its test.
start_detached() {
  id=$1
  shift
  run_ --detach --log-uri "file://$WORK/$id.log" "$@" "$IMAGE" "$id" sh -c "$TALE"
  eventually grep -q ready "$WORK/$id.log"
}

imports_image() {
  sh "$HERE/busybox-image.sh" "$WORK/image.tar" "$IMAGE"
  ctr_ image import "$WORK/image.tar"
  contains 'the image list' "$(ctr_ image ls -q)" "$IMAGE"
}

prints_stdout() {
  equals 'the exit status' "$(status_of run_ --rm "$IMAGE" one echo hello from inside)" 0
  equals stdout "$(cat "$WORK/stdout")" 'hello from inside'
  empty stderr "$(cat "$WORK/stderr")"
}

keeps_streams_apart() {
  equals 'the exit status' "$(status_of run_ --rm "$IMAGE" one sh -c 'echo out; echo err >&2')" 0
  equals stdout "$(cat "$WORK/stdout")" out
  equals stderr "$(cat "$WORK/stderr")" err
}

reads_stdin() {
  # ctr may lose an end of file that comes before the task runs, so the container ends by itself.
  # shellcheck disable=SC2016
  equals stdout "$(echo typed | run_ --rm "$IMAGE" one sh -c 'read -r line; echo "$line"')" typed
}

returns_status() {
  equals 'the exit status' "$(status_of run_ --rm "$IMAGE" one sh -c "exit $1")" "$1"
}

returns_signal() {
  # A pid 1 ignores signals without a handler, so its child carries the signal and the shell its status.
  equals 'the exit status' "$(status_of run_ --rm "$IMAGE" one sh -c 'sh -c "kill -TERM \$\$"; exit $?')" 143
}

runs_as_pid_1() {
  equals 'its pid' "$(run_ --rm "$IMAGE" one sh -c 'echo $$')" 1
  # shellcheck disable=SC2016
  equals 'the processes it sees' "$(run_ --rm "$IMAGE" one sh -c 'cd /proc; set -- [0-9]*; echo $#')" 1
}

passes_environment() {
  run_ --rm --env ADDED=yes "$IMAGE" one env >"$WORK/environment"
  grep -qx FROM_IMAGE=busybox "$WORK/environment" || { cat "$WORK/environment"; return 1; }
  grep -qx ADDED=yes "$WORK/environment" || { cat "$WORK/environment"; return 1; }
}

starts_in_directory() {
  equals 'its directory' "$(run_ --rm --cwd /tmp "$IMAGE" one pwd)" /tmp
}

binds_host_directory() {
  mkdir "$WORK/shared"
  echo content >"$WORK/shared/file"
  mount="type=bind,src=$WORK/shared,dst=/shared,options=rbind:ro"
  equals 'the file' "$(run_ --rm --mount "$mount" "$IMAGE" one cat /shared/file)" content
  status=$(status_of run_ --rm --mount "$mount" "$IMAGE" one touch /shared/new)
  equals 'the exit status of writing to it' "$status" 1
  contains stderr "$(cat "$WORK/stderr")" 'Read-only file system'
}

makes_root_read_only() {
  equals 'the exit status' "$(status_of run_ --rm --read-only "$IMAGE" one touch /new)" 1
  contains stderr "$(cat "$WORK/stderr")" 'Read-only file system'
}

limits_memory() {
  start_detached limited --memory-limit 33554432
  for file in "/sys/fs/cgroup/memory/$NAME/limited/memory.limit_in_bytes" "/sys/fs/cgroup/$NAME/limited/memory.max"; do
    if [ -e "$file" ]; then equals "$file" "$(cat "$file")" 33554432; found=yes; fi
  done
  remove limited
  equals 'whether a cgroup has the limit' "${found:-no}" yes
}

joins_network() {
  start_detached owner
  pid=$(task_pid owner)
  own=$(readlink "/proc/$pid/ns/net")
  joined=$(run_ --rm --with-ns "network:/proc/$pid/ns/net" "$IMAGE" guest readlink /proc/self/ns/net)
  remove owner
  equals 'the network namespace of the second container' "$joined" "$own"
}

shares_host_network() {
  equals 'its network namespace' "$(run_ --rm --net-host "$IMAGE" one readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)"
}

applies_seccomp() {
  equals stdout "$(run_ --rm --seccomp "$IMAGE" one grep Seccomp: /proc/self/status | tr -d '\t')" Seccomp:2
}

lists_detached() {
  start_detached long
  equals 'the status in the task list' "$(task_status long)" RUNNING
  pid=$(task_pid long)
  contains 'the command line of that pid' "$(tr '\0' ' ' <"/proc/$pid/cmdline")" 'trap'
}

kills_with_signal() {
  ctr_ task kill --signal SIGTERM long
  eventually status_is long STOPPED
}

reports_status_on_delete() {
  deleted_with long 3
  equals 'the task list' "$(task_status long)" ''
}

removes_container() {
  ctr_ container rm long
  empty 'the container list' "$(ctr_ container ls -q)"
}

kills_hard() {
  start_detached stubborn
  ctr_ task kill --signal SIGKILL stubborn
  eventually status_is stubborn STOPPED
  deleted_with stubborn 137
  ctr_ container rm stubborn
}

deletes_running_by_force() {
  start_detached running
  equals 'the exit status of task rm without force' "$(status_of ctr_ task rm running)" 1
  ctr_ task rm --force running >/dev/null 2>&1 || true
  equals 'the task list' "$(task_status running)" ''
  ctr_ container rm running
}

notices_death() {
  start_detached mortal
  kill -KILL "$(task_pid mortal)"
  eventually status_is mortal STOPPED
  deleted_with mortal 137
  ctr_ container rm mortal
}

one_of_crowd() {
  status=0
  run_ --rm "$IMAGE" "crowd-$1" sh -c "echo $1; exit $1" || status=$?
  echo "status $status"
}

runs_ten_at_once() {
  for n in 0 1 2 3 4 5 6 7 8 9; do
    one_of_crowd "$n" >"$WORK/crowd-$n" &
  done
  wait
  for n in 0 1 2 3 4 5 6 7 8 9; do
    equals "what container $n left" "$(tr '\n' ' ' <"$WORK/crowd-$n")" "$n status $n "
  done
}

# refuses MESSAGE RUN-ARG...: the call fails, its message arrives, and no task or state is left behind.
refuses() {
  message=$1
  shift
  status=$(status_of run_ "$@")
  [ "$status" != 0 ] || { echo 'it succeeded'; return 1; }
  contains stderr "$(cat "$WORK/stderr")" "$message"
  ctr_ container rm bad >/dev/null 2>&1 || true
  empty 'the task list' "$(ctr_ task ls -q)"
  empty 'state of the runtime' "$(ls -A "$WORK/runtime-root/$NAME" 2>/dev/null)"
}

leaves_nothing_to_containerd() {
  empty 'tasks' "$(ctr_ task ls -q)"
  empty 'containers' "$(ctr_ container ls -q)"
  empty 'shims and containers' "$(processes | grep -v -e ' containerd --config' || true)"
}

same_mounts() {
  mounts >"$WORK/mounts.after"
  diff "$WORK/mounts.before" "$WORK/mounts.after"
}

no_cgroups() {
  empty 'cgroups' "$(container_cgroups "$NAME")"
}

no_state() {
  empty 'state of the runtime' "$(find "$WORK/runtime-root" -mindepth 2 2>/dev/null)"
}

no_sockets() {
  empty 'sockets of shims' "$(find /run/containerd -type s 2>/dev/null)"
}

mounts >"$WORK/mounts.before"
start_containerd || { cat "$WORK/containerd.log" >&2; exit 1; }

check 'imports an image made from busybox' imports_image
check 'prints what a container in the foreground writes' prints_stdout
check 'keeps stdout and stderr apart' keeps_streams_apart
check 'gives the container its stdin' reads_stdin
check 'returns exit status 0' returns_status 0
check 'returns exit status 7' returns_status 7
check 'returns exit status 255' returns_status 255
check 'returns 143 for a shell whose child got SIGTERM' returns_signal
check 'runs the command as pid 1 of its own pid namespace' runs_as_pid_1
check 'passes the environment of image and caller' passes_environment
check 'starts in the directory asked for' starts_in_directory
check 'binds a host directory read-only' binds_host_directory
check 'makes the root filesystem read-only' makes_root_read_only
check 'applies a memory limit' limits_memory
check 'applies the default seccomp profile' applies_seccomp
check 'joins the network namespace of another container' joins_network
check 'shares the network of the host' shares_host_network
check 'lists a detached container as running, with its pid' lists_detached
check 'delivers SIGTERM by task kill' kills_with_signal
check 'reports the exit status when the task is deleted' reports_status_on_delete
check 'removes the container' removes_container
check 'reports 137 after SIGKILL' kills_hard
check 'deletes a running task by force only' deletes_running_by_force
check 'notices a container that dies behind its back' notices_death
check 'runs ten containers at once' runs_ten_at_once
# shellcheck disable=SC2016
check 'says that a command was not found' refuses 'executable file not found in $PATH' "$IMAGE" bad no-such-command
check 'says that an absolute command does not exist' refuses 'no such file or directory' "$IMAGE" bad /no/such/command
check 'says that a command cannot be executed' refuses 'permission denied' "$IMAGE" bad /etc/passwd
check 'says that a bind source does not exist' refuses 'no such file or directory' --mount type=bind,src=/no/such/source,dst=/mnt,options=rbind "$IMAGE" bad true
exec_checks
living_checks
namespace_checks
check 'leaves no socket of a shim behind' no_sockets
# A shim that is killed leaves its socket, whatever the runtime does.
crash_checks
check 'leaves no task, container or process behind' leaves_nothing_to_containerd
stop_containerd
check 'leaves the mounts of the host as they were' same_mounts
check 'leaves no cgroup behind' no_cgroups
check 'leaves no state behind' no_state
finish
