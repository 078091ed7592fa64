// SPDX-License-Identifier: Apache-2.0
// The library: the verbs of the command line as functions. `run`, `exec` and `events` leave the calling thread free
// while they wait for a process; all others block it until they are done.
export { create } from './commands/create.ts'
export { deleteContainer } from './commands/delete.ts'
export { type EventReader, events } from './commands/events.ts'
export { exec } from './commands/exec.ts'
export { features } from './commands/features.ts'
export { inspect } from './commands/inspect.ts'
export type { Inspection } from './commands/inspection.ts'
export { kill } from './commands/kill.ts'
export { list } from './commands/list.ts'
export { pause } from './commands/pause.ts'
export { plan } from './commands/plan.ts'
export { type MappedProcess, processMap } from './commands/process-map.ts'
export { ps } from './commands/ps.ts'
export type {
  CreateRequest,
  DeleteRequest,
  EventsRequest,
  ExecRequest,
  GlobalRequest,
  InspectRequest,
  KillRequest,
  ListRequest,
  PauseRequest,
  PlanRequest,
  ProcessChanges,
  ProcessMapRequest,
  PsRequest,
  ResumeRequest,
  RunRequest,
  SpecRequest,
  StartRequest,
  StateRequest,
  UpdateRequest,
} from './commands/requests.ts'
export { resume } from './commands/resume.ts'
export { run } from './commands/run.ts'
export { spec } from './commands/spec.ts'
export { start } from './commands/start.ts'
export { state } from './commands/state.ts'
export { update } from './commands/update.ts'
export { ERROR_CODES, type ErrorCode } from './errors/error-codes.ts'
export { type ErrorDetails, isRuntimeError, RuntimeError } from './errors/runtime-error.ts'
