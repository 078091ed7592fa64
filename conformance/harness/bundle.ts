// SPDX-License-Identifier: Apache-2.0
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { baseConfig } from './base-config.ts'
import { forDriver } from './cgroup-driver.ts'
import { type Json, jsonText, type Patch, patched } from './json.ts'
import { probeFile } from './places.ts'

const directories = ['bin', 'dev', 'etc', 'proc', 'sys', 'tmp']

export interface BundleOptions {
  /** Also provide /bin/busybox with /bin/sh. */
  busybox?: boolean
  /** Last touch on the root file system, given its path on the host. */
  rootfs?: (rootfs: string) => void
}

export class Bundle {
  readonly path: string
  readonly rootfs: string
  config: Json | undefined = baseConfig

  constructor(path: string, patch: Patch, options: BundleOptions = {}) {
    this.path = path
    this.rootfs = join(path, 'rootfs')
    mkdirSync(this.rootfs, { recursive: true })
    for (const name of directories) mkdirSync(join(this.rootfs, name))
    chmodSync(join(this.rootfs, 'tmp'), 0o1777)
    copyFileSync(probeFile, join(this.rootfs, 'bin/probe'))
    if (options.busybox) this.addBusybox()
    options.rootfs?.(this.rootfs)
    this.change(patch)
  }

  private addBusybox(): void {
    copyFileSync('/bin/busybox', join(this.rootfs, 'bin/busybox'))
    symlinkSync('busybox', join(this.rootfs, 'bin/sh'))
  }

  /** Merges a patch into config.json. */
  change(patch: Patch): this {
    this.config = patched(this.config, patch)
    return this.writeText(jsonText(forDriver(this.config)))
  }

  /** Sets process.args to the probe with this verb. */
  probe(...args: string[]): this {
    return this.change({ process: { args: ['/bin/probe', ...args] } })
  }

  /** Replaces config.json by any text, JSON or not. */
  writeText(text: string): this {
    writeFileSync(join(this.path, 'config.json'), text)
    return this
  }

  file(...segments: string[]): string {
    return join(this.rootfs, ...segments)
  }
}
