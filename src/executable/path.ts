// SPDX-License-Identifier: Apache-2.0
// What `node:path` is in the executable: the part of it that runts uses, for the reason given in fs.ts.
import { RuntimeError } from '../errors/runtime-error.ts'
import { embedded } from './embedded.ts'

export function normalize(path: string): string {
  if (path === '') return '.'
  if (isNormal(path)) return path
  const absolute = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    const climbs = part === '..' && (kept.length === 0 || kept[kept.length - 1] === '..')
    if (part !== '..' || (climbs && !absolute)) kept.push(part)
    else if (!climbs) kept.pop()
  }
  const trailing = path.endsWith('/') && kept.length > 0 ? '/' : ''
  const text = kept.join('/') + trailing
  if (absolute) return `/${text}`
  return text === '' ? (path.endsWith('/') ? './' : '.') : text
}

/** Most paths are; to say so takes four calls of the engine's own. */
function isNormal(path: string): boolean {
  return path.startsWith('/') && !path.includes('/.') && !path.includes('//') && (!path.endsWith('/') || path === '/')
}

export function join(...parts: string[]): string {
  let whole = ''
  for (const part of parts) if (part !== '') whole = whole === '' ? part : `${whole}/${part}`
  return normalize(whole)
}

export function resolve(...parts: string[]): string {
  let path = ''
  for (let at = parts.length - 1; at >= 0 && !path.startsWith('/'); at--) {
    const part = parts[at] as string
    if (part !== '') path = path === '' ? part : `${part}/${path}`
  }
  const absolute = normalize(path.startsWith('/') ? path : `${currentDirectory(path)}/${path}`)
  return absolute.length > 1 && absolute.endsWith('/') ? absolute.slice(0, -1) : absolute
}

function currentDirectory(wanted: string): string {
  if (embedded().directory < 0) return process.cwd()
  throw new RuntimeError('SYSTEM_CALL_FAILED', `cannot tell where ${wanted} is: the current directory has no path`, {
    hint: 'it was deleted, or is out of reach: leave it, or give absolute paths',
  })
}

export function dirname(path: string): string {
  const at = path.lastIndexOf('/', endWithoutSlashes(path) - 1)
  if (at > 0) return at === 1 && path.startsWith('/') ? '//' : path.slice(0, at)
  return path.startsWith('/') ? '/' : '.'
}

export function basename(path: string): string {
  const end = endWithoutSlashes(path)
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end)
}

function endWithoutSlashes(path: string): number {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end--
  return end
}

export const posix = { normalize, join, resolve, dirname, basename }
