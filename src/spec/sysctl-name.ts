// SPDX-License-Identifier: Apache-2.0

/**
 * The path components below /proc/sys of a sysctl name. As in sysctl(8) the first separator decides: in
 * `net/ipv4/conf/eth0.100/forwarding` dots belong to names, in `net.ipv4.conf.eth0/100.forwarding` slashes stand for dots.
 */
export function sysctlComponents(name: string): string[] {
  const firstSeparator = /[./]/.exec(name)?.[0] ?? '.'
  if (firstSeparator === '/') return name.split('/')
  return name.split('.').map((component) => component.replaceAll('/', '.'))
}
