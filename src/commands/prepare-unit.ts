// SPDX-License-Identifier: Apache-2.0
import type { CgroupFacts } from '../cgroups/cgroup-facts.ts'
import { resolveDeviceAccess } from '../cgroups/device-access.ts'
import { unclaimed } from '../cgroups/host-claim.ts'
import { noteMissingParents } from '../cgroups/host-missing-parents.ts'
import type { CgroupPlacement } from '../cgroups/place-cgroup.ts'
import { annotationProperties } from '../cgroups/systemd/annotation-properties.ts'
import { deviceProperties, untoldDeviceWrites } from '../cgroups/systemd/device-properties.ts'
import { readSystemdFacts } from '../cgroups/systemd/host-systemd-facts.ts'
import { placeUnit, unitOf } from '../cgroups/systemd/place-unit.ts'
import type { SystemdInstance } from '../cgroups/systemd/placed-unit.ts'
import { identityProperties, limitProperties, oomProperties } from '../cgroups/systemd/unit-properties.ts'
import type { UnitProperty } from '../cgroups/systemd/unit-property.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import type { CgroupRights } from './cgroup-rights.ts'

/** A container's unit with everything decided and nothing made: the driver of `--systemd-cgroup`. */
export interface PreparedUnit {
  readonly placement: CgroupPlacement
  readonly properties: readonly UnitProperty[]
}

/** Limits come last: what an annotation says about one is overruled, as in runc. */
export function prepareUnit(spec: ValidatedSpec, id: string, facts: CgroupFacts, rights: CgroupRights): PreparedUnit {
  const { cgroupsPath, resources } = spec.linux
  const instance = instanceFor(rights)
  if (instance === 'user' && facts.mode !== 'v2') {
    throw new RuntimeError('CGROUP_FAILED', RUNC_PHRASES.rootlessSystemdV1)
  }
  const access = rights.isHostRoot ? resolveDeviceAccess(resources.devices) : undefined
  const deviceWrites = access === undefined ? [] : untoldDeviceWrites(access, facts.mode)
  const unit = { ...unitOf(cgroupsPath, id, instance), ...(deviceWrites.length > 0 && { deviceWrites }) }
  const fromAnnotations = annotationProperties(spec.annotations)
  const { version, managerPath } = systemdFacts(instance, rights)
  const known = { mode: facts.mode, version }
  return {
    placement: unclaimed(noteMissingParents(placeUnit(unit, managerPath, facts))),
    properties: [
      ...identityProperties(unit, facts.mode),
      ...oomProperties(resources, known),
      ...fromAnnotations,
      ...(access ? deviceProperties(access, facts.mode) : []),
      ...limitProperties(resources, known),
    ],
  }
}

/** The root of a user namespace may be an ordinary user outside, or that of a whole system with a systemd of its own. */
function instanceFor({ isRootless }: CgroupRights): SystemdInstance {
  if (!isRootless) return 'system'
  const { XDG_RUNTIME_DIR } = process.env
  const isSystemRoot = process.geteuid?.() === 0 && (!XDG_RUNTIME_DIR || XDG_RUNTIME_DIR === '/run/user/0')
  return isSystemRoot ? 'system' : 'user'
}

/** A plan can be shown where there is no systemd: then it is that of the newest. */
function systemdFacts(instance: SystemdInstance, { refuse }: CgroupRights): { version: number; managerPath: string } {
  try {
    return readSystemdFacts(instance)
  } catch (error) {
    if (!isRuntimeError(error)) throw error
    refuse(error)
    return { version: Number.POSITIVE_INFINITY, managerPath: '' }
  }
}
