// SPDX-License-Identifier: Apache-2.0
// A user without privileges, known to the user database only in the mount namespaces of his own calls: the host's files
// stay as they are, and nothing is left of him even when a case is killed.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle, BundleOptions } from './bundle.ts'
import type { Case } from './conformance-case.ts'
import type { Json, JsonObject, Patch } from './json.ts'
import { path, type Requirement } from './requires.ts'
import type { RunOptions } from './run-runtime.ts'

export interface UserOptions {
  uid?: number
  /** Whether /etc/subuid and /etc/subgid have a range for this user. */
  subordinateIds?: boolean
  groups?: number[]
}

export const firstSubordinateId = 3000000
export const subordinateIds = 65536

/** Puts the files of the user database in place and becomes the user; /root need not be open to him. */
const becomeUser = `
home=$1 ids=$2 around=$3 runtime=$4
shift 4
for file in passwd subuid subgid; do mount --bind "$home/etc/$file" "/etc/$file" || exit 126; done
case $runtime in */*) mount --bind "$runtime" "$home/runtime" && runtime=$home/runtime || exit 126 ;; esac
# shellcheck disable=SC2086
exec setpriv $ids -- $around "$runtime" "$@"`

export class OrdinaryUser {
  readonly uid: number
  readonly gid: number
  readonly home: string
  private readonly c: Case
  private readonly groups: number[]

  constructor(c: Case, { uid = 61001, subordinateIds: hasRange = true, groups = [] }: UserOptions = {}) {
    this.c = c
    this.uid = uid
    this.gid = uid + 1000
    this.groups = groups
    this.home = join(c.directory, `user${uid}`)
    for (const path of [this.home, this.runtimeDirectory, c.root]) this.makeDirectory(path)
    // The container's root, mapped to another id, has to pass.
    chmodSync(this.home, 0o711)
    mkdirSync(join(this.home, 'etc'))
    writeFileSync(join(this.home, 'runtime'), '')
    const passwd = readFileSync('/etc/passwd', 'utf8')
    const name = `conformance${uid}`
    const range = hasRange ? `${name}:${firstSubordinateId}:${subordinateIds}\n` : ''
    writeFileSync(join(this.home, 'etc/passwd'), `${passwd}${name}:x:${uid}:${this.gid}::${this.home}:/bin/sh\n`)
    for (const file of ['subuid', 'subgid']) writeFileSync(join(this.home, 'etc', file), range)
  }

  get runtimeDirectory(): string {
    return join(this.home, 'run')
  }

  makeDirectory(path: string, mode = 0o700): void {
    mkdirSync(path, { recursive: true, mode })
    chownSync(path, this.uid, this.gid)
  }

  /** How to call a command as this user; `around` is put between him and the command. */
  options(...around: string[]): RunOptions {
    const groups = this.groups.length > 0 ? `--groups ${this.groups.join(',')}` : '--clear-groups'
    const ids = `--reuid ${this.uid} --regid ${this.gid} ${groups}`
    return {
      wrapper: ['unshare', '--mount', 'sh', '-c', becomeUser, 'become-user', this.home, ids, around.join(' ')],
      env: { HOME: this.home, USER: `conformance${this.uid}`, XDG_RUNTIME_DIR: this.runtimeDirectory },
      cwd: this.home,
    }
  }

  /** A bundle that belongs to this user and maps the container's root to him. */
  bundle(patch: Patch = {}, options: BundleOptions = {}): Bundle {
    const bundle = this.c.bundle({ mounts: withoutGroups, linux: this.linux() }, options).change(patch)
    execFileSync('chown', ['-R', `${this.uid}:${this.gid}`, bundle.path])
    return bundle
  }

  /** `linux` of a container whose root is this user, and whose other ids are his subordinate ones. */
  linux(range = 0): JsonObject {
    const mappings = (id: number): Json[] => [
      { containerID: 0, hostID: id, size: 1 },
      ...(range > 0 ? [{ containerID: 1, hostID: firstSubordinateId, size: range }] : []),
    ]
    const types = ['pid', 'network', 'ipc', 'uts', 'mount', 'user']
    return {
      namespaces: types.map((type) => ({ type })),
      resources: undefined,
      uidMappings: mappings(this.uid),
      gidMappings: mappings(this.gid),
    }
  }
}

/** Makes the runtime be called by an ordinary user for the rest of the case. */
export function actAsUser(c: Case, options: UserOptions = {}): OrdinaryUser {
  const user = new OrdinaryUser(c, options)
  c.caller = user.options()
  return user
}

/** Debian's package uidmap. */
export const rootlessNeeds: Requirement[] = [path('/usr/bin/newuidmap'), path('/etc/subuid'), path('/etc/subgid')]

/** gid=5 of devpts is not mapped. */
function withoutGroups(mounts: Json | undefined): Json | undefined {
  if (!Array.isArray(mounts)) return mounts
  return mounts.map((mount) => {
    if (typeof mount !== 'object' || mount === null || Array.isArray(mount) || !Array.isArray(mount.options))
      return mount
    return { ...mount, options: mount.options.filter((option) => option !== 'gid=5') }
  })
}
