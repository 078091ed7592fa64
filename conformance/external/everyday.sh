# SPDX-License-Identifier: Apache-2.0
# Everyday use of an engine with the command line that Docker and podman share. A driver that sources this file has
# sourced driver.sh and defines `d ARG...`, one call of the engine; `engine_words`, the same for another shell;
# `container_cgroup ID`, the last component of a container's cgroup; $IMAGE, and $BRIDGE_GATEWAY. The arguments of the
# driver are words: the checks that are wanted.

# Published ports, bridges and their rules belong to a network of this driver alone.
[ -n "${IN_NETWORK:-}" ] || IN_NETWORK=yes exec unshare --net sh "$0" "$@"
WORDS=$*
mount -t tmpfs tmpfs /run
ip link set lo up
# Users that are mapped pass through here.
chmod 0711 "$WORK"

# run_ ARG...: `docker run --rm` without a word about what the kernel lacks.
run_() {
  d run --rm "$@"
}

# Podman may lose what a program prints in a terminal just before it ends, with any runtime.
LASTING_TTY="sh -c 'tty; sleep 1'"

# in_terminal COMMAND...: with a terminal as its standard streams; what it prints has the terminal's line ends removed.
in_terminal() {
  script -qec "$*" /dev/null </dev/null | tr -d '\r'
}

# check, but only for the words that were asked for.
check_() {
  [ -z "$WORDS" ] || wanted "$1" || return 0
  check "$@"
}

# check_all_capabilities SENTENCE FUNCTION: where nobody refuses a config that asks for every capability.
check_all_capabilities() {
  [ -z "$WORDS" ] || wanted "$1" || return 0
  if refuses_all_capabilities; then
    leave_out "$1" 'root of this machine lacks a capability, and runc refuses a config that asks for it'
  else
    check "$@"
  fi
}

wanted() {
  for word in $WORDS; do
    case "$1" in *"$word"*) return 0 ;; esac
  done
  return 1
}

# Called after a failed check, so that its remains do not fail the next one.
sweep() {
  for id in $(d ps --all --quiet); do d rm --force "$id"; done
  d network prune --force
}

remove() {
  d rm --force "$@" >/dev/null
}

# keep ID OPTION...: a container in the background that ends at SIGTERM with status 3.
keep() {
  id=$1
  shift
  # shellcheck disable=SC2016
  d run --detach --name "$id" "$@" "$IMAGE" sh -c 'trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done' >/dev/null
  eventually log_has "$id" ready
}

log_has() {
  d logs "$1" 2>&1 | grep -q "$2"
}

state_of() {
  d inspect --format '{{.State.Status}}' "$1"
}

has_state() {
  [ "$(state_of "$1")" = "$2" ]
}

inspect() {
  d inspect --format "$2" "$1"
}

pid_of() {
  inspect "$1" '{{.State.Pid}}'
}

# cgroup_file ID CONTROLLER FILE: a file of the container's cgroup, wherever that controller is mounted.
cgroup_file() {
  id=$(inspect "$1" '{{.Id}}')
  for directory in "/sys/fs/cgroup/$2/$NAME/$(container_cgroup "$id")" "/sys/fs/cgroup/$NAME/$(container_cgroup "$id")"; do
    for file in $3; do
      if [ -e "$directory/$file" ]; then cat "$directory/$file"; return; fi
    done
  done
  echo "no $3 of $1"
  return 1
}

imports_images() {
  sh "$HERE/../busybox-rootfs.sh" "$WORK/rootfs"
  mkdir -p "$WORK/rootfs/home/app"
  echo 'app:x:1234:1234:app:/home/app:/bin/sh' >>"$WORK/rootfs/etc/passwd"
  echo 'app:x:1234:' >>"$WORK/rootfs/etc/group"
  echo 'helpers:x:4321:app' >>"$WORK/rootfs/etc/group"
  tar -C "$WORK/rootfs" -c . | d import --change 'ENV PATH=/bin' --change 'ENV FROM_IMAGE=yes' - "$IMAGE"
  contains 'the image list' "$(d images)" busybox
  d import - nginx:local <"$ARCHIVE" >/dev/null
}

prints() {
  equals 'the status' "$(status_of run_ "$IMAGE" sh -c 'echo out; echo err >&2')" 0
  equals stdout "$(cat "$WORK/stdout")" out
  equals stderr "$(cat "$WORK/stderr")" err
}

returns_status() {
  equals 'the status' "$(status_of run_ "$IMAGE" sh -c "exit $1")" "$1"
}

refuses_program() {
  equals 'the status' "$(status_of run_ "$IMAGE" "$1")" "$2"
}

reads_stdin() {
  equals stdout "$(echo typed | run_ --interactive "$IMAGE" cat)" typed
}

has_terminal() {
  contains 'what tty says' "$(in_terminal "$(engine_words) run --rm -it $IMAGE $LASTING_TTY")" /dev/pts/
}

serves_nginx() {
  for port in 8081 8082 8083; do
    d run --detach --name "nginx-$port" --publish "127.0.0.1:$port:80" nginx:local \
      sh -c "echo page $port >/var/www/html/index.html; exec nginx -g 'daemon off;'" >/dev/null
  done
  for port in 8081 8082 8083; do
    eventually answers "http://127.0.0.1:$port/" "page $port"
  done
  d stop nginx-8081 nginx-8082 nginx-8083 >/dev/null
  equals 'the status of nginx' "$(inspect nginx-8081 '{{.State.ExitCode}}')" 0
  remove nginx-8081 nginx-8082 nginx-8083
}

answers() {
  [ "$(timeout 10 busybox wget -q -O - "$1" 2>/dev/null)" = "$2" ]
}

executes() {
  keep living
  equals stdout "$(d exec living echo in there)" 'in there'
  equals 'the status' "$(status_of d exec living sh -c 'exit 7')" 7
  equals stdin "$(echo typed | d exec --interactive living cat)" typed
  equals 'user and directory' "$(d exec --user app --workdir /tmp living sh -c 'id -un; pwd' | tr '\n' ' ')" 'app /tmp '
  equals 'the variable' "$(d exec --env ADDED=yes living sh -c 'echo $ADDED $FROM_IMAGE')" 'yes yes'
  # dockerd 20.10 gives 126 here whatever the runtime says.
  [ "$(status_of d exec living no-such-program)" -ge 126 ]
  contains 'what is said of it' "$(cat "$WORK/stdout" "$WORK/stderr")" 'executable file not found'
  remove living
}

executes_in_terminal() {
  keep living
  contains 'what tty says' "$(in_terminal "$(engine_words) exec -it living $LASTING_TTY")" /dev/pts/
  remove living
}

executes_detached() {
  keep living
  d exec --detach living sh -c 'echo done >/tmp/done'
  eventually d exec living test -e /tmp/done
  remove living
}

# Nobody can pass on a capability that this machine's root lacks: runc then refuses, others go on without it.
refuses_all_capabilities() {
  [ "$(permitted_capabilities)" != "$(known_capabilities)" ] && is_runc
}

permitted_capabilities() {
  sed -n 's/^CapPrm:.0*//p' /proc/self/status
}

known_capabilities() {
  printf '%x' "$(((1 << ($(cat /proc/sys/kernel/cap_last_cap) + 1)) - 1))"
}

is_runc() {
  "$RUNTIME" --version | grep -q '^runc version'
}

executes_privileged() {
  keep living
  equals 'the capability set' "$(d exec living sh -c 'grep CapEff /proc/self/status' | cut -f 2)" 00000000a80425fb
  # The filter is the container's still, so that not all of these can be used.
  set=$(d exec --privileged living grep CapEff /proc/self/status | cut -f 2)
  equals 'the last digits of the set of a privileged process' "${set#????????}" "$(permitted_capabilities | tail -c 9)"
  remove living
}

shows_logs() {
  d run --detach --name talker "$IMAGE" sh -c 'for i in 1 2 3; do echo line $i; done; echo bad >&2' >/dev/null
  d wait talker >/dev/null
  equals 'the log' "$(d logs talker 2>"$WORK/stderr" | tr '\n' ' ')" 'line 1 line 2 line 3 '
  equals 'the log of stderr' "$(cat "$WORK/stderr")" bad
  remove talker
}

keeps_long_output() {
  equals 'the sum' "$(run_ "$IMAGE" seq 1 200000 | md5sum)" "$(seq 1 200000 | md5sum)"
}

shows_stats() {
  keep living --memory 64m
  stats=$(d stats --no-stream --format '{{.MemUsage}} {{.PIDs}}' living)
  case "$stats" in *'/ 64MiB '* | *'/ 67.11MB '*) ;; *) echo "the statistics: $stats"; return 1 ;; esac
  case "$stats" in *' 0') echo "no processes: $stats"; return 1 ;; esac
  remove living
}

shows_top() {
  keep living
  contains 'the table' "$(d top living)" 'trap "exit 3" TERM'
  remove living
}

pauses() {
  keep living
  d pause living
  equals 'the state' "$(state_of living)" paused
  [ "$(status_of d exec living true)" != 0 ]
  d unpause living
  equals 'the state' "$(state_of living)" running
  equals stdout "$(d exec living echo again)" again
  remove living
}

updates() {
  keep living --memory 64m
  d update --memory 96m --memory-swap 192m --cpus 0.5 living >/dev/null
  equals 'the memory limit' "$(cgroup_file living memory 'memory.limit_in_bytes memory.max')" 100663296
  contains 'the quota' "$(cgroup_file living cpu 'cpu.cfs_quota_us cpu.max')" 50000
  remove living
}

stops() {
  keep living
  d stop --time 30 living >/dev/null
  equals 'the status' "$(inspect living '{{.State.ExitCode}}')" 3
  d start living >/dev/null
  eventually has_state living running
  d restart --time 30 living >/dev/null
  eventually has_state living running
  equals 'what wait prints' "$(d kill living >/dev/null; d wait living)" 137
  remove living
}

stops_by_signal() {
  # shellcheck disable=SC2016
  d run --detach --name living --stop-signal USR1 "$IMAGE" sh -c 'trap "exit 5" USR1; echo ready; while :; do sleep 0.1; done' >/dev/null
  eventually log_has living ready
  d stop --time 30 living >/dev/null
  equals 'the status' "$(inspect living '{{.State.ExitCode}}')" 5
  remove living
}

kills_by_name() {
  keep living
  d kill --signal TERM living >/dev/null
  equals 'the status' "$(d wait living)" 3
  remove living
}

removes_running() {
  keep living
  pid=$(pid_of living)
  remove living
  [ ! -e "/proc/$pid" ]
  [ "$(status_of d inspect living)" != 0 ]
}

creates_and_attaches() {
  d create --name later --interactive "$IMAGE" cat >/dev/null
  equals 'the state' "$(state_of later)" created
  equals stdout "$(echo typed | d start --attach --interactive later)" typed
  remove later
}

restarts_by_policy() {
  d run --detach --name stubborn --restart on-failure:2 "$IMAGE" false >/dev/null
  eventually has_restarted stubborn 2
  remove stubborn
}

has_restarted() {
  [ "$(inspect "$1" '{{.RestartCount}}')" = "$2" ]
}

tells_events() {
  since=$(date +%s)
  run_ --name eventful "$IMAGE" true
  # More than once: podman may have nothing to say when the end of the time asked for comes while it starts.
  eventually told_since "$since"
}

told_since() {
  events=$(d events --since "$1" --until "$(($(date +%s) + 1))" --filter container=eventful | tr '\n' ' ')
  for event in create start die; do contains 'the events' "$events" "$event" || return 1; done
}

copies_files() {
  keep living
  echo content >"$WORK/copied"
  d cp "$WORK/copied" living:/tmp/copied
  equals 'the file' "$(d exec living cat /tmp/copied)" content
  d cp living:/etc/passwd "$WORK/passwd"
  contains 'the copy' "$(cat "$WORK/passwd")" root:
  remove living
}

has_no_network() {
  equals 'the links' "$(run_ --network none "$IMAGE" ls /sys/class/net | tr '\n' ' ')" 'lo '
}

has_host_network() {
  equals 'the network' "$(run_ --network host "$IMAGE" readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)"
}

shares_network() {
  keep living
  equals 'the address' "$(run_ --network container:living "$IMAGE" ip -o -4 addr show dev eth0 | awk '{ print $4 }')" \
    "$(d exec living ip -o -4 addr show dev eth0 | awk '{ print $4 }')"
  remove living
}

joins_bridge() {
  contains 'the route' "$(run_ "$IMAGE" ip route)" "default via $BRIDGE_GATEWAY"
}

joins_own_network() {
  d network create --subnet 10.198.0.0/24 own >/dev/null
  d run --detach --name server --network own "$IMAGE" sh -c 'mkdir /www; echo page >/www/index.html; exec httpd -f -p 80 -h /www' >/dev/null
  page() { run_ --network own "$IMAGE" wget -q -O - http://server/ 2>/dev/null | grep -qx page; }
  eventually page
  remove server
  d network rm own >/dev/null
}

connects_later() {
  d network create --subnet 10.197.0.0/24 later >/dev/null
  keep living
  d network connect later living
  contains 'the links' "$(d exec living ls /sys/class/net)" eth1
  remove living
  d network rm later >/dev/null
}

shares_host_namespace() {
  equals 'the namespace' "$(run_ "--$1" host "$IMAGE" readlink "/proc/self/ns/$1")" "$(readlink "/proc/self/ns/$1")"
}

shares_container_namespace() {
  keep living --ipc shareable
  equals 'the namespace' "$(run_ "--$1" container:living "$IMAGE" readlink "/proc/self/ns/$1")" "$(readlink "/proc/$(pid_of living)/ns/$1")"
  remove living
}

has_user() {
  equals 'the user' "$(run_ --user app --group-add helpers "$IMAGE" id)" 'uid=1234(app) gid=1234(app) groups=1234(app),4321(helpers)'
  equals 'the user by number' "$(run_ --user 77:88 "$IMAGE" sh -c 'id -u; id -g' | tr '\n' ' ')" '77 88 '
}

limits_capabilities() {
  equals 'no capabilities' "$(run_ --cap-drop ALL "$IMAGE" grep CapEff /proc/self/status | cut -f 2)" 0000000000000000
  equals 'one capability' "$(run_ --cap-drop ALL --cap-add CHOWN "$IMAGE" grep CapEff /proc/self/status | cut -f 2)" 0000000000000001
}

is_read_only() {
  equals 'the status' "$(status_of run_ --read-only "$IMAGE" touch /file)" 1
  contains stderr "$(cat "$WORK/stderr")" 'Read-only file system'
  run_ --read-only --tmpfs /scratch:size=1m "$IMAGE" touch /scratch/file
}

has_tmpfs() {
  contains 'the mount' "$(run_ --tmpfs /scratch:size=1m,noexec "$IMAGE" grep ' /scratch ' /proc/mounts)" noexec
  contains 'the size' "$(run_ --tmpfs /scratch:size=1m "$IMAGE" df -k /scratch)" 1024
}

forbids_privileges() {
  equals 'no_new_privs' "$(run_ --security-opt no-new-privileges "$IMAGE" grep NoNewPrivs /proc/self/status | cut -f 2)" 1
}

filters_calls() {
  equals 'the mode' "$(run_ "$IMAGE" grep '^Seccomp:' /proc/self/status | cut -f 2)" 2
  equals 'the mode without' "$(run_ --security-opt seccomp=unconfined "$IMAGE" grep '^Seccomp:' /proc/self/status | cut -f 2)" 0
  echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}' >"$WORK/profile.json"
  equals 'the status' "$(status_of run_ --security-opt "seccomp=$WORK/profile.json" "$IMAGE" mkdir /tmp/new)" 1
  contains stderr "$(cat "$WORK/stderr")" 'Operation not permitted'
}

ends_memory_hog() {
  d run --detach --name hog --memory 16m --memory-swap 16m "$IMAGE" sh -c 'head -c 100000000 /dev/zero | tail' >/dev/null
  equals 'its status' "$(d wait hog)" 137
  remove hog
}

limits_processor() {
  keep living --cpus 0.5 --cpu-shares 512 --cpuset-cpus 0
  contains 'the quota' "$(cgroup_file living cpu 'cpu.cfs_quota_us cpu.max')" 50000
  equals 'the processors' "$(cgroup_file living cpuset cpuset.cpus)" 0
  equals 'the processors it may use' "$(d exec living grep Cpus_allowed_list /proc/self/status | cut -f 2)" 0
  remove living
}

limits_processes() {
  equals 'the status' "$(status_of run_ --pids-limit 10 "$IMAGE" sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 5 & done')" 2
  contains stderr "$(cat "$WORK/stderr")" "can't fork"
}

has_device() {
  equals 'the device' "$(run_ --device /dev/fuse:/dev/other:rw "$IMAGE" stat -c %t:%T /dev/other)" "$(stat -c %t:%T /dev/fuse)"
  equals 'the status of reading another' "$(status_of run_ --cap-add MKNOD "$IMAGE" sh -c 'mknod /tmp/kmsg c 1 11 && cat /tmp/kmsg')" 1
  contains stderr "$(cat "$WORK/stderr")" 'not permitted'
}

has_limits() {
  equals 'the limit' "$(run_ --ulimit nofile=512:1024 --ulimit nproc=1000:1000 "$IMAGE" sh -c 'ulimit -Sn; ulimit -Hn' | tr '\n' ' ')" '512 1024 '
}

has_sysctl() {
  equals 'the value' "$(run_ --sysctl net.ipv4.ip_forward=0 --sysctl kernel.msgmax=4096 "$IMAGE" cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax | tr '\n' ' ')" '0 4096 '
}

has_init() {
  contains 'process 1' "$(run_ --init "$IMAGE" cat /proc/1/cmdline | tr '\0' ' ')" init
}

is_privileged() {
  # shellcheck disable=SC2016
  run_ --privileged "$IMAGE" sh -c 'mount -t tmpfs tmpfs /tmp && test -w /proc/sys/kernel/hostname && ls /dev/fuse'
  equals 'the mode' "$(run_ --privileged "$IMAGE" grep '^Seccomp:' /proc/self/status | cut -f 2)" 0
}

has_names() {
  equals 'the name' "$(run_ --hostname inner "$IMAGE" hostname)" inner
  contains 'the hosts file' "$(run_ --add-host other:10.1.2.3 "$IMAGE" cat /etc/hosts)" 10.1.2.3
}

has_shared_memory() {
  contains 'the size' "$(run_ --shm-size 8m "$IMAGE" df -k /dev/shm)" 8192
}

has_volumes() {
  mkdir "$WORK/shared"
  echo content >"$WORK/shared/file"
  equals 'the file' "$(run_ --volume "$WORK/shared:/shared:ro" "$IMAGE" cat /shared/file)" content
  equals 'the status of writing' "$(status_of run_ --volume "$WORK/shared:/shared:ro" "$IMAGE" touch /shared/new)" 1
  run_ --volume named:/data "$IMAGE" sh -c 'echo kept >/data/file'
  equals 'the named volume' "$(run_ --mount type=volume,source=named,target=/data "$IMAGE" cat /data/file)" kept
  d volume rm named >/dev/null
}

builds_image() {
  mkdir "$WORK/build"
  printf 'FROM %s\nRUN echo built >/built\nCOPY file /copied\nUSER app\nENTRYPOINT ["sh", "-c"]\nCMD ["cat /built /copied; id -un"]\n' "$IMAGE" >"$WORK/build/Dockerfile"
  echo copied >"$WORK/build/file"
  DOCKER_BUILDKIT=0 d build --tag built "$WORK/build"
  equals 'what it prints' "$(run_ built | tr '\n' ' ')" 'built copied app '
}

has_cgroup_namespace() {
  equals 'its own cgroup' "$(run_ --cgroupns private "$IMAGE" sed -n 's/^1:.*:name=systemd://p; s/^0:://p' /proc/self/cgroup | sort -u | head -n 1)" /
  contains 'the cgroup of the host' "$(run_ --cgroupns host "$IMAGE" cat /proc/self/cgroup)" "/$NAME/"
}

adjusts_oom_score() {
  equals 'the value' "$(run_ --oom-score-adj 321 "$IMAGE" cat /proc/self/oom_score_adj)" 321
}

runs_many() {
  started=''
  for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    run_ --name "many-$i" "$IMAGE" sh -c "echo out $i; exit $i" >"$WORK/many-$i" 2>&1 &
    started="$started $!"
  done
  i=0
  for pid in $started; do
    i=$((i + 1))
    status=0
    wait "$pid" || status=$?
    equals "the status of container $i" "$status" "$i"
    equals "the output of container $i" "$(cat "$WORK/many-$i")" "out $i"
  done
}

# The checks themselves, in an order that costs no restart of anything.
everyday_checks() {
  check_ 'run prints to stdout and stderr' prints
  check_ 'run returns the exit status' returns_status 42
  check_ 'run returns 127 for a program that is not there' refuses_program no-such-program 127
  check_ 'run returns 126 for a file that is no program' refuses_program /etc/passwd 126
  check_ 'run reads stdin' reads_stdin
  check_ 'run -it has a terminal' has_terminal
  check_ 'long output is complete' keeps_long_output
  check_ 'three nginx answer on published ports' serves_nginx
  check_ 'exec: output, status, stdin, user, directory, environment' executes
  check_ 'exec -it has a terminal' executes_in_terminal
  check_ 'exec --detach' executes_detached
  check_all_capabilities 'exec --privileged' executes_privileged
  check_all_capabilities 'privileged' is_privileged
  check_ 'logs' shows_logs
  check_ 'stats' shows_stats
  check_ 'top' shows_top
  check_ 'pause and unpause' pauses
  check_ 'update of memory and cpus' updates
  check_ 'stop, start, restart, kill, wait' stops
  check_ 'stop by another signal' stops_by_signal
  check_ 'kill --signal by name' kills_by_name
  check_ 'rm --force of a running container' removes_running
  check_ 'create, start --attach' creates_and_attaches
  check_ 'a restart policy' restarts_by_policy
  check_ 'events' tells_events
  check_ 'cp in and out' copies_files
  check_ 'network none' has_no_network
  check_ 'network host' has_host_network
  check_ 'network of another container' shares_network
  check_ 'network bridge' joins_bridge
  check_ 'network of its own, with names' joins_own_network
  check_ 'network connect to a running container' connects_later
  for type in pid ipc uts; do check_ "$type namespace of the host" shares_host_namespace "$type"; done
  for type in pid ipc; do check_ "$type namespace of another container" shares_container_namespace "$type"; done
  check_ 'cgroup namespace, private and of the host' has_cgroup_namespace
  check_ 'user and groups' has_user
  check_ 'capabilities' limits_capabilities
  check_ 'read-only root' is_read_only
  check_ 'tmpfs' has_tmpfs
  check_ 'no-new-privileges' forbids_privileges
  check_ 'seccomp: default, unconfined, own profile' filters_calls
  check_ 'memory limit: a hog is killed' ends_memory_hog
  check_ 'cpus, shares and cpuset' limits_processor
  check_ 'pids limit' limits_processes
  check_ 'device' has_device
  check_ 'ulimit' has_limits
  check_ 'sysctl' has_sysctl
  check_ 'oom-score-adj' adjusts_oom_score
  check_ 'init' has_init
  check_ 'hostname, hosts' has_names
  check_ 'shm-size' has_shared_memory
  check_ 'volumes: host directory, named' has_volumes
  check_ 'build' builds_image
  check_ 'twelve containers at a time' runs_many
}
