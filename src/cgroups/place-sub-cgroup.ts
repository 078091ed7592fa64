// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { CgroupPlacement, PlacedCgroup } from './place-cgroup.ts'

/**
 * The placement of a process that `exec --cgroup` puts below the container's: `PATH` for every hierarchy, or
 * `CONTROLLER[,CONTROLLER]:PATH` for some of cgroup v1. Throws OPTION_INVALID in runc's words.
 */
export function placeSubCgroup(placement: CgroupPlacement, places: readonly string[]): CgroupPlacement {
  const paths = pathsByController(places)
  const everywhere = paths.get('')
  if (everywhere !== undefined) {
    const { unified } = placement
    return {
      ...placement,
      hierarchies: placement.hierarchies.map((cgroup) => below(cgroup, everywhere)),
      ...(unified && { unified: below(unified, everywhere) }),
    }
  }
  const known = new Set(placement.hierarchies.flatMap(({ controllers }) => controllers))
  for (const controller of paths.keys()) {
    if (!known.has(controller)) throw unusable(`unknown controller ${controller} in SubCgroupPaths`)
  }
  return { ...placement, hierarchies: placement.hierarchies.map((cgroup) => belowController(cgroup, paths)) }
}

/** Empty for a path without a controller, which stands alone. */
function pathsByController(places: readonly string[]): ReadonlyMap<string, string> {
  const paths = new Map<string, string>()
  for (const place of places) {
    const colon = place.indexOf(':')
    if (colon < 0 && places.length > 1) throw unusable(`${shown(place)} (missing <controller>: prefix)`)
    for (const controller of colon < 0 ? [''] : place.slice(0, colon).split(',')) {
      if (controller === '' && colon >= 0) throw unusable(`${shown(place)} (empty <controller> prefix)`)
      if (paths.has(controller)) throw unusable(`${shown(place)} (controller ${controller} specified multiple times)`)
      paths.set(controller, place.slice(colon + 1))
    }
  }
  return paths
}

/** Controllers that share a hierarchy share a cgroup: the first that has a place decides. */
function belowController(cgroup: PlacedCgroup, paths: ReadonlyMap<string, string>): PlacedCgroup {
  const controller = cgroup.controllers.find((name) => paths.has(name))
  return controller === undefined ? cgroup : below(cgroup, paths.get(controller) ?? '')
}

/** Names are taken literally, so that no `..` leads to a cgroup beside or above the container's. */
function below(cgroup: PlacedCgroup, path: string): PlacedCgroup {
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  if (names.includes('..')) throw unusable(`bad sub cgroup path: ${path} is not a sub cgroup path`)
  return { ...cgroup, directory: [cgroup.directory, ...names].join('/') }
}

const shown = (place: string): string => `invalid --cgroup argument: ${place}`

function unusable(message: string): RuntimeError {
  return new RuntimeError('OPTION_INVALID', message)
}
