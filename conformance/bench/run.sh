#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares runts with runc and crun in interleaved runs: sh conformance/bench/run.sh [OPTION...]
#   --rounds N     measured rounds (default 60)        --warmup N    rounds before them (default 5)
#   --cold         drop the page cache before every command (slows the whole machine down)
#   --split        create, start, kill and delete of `sleep` apart, instead of `run` of `true`
#   --exec         with --split, and exec of `true` in the running container
#   --json FILE    write the results as JSON           --budget runc=0.7,crun=1.5   fail above these ratios
#   --seccomp      with Docker's default seccomp profile, which every contender has compiled before in its warm-up
#   --bundle DIR   measure this bundle (with --split its process must not end by itself)
# RUNTIME, RUNC and CRUN name other executables; what is not there is left out.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "$0 needs root" >&2; exit 1; }

# A mount namespace of its own: crun refuses a hybrid cgroup tree, so it is hidden, and equally for all.
if [ -z "${RUNTS_BENCH_INSIDE:-}" ]; then
  RUNTS_BENCH_INSIDE=yes exec unshare --mount --propagation private sh "$0" "$@"
fi
if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi

rounds=60 warmup=5 cache=warm split=no exec=no seccomp=no bundle='' report=''
while [ $# -gt 0 ]; do
  case "$1" in
    --rounds) rounds=$2; shift ;;
    --warmup) warmup=$2; shift ;;
    --cold) cache=cold ;;
    --split) split=yes ;;
    --exec) split=yes exec=yes ;;
    --seccomp) seccomp=yes ;;
    --bundle) bundle=$(realpath "$2"); shift ;;
    --json) report="$report --json $(realpath "$2")"; shift ;;
    --budget) report="$report --budget $2"; shift ;;
    *) sed -n '3,11s/^# //p' "$0" >&2; exit 2 ;;
  esac
  shift
done

work=$(mktemp -d "${TMPDIR:-/tmp}/runts-bench.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM HUP

make_bundle() {
  mkdir "$work/bundle"
  sh "$ROOT/conformance/external/busybox-rootfs.sh" "$work/bundle/rootfs"
  process='"true"'
  [ "$split" = no ] || process='"sleep", "1000"'
  (cd "$work/bundle" && "$1" spec)
  sed -i -e 's/"terminal": true/"terminal": false/' -e "s/\"sh\"\$/$process/" "$work/bundle/config.json"
  [ "$seccomp" = no ] || add_profile "$work/bundle/config.json"
  bundle=$work/bundle
}

add_profile() {
  node -e '
    const fs = require("node:fs")
    const [config, profile] = process.argv.slice(1).map((file) => JSON.parse(fs.readFileSync(file, "utf8")))
    config.linux.seccomp = profile
    fs.writeFileSync(process.argv[1], JSON.stringify(config))' "$1" "$ROOT/spec-fixtures/seccomp/docker-default.json"
}

# plan_for NAME EXECUTABLE: the tab-separated lines that interleave reads.
plan_for() {
  call=$(printf '%s\t--root\t%s' "$2" "$work/state-$1")
  if [ "$split" = no ]; then
    printf '%s\trun\t%s\trun\t--bundle\t%s\t{}\n' "$1" "$call" "$bundle"
    return
  fi
  printf '%s\tcreate\t%s\tcreate\t--bundle\t%s\t{}\n' "$1" "$call" "$bundle"
  printf '%s\tstart\t%s\tstart\t{}\n' "$1" "$call"
  [ "$exec" = no ] || printf '%s\texec\t%s\texec\t{}\ttrue\n' "$1" "$call"
  printf '%s\tkill\t%s\tkill\t{}\tKILL\n' "$1" "$call"
  printf '%s\treap\n' "$1"
  printf '%s\tdelete\t%s\tdelete\t{}\n' "$1" "$call"
}

contender() {
  executable=$(command -v "$2") || { echo "left out: $1 (no $2)" >&2; return 0; }
  executable=$(realpath "$executable")
  [ -n "$bundle" ] || make_bundle "$executable"
  plan_for "$1" "$executable" >>"$work/plan"
  printf '%s\t%s\n' "$1" "$("$executable" --version | head -n 1) ($executable)" >>"$work/facts"
}

# Node takes a while to start, but nothing here is timed with it running.
compare() {
  bun=$(ls "$ROOT"/node_modules/@oven/bun-linux-*/bin/bun 2>/dev/null | head -n 1)
  if [ -n "$bun" ]; then "$bun" "$HERE/compare.ts" "$@"; else node "$ROOT/dist/js/conformance/bench/compare.js" "$@"; fi
}

load() { cut -d ' ' -f 1-3 /proc/loadavg; }

${CC:-cc} -O2 -Wall -Wextra -static -o "$work/interleave" "$HERE/interleave.c"
{
  printf 'kernel\t%s\n' "$(uname -sr)"
  printf 'cpu\t%s, %s online\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)"
  printf 'cache\t%s\n' "$cache"
  printf 'seccomp\t%s\n' "$seccomp"
} >"$work/facts"
contender runc "${RUNC:-runc}"
contender crun "${CRUN:-crun}"
contender runts "${RUNTIME:-$ROOT/dist/runts}"
before=$(load)
timeout 1800 "$work/interleave" "$rounds" "$warmup" "$cache" "$work/log" <"$work/plan" >"$work/samples" || { tail -n 5 "$work/log" >&2; exit 1; }
printf 'load\t%s before, %s after\n' "$before" "$(load)" >>"$work/facts"
# shellcheck disable=SC2086
compare "$work/samples" "$work/facts" $report
