#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the black-box cases against an OCI runtime: [RUNTIME=runc] sh conformance/run.sh [ROOM or ROOM/FILE]...
#   RUNTIME       the executable, dist/runts by default        RUNTIME_NAME   its name in known-differences.ts
#   RESULTS_FILE  receives one JSON line for each case         JOBS           files at a time, 2 by default
#   CGROUP_DRIVER systemd: on a host with systemd, for rooms that do not ask where a cgroup is: events, update, living…; what
#                 needs a cgroupsPath of several names, or cgroup v1 as an ordinary user, fails
#   PREPARED      set where everything is built already
#   WAIT_SECONDS  patience with an event, 30 by default: more on slow machines
# The last line counts; the exit status says whether a case failed that is no known difference.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "$0 needs root" >&2; exit 1; }

if [ -z "${PREPARED:-}" ]; then
  sh src/tools/prepare.sh test >&2
  make -s -C conformance/probe
fi

cases=dist/js/conformance/cases
[ $# -gt 0 ] || set -- ''
files=''
for wanted in "$@"; do
  # The sources decide: what an earlier build left in dist/js does not run.
  found=$(cd conformance/cases && find . -path "./$wanted*" -name '*.test.ts' | sort | sed "s,^\./,$cases/,; s,\.ts\$,.js,")
  [ -n "$found" ] || { echo "no cases in conformance/cases/$wanted" >&2; exit 2; }
  files="$files $found"
done

# shellcheck disable=SC2086
exec node --test --test-concurrency="${JOBS:-2}" --test-reporter=./dist/js/conformance/parity/results-reporter.js $files
