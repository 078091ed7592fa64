// SPDX-License-Identifier: Apache-2.0
import { KEY_PERMISSIONS } from '../plan/kernel-flags.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'

/**
 * A session keyring by runc's name, searchable by the program: as the owner of the keyring, or as somebody else where
 * the ids of a user namespace are not those of the keyring. Without it the container would share its creator's keys.
 */
export function planSessionKeyring(isMapped: boolean, id: string, plan: PlanBuilder): void {
  const permissions = isMapped ? KEY_PERMISSIONS.KEY_OTH_SEARCH : KEY_PERMISSIONS.KEY_USR_SEARCH
  const step = { op: 'join_session_keyring', name: `_ses.${id}`, permissions, tolerate: 'tell' } as const
  plan.append('born', step, { reason: 'a session keyring of its own' })
}
