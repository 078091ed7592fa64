#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every black-box case against the runtime named by RUNTIME (default: dist/runts), after `npm test` or
# `sh src/tools/prepare.sh test` compiled them. CASES narrows the files: CASES='mounts/*' sh conformance/run.sh
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo 'the cases start real containers: run them as root' >&2; exit 1; }
make -s -C conformance/probe
# shellcheck disable=SC2086
exec node --test --test-concurrency=2 --test-reporter="${REPORTER:-tap}" dist/js/conformance/cases/${CASES:-*/*}.test.js
