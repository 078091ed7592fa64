# SPDX-License-Identifier: Apache-2.0
# The cases themselves; run.sh starts this file in namespaces of its own.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
DRIVER=$HERE
. "$HERE/../driver.sh"
. "$HERE/../everyday.sh"
IMAGE=localhost/busybox:local
BRIDGE_GATEWAY=10.88.0.1
USER_NAME=conformance
USER_HOME=$WORK/home

# conmon leaves a note of an OOM kill in its working directory.
cd "$WORK" || exit 1

# configure DIRECTORY RUNTIME: the files that tell podman where everything is.
configure() {
  mkdir -p "$1"
  cat >"$1/containers.conf" <<CONF
[containers]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "tested"
runtime_supports_json = ["tested"]
[engine.runtimes]
tested = ["$2"]
[network]
network_backend = "netavark"
network_config_dir = "$1/networks"
CONF
  printf '[storage]\ndriver = "%s"\ngraphroot = "%s/storage"\nrunroot = "%s/runroot"\n' "$3" "$1" "$1" >"$1/storage.conf"
  mkdir -p "$1/etc"
  echo '{ "default": [{ "type": "insecureAcceptAnything" }] }' >"$1/policy.json"
}

# The configuration as words of env(1).
configuration() {
  echo "CONTAINERS_CONF=$1/containers.conf CONTAINERS_STORAGE_CONF=$1/storage.conf"
}

# d ARG...: one call with a bound on its time; what runs lives in a cgroup of this driver.
d() {
  # shellcheck disable=SC2046
  case "$1" in
    run | create)
      verb=$1
      shift
      env $(configuration "$WORK/root") timeout -k 5 120 podman --tmpdir "$WORK/tmp" "$verb" --cgroup-parent "/$NAME" "$@"
      ;;
    *) env $(configuration "$WORK/root") timeout -k 5 120 podman --tmpdir "$WORK/tmp" "$@" ;;
  esac
}

# The words of d for a shell started by script(1). In the background of a terminal they would be stopped.
engine_words() {
  echo "env $(configuration "$WORK/root") timeout --foreground -k 5 120 podman --tmpdir $WORK/tmp"
}

container_cgroup() {
  echo "libpod-$1"
}

# The user exists in this mount namespace alone: what useradd changes is a copy of /etc.
add_user() {
  cp -a /etc "$WORK/etc"
  mount --bind "$WORK/etc" /etc
  for file in subuid subgid; do : >"/etc/$file"; done
  useradd --home-dir "$USER_HOME" --create-home --shell /bin/sh --key HOME_MODE=0711 "$USER_NAME"
  install -d -o "$USER_NAME" -m 0700 "$USER_HOME/run"
  # The user need not be able to reach the build tree.
  install -m 0755 "$RUNTIME" "$USER_HOME/runtime"
  configure "$USER_HOME/podman" "$USER_HOME/runtime" vfs
  # slirp4netns makes its interface with this device, which udev opens to all.
  mknod -m 0666 "$WORK/tun" c 10 200
  mount --bind "$WORK/tun" /dev/net/tun
  chown -R "$USER_NAME" "$USER_HOME/podman"
}

# as_user COMMAND...
as_user() {
  # shellcheck disable=SC2046
  setpriv --reuid "$USER_NAME" --regid "$USER_NAME" --init-groups env -i PATH="$PATH" HOME="$USER_HOME" USER="$USER_NAME" \
    XDG_RUNTIME_DIR="$USER_HOME/run" $(configuration "$USER_HOME/podman") timeout -k 5 120 "$@"
}

u() {
  as_user podman "$@"
}

names_runtime() {
  equals 'the runtime' "$(d info --format '{{.Host.OCIRuntime.Path}}')" "$RUNTIME"
  contains 'what podman says of it' "$(d info --format '{{.Host.OCIRuntime.Version}}')" 'commit:'
}

says_why_it_failed() {
  equals 'the status' "$(status_of run_ "$IMAGE" no-such-program)" 127
  contains stderr "$(cat "$WORK/stderr")" 'executable file'
}

checks_health() {
  keep living --health-cmd 'test -e /tmp/fine'
  equals 'the status' "$(status_of d healthcheck run living)" 1
  d exec living touch /tmp/fine
  d healthcheck run living
  remove living
}

runs_pod() {
  d pod create --name pod --cgroup-parent "/$NAME" >/dev/null
  d run --detach --pod pod --name first "$IMAGE" sleep 1000 >/dev/null
  d run --detach --pod pod --name second "$IMAGE" sleep 1000 >/dev/null
  for type in net ipc uts; do
    equals "the $type namespace" "$(d exec second readlink "/proc/self/ns/$type")" "$(d exec first readlink "/proc/self/ns/$type")"
  done
  contains 'the pods' "$(d pod ps)" Running
  d pod pause pod >/dev/null
  equals 'the state' "$(state_of first)" paused
  d pod unpause pod >/dev/null
  d pod stop --time 0 pod >/dev/null
  d pod start pod >/dev/null
  eventually has_state first running
  d pod rm --force --time 0 pod >/dev/null
}

generates_and_plays() {
  keep living
  d generate kube living >"$WORK/living.yaml"
  remove living
  sed -i 's/name: living-pod/name: played/' "$WORK/living.yaml"
  d play kube "$WORK/living.yaml" >/dev/null
  eventually has_state played-living running
  contains 'the log' "$(eventually log_has played-living ready && d logs played-living)" ready
  d play kube --down "$WORK/living.yaml" >/dev/null
}

generates_unit() {
  keep living
  contains 'the unit' "$(d generate systemd living)" ExecStart
  remove living
}

maps_users() {
  equals 'the map' "$(d run --rm --uidmap 0:500000:65536 --gidmap 0:500000:65536 "$IMAGE" cat /proc/self/uid_map | awk '{ print $1, $2, $3 }')" '0 500000 65536'
}

builds_with_buildah() {
  # shellcheck disable=SC2046
  b() { env $(configuration "$WORK/root") timeout -k 5 120 buildah "$@"; }
  container=$(b from "$IMAGE")
  b run --runtime "$RUNTIME" "$container" sh -c 'echo made >/made'
  equals 'the file' "$(b run --runtime "$RUNTIME" "$container" cat /made)" made
  equals 'the status' "$(status_of b run --runtime "$RUNTIME" "$container" sh -c 'exit 9')" 9
  b rm "$container" >/dev/null
}

runs_as_user() {
  add_user
  tar -C "$WORK/rootfs" -c . | u import --change 'ENV PATH=/bin' --change 'ENV FROM_IMAGE=yes' - "$IMAGE" >/dev/null
  equals stdout "$(u run --rm "$IMAGE" sh -c 'id -u; echo out' | tr '\n' ' ')" '0 out '
  equals 'the status' "$(status_of u run --rm "$IMAGE" sh -c 'exit 42')" 42
  equals 'the user' "$(u run --rm --user app "$IMAGE" id -un)" app
  equals stdin "$(echo typed | u run --rm --interactive "$IMAGE" cat)" typed
}

keeps_running_as_user() {
  u run --detach --name living --publish 127.0.0.1:8090:80 "$IMAGE" sh -c 'mkdir /www; echo page >/www/index.html; exec httpd -f -p 80 -h /www' >/dev/null
  eventually answers http://127.0.0.1:8090/ page
  equals stdout "$(u exec living echo in there)" 'in there'
  contains 'the table' "$(u top living)" httpd
  u stop --time 0 living >/dev/null
  u start living >/dev/null
  eventually answers http://127.0.0.1:8090/ page
  u rm --force --time 0 living >/dev/null
}

has_terminal_as_user() {
  words=$(as_user sh -c 'echo' >/dev/null; echo "env CONTAINERS_CONF=$USER_HOME/podman/containers.conf CONTAINERS_STORAGE_CONF=$USER_HOME/podman/storage.conf podman")
  contains 'what tty says' "$(as_user script -qec "$words run --rm -it $IMAGE $LASTING_TTY" /dev/null | tr -d '\r')" /dev/pts/
}

maps_user_to_itself() {
  equals 'the user' "$(u run --rm --userns keep-id "$IMAGE" id -u)" "$(id -u "$USER_NAME")"
}

builds_as_user() {
  mkdir -p "$USER_HOME/build"
  printf 'FROM %s\nRUN echo built >/built\nCMD ["cat", "/built"]\n' "$IMAGE" >"$USER_HOME/build/Dockerfile"
  u build --tag built "$USER_HOME/build" >/dev/null
  equals 'what it prints' "$(u run --rm built)" built
}

runs_pod_as_user() {
  u pod create --name pod >/dev/null
  u run --detach --pod pod --name first "$IMAGE" sleep 1000 >/dev/null
  equals 'the network' "$(u run --rm --pod pod "$IMAGE" readlink /proc/self/ns/net)" "$(u exec first readlink /proc/self/ns/net)"
  u pod rm --force --time 0 pod >/dev/null
}

leaves_nothing() {
  empty 'its containers' "$(d ps --all --quiet)"
  eventually only_own_processes
  # Where `play kube` and what has no parent of ours lives; the parents are podman's to keep.
  empty 'its cgroups' "$(find /sys/fs/cgroup -type d \( -path "*/$NAME/*" -o -path '*/libpod_parent/libpod-*' \) ! -name 'libpod_pod_*' ! -name conmon 2>/dev/null)"
  rmdir /sys/fs/cgroup/*/libpod_parent 2>/dev/null || true
  env CONTAINERS_CONF="$WORK/root/containers.conf" CONTAINERS_STORAGE_CONF="$WORK/root/storage.conf" podman --tmpdir "$WORK/tmp" system reset --force >/dev/null 2>&1 || true
}

only_own_processes() {
  processes >"$WORK/processes"
  ! grep -v "$DRIVER" "$WORK/processes" | grep -q 'conmon\|sleep\|httpd\|runts\|runc'
}

configure "$WORK/root" "$RUNTIME" overlay
check 'images made locally are there' imports_images
check_ 'podman knows the runtime and its version' names_runtime
everyday_checks
check_ 'a failure is told in the words of the runtime' says_why_it_failed
check_ 'health check' checks_health
check_ 'pod: namespaces shared, pause, stop, start' runs_pod
check_ 'generate kube, play kube' generates_and_plays
check_ 'generate systemd' generates_unit
check_ 'users mapped' maps_users
check_ 'buildah run' builds_with_buildah
check 'rootless: run, user, status, stdin' runs_as_user
check_ 'rootless: published port, exec, top, stop, start' keeps_running_as_user
check_ 'rootless: a terminal' has_terminal_as_user
check_ 'rootless: keep-id' maps_user_to_itself
check_ 'rootless: build' builds_as_user
check_ 'rootless: pod' runs_pod_as_user
check 'nothing is left' leaves_nothing
finish
