// SPDX-License-Identifier: Apache-2.0
import { launchContainer } from './launch-container.ts'
import type { CreateRequest, GlobalRequest } from './requests.ts'

/** Makes a container that waits for `start` (runtime.md, Create). Nothing stays behind when it fails. */
export async function create(global: GlobalRequest, request: CreateRequest): Promise<void> {
  const { terminal } = await launchContainer(global, request, 'gate')
  terminal?.close()
}
