# SPDX-License-Identifier: Apache-2.0
# The cases themselves; run.sh starts this file in namespaces of its own.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
DRIVER=$HERE
. "$HERE/../driver.sh"
. "$HERE/engine.sh"

IMAGE=localhost/busybox:local
PAUSE=localhost/pause:local
# shellcheck disable=SC2016
TALE='trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done'

# Containers with a user namespace reach their root filesystem through it.
chmod 711 "$WORK"
# The shim puts its sockets under /run/containerd, whatever the configuration says, and so the state of the class.
mount -t tmpfs tmpfs /run

ready() {
  grep -q ready "$WORK/logs/$1.log"
}

runs_pod() {
  pod_ web '"security_context": {}' >/dev/null
  equals 'the state of the pod' "$(crictl_ pods --name '^web$' --state ready -q | wc -l)" 1
  contains 'the address of the pod' "$(crictl_ inspectp "$(pod_id web)")" 10.11.12.13
}

runs_container() {
  id=$(container_ web main '' sh -c "$TALE")
  eventually ready web-main
  equals 'its state' "$(field "$id" .status.state)" CONTAINER_RUNNING
  equals 'its logs' "$(crictl_ logs "$id")" ready
  equals 'the list of containers' "$(crictl_ ps -q)" "$id"
}

main() {
  crictl_ ps -q --name '^main$'
}

shares_namespaces_of_pod() {
  for namespace in net ipc uts; do
    pause=$(crictl_ inspectp -o go-template --template '{{.info.pid}}' "$(pod_id web)")
    equals "its $namespace namespace" "$(crictl_ exec --sync "$(main)" readlink "/proc/self/ns/$namespace")" \
      "$(readlink "/proc/$pause/ns/$namespace")"
  done
  equals 'its host name' "$(crictl_ exec --sync "$(main)" hostname)" web
  contains 'its interface' "$(crictl_ exec --sync "$(main)" ip address show eth0)" 10.11.12.13
}

executes() {
  equals 'what it prints at once' "$(crictl_ exec --sync "$(main)" echo at once)" 'at once'
  equals 'what it prints in a stream' "$(crictl_ exec "$(main)" echo streamed)" streamed
  # shellcheck disable=SC2016
  equals 'what it reads' "$(echo typed | crictl_ exec -i "$(main)" sh -c 'read -r line; echo "$line"')" typed
}

executes_status() {
  status=$(status_of crictl_ exec "$(main)" sh -c 'exit 42')
  [ "$status" != 0 ] || { echo 'it succeeded'; return 1; }
  contains stderr "$(cat "$WORK/stderr")" 42
}

executes_in_terminal() {
  shown=$(script -qec "timeout --foreground 60 '$HERE/build/crictl' --config /dev/null --runtime-endpoint 'unix://$WORK/containerd.sock' exec -it $(main) tty" \
    /dev/null </dev/null)
  contains 'what the terminal shows' "$shown" /dev/pts/
}

counts() {
  crictl_ stats -o json "$(main)" >"$WORK/stats"
  tr -d ' \n' <"$WORK/stats" | grep -q '"usageCoreNanoSeconds":{"value":"[1-9]' || { cat "$WORK/stats"; return 1; }
  tr -d ' \n' <"$WORK/stats" | grep -q '"workingSetBytes":{"value":"[1-9]' || { cat "$WORK/stats"; return 1; }
}

updates() {
  crictl_ update --memory 50331648 --cpu-quota 20000 --cpu-period 100000 "$(main)" >/dev/null
  parent="$NAME/web/$(main)"
  for file in "memory/$parent/memory.limit_in_bytes" "$parent/memory.max"; do
    [ ! -e "/sys/fs/cgroup/$file" ] || { equals "$file" "$(cat "/sys/fs/cgroup/$file")" 50331648; found=yes; }
  done
  for file in "cpu/$parent/cpu.cfs_quota_us" "$parent/cpu.max"; do
    [ ! -e "/sys/fs/cgroup/$file" ] || contains "$file" "$(cat "/sys/fs/cgroup/$file")" 20000
  done
  equals 'whether a cgroup has the limit' "${found:-no}" yes
}

stops() {
  id=$(main)
  crictl_ stop --timeout 20 "$id" >/dev/null
  equals 'its exit code' "$(field "$id" .status.exitCode)" 3
  crictl_ rm "$id" >/dev/null
  empty 'containers' "$(crictl_ ps -a -q)"
}

stops_by_force() {
  id=$(container_ web stubborn '' sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done')
  eventually ready web-stubborn
  crictl_ stop --timeout 1 "$id" >/dev/null
  equals 'its exit code' "$(field "$id" .status.exitCode)" 137
  crictl_ rm "$id" >/dev/null
}

reports_end() {
  id=$(container_ web short '' sh -c 'exit 5')
  eventually ended "$id"
  equals 'its exit code and reason' "$(field "$id" '.status.exitCode') $(field "$id" '.status.reason')" '5 Error'
  crictl_ rm "$id" >/dev/null
}

reports_oom() {
  id=$(container_ web glutton ', "linux": { "resources": { "memory_limit_in_bytes": 16777216 } }' tail /dev/zero)
  eventually ended "$id"
  equals 'its exit code and reason' "$(field "$id" '.status.exitCode') $(field "$id" '.status.reason')" '137 OOMKilled'
  crictl_ rm "$id" >/dev/null
}

reports_missing_command() {
  status=$(status_of container_ web missing '' no-such-command)
  [ "$status" != 0 ] || { echo 'it succeeded'; return 1; }
  # shellcheck disable=SC2016
  contains stderr "$(cat "$WORK/stderr")" 'executable file not found in $PATH'
  crictl_ rm --force "$(crictl_ ps -a -q --name '^missing$')" >/dev/null
}

# context JSON: what a container's configuration holds for a security context.
context() {
  echo ", \"linux\": { \"security_context\": $1 }"
}

runs_as_user() {
  equals 'its ids' "$(output_of web user "$(context '{ "run_as_user": { "value": 12 }, "run_as_group": { "value": 34 }, "supplemental_groups": [56] }')" id | tr -d ' ')" \
    'uid=12gid=34groups=34,56'
}

drops_capabilities() {
  equals 'its capabilities' "$(output_of web caps "$(context '{ "capabilities": { "drop_capabilities": ["ALL"] } }')" \
    sh -c 'grep CapEff /proc/self/status | cut -f 2')" 0000000000000000
}

filters_system_calls() {
  equals 'its mode of seccomp' "$(output_of web seccomp "$(context '{ "seccomp": { "profile_type": 0 } }')" \
    sh -c 'grep Seccomp: /proc/self/status | cut -f 2')" 2
}

has_read_only_root() {
  contains 'what it says' "$(output_of web readonly "$(context '{ "readonly_rootfs": true }')" sh -c 'touch /new 2>&1')" 'Read-only file system'
}

gains_no_privileges() {
  equals 'its no_new_privs' "$(output_of web nnp "$(context '{ "no_new_privs": true }')" \
    sh -c 'grep NoNewPrivs /proc/self/status | cut -f 2')" 1
}

runs_privileged() {
  pod_ mighty '"security_context": { "privileged": true }' >/dev/null
  equals 'its capabilities' "$(output_of mighty caps "$(context '{ "privileged": true }')" sh -c 'grep CapEff /proc/self/status | cut -f 2')" \
    "$(grep CapEff /proc/self/status | cut -f 2)"
  remove_pod mighty
}

mounts_volume() {
  mkdir -p "$WORK/volume"
  echo content >"$WORK/volume/file"
  volume=", \"mounts\": [{ \"host_path\": \"$WORK/volume\", \"container_path\": \"/volume\", \"readonly\": true }]"
  equals 'the file' "$(output_of web volume "$volume" cat /volume/file)" content
  contains 'writing to it' "$(output_of web volume "$volume" sh -c 'touch /volume/new 2>&1')" 'Read-only file system'
}

passes_environment() {
  equals 'the variable' "$(output_of web env ', "envs": [{ "key": "GIVEN", "value": "by the pod" }], "working_dir": "/tmp"' \
    sh -c 'echo "$GIVEN in $(pwd)"')" 'by the pod in /tmp'
}

# 0 is POD, 1 CONTAINER, 2 NODE (NamespaceMode of the CRI).
shares_pids() {
  pod_ family '"security_context": { "namespace_options": { "pid": 0 } }' >/dev/null
  first=$(container_ family first "$(context '{ "namespace_options": { "pid": 0 } }')" sleep 1000)
  seen=$(output_of family second "$(context '{ "namespace_options": { "pid": 0 } }')" ps)
  contains 'the processes it sees' "$seen" 'sleep 1000'
  crictl_ stop --timeout 0 "$first" >/dev/null
  remove_pod family
}

shares_host() {
  pod_ host '"security_context": { "namespace_options": { "network": 2, "pid": 2, "ipc": 2 } }' >/dev/null
  seen=$(output_of host inside "$(context '{ "namespace_options": { "network": 2, "pid": 2, "ipc": 2 } }')" \
    sh -c 'for kind in net pid ipc; do readlink /proc/self/ns/$kind; done' | tr '\n' ' ')
  own=$(readlink /proc/$$/ns/net /proc/$$/ns/pid /proc/$$/ns/ipc | tr '\n' ' ')
  remove_pod host
  equals 'its namespaces' "$seen" "$own"
}

sets_sysctls() {
  pod_ tuned '"sysctls": { "kernel.shm_rmid_forced": "1", "net.ipv4.ip_unprivileged_port_start": "80" }' >/dev/null
  seen=$(output_of tuned inside '' cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ip_unprivileged_port_start | tr '\n' ' ')
  remove_pod tuned
  equals 'what the container sees' "$seen" '1 80 '
}

runs_by_class() {
  pod_ classy '"security_context": {}' --runtime runts >/dev/null
  equals 'the handler of the pod' "$(crictl_ inspectp -o go-template --template '{{.status.runtimeHandler}}' "$(pod_id classy)")" runts
  equals 'what a container writes' "$(output_of classy inside '' echo by class)" 'by class'
  remove_pod classy
  status=$(status_of pod_ classless '"security_context": {}' --runtime no-such-class)
  [ "$status" != 0 ] || { echo 'an unknown class succeeded'; return 1; }
}

removes_pod_by_force() {
  container_ web left '' sh -c "$TALE" >/dev/null
  eventually ready web-left
  crictl_ rmp --force "$(pod_id web)" >/dev/null
  empty 'pods' "$(crictl_ pods -q)"
  empty 'containers' "$(crictl_ ps -a -q)"
}

leaves_no_process() {
  empty 'shims and containers' "$(processes | grep -v -e ' containerd --config' || true)"
}

same_mounts() {
  mounts >"$WORK/mounts.after"
  diff "$WORK/mounts.before" "$WORK/mounts.after"
}

no_cgroups() {
  empty 'cgroups of containers' "$(container_cgroups "$NAME" | grep -E '/[0-9a-f]{64}$' || true)"
}

no_state() {
  empty 'state of the runtime' "$(find "$WORK/runtime-root" /run/containerd/runc -mindepth 2 2>/dev/null)"
}

start_containerd || { cat "$WORK/containerd.log" >&2; exit 1; }
mounts >"$WORK/mounts.before"
import_image "$IMAGE" >/dev/null || exit 1
import_image "$PAUSE" '["/bin/sleep", "2147483647"]' >/dev/null || exit 1

check 'runs a pod sandbox with a network of its own' runs_pod
check 'runs a container in it, and keeps its log' runs_container
check 'shares network, ipc and host name in the pod' shares_namespaces_of_pod
check 'executes a command, at once and in a stream' executes
check 'returns the exit status of a command' executes_status
check 'executes a command in a terminal' executes_in_terminal
check 'counts processor time and memory' counts
check 'updates limits of a running container' updates
check 'stops a container by SIGTERM' stops
check 'stops a container by SIGKILL after its time' stops_by_force
check 'reports exit code and reason' reports_end
check 'reports that a container ran out of memory' reports_oom
check 'says that a command was not found' reports_missing_command
check 'runs as the user and groups asked for' runs_as_user
check 'drops capabilities' drops_capabilities
check 'applies the default seccomp profile' filters_system_calls
check 'makes the root filesystem read-only' has_read_only_root
check 'keeps privileges from growing' gains_no_privileges
check 'runs a privileged container' runs_privileged
check 'mounts a volume read-only' mounts_volume
check 'passes environment and directory' passes_environment
check 'shares the processes of a pod' shares_pids
check 'shares network, processes and ipc of the host' shares_host
check 'sets the sysctls of a pod' sets_sysctls
check 'runs a pod by its runtime class' runs_by_class
check 'removes a pod with a running container by force' removes_pod_by_force
check 'leaves no process behind' leaves_no_process
stop_containerd
check 'leaves the mounts of the host as they were' same_mounts
check 'leaves no cgroup of a container behind' no_cgroups
check 'leaves no state behind' no_state
finish
