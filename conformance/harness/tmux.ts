// SPDX-License-Identifier: Apache-2.0
// Somebody at a terminal: keys are pressed and the screen is read through tmux.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Case } from './conformance-case.ts'
import { runtimeFile } from './places.ts'
import { path, type Requirement } from './requires.ts'
import { until } from './until.ts'

export const tmuxPresent: Requirement = path('/usr/bin/tmux')

export class Tmux {
  private readonly socket: string
  private readonly c: Case
  private ended = false

  /** A terminal of 90 by 20 with a shell in it; `runtime` is the runtime with this case's --root. */
  constructor(c: Case) {
    this.c = c
    this.socket = join(c.directory, 'tmux')
    const env = {
      PATH: process.env.PATH,
      TERM: 'xterm',
      LC_ALL: 'C.UTF-8',
      CONFORMANCE_TOKEN: c.token,
      HOME: c.directory,
    }
    const shell = "exec env PS1='host$ ' bash --norc --noprofile -i"
    execFileSync('tmux', ['-S', this.socket, '-f', '/dev/null', 'new-session', '-d', '-x', '90', '-y', '20', shell], {
      env,
      cwd: c.directory,
    })
    c.atEnd(() => this.end())
  }

  /** Waits for the shell, and teaches it the name `runtime`. */
  async begin(): Promise<this> {
    await this.shows(/^host\$ $/m)
    await this.line(`runtime() { ${runtimeFile} --root ${this.c.root} "$@"; }; clear`)
    return this
  }

  /** Presses keys by their names in tmux, such as C-z. */
  keys(...names: string[]): void {
    this.tmux('send-keys', ...names)
  }

  /** Types a line; what it prints is waited for with `shows`. */
  async line(text: string): Promise<void> {
    this.tmux('send-keys', '-l', text)
    this.keys('Enter')
  }

  /** Types a line that makes a shell print this word, and waits for it: whatever came before is over then. */
  async ask(word: string): Promise<void> {
    await this.line(`echo ${word}-$((40+2))`)
    await this.shows(new RegExp(`^${word}-42$`, 'm'))
  }

  screen(): string {
    return this.tmux('capture-pane', '-p', '-J').replace(/ +$/gm, (spaces) => spaces.slice(0, 1))
  }

  shows(pattern: RegExp): Promise<string> {
    return until(`${pattern} on the screen:\n${this.screen()}`, () => {
      const screen = this.screen()
      return pattern.test(screen) ? screen : undefined
    })
  }

  resize(columns: number, rows: number): void {
    this.tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  private tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', this.socket, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Closes the terminal; twice is fine. */
  async end(): Promise<void> {
    if (this.ended) return
    this.ended = true
    const pid = Number(this.tmux('display-message', '-p', '#{pid}'))
    this.tmux('kill-server')
    await until(`the end of tmux ${pid}`, () => {
      try {
        process.kill(pid, 0)
        return undefined
      } catch {
        return true
      }
    })
  }
}
