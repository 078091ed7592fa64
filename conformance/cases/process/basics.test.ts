// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf } from '../../harness/conformance-case.ts'

const it = casesOf('process')

it('runs the program as pid 1 of a session of its own, with nothing inherited', async (c) => {
  const report = await c.report(c.bundle(), ['process', 'cwd', 'tty', 'signals', 'nnp', 'personality'])
  assert.equal(report.process.pid, 1)
  assert.equal(report.process.ppid, 0)
  assert.equal(report.process.sid, 1)
  assert.equal(report.process.parentDeathSignal, 0)
  assert.equal(report.process.keepCaps, 0)
  assert.equal(report.process.seccomp, 0)
  assert.equal(report.cwd.path, '/')
  assert.deepEqual(report.tty, [false, false, false])
  assert.deepEqual(report.signals, { blocked: [], ignored: [] })
  assert.equal(report.nnp, true)
  assert.equal(report.personality, 0)
})

it('gives the program the environment of the config and nothing of the caller', async (c) => {
  const bundle = c.bundle({
    process: { env: ['PATH=/bin', 'EMPTY=', 'SPACED=a b\tc', 'EQUALS=a=b', 'HOME=/somewhere'] },
  })
  const report = await c.report(bundle, ['env'], { env: { SECRET_OF_THE_CALLER: '1' } })
  assert.deepEqual(report.env.filter((entry) => !entry.startsWith('CONFORMANCE_TOKEN=')).sort(), [
    'EMPTY=',
    'EQUALS=a=b',
    'HOME=/somewhere',
    'PATH=/bin',
    'SPACED=a b\tc',
  ])
})

it('adds HOME from the passwd file of the root file system when the config has none', async (c) => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nsomeone:x:77:77::/home/someone:/bin/sh\n'
  const rootfs = (path: string) => writeFileSync(`${path}/etc/passwd`, passwd)
  const bundle = c.bundle({ process: { user: { uid: 77, gid: 77 } } }, { rootfs })
  const report = await c.report(bundle, ['env'])
  assert.ok(report.env.includes('HOME=/home/someone'), report.env.join(' '))
})

it('sets HOME to / for a user the root file system does not know', async (c) => {
  const report = await c.report(c.bundle({ process: { user: { uid: 77, gid: 77 } } }), ['env'])
  assert.ok(report.env.includes('HOME=/'), report.env.join(' '))
})

const lookedUp = [
  ['an empty HOME counts as none', ['HOME='], 'one:x:77:0::/home/one:\n', '/home/one'],
  ['the first of two lines counts', [], 'one:x:77:0::/home/one:\ntwo:x:77:0::/home/two:\n', '/home/one'],
  ['a name of digits is no uid', [], '77:x:5:0::/home/five:\n', '/'],
  ['an empty home directory is /', [], 'one:x:77:0:::\n', '/'],
] as const
for (const [sentence, env, passwd, home] of lookedUp) {
  it(`finds HOME in the passwd file: ${sentence}`, async (c) => {
    const rootfs = (path: string) => writeFileSync(`${path}/etc/passwd`, passwd)
    const bundle = c.bundle({ process: { user: { uid: 77, gid: 77 }, env: ['PATH=/bin', ...env] } }, { rootfs })
    const report = await c.report(bundle, ['env'])
    assert.deepEqual(
      report.env.filter((entry) => entry.startsWith('HOME=')),
      [`HOME=${home}`],
    )
  })
}

it('never reads the passwd file of the host through a link of the image', async (c) => {
  const outside = join(c.directory, 'passwd')
  writeFileSync(outside, 'one:x:77:0::/host:\n')
  const rootfs = (path: string) => symlinkSync(`../../..${outside}`, `${path}/etc/passwd`)
  const report = await c.report(c.bundle({ process: { user: { uid: 77, gid: 77 } } }, { rootfs }), ['env'])
  assert.ok(report.env.includes('HOME=/'), report.env.join(' '))
})

it('does not wait for a passwd file that is a FIFO', async (c) => {
  const rootfs = (path: string) => execFileSync('mkfifo', [`${path}/etc/passwd`])
  const report = await c.report(c.bundle({ process: { user: { uid: 77, gid: 77 } } }, { rootfs }), ['env'])
  assert.ok(report.env.includes('HOME=/'), report.env.join(' '))
})

it('gives the last of two values of one variable', async (c) => {
  const report = await c.report(c.bundle({ process: { env: ['PATH=/bin', 'TWICE=1', 'TWICE=2'] } }), ['env'])
  assert.ok(report.env.includes('TWICE=2'), report.env.join(' '))
  assert.ok(!report.env.includes('TWICE=1'), report.env.join(' '))
})

it('looks the program up in the PATH of the container', async (c) => {
  const rootfs = (path: string) => {
    mkdirSync(`${path}/first`)
    mkdirSync(`${path}/second`)
    writeFileSync(`${path}/first/tool`, 'not executable')
    symlinkSync('/bin/probe', `${path}/second/tool`)
  }
  const patch = { process: { args: ['tool', 'exit', '7'], env: ['PATH=/missing:/first:/second'] } }
  const call = await c.runtime(['run', '--bundle', c.bundle(patch, { rootfs }).path, c.id()])
  assert.equal(call.status, 7, String(call))
})

it('runs a relative path of the program from the working directory', async (c) => {
  const call = await c.runtime([
    'run',
    '--bundle',
    c.bundle({ process: { args: ['./probe', 'exit', '7'], cwd: '/bin' } }).path,
    c.id(),
  ])
  assert.equal(call.status, 7, String(call))
})

it('runs a script by its interpreter line', async (c) => {
  const script = '#!/bin/busybox cat\nthe second line\n'
  const rootfs = (path: string) => {
    writeFileSync(`${path}/bin/script`, script)
    chmodSync(`${path}/bin/script`, 0o755)
  }
  const bundle = c.bundle({ process: { args: ['script'] } }, { rootfs, busybox: true })
  assert.equal((await c.succeed(['run', '--bundle', bundle.path, c.id()])).stdout, script)
})

it('passes every argument as it is', async (c) => {
  const args = ['busybox', 'printf', '%s|', 'a b', '', '$HOME', '"', 'ü', '\t', '-x']
  const bundle = c.bundle({ process: { args } }, { busybox: true })
  const call = await c.succeed(['run', '--bundle', bundle.path, c.id()])
  assert.equal(call.stdout, 'a b||$HOME|"|ü|\t|-x|')
})

it('passes standard input, output and error through', async (c) => {
  const bundle = c.bundle({ process: { args: ['sh', '-c', 'busybox cat; echo oops >&2'] } }, { busybox: true })
  const call = await c.runtime(['run', '--bundle', bundle.path, c.id()], { stdin: 'from the caller\n' })
  assert.equal(call.stdout, 'from the caller\n')
  assert.equal(call.stderr, 'oops\n')
})

for (const [sentence, args, pattern] of [
  ['a program that is nowhere in PATH', ['nowhere'], 'executable file not found in $PATH'],
  ['an absolute path that does not exist', ['/bin/nowhere'], 'no such file or directory'],
  ['a file without the execute bit', ['/etc/plain'], 'permission denied'],
  ['a directory', ['/etc'], /permission denied|is a directory/],
] as const) {
  it(`refuses ${sentence} at create, in words callers look for`, async (c) => {
    const rootfs = (path: string) => writeFileSync(`${path}/etc/plain`, 'text')
    const bundle = c.bundle({ process: { args: [...args] } }, { rootfs })
    await c.fail(['create', '--bundle', bundle.path, c.id()], [pattern, args[0]])
    c.assertNothingLeft()
  })
}

it('reports a file that is no program when it is started', async (c) => {
  const rootfs = (path: string) => {
    writeFileSync(`${path}/bin/garbage`, '\u0001\u0002\u0003 neither ELF nor script')
    chmodSync(`${path}/bin/garbage`, 0o755)
  }
  const bundle = c.bundle({ process: { args: ['/bin/garbage'] } }, { rootfs })
  const call = await c.runtime(['run', '--bundle', bundle.path, c.id()])
  assert.notEqual(call.status, 0, String(call))
  assert.match(call.stderr, /exec format error/)
})

it('starts in the working directory of the config', async (c) => {
  const rootfs = (path: string) => mkdirSync(`${path}/deep/er`, { recursive: true })
  const report = await c.report(c.bundle({ process: { cwd: '/deep/er' } }, { rootfs }), ['cwd', 'stat:/deep/er'])
  assert.equal(report.cwd.path, '/deep/er')
  assert.equal(report.cwd.ino, report['stat:/deep/er']?.ino)
})

it('makes a working directory that does not exist', async (c) => {
  const bundle = c.bundle({ root: { readonly: false }, process: { cwd: '/new/directory' } })
  const report = await c.report(bundle, ['cwd', 'stat:/new/directory'])
  assert.equal(report.cwd.path, '/new/directory')
  assert.equal(report['stat:/new/directory']?.mode, 0o755)
})

for (const [whose, owner] of [
  ['root', 0],
  ['the user', 5],
] as const) {
  it(`enters a working directory that only ${whose} may enter, as another user than root`, async (c) => {
    const rootfs = (path: string) => {
      mkdirSync(`${path}/private`, { mode: 0o700 })
      chownSync(`${path}/private`, owner, owner)
    }
    const bundle = c.bundle({ process: { cwd: '/private', user: { uid: 5, gid: 5 } } }, { rootfs })
    assert.equal((await c.report(bundle, ['cwd'])).cwd.path, '/private')
  })
}

it('refuses a working directory that is a file', async (c) => {
  await c.refuses(c.bundle({ process: { cwd: '/bin/probe' } }), 'not a directory')
})
