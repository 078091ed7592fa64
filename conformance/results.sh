#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes conformance/RESULTS.md from runs of the outside judges: sh conformance/results.sh [JUDGE...]
# JUDGE is runtime-tools or a folder of external/; without names all of them run, which takes half an hour. What they
# say is kept in dist/results, so that one of them can be run again alone, or none with `none`. PROGRAMS chooses some of
# runtime-tools to run again.
set -u
cd "$(dirname "$0")/.." || exit 1
[ "$(id -u)" = 0 ] || { echo "$0 needs root" >&2; exit 1; }
kept=dist/results
drivers=$(cd conformance/external && ls -d */ | tr -d /)

# judge NAME: every runtime that is compared by it, one after the other.
judge() {
  [ "$1" != none ] || return 0
  mkdir -p "$kept"
  echo "running $1" >&2
  if [ "$1" = runtime-tools ]; then
    PREPARED=yes OUTPUT=$PWD/$kept/programs timeout -k 10 3600 sh conformance/runtime-tools/run.sh dist/runts runc crun >"$kept/runtime-tools" 2>"$kept/runtime-tools.errors"
  else
    for runtime in dist/runts runc; do
      RUNTIME=$runtime timeout -k 10 3600 sh $(driver_of "$1") >"$kept/$1.${runtime##*/}" 2>&1
    done
  fi
}

# What needs systemd runs in the test guest where this machine has none.
driver_of() {
  if is_in_guest "$1"; then echo "conformance/vm/run.sh external/$1"; else echo "conformance/external/$1/run.sh"; fi
}

is_in_guest() {
  [ "$1" = systemd ] && [ ! -d /run/systemd/system ]
}

# What the judges and the machine are; nothing of where they are.
versions() {
  . /etc/os-release
  echo "- Linux $(uname -r | cut -d - -f 1) on $(uname -m), $PRETTY_NAME"
  case "$(stat -f -c %T /sys/fs/cgroup)" in
    cgroup2fs) echo '- cgroup v2' ;;
    *) if grep -q ' cgroup2 ' /proc/self/mounts; then echo '- cgroup v1 with a v2 hierarchy beside it (hybrid)'; else echo '- cgroup v1'; fi ;;
  esac
  capabilities=$(sed -n 's/^CapPrm:[[:space:]]*//p' /proc/self/status)
  [ $((0x$capabilities >> 24 & 1)) = 1 ] || echo '- root without CAP_SYS_RESOURCE'
  echo "- runts $(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)"
  dpkg-query -W -f '- ${Package} ${Version}\n' runc crun containerd docker.io podman buildah conmon 2>/dev/null
  sed -n 's,^require \(github.com/opencontainers/runtime-tools\) \(.*\),- \1 \2,p' conformance/runtime-tools/go.mod
  sed -n 's,^require \(sigs.k8s.io/cri-tools\) \(.*\),- \1 \2,p' conformance/external/cri/go.mod
}

# total FILE: its last line of totals, what it needs and has not, or that there is neither.
total() {
  if [ ! -e "$1" ]; then echo 'not run'; return; fi
  grep -E '^[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1 | grep . ||
    sed -n 's/^vm: missing \([^:]*\):.*/left out: needs \1/p' "$1" | grep . || echo 'did not finish'
}

report() {
  echo '# Results'
  echo
  echo 'Written by `npm run results` from runs of programs that are not part of runts, on one machine:'
  echo
  versions
  echo
  echo '## Engines and other programs'
  echo
  echo 'Each driver of [external](external) runs the same checks with both runtimes.'
  echo '`crio` makes the calls of CRI-O, without CRI-O itself.'
  ! is_in_guest systemd || echo 'That of systemd runs in a [Debian guest](vm), with the engines of Debian 13.'
  echo
  echo '| driver | runts | runc |'
  echo '|---|---|---|'
  for driver in $drivers; do echo "| $driver | $(total "$kept/$driver.runts") | $(total "$kept/$driver.runc") |"; done
  echo
  for driver in $drivers; do
    for runtime in runts runc; do
      grep '^not ok' "$kept/$driver.$runtime" 2>/dev/null | cut -d : -f 1 | sed "s/^not ok/- $driver with $runtime fails:/"
    done
  done
  echo
  echo '## runtime-tools'
  echo
  echo 'Assertions passed/failed of each program; bold: the program fails, by an assertion, an error or its exit status.'
  echo
  grep -e '^|' -e 'programs pass$' "$kept/runtime-tools" 2>/dev/null | sed 's/^[a-z].*pass$/\n&/'
}

sh src/tools/prepare.sh test >&2 || exit 1
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- runtime-tools $drivers
for name in "$@"; do judge "$name"; done
report | cat -s >conformance/RESULTS.md
