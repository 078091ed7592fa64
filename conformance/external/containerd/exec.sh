# SPDX-License-Identifier: Apache-2.0
# Other processes in a running container, and terminals. Sourced by cases.sh.

# exec_ ARG... ID COMMAND...: another process in a running container.
exec_() {
  calls=$((${calls:-0} + 1))
  ctr_ task exec --exec-id "exec-$calls-$$" "$@"
}

# in_terminal COMMAND...: run it with a terminal as its three streams, and print what the terminal shows.
in_terminal() {
  for word in "$@"; do printf "'%s' " "$word"; done >"$WORK/terminal.sh"
  script -qec ". $WORK/terminal.sh" /dev/null </dev/null | tr -d '\r'
}

# ctr needs to stay in the foreground, or the terminal stops it.
terminal_ctr() {
  in_terminal timeout --foreground -k 5 60 ctr --address "$WORK/containerd.sock" --namespace "$NAME" "$@"
}

exec_prints() {
  equals 'the exit status' "$(status_of exec_ host sh -c 'echo out; echo err >&2')" 0
  equals stdout "$(cat "$WORK/stdout")" out
  equals stderr "$(cat "$WORK/stderr")" err
}

exec_reads_stdin() {
  # shellcheck disable=SC2016
  equals stdout "$(echo typed | exec_ host sh -c 'read -r line; echo "$line"')" typed
}

exec_returns_status() {
  equals 'the exit status' "$(status_of exec_ host sh -c 'exit 42')" 42
  equals 'the exit status after a signal' "$(status_of exec_ host sh -c 'kill -TERM $$')" 143
}

exec_joins() {
  pid=$(task_pid host)
  for namespace in mnt pid ipc uts net cgroup; do
    equals "its $namespace namespace" "$(exec_ host readlink "/proc/self/ns/$namespace")" "$(readlink "/proc/$pid/ns/$namespace")"
  done
  equals 'its cgroups' "$(exec_ host sort /proc/self/cgroup)" "$(exec_ host sort /proc/1/cgroup)"
}

exec_starts_in_directory_as_user() {
  equals 'its directory' "$(exec_ --cwd /tmp host pwd)" /tmp
  equals 'its ids' "$(exec_ --user 12:34 host sh -c 'id -u; id -g' | tr '\n' ' ')" '12 34 '
}

exec_detached() {
  ctr_ task exec --exec-id sleeper --detach host sleep 1000
  eventually sh -c "ctr --address '$WORK/containerd.sock' --namespace '$NAME' task ps host | grep -q sleeper"
  ctr_ task kill --exec-id sleeper --signal SIGKILL host
  eventually sh -c "! ctr --address '$WORK/containerd.sock' --namespace '$NAME' task ps host | grep -q sleeper"
}

exec_refuses_missing_command() {
  status=$(status_of exec_ host no-such-command)
  [ "$status" != 0 ] || { echo 'it succeeded'; return 1; }
  # shellcheck disable=SC2016
  contains stderr "$(cat "$WORK/stderr")" 'executable file not found in $PATH'
}

exec_refuses_stopped() {
  start_detached ended
  ctr_ task kill --signal SIGKILL ended
  eventually status_is ended STOPPED
  status=$(status_of exec_ ended true)
  remove ended
  [ "$status" != 0 ] || { echo 'it succeeded'; return 1; }
}

terminal_of_run() {
  shown=$(terminal_ctr run --runc-binary "$RUNTIME" --runc-root "$WORK/runtime-root" --rm --tty "$IMAGE" one \
    sh -c 'test -t 0 && test -t 1 && tty')
  contains 'what the terminal shows' "$shown" /dev/pts/0
}

terminal_of_exec() {
  start_detached screen
  shown=$(terminal_ctr task exec --exec-id terminal --tty screen sh -c 'test -t 0 && test -t 2 && tty')
  remove screen
  contains 'what the terminal shows' "$shown" /dev/pts/
}

terminal_returns_status() {
  shown=$(in_terminal sh -c "timeout --foreground -k 5 60 ctr --address $WORK/containerd.sock --namespace $NAME run \
    --runc-binary $RUNTIME --runc-root $WORK/runtime-root --rm --tty $IMAGE one sh -c \"exit 9\"; echo status \$?")
  contains 'what the terminal shows' "$shown" 'status 9'
}

exec_checks() {
  start_detached host
  check 'exec prints to stdout and stderr' exec_prints
  check 'exec gives the process its stdin' exec_reads_stdin
  check 'exec returns the exit status' exec_returns_status
  check 'exec joins the namespaces and cgroups of the container' exec_joins
  check 'exec starts in the directory and as the user asked for' exec_starts_in_directory_as_user
  check 'exec in the background is listed and can be killed' exec_detached
  check 'exec says that a command was not found' exec_refuses_missing_command
  check 'exec refuses a stopped container' exec_refuses_stopped
  remove host
  check 'exec gives the process a terminal' terminal_of_exec
  check 'run gives the container a terminal' terminal_of_run
  check 'run returns the exit status behind a terminal' terminal_returns_status
}
