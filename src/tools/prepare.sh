#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs and builds what is missing or out of date, and nothing else: sh src/tools/prepare.sh [run|build|test|generate]
#   generate  the generated sources alone · build  what dist/runts needs · run  also what the demo needs · test  also what the tests need
set -eu
cd "$(dirname "$0")/../.."
purpose=${1:-build}
case "$purpose" in run | build | test | generate) ;; *) sed -n '3,4s/^# //p' "$0" >&2; exit 2 ;; esac

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# PACKAGE:FILE, where the file tells that the package is there.
build_packages='gcc:/usr/bin/gcc g++:/usr/bin/g++ libc6-dev:/usr/include/stdlib.h make:/usr/bin/make musl-tools:/usr/bin/musl-gcc'
demo_packages='busybox-static:/usr/share/doc/busybox-static'
test_packages='runc:/usr/sbin/runc crun:/usr/bin/crun containerd:/usr/bin/containerd debootstrap:/usr/sbin/debootstrap
  strace:/usr/bin/strace iproute2:/bin/ip util-linux:/usr/bin/unshare e2fsprogs:/sbin/mkfs.ext4 xfsprogs:/sbin/mkfs.xfs
  uidmap:/usr/bin/newuidmap tmux:/usr/bin/tmux docker.io:/usr/sbin/dockerd iptables:/usr/sbin/iptables podman:/usr/bin/podman
  buildah:/usr/bin/buildah netavark:/usr/lib/podman/netavark aardvark-dns:/usr/lib/podman/aardvark-dns
  slirp4netns:/usr/bin/slirp4netns catatonit:/usr/libexec/podman/catatonit procps:/bin/ps'
# For the programs of conformance/runtime-tools; any toolchain will do.
command -v go >/dev/null || test_packages="$test_packages golang-go:/usr/bin/go"

missing() {
  for entry in "$@"; do
    [ -e "${entry#*:}" ] || printf '%s ' "${entry%%:*}"
  done
}

install_packages() {
  packages=$build_packages
  [ "$purpose" = build ] || packages="$packages $demo_packages"
  [ "$purpose" != test ] || packages="$packages $test_packages"
  # shellcheck disable=SC2086
  wanted=$(missing $packages)
  [ -n "$wanted" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    say "missing Debian packages, which take root to install: apt-get install --no-install-recommends $wanted"
    return 0
  fi
  command -v apt-get >/dev/null || die "missing: $wanted(no apt-get here: install what these Debian packages hold)"
  say "installing Debian packages: $wanted"
  export DEBIAN_FRONTEND=noninteractive
  # A fresh machine has no package lists, an old one has lists that name what is gone.
  quietly apt-get update
  # shellcheck disable=SC2086
  quietly apt-get install --yes --no-install-recommends $wanted
}

# quietly COMMAND...: its output only when it fails.
quietly() {
  log=$(mktemp)
  status=0
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ "$status" = 0 ] || cat "$log" >&2
  rm -f "$log"
  [ "$status" = 0 ] || die "$* failed with status $status"
}

# stale TARGET SOURCE...: whether a source (directories included, all below them) is newer than the target, or it is missing.
stale() {
  target=$1
  shift
  [ -e "$target" ] || return 0
  [ -n "$(find "$@" -newer "$target" -not -path '*/build/*' -print -quit 2>/dev/null)" ]
}

check_node() {
  command -v node >/dev/null || die 'Node.js 20 or newer is needed: https://nodejs.org or apt-get install nodejs'
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || die "Node.js 20 or newer is needed, this is $(node --version)"
}

install_node_modules() {
  stale node_modules/.package-lock.json package-lock.json || return 0
  say 'installing npm packages'
  quietly npm install --no-save --ignore-scripts --no-audit --no-fund
  touch node_modules/.package-lock.json
}

find_bun() {
  case $(uname -m) in aarch64) arch=aarch64 ;; *) arch=x64 ;; esac
  for bun in "node_modules/@oven/bun-linux-$arch/bin/bun" "node_modules/@oven/bun-linux-$arch-baseline/bin/bun"; do
    if [ -e "$bun" ]; then [ -x "$bun" ] || chmod +x "$bun"; return 0; fi
  done
  die "no Bun for $arch in node_modules: remove node_modules and try again"
}

generate() {
  if stale native-shim/generated/ops.h src/plan/op-table.ts src/plan/phases.ts src/plan/table-hash.ts src/plan/wire-forms.ts src/tools/generate-c-table.ts; then
    say 'generating the C side of the op table'
    "$bun" src/tools/generate-c-table.ts
    touch native-shim/generated/ops.h
  fi
  if stale src/spec/generated/validate-config.ts src/spec/schema src/tools/generate-validator.ts; then
    say 'generating the validator of config.json'
    "$bun" src/tools/generate-validator.ts
    touch src/spec/generated/validate-config.ts
  fi
}

build_shim() {
  stale native-shim/build/shim native-shim || return 0
  say 'building the shim'
  quietly make -C native-shim shim
  touch native-shim/build/shim
}

build_executable() {
  # `stale` leaves out what is built, and the shim is.
  [ native-shim/build/shim -nt dist/runts ] ||
    stale dist/runts src native-shim/executable_entry.c package.json package-lock.json tsconfig.json || return 0
  say 'compiling dist/runts'
  quietly "$bun" src/tools/build.ts
  touch dist/runts
}

# Sources under dist/js are what Node runs: the tests, and the tools of the tests.
compile_for_node() {
  stale dist/js/.compiled src conformance tsconfig.json package-lock.json || return 0
  say 'compiling for Node'
  rm -rf dist/js
  node_modules/.bin/tsc -p . --noCheck
  touch dist/js/.compiled
}

install_packages
check_node
# One at a time: two of them would take each other's files away.
mkdir -p dist
exec 8>dist/.lock
flock 8
install_node_modules
find_bun
generate
[ "$purpose" != generate ] || exit 0
[ "$purpose" != test ] || compile_for_node
# shellcheck disable=SC2086
if [ -z "$(missing $build_packages)" ]; then
  build_shim
  build_executable
elif [ "$purpose" = test ]; then
  say 'left out: the shim and dist/runts'
else
  exit 1
fi
