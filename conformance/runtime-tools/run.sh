#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The validation programs of runtime-tools, runtimes side by side: sh conformance/runtime-tools/run.sh [RUNTIME...]
#   without names   dist/runts, runc and crun
#   PROGRAMS        the programs to run, all 58 by default       PROGRAM_SECONDS  when one is ended, 120 by default
#   OUTPUT          a directory that keeps what they write; JSON results in OUTPUT/RUNTIME.jsonl
# The exit status says whether the table of reasons (reasons.ts) holds: each failure has its reason, each reason a failure.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
. "$HERE/../external/driver.sh"
[ "$(id -u)" = 0 ] || { echo "$0 needs root" >&2; exit 1; }
[ $# -gt 0 ] || set -- "$ROOT/dist/runts" runc crun

[ -n "${PREPARED:-}" ] || sh "$ROOT/src/tools/prepare.sh" test >&2 || exit 1
# shellcheck disable=SC2086
sh "$HERE/build.sh" ${PROGRAMS:-} >&2 || exit 1
programs=${PROGRAMS:-$(ls "$HERE/build/programs")}

output=${OUTPUT:-$(mktemp -d "${TMPDIR:-/tmp}/runts-runtime-tools.XXXXXX")} || exit 1
mkdir -p "$output"
[ -n "${OUTPUT:-}" ] || trap 'rm -rf "$output"' EXIT
trap 'exit 130' INT TERM HUP

for runtime in "$@"; do
  RUNTIME=$(runtime_path "$runtime") || exit 1
  name=${RUNTIME##*/}
  mkdir -p "$output/$name"
  for program in $programs; do
    echo "$name: $program" >&2
    (isolated "$HERE/one-program.sh" "$program" "$output/$name/$program") || echo "$name: $program: the driver failed" >&2
  done
  names="${names:-} $name"
done
# shellcheck disable=SC2086
node "$ROOT/dist/js/conformance/runtime-tools/compare.js" "$output" $names
