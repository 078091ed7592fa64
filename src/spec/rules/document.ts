// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../json-pointer.ts'
import { showValue } from '../show-value.ts'
import type { SettledSpec } from '../validated-spec.ts'
import type { Report, Rules } from './rule.ts'

const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/

/** What documents say; asking these first spares compiling the expression. */
const RELEASED = ['1.0.0', '1.0.1', '1.0.2', '1.0.2-dev', '1.1.0', '1.2.0', '1.2.1', '1.3.0']

/** config.md: Specification version, Root, Hostname, Annotations */
export const documentRules: Rules = {
  VERSION_MALFORMED({ ociVersion }, report) {
    if (!isVersion(ociVersion)) {
      report('/ociVersion', `must be a SemVer 2.0.0 version such as 1.3.0, found ${showValue(ociVersion)}`)
    }
  },

  VERSION_UNSUPPORTED({ ociVersion }, report) {
    if (!ociVersion.startsWith('1.') && isVersion(ociVersion)) {
      report('/ociVersion', `must be a version 1.x, found ${showValue(ociVersion)}`)
    }
  },

  ROOT_PATH_EMPTY({ root }, report) {
    if (root.path === '') report('/root/path', 'must name a directory, found ""')
  },

  HOST_NAME_TOO_LONG(spec, report) {
    reportLongName(spec, 'hostname', report)
  },

  DOMAIN_NAME_TOO_LONG(spec, report) {
    reportLongName(spec, 'domainname', report)
  },

  ANNOTATION_KEY_EMPTY({ annotations }, report) {
    if (Object.hasOwn(annotations, '')) report('/annotations/', 'an annotation must have a key, found ""')
  },
}

function isVersion(text: string): boolean {
  return RELEASED.includes(text) || SEMVER.test(text)
}

/** __NEW_UTS_LEN of linux/utsname.h. */
const LONGEST_UTS_NAME = 64

function reportLongName(spec: SettledSpec, field: 'hostname' | 'domainname', report: Report): void {
  const length = Buffer.byteLength(spec[field] ?? '')
  if (length > LONGEST_UTS_NAME) {
    report(pointer(field), `must have at most ${LONGEST_UTS_NAME} bytes, found ${length}`)
  }
}
