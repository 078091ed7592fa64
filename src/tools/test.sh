#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `npm test`: installs and builds what is missing, then runs every test that CI runs. The last line counts them.
set -u
cd "$(dirname "$0")/../.." || exit 1
. src/tools/steps.sh

# Of 58: one for each room, quick ones. All of them: sh conformance/runtime-tools/run.sh
runtime_tools='create hostname kill linux_cgroups_pids linux_devices linux_masked_paths linux_sysctl linux_uid_mappings mounts
  process_user root_readonly_true'

# Not a step: what it installs and builds is shown while it happens.
if ! sh src/tools/prepare.sh test </dev/null; then
  echo 'preparing the tests failed'
  failed=1
  finish
  exit
fi

quick_steps
step 'shim: C tests' 300 make -C native-shim check
if [ "$(id -u)" = 0 ]; then
  step 'unit tests that need root' 600 node --test --test-reporter=tap $(root_tests)
  step 'black-box cases' 900 sh conformance/run.sh
  if grep -q '^[^ ]* /sys/fs/cgroup/[^ ]* cgroup ' /proc/self/mounts; then
    step 'cgroups on v2 alone' 300 env PREPARED=yes sh conformance/on-cgroup2.sh cgroups
  fi
  # shellcheck disable=SC2086
  if sh conformance/runtime-tools/build.sh $runtime_tools >/dev/null 2>&1 </dev/null; then
    step 'a sample of runtime-tools' 300 env PREPARED=yes PROGRAMS="$runtime_tools" sh conformance/runtime-tools/run.sh dist/runts
  else
    leave_out 'no Go toolchain, or no module proxy' 'a sample of runtime-tools'
  fi
  step 'through containerd and ctr' 600 sh conformance/external/containerd/run.sh
  if sh conformance/external/cri/build.sh >/dev/null 2>&1 </dev/null; then
    step "pods through containerd's CRI plugin" 600 sh conformance/external/cri/run.sh
  else
    leave_out 'no Go toolchain of 1.24, or no module proxy' "pods through containerd's CRI plugin"
  fi
  step 'the calls of CRI-O' 600 sh conformance/external/crio/run.sh
  # All of what they check: without the words.
  step 'a sample of Docker' 600 sh conformance/external/docker/run.sh prints exec update nginx OOM BuildKit userns
  step 'a sample of podman and buildah' 600 sh conformance/external/podman/run.sh prints exec pause pod buildah
  if reason=$(sh conformance/vm/kvm-boots.sh); then
    step 'a sample on Debian with systemd' 1800 env PREPARED=yes VM_ACCEL=kvm sh conformance/vm/run.sh
  else
    leave_out "$reason" 'a sample on Debian with systemd'
  fi
  step 'nginx on a Debian root filesystem' 600 sh conformance/external/nginx/run.sh
  step 'Debian as an ordinary user' 600 sh conformance/external/rootless/run.sh
else
  leave_out 'needs root' 'unit tests that need root' 'black-box cases' 'a sample of runtime-tools' 'through containerd and ctr' \
    "pods through containerd's CRI plugin" 'the calls of CRI-O' 'a sample of Docker' 'a sample of podman and buildah' \
    'a sample on Debian with systemd' 'nginx on a Debian root filesystem' 'Debian as an ordinary user'
fi
finish
