# SPDX-License-Identifier: Apache-2.0
# What is done to a running container and heard of it: pause, metrics, processes, events. Sourced by cases.sh.

# A container that counts in /count, so that standing still can be seen.
COUNTER='n=0; echo ready; while :; do n=$((n + 1)); echo $n >/count; done'

count_of() {
  cat "/proc/$(task_pid "$1")/root/count"
}

count_is_not() {
  now=$(count_of "$1" 2>/dev/null)
  [ -n "$now" ] && [ "$now" != "$2" ]
}

start_counter() {
  run_ --detach --log-uri "file://$WORK/$1.log" "$IMAGE" "$1" sh -c "$COUNTER"
  eventually count_is_not "$1" ''
}

pauses() {
  start_counter counter
  ctr_ task pause counter
  equals 'its status' "$(task_status counter)" PAUSED
  before=$(count_of counter)
  # Not a wait for something: a process that runs counts thousands of times meanwhile.
  sleep 1
  equals 'its count' "$(count_of counter)" "$before"
}

resumes() {
  before=$(count_of counter)
  ctr_ task resume counter
  equals 'its status' "$(task_status counter)" RUNNING
  eventually count_is_not counter "$before"
}

kills_paused() {
  ctr_ task pause counter
  ctr_ task kill --signal SIGKILL counter
  # A frozen process of cgroup v1 dies when it is thawed.
  ctr_ task resume counter >/dev/null 2>&1 || true
  eventually status_is counter STOPPED
  remove counter
}

refuses_to_pause_twice() {
  start_detached twice
  ctr_ task pause twice
  status=$(status_of ctr_ task pause twice)
  ctr_ task resume twice
  remove twice
  [ "$status" != 0 ] || { echo 'it succeeded'; return 1; }
}

measures() {
  start_counter measured
  ctr_ task metrics measured >"$WORK/metrics"
  remove measured
  grep -qE '^(memory.usage_in_bytes|memory.usage) +[1-9]' "$WORK/metrics" || { cat "$WORK/metrics"; return 1; }
  grep -qE '^(cpuacct.usage|cpu.usage_usec|cpuacct.usage_usec) +[1-9]' "$WORK/metrics" || { cat "$WORK/metrics"; return 1; }
  grep -qE '^pids.current +1 *$' "$WORK/metrics" || { cat "$WORK/metrics"; return 1; }
}

lists_processes() {
  start_detached parent
  exec_ parent sh -c 'sleep 1000 >/dev/null 2>&1 &'
  ctr_ task ps parent >"$WORK/ps"
  pids=$(awk 'NR > 1 { print $1 }' "$WORK/ps")
  contains 'the list of pids' " $(echo "$pids" | tr '\n' ' ')" " $(task_pid parent) "
  # Some of them may have ended meanwhile.
  names=$(for pid in $pids; do cat "/proc/$pid/cmdline" 2>/dev/null; done | tr '\0' ' ')
  remove parent
  contains 'what they are' "$names" 'sleep 1000'
}

# heard TOPIC: whether the events of this run have it.
heard() {
  grep -q "$1" "$WORK/events"
}

tells_events() {
  ctr_ events >"$WORK/events" 2>&1 &
  listener=$!
  # Nothing says when ctr listens: make events until it hears one.
  eventually sh -c "ctr --address '$WORK/containerd.sock' --namespace '$NAME' image label '$IMAGE' seen=\$\$ >/dev/null; grep -q /images/ '$WORK/events'"
  start_counter heard
  exec_ heard true
  ctr_ task pause heard
  ctr_ task resume heard
  ctr_ task kill --signal SIGKILL heard
  eventually status_is heard STOPPED
  remove heard
  for topic in /tasks/create /tasks/start /tasks/exec-added /tasks/exec-started /tasks/paused /tasks/resumed /tasks/exit /tasks/delete; do
    eventually heard "$topic"
  done
  kill "$listener"
  wait "$listener" || true
}

tells_of_oom() {
  ctr_ events >"$WORK/events" 2>&1 &
  listener=$!
  eventually sh -c "ctr --address '$WORK/containerd.sock' --namespace '$NAME' image label '$IMAGE' seen=\$\$ >/dev/null; grep -q /images/ '$WORK/events'"
  # tail keeps what it reads; without an end of line that is everything.
  status=$(status_of run_ --rm --memory-limit 16777216 "$IMAGE" glutton tail /dev/zero)
  eventually heard /tasks/oom
  kill "$listener"
  wait "$listener" || true
  equals 'the exit status' "$status" 137
}

living_checks() {
  check 'pauses a container' pauses
  check 'resumes it' resumes
  check 'kills a paused container' kills_paused
  check 'refuses to pause a paused container' refuses_to_pause_twice
  check 'measures memory, processor time and processes' measures
  check 'lists the processes of a container' lists_processes
  check 'tells the events of a life' tells_events
  check 'tells that a container ran out of memory' tells_of_oom
}
