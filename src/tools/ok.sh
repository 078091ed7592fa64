#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `npm run ok`: the checks that take seconds and need no root, over what `npm test` or `npm run build` installed.
set -u
cd "$(dirname "$0")/../.." || exit 1
[ -d node_modules ] || { echo 'nothing is installed yet: run npm run build once' >&2; exit 1; }
. src/tools/steps.sh
quick_steps
finish
