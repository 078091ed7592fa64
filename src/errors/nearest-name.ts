// SPDX-License-Identifier: Apache-2.0

/** The name that was probably meant: few letters differ, or it holds the whole of what was written; case is no matter. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const written = name.toLowerCase()
  let best: { name: string; distance: number } | undefined
  for (const candidate of known) {
    const allowed = Math.floor(candidate.length / 3)
    if (Math.abs(candidate.length - name.length) > allowed) continue
    // Of two that are as near, the one that goes on from what was written: `stat` is rather `state` than `start`.
    const begun = candidate.toLowerCase().startsWith(written) ? 0.5 : 0
    const distance = editDistance(written, candidate.toLowerCase()) - begun
    if (distance <= allowed && distance < (best?.distance ?? allowed + 1)) best = { name: candidate, distance }
  }
  const holdsIt = (candidate: string) => written.length >= 3 && candidate.toLowerCase().includes(written)
  return best?.name ?? known.find(holdsIt)
}

/** The hint of an error about a word that is none of those known, if one of them was probably meant. */
export function didYouMean(name: string, known: readonly string[], prefix = ''): { readonly hint?: string } {
  const nearest = nearestName(name, known)
  return nearest === undefined ? {} : { hint: `did you mean ${prefix}${nearest}?` }
}

/** Levenshtein distance: single letters added, removed or changed. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...from].entries()) {
    const current = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const changed = (previous[j] ?? 0) + (letter === to[j] ? 0 : 1)
      current.push(Math.min(changed, (previous[j + 1] ?? 0) + 1, (current[j] ?? 0) + 1))
    }
    previous = current
  }
  return previous[to.length] ?? 0
}
