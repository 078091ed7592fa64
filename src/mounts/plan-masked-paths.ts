// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import { contextOption } from './mount-label.ts'
import { rootfsPath } from './rootfs-path.ts'

/** A path that is not there needs no protection; every other failure ends the launch (CVE-2025-31133). */
export function planReadonlyPaths(spec: ValidatedSpec, plan: PlanBuilder): void {
  spec.linux.readonlyPaths.forEach((path, i) => {
    const origin = { pointer: pointer('linux', 'readonlyPaths', i) }
    plan.append('inside', { op: 'readonly_path', target: rootfsPath(path), tolerate: true }, origin)
  })
}

export function planMaskedPaths(spec: ValidatedSpec, plan: PlanBuilder): void {
  const { mountLabel, maskedPaths } = spec.linux
  if (mountLabel !== undefined && maskedPaths.length > 0) {
    const origin = { pointer: pointer('linux', 'mountLabel') }
    plan.append('inside', { op: 'label_masks', option: contextOption(mountLabel) }, origin)
  }
  maskedPaths.forEach((path, i) => {
    const origin = { pointer: pointer('linux', 'maskedPaths', i) }
    plan.append('inside', { op: 'mask_path', target: rootfsPath(path), tolerate: true }, origin)
  })
}
