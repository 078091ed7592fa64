// SPDX-License-Identifier: Apache-2.0

/** Values by resource and domain, such as `L3:0` → `7f0`, in one form whatever the zeros and spaces. */
export type Schemata = ReadonlyMap<string, string>

/** Reads lines such as `    MB:0= 20;1= 70`: masks of caches are hexadecimal, everything else is taken as it is. */
export function parseSchemata(text: string): Schemata {
  const found = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [resource = '', domains = ''] = splitAt(line, ':')
    for (const domain of domains.split(';')) {
      const [number = '', value = ''] = splitAt(domain, '=')
      if (value !== '') found.set(`${resource}:${number}`, isCache(resource) ? mask(value) : value)
    }
  }
  return found
}

/** The first value that a group has otherwise or not at all, as a sentence; undefined where it has them all. */
export function findMismatch(wanted: Schemata, actual: Schemata): string | undefined {
  for (const [place, value] of wanted) {
    const found = actual.get(place)
    if (found !== value) return `${place}=${value} is wanted, and it has ${found === undefined ? 'none' : found}`
  }
  return undefined
}

function splitAt(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text.trim()] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

/** L2, L3, L3CODE and L3DATA are capacity masks. */
function isCache(resource: string): boolean {
  return /^L\d/.test(resource)
}

function mask(value: string): string {
  return value.toLowerCase().replace(/^(0x)?0*(?=.)/, '')
}
