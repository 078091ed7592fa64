#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `npm run demo`: makes a bundle of Debian's busybox, runs it and shows what a container is. RUNTIME names another runtime.
set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)

if [ "$(id -u)" != 0 ]; then
  echo 'The demo runs its container as root: sudo npm run demo'
  exit 1
fi
RUNTIME=$(realpath "$(command -v "${RUNTIME:-$ROOT/dist/runts}")")

work=$(mktemp -d "${TMPDIR:-/tmp}/runts-demo.XXXXXX")
id=demo-$$
trap '"$RUNTIME" delete --force "$id" >/dev/null 2>&1; rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM HUP

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
title() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
indent() { sed 's/^/  /'; }

make_bundle() {
  mkdir "$work/bundle"
  cd "$work/bundle"
  sh "$ROOT/conformance/external/busybox-rootfs.sh" rootfs
  "$RUNTIME" spec
  sed -i -e 's/"terminal": true/"terminal": false/' -e 's/"hostname": ".*"/"hostname": "my-first-container"/' \
    -e 's|"sh"$|"sh", "/tour.sh"|' config.json
  cat >rootfs/tour.sh <<'TOUR'
echo hostname; hostname
# With its path, because the shell would run the applet in itself.
echo processes; /bin/ps -o pid,user,args
echo mounts; awk '{ printf "%-22s %-8s %s\n", $2, $3, substr($4, 1, 2) }' /proc/mounts
echo namespaces; for path in /proc/self/ns/*; do readlink "$path"; done
TOUR
}

# section NAME: what the tour printed below that word.
section() {
  awk -v name="$1" '/^(hostname|processes|mounts|namespaces)$/ { inside = $0 == name; next } inside' "$work/tour"
}

# From links such as pid:[4026531836]; those of pid_for_children and time_for_children read the same and drop out.
compare_namespaces() {
  printf '%-10s %-14s %-14s\n' type host container
  section namespaces | sort -u | while IFS=: read -r type inode; do
    host=$(readlink "/proc/self/ns/$type" | cut -d : -f 2)
    if [ "$host" = "$inode" ]; then verdict='shared with the host'; else verdict='its own'; fi
    printf '%-10s %-14s %-14s %s\n' "$type" "$host" "$inode" "$verdict"
  done
}

make_bundle
title "A bundle: a directory with config.json and a root filesystem"
{ echo "$work/bundle"; echo "config.json  written by 'runts spec', $(wc -l <config.json) lines"; echo "rootfs/      Debian's busybox, $(ls rootfs/bin | wc -l) commands in one file"; } | indent

title "runts run $id"
"$RUNTIME" run "$id" >"$work/tour"
echo 'It ran and returned exit status 0.' | indent

title "Its own hostname (this machine is $(hostname))"
section hostname | indent
title "Its process is pid 1, and it sees nobody else's"
section processes | indent
title "Its mounts"
section mounts | grep -v '^/sys/fs/cgroup/' | indent
title "Its namespaces beside those of the host"
compare_namespaces | indent

if "$RUNTIME" plan >"$work/plan" 2>/dev/null; then
  title "How it was made: the first lines of 'runts plan' ($(wc -l <"$work/plan") in all)"
  head -n 14 "$work/plan" | cut -c 1-150 | indent
fi

title "Nothing is left of it. Next:"
{ echo "$RUNTIME spec, run, plan, --help"; echo "npm test"; } | indent
