// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cannotDelete,
  fileExists,
  hookFailed,
  preservedFdMissing,
  RUNC_PHRASES,
  withIdNotRunning,
} from './runc-phrases.ts'

test("the sentences that engines match on are runc's to the byte", () => {
  assert.equal(RUNC_PHRASES.createFailed, 'runc create failed: ')
  assert.equal(RUNC_PHRASES.runFailed, 'runc run failed: ')
  assert.equal(RUNC_PHRASES.execFailed, 'exec failed: ')
  assert.equal(RUNC_PHRASES.execArgsEmpty, 'process args cannot be empty')
  assert.equal(RUNC_PHRASES.cannotExecStopped, 'cannot exec in a stopped container')
  assert.equal(RUNC_PHRASES.cannotExecPaused, 'cannot exec in a paused container (use --ignore-paused to override)')
  assert.equal(RUNC_PHRASES.containerExists, 'container with given ID already exists')
  assert.equal(RUNC_PHRASES.containerNotFound, 'container does not exist')
  assert.equal(RUNC_PHRASES.invalidContainerId, 'invalid container ID format')
  assert.equal(RUNC_PHRASES.emptyContainerId, 'container id cannot be empty')
  assert.equal(RUNC_PHRASES.containerNotRunning, 'container not running')
  assert.equal(RUNC_PHRASES.cannotStartStopped, 'cannot start a container that has stopped')
  assert.equal(RUNC_PHRASES.cannotStartRunning, 'cannot start an already running container')
  assert.equal(RUNC_PHRASES.configNotFound, 'JSON specification file config.json not found')
  assert.equal(RUNC_PHRASES.processMissing, 'process property must not be empty')
  assert.equal(RUNC_PHRASES.detachedTerminal, 'cannot allocate tty if runc will detach without setting console socket')
  assert.equal(RUNC_PHRASES.uselessConsoleSocket, 'cannot use console socket if runc will not detach or allocate tty')
  assert.equal(RUNC_PHRASES.executableNotFound, 'executable file not found in $PATH')
  assert.equal(RUNC_PHRASES.rootlessIdmap, 'id-mapped mounts are not supported for rootless containers')
  assert.equal(RUNC_PHRASES.systemdNotRunning, 'systemd not running on this host, cannot use systemd cgroups manager')
  assert.equal(RUNC_PHRASES.rootlessSystemdV1, 'cannot use rootless systemd cgroups manager on cgroup v1')
  assert.equal(RUNC_PHRASES.apparmorDisabled, 'apparmor: config provided but apparmor not supported')
  assert.equal(
    RUNC_PHRASES.selinuxDisabled,
    'selinux label is specified in config, but selinux is disabled or not supported',
  )
  assert.equal(RUNC_PHRASES.noSeccompAgent, 'failed to connect with seccomp agent specified in the seccomp profile: ')
  assert.equal(RUNC_PHRASES.cacheSchemaDisabled, 'Intel RDT/CAT: l3 cache schema is not enabled')
  assert.equal(RUNC_PHRASES.bandwidthSchemaDisabled, 'Intel RDT/MBA: memory bandwidth schema is not enabled')
  assert.equal(RUNC_PHRASES.intervalNotPositive, 'duration interval must be greater than 0')
  assert.equal(withIdNotRunning('x'), 'container with id x is not running')
  assert.equal(cannotDelete('x', 'running'), 'cannot delete container x that is not stopped: running')
  assert.equal(
    preservedFdMissing(1, 2, 4),
    'unable to stat preserved-fd 1 (of 2): stat /proc/self/fd/4: no such file or directory',
  )
  assert.equal(fileExists('config.json'), 'File config.json exists. Remove it first')
  assert.equal(hookFailed('prestart', 1, 'exit status 3'), 'error running prestart hook #1: exit status 3')
})
