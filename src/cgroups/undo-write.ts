// SPDX-License-Identifier: Apache-2.0
import type { ResourceWrite } from './resource-write.ts'

/** Files with one line for each device, interface or resource: a write changes the line of its first word. */
const KEYED =
  /^(blkio\.(throttle\.|(bfq\.)?(leaf_)?weight_device)|io\.(max|latency|weight|bfq\.weight)|rdma\.max|net_prio\.ifpriomap|misc\.max)/

/** What takes a line away that was not there before; 0 does in the files of cgroup v1. */
const UNSET: Readonly<Record<string, string>> = {
  'io.max': 'rbps=max wbps=max riops=max wiops=max',
  'io.latency': 'target=0',
  'io.weight': 'default',
  'io.bfq.weight': 'default',
  'blkio.bfq.weight_device': 'default',
  'rdma.max': 'hca_handle=max hca_object=max',
  'misc.max': 'max',
}

/** What has to be written to take a write back, from the text that its file held before; undefined for nothing. */
export function undoValue({ file, value }: Pick<ResourceWrite, 'file' | 'value'>, before: string): string | undefined {
  const text = before.trim()
  if (text === value) return undefined
  if (file === 'memory.oom_control') return /^oom_kill_disable (\d)/.exec(text)?.[1]
  // That of an idle group, which takes none: it comes back with cpu.idle.
  if (file === 'cpu.weight' && text === '0') return undefined
  if (KEYED.test(file)) return undoLine(file, value, text)
  // cpuset files take an empty line for "none".
  return text === '' ? '\n' : text
}

function undoLine(file: string, value: string, text: string): string | undefined {
  const key = value.split(' ', 1)[0] ?? ''
  // io.weight and io.bfq.weight take their default with its name and without.
  const name = /^\d+$/.test(key) ? 'default' : key
  const line = text.split('\n').find((each) => each.split(' ', 1)[0] === name)
  return line ?? (name === 'default' ? undefined : `${name} ${UNSET[file] ?? '0'}`)
}
