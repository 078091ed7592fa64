# SPDX-License-Identifier: Apache-2.0
# What is left when a shim or containerd itself dies. Sourced by cases.sh.

shim_of() {
  processes | awk -v id="$1" '/containerd-shim/ { for (i = 2; i < NF; i++) if ($i == "-id" && $(i + 1) == id) print $1 }'
}

# gone PID...: ended, or waiting to be collected.
gone() {
  for pid in "$@"; do
    case "$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null)" in '' | Z | X) ;; *) return 1 ;; esac
  done
}

# nothing_of ID: neither state of the runtime nor a cgroup.
nothing_of() {
  [ ! -e "$WORK/runtime-root/$NAME/$1" ] && ! container_cgroups "$NAME" | grep -q "/$1\$"
}

# containerd calls the runtime with `delete --force` and nothing else, from the shim's own clean-up.
cleans_up_after_shim() {
  start_detached orphan
  exec_ orphan sh -c 'sleep 1000 >/dev/null 2>&1 &'
  pids=$(ctr_ task ps orphan | awk 'NR > 1 { print $1 }')
  [ "$(echo "$pids" | wc -l)" -gt 1 ] || { echo "two processes expected: $pids"; return 1; }
  kill -KILL "$(shim_of orphan)"
  # shellcheck disable=SC2086
  eventually gone $pids
  eventually nothing_of orphan
  remove orphan >/dev/null 2>&1 || true
  empty 'containers' "$(ctr_ container ls -q)"
}

cleans_up_paused_after_shim() {
  start_detached frozen
  pid=$(task_pid frozen)
  ctr_ task pause frozen
  kill -KILL "$(shim_of frozen)"
  eventually gone "$pid"
  eventually nothing_of frozen
  remove frozen >/dev/null 2>&1 || true
  empty 'containers' "$(ctr_ container ls -q)"
}

outlives_containerd() {
  equals 'its status' "$(task_status survivor)" RUNNING
  equals 'its pid' "$(task_pid survivor)" "$1"
  equals 'what exec prints' "$(exec_ survivor echo still here)" 'still here'
  remove survivor
}

crash_checks() {
  check 'cleans up after a shim that was killed' cleans_up_after_shim
  check 'cleans up a paused container whose shim was killed' cleans_up_paused_after_shim
  start_detached survivor
  pid=$(task_pid survivor)
  stop_containerd
  start_containerd
  check 'keeps a container running while containerd restarts' outlives_containerd "$pid"
}
