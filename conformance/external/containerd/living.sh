# SPDX-License-Identifier: Apache-2.0
# What is done to a running container and heard of it: pause, metrics, processes, events. Sourced by cases.sh.

# Clock ticks that the first process of a container has run, proc_pid_stat(5): a busy one stands still only when frozen.
ticks_of() {
  awk '{ print $14 + $15 }' "/proc/$(task_pid "$1")/stat"
}

ran_since() {
  [ "$(ticks_of "$1")" -gt "$2" ]
}

start_busy() {
  run_ --detach --log-uri "file://$WORK/$1.log" "$IMAGE" "$1" sh -c 'while :; do :; done'
  eventually ran_since "$1" 0
}

pauses() {
  start_busy busy
  ctr_ task pause busy
  equals 'its status' "$(task_status busy)" PAUSED
  before=$(ticks_of busy)
  # Not a wait for something: a busy process runs for a hundred ticks meanwhile.
  sleep 1
  equals 'what it has run' "$(ticks_of busy)" "$before"
}

resumes() {
  before=$(ticks_of busy)
  ctr_ task resume busy
  equals 'its status' "$(task_status busy)" RUNNING
  eventually ran_since busy "$before"
}

kills_paused() {
  ctr_ task pause busy
  ctr_ task kill --signal SIGKILL busy
  # A frozen process of cgroup v1 dies when it is thawed.
  ctr_ task resume busy >/dev/null 2>&1 || true
  eventually status_is busy STOPPED
  remove busy
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
  start_busy measured
  ctr_ task metrics measured >"$WORK/metrics"
  remove measured
  grep -qE '^(memory.usage_in_bytes|memory.usage) +[1-9]' "$WORK/metrics" || { cat "$WORK/metrics"; return 1; }
  grep -qE '^(cpuacct.usage|cpu.usage_usec|cpuacct.usage_usec) +[1-9]' "$WORK/metrics" || { cat "$WORK/metrics"; return 1; }
  grep -qE '^pids.current +1 *$' "$WORK/metrics" || { cat "$WORK/metrics"; return 1; }
}

# listed ID WORDS: whether the list of processes has one with these words in its command line.
listed() {
  # A process that is just being executed has no command line yet, and some may have ended meanwhile.
  for pid in $(ctr_ task ps "$1" | awk 'NR > 1 { print $1 }'); do cat "/proc/$pid/cmdline" 2>/dev/null; echo; done |
    tr '\0' ' ' | grep -q "$2"
}

lists_processes() {
  start_detached parent
  exec_ parent sh -c 'sleep 1000 >/dev/null 2>&1 &'
  eventually listed parent '^sleep 1000'
  listed parent '^sh -c trap'
  contains 'the list of pids' " $(ctr_ task ps parent | awk '{ print $1 }' | tr '\n' ' ')" " $(task_pid parent) "
  remove parent
}

# listen: events of this run go to $WORK/events from now on, until `kill $listener`.
listen() {
  timeout -k 5 120 ctr --address "$WORK/containerd.sock" --namespace "$NAME" events >"$WORK/events" 2>&1 &
  listener=$!
  # Nothing says when ctr listens: make events until it hears one.
  eventually makes_itself_heard
}

makes_itself_heard() {
  ctr_ image label "$IMAGE" "seen=$(date +%N)" >/dev/null && heard /images/
}

# heard TOPIC: whether the events of this run have it.
heard() {
  grep -q "$1" "$WORK/events"
}

tells_events() {
  listen
  start_busy heard
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
  listen
  # The shim asks the kernel for such news once the container runs: it must not be hungry before.
  # tail keeps what it reads; without an end of line that is everything.
  run_ --detach --memory-limit 16777216 "$IMAGE" glutton sh -c 'while [ ! -e /go ]; do sleep 0.1; done; exec tail /dev/zero'
  exec_ glutton touch /go
  eventually status_is glutton STOPPED
  eventually heard /tasks/oom
  deleted_with glutton 137
  ctr_ container rm glutton
  kill "$listener"
  wait "$listener" || true
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
