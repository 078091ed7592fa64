// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { casesOf } from '../../harness/conformance-case.ts'

const it = casesOf('errors')
const withoutResctrl = () =>
  / - resctrl /.test(readFileSync('/proc/self/mountinfo', 'utf8')) ? 'needs a host without resctrl' : undefined

for (const [sentence, intelRdt] of [
  ['anything', {}],
  ['a class of service', { closID: 'guaranteed' }],
  ['a share of the cache', { l3CacheSchema: 'L3:0=f' }],
] as const) {
  it(
    `refuses Intel RDT with ${sentence} where no resctrl is mounted`,
    async (c) => {
      await c.refuses(c.bundle({ linux: { intelRdt } }), /intelRdt|[Ii]ntel ?RDT/)
    },
    { requires: [withoutResctrl], control: true },
  )
}
