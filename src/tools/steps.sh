# SPDX-License-Identifier: Apache-2.0
# How test.sh and ok.sh run their steps, show them and count them. Sourced from the root of the repository.

passed=0
failed=0
skipped=0
left_out=''
logs=$(mktemp -d "${TMPDIR:-/tmp}/runts-test.XXXXXX")
trap 'rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM HUP

# step NAME SECONDS COMMAND...: a command that counts as one test, or as many as it says it ran. It is ended after
# that many seconds. Its output appears when it failed.
step() {
  name=$1 seconds=$2
  shift 2
  printf '%-42s ' "$name"
  began=$(date +%s)
  timeout -k 10 "$seconds" "$@" >"$logs/output" 2>&1 </dev/null
  count "$?" "$(($(date +%s) - began))"
}

count() {
  status=$1
  # shellcheck disable=SC2046
  set -- "$2" $(totals <"$logs/output")
  said=$# step_passed=${2:-0} step_failed=${3:-0} step_skipped=${4:-0}
  if [ "$said" = 1 ] && [ "$status" = 0 ]; then step_passed=1; fi
  # A command may fail without a failed test, as when it runs out of time; and a suite without tests tests nothing.
  if [ "$step_failed" = 0 ] && { [ "$status" != 0 ] || [ "$step_passed$step_skipped" = 00 ]; }; then step_failed=1; fi
  passed=$((passed + step_passed)) failed=$((failed + step_failed)) skipped=$((skipped + step_skipped))
  printf '%5s passed, %s failed, %s skipped  %ss\n' "$step_passed" "$step_failed" "$step_skipped" "$1"
  [ "$step_failed" = 0 ] || show_failure "$status"
}

# What the last lines of a TAP report or of a driver say: passed, failed, skipped. Nothing when they say nothing.
totals() {
  awk '
    /^[0-9]+ passed, [0-9]+ failed/ { passed = $1; failed = $3; skipped = $5; found = 1; delete tap_failed }
    /^# pass [0-9]+$/ { passed = $3; failed = 0; found = 1 }
    /^# (fail|cancelled) [0-9]+$/ { tap_failed[$2] = $3 }
    /^# skipped [0-9]+$/ { skipped = $3 }
    END { if (found) print passed, failed + tap_failed["fail"] + tap_failed["cancelled"], skipped + 0 }'
}

# The failed tests of a report with what belongs to them, or the end of any other output.
show_failure() {
  [ "$1" != 124 ] || echo '    ran out of time'
  if grep -q '^ *not ok' "$logs/output"; then
    awk '/^ *ok / { show = 0 } /^ *not ok / { show = 1 } /^# / { show = 0 } show' "$logs/output" | head -n 200
  else
    tail -n 40 "$logs/output"
  fi | sed 's/^/    /'
}

# leave_out REASON NAME...: steps that cannot run here.
leave_out() {
  reason=$1
  shift
  for name in "$@"; do
    printf '%-42s left out: %s\n' "$name" "$reason"
    left_out="$left_out, $name"
  done
}

# The compiled form of tests, from their sources: what an earlier build left in dist/js does not run.
compiled() {
  sed -e 's,^,dist/js/,' -e 's,\.ts$,.js,'
}

unit_tests() {
  find src conformance -name '*.test.ts' -not -name '*.root.test.ts' -not -path 'conformance/cases/*' -not -path '*/node_modules/*' | sort | compiled
}

root_tests() {
  find src conformance -name '*.root.test.ts' -not -path 'conformance/cases/*' -not -path '*/node_modules/*' | sort | compiled
}

# Everything that needs neither root nor the executable.
quick_steps() {
  step 'types' 300 node_modules/.bin/tsc -p .
  step 'format and lint' 120 node_modules/.bin/biome check --error-on-warnings
  step 'import rules' 60 node dist/js/src/tools/check-imports.js
  step 'comment rules' 60 node dist/js/src/tools/check-comments.js
  step 'unit tests' 600 node --test --test-reporter=tap $(unit_tests)
}

finish() {
  [ -z "$left_out" ] || echo "left out: ${left_out#, }"
  [ "$skipped" = 0 ] || echo "$skipped skipped"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
