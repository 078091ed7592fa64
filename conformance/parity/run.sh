#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the cases against several runtimes and prints where they differ: sh conformance/parity/run.sh [RUNTIME...]
# The default is dist/runts and runc. crun refuses a hybrid cgroup tree, so for it the v2 part is hidden.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
cd "$HERE/../.."
[ $# -gt 0 ] || set -- dist/runts runc

work=$(mktemp -d "${TMPDIR:-/tmp}/runts-parity.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

results=''
for runtime in "$@"; do
  name=$(basename "$runtime")
  echo "== $name" >&2
  hide=''
  [ "$name" != crun ] || hide='if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi;'
  RUNTIME=$runtime RESULTS_FILE=$work/$name unshare --mount --propagation private \
    sh -c "$hide exec sh conformance/run.sh" >&2 || true
  results="$results $name=$work/$name"
done
# shellcheck disable=SC2086
node dist/js/conformance/parity/compare.js $results
