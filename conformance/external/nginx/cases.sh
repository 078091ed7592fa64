# SPDX-License-Identifier: Apache-2.0
# The cases themselves; run.sh starts this file in namespaces of its own.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
DRIVER=$HERE
ARCHIVE=$1
. "$HERE/../driver.sh"
ID=$NAME-web

runtime() {
  timeout -k 5 60 "$RUNTIME" --root "$WORK/state" "$@"
}

pid_of_container() {
  cat "$WORK/pid"
}

status_is() {
  runtime state "$ID" | grep -q "\"status\": \"$1\""
}

# What nginx on the loopback of the container answers.
request() {
  nsenter --target "$(pid_of_container)" --net timeout 10 busybox wget -q -O - http://127.0.0.1/
}

answers() {
  request >"$WORK/page" 2>/dev/null
}

host() {
  mounts
  processes
  container_cgroups "$NAME"
  ip link | sed 's/^[0-9]*: //'
  find "$WORK/state" -mindepth 1 2>/dev/null
  find "$WORK/bundle" -xdev -path "$WORK/bundle/rootfs/var" -prune -o -type d -print
}

unpack_bundle() {
  mkdir -p "$WORK/bundle/rootfs"
  tar -C "$WORK/bundle/rootfs" -xf "$ARCHIVE"
  sed "s/@NAME@/$NAME/" "$HERE/config.json" >"$WORK/bundle/config.json"
}

creates() {
  # Not $(status_of ...): the container keeps the descriptors of create open.
  runtime create --bundle "$WORK/bundle" --pid-file "$WORK/pid" "$ID" >"$WORK/nginx.log" 2>&1 </dev/null || { cat "$WORK/nginx.log"; return 1; }
  status_is created || { runtime state "$ID"; return 1; }
  kill -0 "$(pid_of_container)"
}

waits_for_start() {
  case "$(tr '\0' ' ' <"/proc/$(pid_of_container)/cmdline")" in *daemon\ off*) echo 'nginx runs already'; return 1 ;; esac
  if answers; then echo 'it answers already'; return 1; fi
}

starts() {
  runtime start "$ID"
  status_is running
}

serves_page() {
  eventually answers
  contains 'the page' "$(cat "$WORK/page")" 'Welcome to nginx!'
}

has_own_network() {
  [ "$(readlink "/proc/$(pid_of_container)/ns/net")" != "$(readlink /proc/self/ns/net)" ]
  equals 'the links of the container' "$(nsenter -t "$(pid_of_container)" -n ip -o link | wc -l)" 1
  if busybox wget -q -O - http://127.0.0.1/ 2>/dev/null | grep -q 'Welcome to nginx!'; then
    echo 'it answers on the loopback of the host'
    return 1
  fi
}

runs_workers_unprivileged() {
  master=$(pid_of_container)
  for worker in $(cat "/proc/$master/task/$master/children"); do
    [ "$(awk '/^Uid:/ { print $2 }' "/proc/$worker/status")" = "$(awk -F : '$1 == "www-data" { print $3 }' "$WORK/bundle/rootfs/etc/passwd")" ] && return 0
  done
  echo 'no worker runs as www-data'
  return 1
}

counts_processes_in_cgroup() {
  procs=$(container_cgroups "$NAME" | sed 's,$,/cgroup.procs,' | xargs grep -lx "$(pid_of_container)" | wc -l)
  [ "$procs" -gt 0 ] || { echo 'no cgroup of the container holds its process'; return 1; }
}

refuses_to_delete() {
  status=$(status_of runtime delete "$ID")
  equals 'the exit status' "$status" 1
  contains stderr "$(cat "$WORK/stderr")" 'that is not stopped: running'
  status_is running
}

stops() {
  runtime kill "$ID" QUIT
  eventually status_is stopped
  equals 'the pid in its state' "$(runtime state "$ID" | sed -n 's/.*"pid": \([0-9]*\),/\1/p')" 0
}

deletes() {
  runtime delete "$ID"
  status=$(status_of runtime state "$ID")
  equals 'the exit status of state' "$status" 1
  contains stderr "$(cat "$WORK/stderr")" 'does not exist'
}

leaves_host_alone() {
  host >"$WORK/host.after"
  diff "$WORK/host.before" "$WORK/host.after"
}

mkdir "$WORK/state"
check 'unpacks the bundle' unpack_bundle
host >"$WORK/host.before"
check 'creates the container' creates
check 'does not run nginx before start' waits_for_start
check 'starts nginx' starts
check 'answers a request on its own loopback' serves_page
check 'has a network of its own with nothing but lo' has_own_network
check 'lets nginx drop its workers to www-data' runs_workers_unprivileged
check 'keeps nginx in the cgroup of the container' counts_processes_in_cgroup
check 'refuses to delete the running container' refuses_to_delete
check 'stops nginx by a signal' stops
check 'deletes the container' deletes
[ "$failed" = 0 ] || runtime delete --force "$ID" >/dev/null 2>&1
check 'leaves mounts, processes, cgroups, links, state and bundle of the host as they were' leaves_host_alone
finish
