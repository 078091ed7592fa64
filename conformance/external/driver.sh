# SPDX-License-Identifier: Apache-2.0
# What the drivers in this folder share: a place of their own to run in, and how they report.
#
# A driver runs in its own mount and pid namespaces: its mounts and processes are complete lists that can be
# compared before and after, nothing on the machine can be reached by mistake, and all of it ends with the driver.

# isolated SCRIPT [ARG...]: run SCRIPT in a fresh mount and pid namespace with $WORK, a temporary directory, and
# $NAME, a word that every cgroup of this run carries; afterwards both are gone. Ends the shell with its status.
isolated() {
  [ "$(id -u)" = 0 ] || { echo "$0 needs root" >&2; exit 1; }
  RUNTIME=$(runtime_path "${RUNTIME:-$ROOT/dist/runts}") || exit 1
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/runts-driver.XXXXXX") || exit 1
  NAME=runts-driver-$$
  # script(1) runs its commands with it, whatever the caller's is.
  SHELL=/bin/sh
  export RUNTIME WORK NAME SHELL
  # unshare ignores softer signals while it waits; --kill-child passes this one on to all it started.
  trap 'kill -KILL "$inside" 2>/dev/null; wait "$inside" 2>/dev/null; remove_traces; exit 130' INT TERM HUP
  # Not exec: the shell stays as pid 1 to collect what the containers leave to it.
  unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
    sh -c 'sh "$@"; exit $?' isolated "$@" </dev/null &
  inside=$!
  wait "$inside"
  status=$?
  remove_traces
  exit "$status"
}

remove_traces() {
  eventually remove_cgroups
  rm -rf --one-file-system "$WORK"
}

# Succeeds once none is left: those of processes that were just killed stay busy for a moment.
remove_cgroups() {
  cgroups_of "$NAME" | sort -r | while read -r cgroup; do rmdir "$cgroup" 2>/dev/null; done
  [ -z "$(cgroups_of "$NAME")" ]
}

# The runtime as an absolute path: an engine looks for it from another directory.
runtime_path() {
  found=$(command -v "$1") && [ -x "$found" ] || { echo "no runtime at $1 (set RUNTIME, or run: npm run build)" >&2; return 1; }
  realpath -s "$found"
}

# Every cgroup whose path has a component starting with $1, parents first.
cgroups_of() {
  find /sys/fs/cgroup -type d -path "*/$1*" 2>/dev/null | sort
}

# The cgroups below the one called $1, which is to say those of containers: runtimes leave the parent to its owner.
container_cgroups() {
  find /sys/fs/cgroup -type d -path "*/$1/*" 2>/dev/null | sort
}

mounts() {
  cut -d ' ' -f 3-6,9- /proc/self/mountinfo | sort
}

# Every process of this namespace as "pid command", without the shells, subshells and tools of the driver itself.
processes() {
  for status in /proc/[0-9]*/status; do
    pid=${status#/proc/}
    pid=${pid%/status}
    command=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") || continue
    case "$command" in '' | 'sh '*"$DRIVER"* | 'sh -c sh "$@"'* | tr\ *) continue ;; esac
    echo "$pid $command"
  done
}

passed=0
failed=0
skipped=0

# check SENTENCE FUNCTION [ARG...]: run a case in a subshell that stops at its first failing command.
check() {
  sentence=$1
  shift
  # A condition would switch `set -e` off inside the case.
  (set -e; "$@") >"$WORK/case.log" 2>&1
  if [ $? = 0 ]; then
    echo "ok $sentence"
    passed=$((passed + 1))
  else
    echo "not ok $sentence: $(tail -n 4 "$WORK/case.log" | tr "\n" " " | cut -c 1-400)"
    failed=$((failed + 1))
    sweep >/dev/null 2>&1
  fi
}

# leave_out SENTENCE REASON: a check that says nothing on this machine or of this runtime.
leave_out() {
  echo "ok $1 # SKIP $2"
  skipped=$((skipped + 1))
}

# Drivers that share something between cases say how to clean it after a failure.
sweep() {
  :
}

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}

# The three below end a case: each says what was found and what was wanted.
equals() {
  [ "$2" = "$3" ] || { echo "$1 is \"$2\", wanted \"$3\""; return 1; }
}

contains() {
  case "$2" in *"$3"*) ;; *) echo "$1 is \"$2\", wanted it to contain \"$3\""; return 1 ;; esac
}

empty() {
  [ -z "$2" ] || { echo "$1: $(echo "$2" | tr '\n' ' ')"; return 1; }
}

# status_of COMMAND...: its exit status, printed, with its output in $WORK/stdout and $WORK/stderr.
status_of() {
  status=0
  "$@" >"$WORK/stdout" 2>"$WORK/stderr" </dev/null || status=$?
  echo "$status"
}

# eventually COMMAND...: repeat until it succeeds, for half a minute at most, or $WAIT_SECONDS.
eventually() {
  tries=$((${WAIT_SECONDS:-30} * 10))
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "gave up waiting for: $*"; return 1; }
    sleep 0.1
  done
}

# require COMMAND PACKAGE: stop at once, naming the Debian package, when a tool is missing.
require() {
  command -v "$1" >/dev/null || { echo "$1 is missing: apt-get install $2" >&2; exit 1; }
}
