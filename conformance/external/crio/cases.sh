# SPDX-License-Identifier: Apache-2.0
# The cases themselves; run.sh starts this file in namespaces of its own.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
DRIVER=$HERE
. "$HERE/../driver.sh"
. "$HERE/engine.sh"

# shellcheck disable=SC2016
TALE='trap "exit 3" TERM; echo ready; echo aside >&2; while :; do sleep 0.1; done'

# CRI-O takes what both commands print on either stream together.
says_what_it_is() {
  contains 'its version' "$("$runtime_path" --version 2>&1 | head -n 1)" ' version '
  contains 'its features' "$("$runtime_path" features 2>&1 | head -n 1)" '{'
}

creates_sandbox() {
  create infra '["sleep", "2147483647"]' "$(new_namespaces pid network ipc uts)"
  contains 'what conmon reports' "$(cat "$WORK/sync")" "\"pid\": $(pid_of infra)"
  equals 'its status' "$(status infra)" created
  runtime start infra
  equals 'its status' "$(status infra)" running
}

# pinns holds the namespaces of a sandbox by mounts of their files.
creates_in_pinned_namespaces() {
  for kind in net ipc uts; do
    : >"$WORK/pinned-$kind"
    mount --bind "/proc/$(pid_of infra)/ns/$kind" "$WORK/pinned-$kind"
  done
  create main "[\"sh\", \"-c\", $(quoted "$TALE")]" \
    "$(new_namespaces pid), $(pinned network net), $(pinned ipc ipc), $(pinned uts uts)"
  runtime start main
  eventually log_has main ready
  for kind in net ipc uts; do
    equals "its $kind namespace" "$(readlink "/proc/$(pid_of main)/ns/$kind")" "$(readlink "/proc/$(pid_of infra)/ns/$kind")"
  done
}

keeps_log_of_both_streams() {
  contains 'the log' "$(cat "$WORK/main.log")" ' stdout F ready'
  contains 'the log' "$(cat "$WORK/main.log")" ' stderr F aside'
}

executes_by_conmon() {
  execute main '["sh", "-c", "echo synchronous; exit 42"]'
  contains 'what conmon reports' "$(cat "$WORK/sync")" '"exit_code": 42'
  contains 'the log' "$(cat "$WORK/exec.log")" ' stdout F synchronous'
}

# The kubelet takes it for a probe that failed.
executes_within_time() {
  execute main '["sleep", "1000"]' -T 1
  contains 'what conmon reports' "$(cat "$WORK/sync")" 'command timed out'
}

reports_missing_command() {
  execute main '["no-such-command"]'
  # shellcheck disable=SC2016
  contains 'what conmon reports' "$(cat "$WORK/sync")" 'executable file not found in $PATH'
}

executes_in_stream() {
  process '["sh", "-c", "read -r line; echo $line; exit 5"]' false >"$WORK/process.json"
  status=0
  said=$(echo typed | runtime exec --process "$WORK/process.json" main) || status=$?
  equals 'what it prints and its status' "$said $status" 'typed 5'
}

executes_in_terminal() {
  process '["tty"]' true >"$WORK/process.json"
  shown=$(script -qec "'$runtime_path' --root '$runtime_root' exec --process '$WORK/process.json' main" /dev/null </dev/null)
  contains 'what the terminal shows' "$shown" /dev/pts/
}

updates() {
  echo '{ "memory": { "limit": 50331648 }, "cpu": { "shares": 512 } }' | runtime update --resources - main
  for file in "memory/$NAME/main/memory.limit_in_bytes" "$NAME/main/memory.max"; do
    [ ! -e "/sys/fs/cgroup/$file" ] || { equals "$file" "$(cat "/sys/fs/cgroup/$file")" 50331648; found=yes; }
  done
  equals 'whether a cgroup has the limit' "${found:-no}" yes
}

pauses() {
  runtime pause main
  equals 'its status' "$(status main)" paused
  runtime resume main
  equals 'its status' "$(status main)" running
}

stops() {
  runtime kill main SIGTERM
  eventually test -e "$WORK/exits/main"
  equals 'its exit code' "$(cat "$WORK/exits/main")" 3
  equals 'its status' "$(status main)" stopped
}

# CRI-O looks for these words to know that there is nothing left to end.
says_that_it_has_stopped() {
  [ "$(status_of runtime kill main KILL)" != 0 ] || { echo 'it succeeded'; return 1; }
  grep -q -e 'container not running' -e 'no such process' "$WORK/stderr" || { cat "$WORK/stderr"; return 1; }
}

deletes() {
  runtime delete --force main
  [ "$(status_of runtime state main)" != 0 ] || { echo 'it is still there'; return 1; }
  empty 'its cgroups' "$(container_cgroups "$NAME" | grep '/main$' || true)"
}

# With the pids of the node, what a container has started outlives it.
ends_all_processes() {
  create family '["sh", "-c", "sleep 1234567 & echo ready; while :; do sleep 0.1; done"]' "$(new_namespaces network ipc uts)"
  runtime start family
  eventually log_has family ready
  runtime kill -a family 9
  eventually test -e "$WORK/exits/family"
  eventually alone_without 'sleep 1234567'
  runtime delete --force family
}

# Without grep, which would find itself in the list.
alone_without() {
  case "$(processes)" in *"$1"*) return 1 ;; esac
}

reports_oom() {
  create glutton '["tail", "/dev/zero"]' "$(new_namespaces pid network ipc uts)" ', "resources": { "memory": { "limit": 16777216 } }'
  runtime start glutton
  eventually test -e "$WORK/exits/glutton"
  equals 'its exit code' "$(cat "$WORK/exits/glutton")" 137
  eventually test -e "$WORK/glutton/oom"
  runtime delete --force glutton
}

reports_failed_creation() {
  create broken '["no-such-command"]' "$(new_namespaces pid network ipc uts)"
  # shellcheck disable=SC2016
  contains 'what conmon reports' "$(cat "$WORK/sync")" 'executable file not found in $PATH'
  runtime delete --force broken
}

# A container that was never started is given up the same way.
deletes_created() {
  create early '["true"]' "$(new_namespaces pid network ipc uts)"
  equals 'its status' "$(status early)" created
  runtime delete --force early
  empty 'its cgroups' "$(container_cgroups "$NAME" | grep '/early$' || true)"
}

removes_sandbox() {
  runtime kill infra KILL
  eventually test -e "$WORK/exits/infra"
  runtime delete --force infra
  for kind in net ipc uts; do umount "$WORK/pinned-$kind"; done
}

leaves_no_process() {
  eventually no_processes || { processes; return 1; }
}

no_processes() {
  [ -z "$(processes)" ]
}

same_mounts() {
  mounts >"$WORK/mounts.after"
  diff "$WORK/mounts.before" "$WORK/mounts.after"
}

no_cgroups() {
  empty 'cgroups of containers' "$(container_cgroups "$NAME" | grep -E '/(infra|main|family|glutton|broken|early)$' || true)"
}

no_state() {
  empty 'state of the runtime' "$(find "$runtime_root" -mindepth 1 -maxdepth 1)"
}

mount -t tmpfs tmpfs /run
# conmon leaves a note of an OOM kill in its working directory, too.
cd "$WORK" || exit 1
install_stanza
sh "$HERE/../busybox-rootfs.sh" "$WORK/rootfs"
mkdir "$WORK/exits" "$WORK/sockets"
mounts >"$WORK/mounts.before"

check 'tells its version and features' says_what_it_is
check 'creates the container of a sandbox through conmon, then starts it' creates_sandbox
check 'creates a container in the namespaces of the sandbox' creates_in_pinned_namespaces
check 'keeps the log of both streams' keeps_log_of_both_streams
check 'executes a command through conmon and returns its status' executes_by_conmon
check 'ends a command that runs out of time' executes_within_time
check 'says that a command was not found' reports_missing_command
check 'executes a command in a stream' executes_in_stream
check 'executes a command in a terminal' executes_in_terminal
check 'updates limits' updates
check 'pauses and resumes' pauses
check 'stops by a signal with a name' stops
check 'says that a container has stopped' says_that_it_has_stopped
check 'deletes a container' deletes
check 'ends all processes of a container with the pids of the node' ends_all_processes
check 'reports that a container ran out of memory' reports_oom
check 'reports that a container cannot be created' reports_failed_creation
check 'deletes a container that was never started' deletes_created
check 'removes the sandbox' removes_sandbox
check 'leaves no process behind' leaves_no_process
check 'leaves the mounts of the host as they were' same_mounts
check 'leaves no cgroup of a container behind' no_cgroups
check 'leaves no state behind' no_state
finish
