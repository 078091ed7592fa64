// SPDX-License-Identifier: Apache-2.0
// Loosely typed JSON: a black-box suite must be able to write configs that no type would allow.

export type Json = null | boolean | number | bigint | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json | undefined
}

/** A deep change: objects merge, everything else replaces, undefined removes, a function maps the old value. */
export type Patch = Json | undefined | PatchObject | ((old: Json | undefined) => Json | undefined)
export interface PatchObject {
  [key: string]: Patch
}

function isObject(value: unknown): value is Record<string, never> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A copy of `base` with `patch` merged in. */
export function patched(base: Json | undefined, patch: Patch): Json | undefined {
  if (typeof patch === 'function') return patch(base)
  if (!isObject(patch)) return patch as Json | undefined
  const merged: JsonObject = isObject(base) ? { ...base } : {}
  for (const [key, change] of Object.entries<Patch>(patch)) {
    const value = patched(merged[key], change)
    if (value === undefined) delete merged[key]
    else merged[key] = value
  }
  return merged
}

/** Adds elements to the end of an array, as a patch. */
export function append(...elements: Json[]): (old: Json | undefined) => Json {
  return (old) => [...(Array.isArray(old) ? old : []), ...elements]
}

/** JSON text in which a bigint is written as a bare integer, however large. */
export function jsonText(value: Json | undefined): string {
  const marked = JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `@integer:${each}@` : each), 2)
  return marked.replaceAll(/"@integer:(-?\d+)@"/g, '$1')
}
