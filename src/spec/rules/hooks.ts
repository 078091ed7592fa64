// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../json-pointer.ts'
import { showValue } from '../show-value.ts'
import type { Rules } from './rule.ts'

/** config.md, POSIX-platform Hooks */
export const hookRules: Rules = {
  HOOK_PATH_RELATIVE({ hooks }, report) {
    for (const [name, list] of Object.entries(hooks)) {
      list.forEach(({ path }, i) => {
        if (!path.startsWith('/')) {
          report(pointer('hooks', name, i, 'path'), `must be an absolute path, found ${showValue(path)}`)
        }
      })
    }
  },
}
