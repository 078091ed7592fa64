# SPDX-License-Identifier: Apache-2.0
# The cases themselves; run.sh starts this file in namespaces of its own.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
DRIVER=$HERE
ARCHIVE=$1
. "$HERE/../driver.sh"
ID=$NAME-user
NAMES=$NAME
USER_HOME=$WORK/home
BUNDLE=$USER_HOME/bundle
USER_NAME=conformance

# The user may pass, not look around.
chmod 0711 "$WORK"

# The user exists in this mount namespace alone: what useradd changes is a copy of /etc.
add_user() {
  cp -a /etc "$WORK/etc"
  mount --bind "$WORK/etc" /etc
  for file in subuid subgid; do : >"/etc/$file"; done
  useradd --home-dir "$USER_HOME" --create-home --shell /bin/sh --key HOME_MODE=0711 "$USER_NAME"
  grep -q "^$USER_NAME:[0-9]*:65536$" /etc/subuid
  grep -q "^$USER_NAME:[0-9]*:65536$" /etc/subgid
  install -d -o "$USER_NAME" -m 0700 "$USER_HOME/run"
  # The user need not be able to reach the build tree.
  install -m 0755 "$RUNTIME" "$USER_HOME/runtime"
}

as_user() {
  setpriv --reuid "$USER_NAME" --regid "$USER_NAME" --init-groups env -i PATH="$PATH" HOME="$USER_HOME" USER="$USER_NAME" \
    XDG_RUNTIME_DIR="$USER_HOME/run" "$@"
}

runtime() {
  as_user timeout -k 5 120 "$USER_HOME/runtime" "$@"
}

unpack_bundle() {
  as_user mkdir -p "$BUNDLE/rootfs"
  as_user tar -C "$BUNDLE/rootfs" --no-same-owner --exclude='./dev/*' -xf - <"$ARCHIVE"
}

# What `spec --rootless` writes, without a terminal, and ready for args. DRIVER is how a leaked process is found.
writes_spec() {
  runtime spec --rootless --bundle "$BUNDLE"
  sed -e 's/"terminal": true/"terminal": false/; s/"readonly": true/"readonly": false/' \
    -e "s/\"TERM=xterm\"/\"TERM=xterm\", \"DRIVER=$NAMES\"/" -e '/"args": \[/,/\]/c"args": @ARGS@,' \
    "$BUNDLE/config.json" >"$WORK/config.json.in"
}

# args JSON: what the container is to run.
args() {
  sed "s|@ARGS@|$1|" "$WORK/config.json.in" >"$BUNDLE/config.json"
}

runs() {
  args "$1"
  status=$(status_of runtime run --bundle "$BUNDLE" "$ID")
  [ "$status" = 0 ] || { cat "$WORK/stderr"; return 1; }
}

first_id() {
  awk -F : -v user="$USER_NAME" '$1 == user { print $2 }' "$1"
}

# What apt does with ids: system users own files of the root filesystem, and apt fetches as _apt.
maps_ranges() {
  uid=$(id -u "$USER_NAME") gid=$(id -g "$USER_NAME")
  for kind in uid gid; do
    first=$(first_id "/etc/sub$kind")
    eval "own=\$$kind"
    sed -i "/\"${kind}Mappings\": \[/,/\]/c\"${kind}Mappings\": [{\"containerID\": 0, \"hostID\": $own, \"size\": 1}, {\"containerID\": 1, \"hostID\": $first, \"size\": 65535}]," "$WORK/config.json.in"
  done
  sed -i 's/"CAP_AUDIT_WRITE",/"CAP_AUDIT_WRITE", "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER",/' "$WORK/config.json.in"
}

is_mapped_root() {
  runs '["id"]'
  contains 'what id says' "$(cat "$WORK/stdout")" 'uid=0(root) gid=0(root)'
}

runs_apt() {
  runs '["apt-get", "--version"]'
  contains 'what apt-get says' "$(cat "$WORK/stdout")" "$(chroot_version)"
  contains 'what apt-get says' "$(cat "$WORK/stdout")" 'Supported modules'
}

chroot_version() {
  awk '/^Package: apt$/ { found = 1 } found && /^Version: / { print "apt " $2; exit }' "$BUNDLE/rootfs/var/lib/dpkg/status"
}

gives_files_to_system_users() {
  runs '["sh", "-ec", "touch /tmp/made; chown www-data:www-data /tmp/made; setpriv --reuid www-data --regid www-data --init-groups id -un"]'
  equals 'the user inside' "$(cat "$WORK/stdout")" www-data
  inside=$(awk -F : '$1 == "www-data" { print $3 }' "$BUNDLE/rootfs/etc/passwd")
  equals 'the owner outside' "$(stat -c %u "$BUNDLE/rootfs/tmp/made")" $(($(first_id /etc/subuid) + inside - 1))
}

removes_package() {
  [ -e "$BUNDLE/rootfs/usr/sbin/nginx" ]
  runs '["dpkg", "--purge", "--force-all", "nginx"]'
  contains 'what dpkg says' "$(cat "$WORK/stdout")" 'Removing nginx'
  [ ! -e "$BUNDLE/rootfs/usr/sbin/nginx" ]
}

lives_and_ends() {
  args '["sleep", "1000"]'
  runtime create --bundle "$BUNDLE" "$ID" >"$WORK/out" 2>&1 </dev/null || { cat "$WORK/out"; return 1; }
  runtime state "$ID" | grep -q '"status": "created"'
  runtime start "$ID"
  runtime list | grep -q "$USER_NAME"
  runtime kill "$ID" KILL
  eventually stopped
  runtime delete "$ID"
}

stopped() {
  runtime state "$ID" | grep -q '"status": "stopped"'
}

host() {
  mounts
  processes
  container_cgroups "$NAMES"
  find "$USER_HOME/run" -mindepth 2
}

check 'adds a user with subordinate ids' add_user
# A case runs in a subshell, but what it mounts and makes is there for all.
[ "$failed" = 0 ] || { finish; exit 1; }
check 'unpacks a Debian root filesystem as that user' unpack_bundle
host >"$WORK/host.before"
check 'writes a config.json with spec --rootless' writes_spec
check 'runs id as mapped root' is_mapped_root
check 'runs apt-get' runs_apt
check 'maps the subordinate ids too' maps_ranges
check 'runs id as mapped root among many ids' is_mapped_root
check 'gives files to system users, which are subordinate ids outside' gives_files_to_system_users
check 'lets dpkg purge a package' removes_package
check 'creates, starts, lists, kills and deletes' lives_and_ends
[ "$failed" = 0 ] || runtime delete --force "$ID" >/dev/null 2>&1
host >"$WORK/host.after"
check 'leaves mounts, processes, cgroups and state as they were' diff "$WORK/host.before" "$WORK/host.after"
finish
