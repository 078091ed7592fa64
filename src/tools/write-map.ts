// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import { formatMap } from './format-map.ts'
import { sourceMap } from './source-map.ts'

writeFileSync('src/README.md', formatMap(sourceMap()))
