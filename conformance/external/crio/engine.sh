# SPDX-License-Identifier: Apache-2.0
# What CRI-O does to create and to execute, and the words the cases use for it. Sourced by cases.sh.

# Takes path and root of the stanza, and puts the runtime there.
install_stanza() {
  stanza=$(sed -n '/^## Kubernetes on CRI-O/,/^## /p' "$HERE/../../../docs/engines.md" | sed -n '/^```toml$/,/^```$/p')
  runtime_path=$(echo "$stanza" | sed -n 's/^runtime_path = "\(.*\)"$/\1/p')
  runtime_root=$(echo "$stanza" | sed -n 's/^runtime_root = "\(.*\)"$/\1/p')
  mount -t tmpfs tmpfs "${runtime_path%/*}"
  ln -s "$RUNTIME" "$runtime_path"
  mkdir -p "$runtime_root"
}

runtime() {
  timeout --foreground -k 5 60 "$runtime_path" --root "$runtime_root" "$@"
}

# conmon_ ARG...: as CRI-O starts it. It waits for a byte on one pipe, before which CRI-O moves it to a cgroup, and writes
# one line of JSON to the other, which is left in $WORK/sync.
conmon_() {
  printf '\0' >"$WORK/start"
  env -i _OCI_SYNCPIPE=3 _OCI_STARTPIPE=4 timeout --foreground -k 5 60 conmon --log-level info --syslog -r "$runtime_path" \
    --runtime-arg "--root=$runtime_root" --socket-dir-path "$WORK/sockets" "$@" \
    3>"$WORK/sync" 4<"$WORK/start" </dev/null >"$WORK/conmon.out" 2>&1 || true
  eventually test -s "$WORK/sync"
}

# create ID ARGS-JSON NAMESPACES-JSON [LINUX-JSON]: a bundle, and the container made of it.
create() {
  mkdir -p "$WORK/$1"
  cat >"$WORK/$1/config.json" <<JSON
{ "ociVersion": "1.0.2", "root": { "path": "$WORK/rootfs" }, "process": $(process "$2" false),
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"] },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"] },
    { "destination": "/dev/pts", "type": "devpts", "source": "devpts",
      "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] }
  ],
  "linux": { "cgroupsPath": "/$NAME/$1", "namespaces": [{ "type": "mount" }, $3] ${4:-} } }
JSON
  conmon_ -b "$WORK/$1" -c "$1" --exit-dir "$WORK/exits" -l "$WORK/$1.log" -n "k8s_$1" -P "$WORK/$1/conmon-pidfile" \
    -p "$WORK/$1/pidfile" --persist-dir "$WORK/$1" -u "$1" --log-size-max -1
}

# execute ID ARGS-JSON [CONMON-ARG...]: a command whose status and output are waited for, as a probe is.
execute() {
  process "$2" false >"$WORK/process.json"
  id=$1
  shift 2
  rm -f "$WORK/exec.log"
  conmon_ -c "$id" -n "k8s_$id" -p "$WORK/exec-pidfile" -e -l "$WORK/exec.log" --sync --exec-process-spec "$WORK/process.json" "$@"
}

# process ARGS-JSON TERMINAL
process() {
  capabilities='["CAP_CHOWN", "CAP_KILL", "CAP_SETUID", "CAP_SETGID", "CAP_NET_BIND_SERVICE"]'
  cat <<JSON
{ "terminal": $2, "user": { "uid": 0, "gid": 0 }, "args": $1, "env": ["PATH=/bin"], "cwd": "/", "oomScoreAdj": 978,
  "capabilities": { "bounding": $capabilities, "effective": $capabilities, "permitted": $capabilities } }
JSON
}

# new_namespaces KIND...: members of a list in JSON.
new_namespaces() {
  printf '{ "type": "%s" }, ' "$@" | sed 's/, $//'
}

# pinned KIND FILE-NAME
pinned() {
  echo "{ \"type\": \"$1\", \"path\": \"$WORK/pinned-$2\" }"
}

# quoted TEXT: as a string in JSON.
quoted() {
  printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

pid_of() {
  cat "$WORK/$1/pidfile"
}

status() {
  runtime state "$1" | sed -n 's/.*"status": "\([a-z]*\)".*/\1/p'
}

log_has() {
  grep -q "$2" "$WORK/$1.log"
}

# Called after a failed case.
sweep() {
  for id in family glutton broken early; do runtime delete --force "$id"; done
}
