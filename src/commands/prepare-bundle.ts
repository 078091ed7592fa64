// SPDX-License-Identifier: Apache-2.0
import type { Spec } from '@opencontainers/runtime-spec-types'
import { loadBundle } from '../bundle/load-bundle.ts'
import { resolveRootfs } from '../bundle/rootfs-path.ts'
import { creationEntrance } from '../cgroups/place-cgroup.ts'
import type { SpecIssue } from '../errors/runtime-error.ts'
import { isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import { createWarnings } from '../launch/circumstances.ts'
import { compileCreatePlan } from '../launch/compile-create-plan.ts'
import type { HostFacts } from '../launch/host-facts.ts'
import { readHostFacts } from '../launch/host-facts.ts'
import { labelsOnHost, withoutLabels } from '../launch/label-issues.ts'
import { rootlessIssues } from '../launch/rootless-issues.ts'
import type { Logger } from '../log/logger.ts'
import type { LaunchPlan } from '../plan/launch-plan.ts'
import { seccompFilter } from '../seccomp/host-seccomp-filter.ts'
import { SYSTEMD_PROPERTY } from '../spec/acting-annotations.ts'
import { pointer } from '../spec/json-pointer.ts'
import { locatePointer, type ParsedConfig, parseConfig } from '../spec/parse-config.ts'
import { hasUserNamespace } from '../spec/queries.ts'
import type { UnsupportedField } from '../spec/unsupported-fields.ts'
import { findUnsupported } from '../spec/unsupported-fields.ts'
import { validateSpec } from '../spec/validate-spec.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import { type PassedOn, passedOnInputs, withEnvironment } from './passed-on.ts'
import { type PreparedCgroups, prepareCgroups } from './prepare-cgroups.ts'
import type { GlobalRequest } from './requests.ts'
import { VERSION } from './version.ts'

/** A bundle with everything decided and nothing done: what `plan` shows and `create` carries out. */
export interface PreparedBundle {
  readonly bundlePath: string
  readonly rootfsPath: string
  readonly configText: string
  readonly spec: ValidatedSpec
  readonly facts: HostFacts
  readonly cgroups: PreparedCgroups
  readonly plan: LaunchPlan
  readonly notifyDirectory?: string
}

export interface PrepareRequest {
  readonly id: string
  readonly bundle: string
  readonly noPivot: boolean
  readonly noNewKeyring: boolean
  readonly passedOn?: PassedOn
  /** Nothing will be carried out: what this build cannot apply is only warned about. */
  readonly onlyShown?: boolean
}

/** Reads, checks and plans a bundle; changes nothing. Errors of config.json carry the line they are about. */
export function prepareBundle(
  global: GlobalRequest,
  request: PrepareRequest,
  until: 'gate' | 'program',
  check: (spec: ValidatedSpec) => void = () => {},
): PreparedBundle {
  const { bundlePath, configText } = loadBundle(request.bundle)
  return withLine(configText, () => {
    const parsed = parseConfig(configText)
    const configured = readSpec(parsed, global.log, check, request.onlyShown ?? false)
    const labels = labelsOnHost(configured)
    const spec = withEnvironment(withoutLabels(configured, labels), request.passedOn?.environment ?? [])
    if (!global.systemdCgroup && global.log.debugEnabled) tellIdleAnnotations(spec, global.log)
    const rootfsPath = resolveRootfs(bundlePath, spec.root.path)
    const facts = readHostFacts()
    const refuse = request.onlyShown ? (error: RuntimeError) => global.log.warn(error.message) : raise
    if (facts.euid !== 0) refuseFirst('SPEC_INVALID', rootlessIssues(spec, facts), refuse)
    refuseFirst('SPEC_INVALID', labels.issues, refuse)
    const cgroups = prepareCgroups(spec, request.id, {
      // What a plan of root's bundle shows to an ordinary user is what root would get.
      isRootless: isRootless(global, facts) && (!request.onlyShown || hasUserNamespace(spec)),
      isHostRoot: facts.euid === 0 && !facts.inUserNamespace,
      mayChown: facts.euid === 0,
      refuse,
      driver: global.systemdCgroup ? 'systemd' : 'cgroupfs',
    })
    for (const { pointer, message } of [...labels.warnings, ...createWarnings(spec, facts)])
      global.log.warn(`${pointer}: ${message}`)
    const plan = compileCreatePlan({
      id: request.id,
      spec,
      facts,
      rootfsPath,
      bundlePath,
      noPivot: request.noPivot,
      noNewKeyring: request.noNewKeyring,
      gate: until === 'gate',
      cgroup: { ...creationEntrance(cgroups.placement), placement: cgroups.view },
      ...passedOnInputs(request.passedOn),
      ...(spec.linux.seccomp === undefined
        ? {}
        : {
            seccomp: seccompFilter(spec.linux.seccomp, {
              version: VERSION,
              profile: (parsed.value as Spec).linux?.seccomp ?? {},
              log: global.log,
              keep: !request.onlyShown,
            }),
          }),
    })
    const notifyDirectory = request.passedOn?.notifyDirectory
    const notify = notifyDirectory === undefined ? {} : { notifyDirectory }
    return { bundlePath, rootfsPath, configText, spec, facts, cgroups, plan, ...notify }
  })
}

function readSpec(
  parsed: ParsedConfig,
  log: Logger,
  check: (spec: ValidatedSpec) => void,
  onlyShown: boolean,
): ValidatedSpec {
  const { value, mayHoldNul } = parsed
  const { spec, warnings, unknown } = validateSpec(value, mayHoldNul || log.debugEnabled)
  for (const { pointer, message } of warnings) log.warn(`${pointer}: ${message}`)
  for (const { pointer, nearest } of unknown) {
    log.debug(`unknown field ${pointer} is ignored${nearest ? `; did you mean "${nearest}"?` : ''}`)
  }
  check(spec)
  const unsupported = findUnsupported(spec)
  refuseUnsupported(
    onlyShown ? unsupported.map((field) => ({ ...field, severity: 'warn' as const })) : unsupported,
    log,
  )
  return spec
}

/** Engines write them whichever driver is in use, so nobody needs to be warned. */
function tellIdleAnnotations({ annotations }: ValidatedSpec, log: Logger): void {
  for (const name of Object.keys(annotations).filter((key) => key.startsWith(SYSTEMD_PROPERTY))) {
    log.debug(`${pointer('annotations', name)} has no effect without the systemd cgroup driver`)
  }
}

/** Fields that this build cannot apply: a container that lacks what was asked for is not started. */
function refuseUnsupported(fields: readonly UnsupportedField[], log: Logger): void {
  const refused = fields.filter(({ severity }) => severity === 'refuse')
  for (const { severity, pointer, message } of fields) if (severity === 'warn') log.warn(`${pointer}: ${message}`)
  refuseFirst('SPEC_UNSUPPORTED', refused, raise)
}

/** Whether a missing permission for cgroups is forgiven: as in runc, outside of the host's root unless the caller says. */
function isRootless({ rootless }: GlobalRequest, facts: HostFacts): boolean {
  return rootless === 'auto' ? facts.euid !== 0 || facts.inUserNamespace : rootless === 'true'
}

/** What config.json asks for and cannot have here, on one line. */
function refuseFirst(
  code: 'SPEC_INVALID' | 'SPEC_UNSUPPORTED',
  issues: readonly SpecIssue[],
  refuse: (error: RuntimeError) => void,
): void {
  const [first] = issues
  if (first === undefined) return
  const what = code === 'SPEC_INVALID' ? 'invalid' : 'unsupported'
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  const message = `${what} config.json: ${first.pointer}: ${first.message}${more}`
  refuse(new RuntimeError(code, message, { pointer: first.pointer, issues }))
}

function raise(error: RuntimeError): never {
  throw error
}

/** Errors about a place in config.json learn its line, which is only looked for when there is an error. */
export function withLine<T>(configText: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!isRuntimeError(error) || error.details.pointer === undefined) throw error
    const line = locatePointer(configText, error.details.pointer)
    throw line === undefined ? error : error.with({ line })
  }
}
