// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import type { JsonObject } from '../../harness/json.ts'
import { path } from '../../harness/requires.ts'
import { allowAllBut, callsIn, denyAllBut, dockerProfile, probeCalls, rule } from '../../harness/seccomp.ts'

const it = casesOf('seccomp')
const strace = path('/usr/bin/strace')

/** 128 + SIGSYS. */
const KILLED = 159
/** The number of getppid for the machines that the cases know. */
const GETPPID = process.arch === 'arm64' ? 173 : 110

/** The exit status and output of one verb of the probe under one rule for getppid, everything else being allowed. */
async function underRule(c: Case, action: string, verb: string, more = {}) {
  const bundle = c.bundle(allowAllBut(rule(action, ['getppid'], more))).probe(verb, 'getppid')
  const call = await c.runtime(['run', '--bundle', bundle.path, c.id()])
  return { status: call.status, stdout: call.stdout }
}

it('SCMP_ACT_ERRNO returns EPERM, or the errno of the rule', async (c) => {
  assert.equal((await underRule(c, 'SCMP_ACT_ERRNO', 'calls')).stdout, '["EPERM"]\n')
  assert.equal((await underRule(c, 'SCMP_ACT_ERRNO', 'calls', { errnoRet: 95 })).stdout, '["EOPNOTSUPP"]\n')
})

it('SCMP_ACT_ERRNO by default returns EPERM, or the default errno', async (c) => {
  const allowed = [...dockerNames()]
  assert.deepEqual(await callsIn(c, c.bundle(denyAllBut(allowed)), 'setsid', 'getppid'), ['EPERM', 0])
  const other = denyAllBut(allowed, 'SCMP_ACT_ERRNO', { defaultErrnoRet: 95 })
  assert.deepEqual(await callsIn(c, c.bundle(other), 'setsid', 'getppid'), ['EOPNOTSUPP', 0])
})

it('SCMP_ACT_KILL_PROCESS ends the whole process', async (c) => {
  assert.deepEqual(await underRule(c, 'SCMP_ACT_KILL_PROCESS', 'thread-call'), { status: KILLED, stdout: '' })
})

for (const action of ['SCMP_ACT_KILL', 'SCMP_ACT_KILL_THREAD']) {
  it(`${action} ends the calling thread alone`, async (c) => {
    assert.deepEqual(await underRule(c, action, 'thread-call'), { status: 0, stdout: 'survived\n' })
    assert.deepEqual(await underRule(c, action, 'calls'), { status: KILLED, stdout: '' })
  })
}

it('SCMP_ACT_KILL_PROCESS by default ends the process that makes another call', async (c) => {
  const bundle = c.bundle(denyAllBut(dockerNames(), 'SCMP_ACT_KILL_PROCESS'))
  assert.deepEqual(await callsIn(c, bundle, 'getppid'), [0])
  const call = await c.runtime(['run', '--bundle', bundle.probe('calls', 'setsid').path, c.id()])
  assert.equal(call.status, KILLED, String(call))
})

it('SCMP_ACT_TRAP sends SIGSYS, which the program may catch', async (c) => {
  const { status, stdout } = await underRule(c, 'SCMP_ACT_TRAP', 'trapped-call')
  assert.equal(status, 0)
  assert.deepEqual(JSON.parse(stdout), { call: GETPPID, code: 1 })
  assert.equal((await underRule(c, 'SCMP_ACT_TRAP', 'calls')).status, KILLED)
})

it('SCMP_ACT_TRACE tells the tracer the number of the rule, and returns ENOSYS without one', async (c) => {
  assert.equal((await underRule(c, 'SCMP_ACT_TRACE', 'calls')).stdout, '["ENOSYS"]\n')
  const { stdout } = await underRule(c, 'SCMP_ACT_TRACE', 'traced-call', { errnoRet: 77 })
  assert.match(stdout, /^event 77\n\[\d+\]\n$/)
})

it('SCMP_ACT_ALLOW lets a call pass that is refused otherwise', async (c) => {
  const bundle = c.bundle(denyAllBut(dockerNames()))
  assert.deepEqual(await callsIn(c, bundle, 'getppid', 'setsid'), [0, 'EPERM'])
})

it('SCMP_ACT_LOG lets a call pass, as a rule and by default', async (c) => {
  const killing = (names: string[]) => ({
    linux: {
      seccomp: {
        defaultAction: 'SCMP_ACT_KILL_PROCESS',
        syscalls: [
          rule(
            'SCMP_ACT_ALLOW',
            dockerNames().filter((name) => name !== 'getppid'),
          ),
          rule('SCMP_ACT_LOG', names),
        ],
      },
    },
  })
  assert.deepEqual(await callsIn(c, c.bundle(killing(['getppid'])), 'getppid'), [0])
  const call = await c.runtime([
    'run',
    '--bundle',
    c.bundle(killing(['gettid'])).probe('calls', 'getppid').path,
    c.id(),
  ])
  assert.equal(call.status, KILLED, String(call))
  const byDefault = {
    linux: { seccomp: { defaultAction: 'SCMP_ACT_LOG', syscalls: [rule('SCMP_ACT_ERRNO', ['setsid'])] } },
  }
  assert.deepEqual(await callsIn(c, c.bundle(byDefault), 'getppid', 'setsid'), [0, 'EPERM'])
})

it('says that the profile may be why the program cannot be executed', async (c) => {
  const bundle = c.bundle(allowAllBut(rule('SCMP_ACT_ERRNO', ['execve']))).probe('exit', '0')
  bundle.change({ process: { noNewPrivileges: true } })
  await c.fail(['run', '--bundle', bundle.path, c.id('run')], ['operation not permitted', 'linux.seccomp'])
  await c.create(bundle)
  await c.fail(['start', c.id()], ['operation not permitted', 'linux.seccomp'])
})

it('a rule with the default action changes nothing, whatever its errno', async (c) => {
  const profile = allowAllBut(rule('SCMP_ACT_ALLOW', ['getppid']), rule('SCMP_ACT_ERRNO', ['setsid']))
  assert.deepEqual(await callsIn(c, c.bundle(profile), 'getppid', 'setsid'), [0, 'EPERM'])
})

it('skips system calls that nobody knows', async (c) => {
  const profile = allowAllBut(rule('SCMP_ACT_ERRNO', ['no_such_call', 'getppid']))
  const bundle = c.bundle(profile).probe('calls', 'getppid')
  const call = await c.succeed(['--debug', 'run', '--bundle', bundle.path, c.id()])
  assert.equal(call.stdout, '["EPERM"]\n')
  assert.match(call.stderr, /unknown seccomp syscall .*no_such_call.* ignored/)
})

it('returns ENOSYS for calls newer than the newest of the profile, and the default for older ones', async (c) => {
  const newer =
    /^(landlock|io_uring|pidfd|futex_|lsm_|statmount|listmount|mseal|map_shadow|cachestat|fs(open|mount|pick|config)|move_mount|open_tree|mount_setattr|clone3|close_range|openat2|faccessat2|fchmodat2|epoll_pwait2|process_m|memfd_secret|set_mempolicy_home|.*xattrat|uretprobe)/
  const architectures = [process.arch === 'arm64' ? 'SCMP_ARCH_AARCH64' : 'SCMP_ARCH_X86_64']
  const old = dockerNames().filter((name) => !newer.test(name) && !name.endsWith('_time64') && !name.includes('64_'))
  assert.deepEqual(
    await callsIn(c, c.bundle(denyAllBut(old, 'SCMP_ACT_ERRNO', { architectures })), 'openat2', '5000', 'setsid'),
    ['ENOSYS', 'ENOSYS', 'EPERM'],
  )
  // A default that lets unknown calls pass leaves them to the kernel.
  assert.deepEqual(await callsIn(c, c.bundle(allowAllBut(rule('SCMP_ACT_ERRNO', ['setsid']))), 'openat2', 'setsid'), [
    'EINVAL',
    'EPERM',
  ])
})

it('needs no call of the profile for itself with no_new_privs but execve', async (c) => {
  assert.deepEqual(await callsIn(c, c.bundle(denyAllBut(probeCalls, 'SCMP_ACT_KILL_PROCESS')), 'getppid'), [0])
  const bundle = c.bundle(denyAllBut(probeCalls, 'SCMP_ACT_KILL_PROCESS')).probe('calls', 'getppid')
  const call = await c.createAndStart(bundle)
  await call.outputLine('[0]')
  await c.stopped()
})

const flagsOf: [string, string[] | undefined, RegExp][] = [
  ['the flag that runc takes when the profile has no list of flags', undefined, /FLAG_SPEC_ALLOW,/],
  ['no flag when the list is empty', [], /seccomp\(SECCOMP_SET_MODE_FILTER, 0,|prctl\(PR_SET_SECCOMP/],
  ['SECCOMP_FILTER_FLAG_LOG', ['SECCOMP_FILTER_FLAG_LOG'], /SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG,/],
]

for (const [what, flags, expected] of flagsOf) {
  it(
    `loads the filter with ${what}`,
    async (c) => {
      const { linux } = allowAllBut(rule('SCMP_ACT_ERRNO', ['getppid'])) as { linux: { seccomp: JsonObject } }
      const bundle = c.bundle({ linux: { seccomp: { ...linux.seccomp, flags } } }).probe('calls', 'getppid')
      const log = join(c.directory, 'trace')
      const wrapper = ['strace', '-f', '-qq', '-e', 'trace=seccomp,prctl', '-e', 'signal=none', '-o', log]
      const call = await c.succeed(['run', '--bundle', bundle.path, c.id()], { wrapper })
      assert.equal(call.stdout, '["EPERM"]\n')
      assert.match(readFileSync(log, 'utf8'), expected)
    },
    { requires: [strace] },
  )
}

it('takes TSYNC and WAIT_KILLABLE_RECV where they change nothing', async (c) => {
  const { linux } = allowAllBut(rule('SCMP_ACT_ERRNO', ['getppid'])) as { linux: { seccomp: JsonObject } }
  const flags = ['SECCOMP_FILTER_FLAG_TSYNC', 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV']
  assert.deepEqual(await callsIn(c, c.bundle({ linux: { seccomp: { ...linux.seccomp, flags } } }), 'getppid'), [
    'EPERM',
  ])
})

/** What Docker allows without conditions, but for setsid: enough for any runtime to start a program. */
function dockerNames(): string[] {
  const rules = dockerProfile().syscalls as { names: string[]; action: string; args?: unknown[] }[]
  const allowed = rules.filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && !args?.length)
  return allowed.flatMap(({ names }) => names).filter((name) => name !== 'setsid')
}
