// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path'
import {
  DOORS,
  IMPURE_MODULES,
  IMPURE_NAMES,
  LAYERS,
  type Layer,
  MAY_NAME_BUN,
  WORKSPACE_PACKAGES,
} from '../import-rules.ts'
import { findImports, type Import } from './find-imports.ts'
import { type Token, tokenize } from './tokenize.ts'

/** What is wrong with the imports of these files (path from the root → text), one line a problem. */
export function importProblems(files: ReadonlyMap<string, string>): string[] {
  const graph = new Map<string, string[]>()
  const problems = [...files].flatMap(([path, text]) => {
    const tokens = tokenize(text)
    const imports = findImports(tokens)
    graph.set(
      path,
      imports.map((each) => targetOf(path, each)).filter((target) => files.has(target)),
    )
    return [...imports.flatMap((each) => problemOfImport(files, path, each)), ...problemsOfNames(path, tokens)]
  })
  return [...problems, ...cycles(graph).map((cycle) => `${cycle[0]}: imports itself: ${cycle.join(' -> ')}`)]
}

function layerOf(path: string): Layer | undefined {
  return LAYERS.find((layer) => layer.files.test(path))
}

/** The file a relative import leads to, as a path from the root. */
function targetOf(path: string, { specifier }: Import): string {
  return posix.join(posix.dirname(path), specifier)
}

function problemOfImport(files: ReadonlyMap<string, string>, path: string, found: Import): string[] {
  const layer = layerOf(path)
  const at = `${path}:${found.line}: `
  if (layer === undefined) return [`${at}belongs to no layer of src/import-rules.ts`]
  const { specifier } = found
  if (specifier.startsWith('node:')) {
    const refused = layer.pure && IMPURE_MODULES.test(specifier)
    return refused ? [`${at}${specifier} is refused, because ${layer.name} is pure: pass in what it needs`] : []
  }
  if (!specifier.startsWith('.')) return problemOfPackage(layer, path, specifier).map((problem) => at + problem)
  const target = targetOf(path, found)
  if (!files.has(target) && !target.includes('/generated/') && !target.endsWith('.json'))
    return [`${at}${target} is not there`]
  const owner = layerOf(target)
  return owner ? problemOfArrow(layer, owner, target).map((problem) => at + problem) : []
}

function problemOfPackage(layer: Layer, path: string, specifier: string): string[] {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const workspace = LAYERS.find((each) => each.name === WORKSPACE_PACKAGES[name])
  if (workspace) return problemOfArrow(layer, workspace, name)
  const door = DOORS[name]
  if (door === undefined) return [`${name} is not a package of this project (DOORS in src/import-rules.ts)`]
  return door.test(path) ? [] : [`${name} may only be imported by ${door.source}`]
}

function problemOfArrow(from: Layer, to: Layer, target: string): string[] {
  const forbidden = to.name === 'tests' || to.name === 'tools' || to.name === 'import-rules'
  if (from.mayImport.includes('*') || from.name === to.name) return []
  if (from.mayImport.includes(to.name) && !forbidden) return []
  const allowed = from.mayImport.length > 0 ? from.mayImport.join(', ') : 'nothing outside itself'
  return [`${from.name} -> ${to.name} (${target}) is not an arrow of src/import-rules.ts; ${from.name} -> ${allowed}`]
}

function problemsOfNames(path: string, tokens: readonly Token[]): string[] {
  const layer = layerOf(path)
  const code = tokens.filter((token) => token.kind !== 'comment')
  const refused = new Set(layer?.pure ? IMPURE_NAMES : [])
  return code.flatMap((token, index) => {
    if (token.kind !== 'word' || code[index - 1]?.text === '.') return []
    const at = `${path}:${token.line}: `
    if (token.text === 'Bun' && !MAY_NAME_BUN.test(path) && layer?.name !== 'tests') {
      return [`${at}only ${MAY_NAME_BUN.source} may ask whether this is Bun`]
    }
    const member = code[index + 1]?.text === '.' ? `${token.text}.${code[index + 2]?.text}` : token.text
    const name = [token.text, member].find((each) => refused.has(each))
    if (name === undefined || isOwnName(code, token.text)) return []
    return [`${at}${name} is refused, because ${layer?.name} is pure: pass in what it needs`]
  })
}

/** Whether the file gives this name a meaning of its own, as a parameter, by destructuring or by a declaration. */
function isOwnName(code: readonly Token[], name: string): boolean {
  return code.some((token, index) => {
    const [before, after] = [code[index - 1]?.text ?? '', code[index + 1]?.text ?? '']
    if (token.kind !== 'word' || token.text !== name) return false
    return (
      ['const', 'let', 'function'].includes(before) ||
      (['(', '{', ','].includes(before) && [':', ',', '}'].includes(after))
    )
  })
}

/** Each import cycle once, starting and ending with the same file. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = []
  const finished = new Set<string>()
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push([...trail.slice(start), path])
    if (start >= 0 || finished.has(path)) return
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path])
    finished.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}
