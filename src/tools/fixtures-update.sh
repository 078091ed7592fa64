#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the golden plan listings of spec-fixtures/plans and the map in src/README.md again.
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
sh src/tools/prepare.sh build
# The compiled files find their packages from here.
ln -s "$PWD/node_modules" "$out/node_modules"
printf '{"type":"module"}' >"$out/package.json"
npx --no-install tsc -p . --noCheck --outDir "$out/js"
node "$out/js/src/tools/update-fixtures.js"
node "$out/js/src/tools/write-map.js"
