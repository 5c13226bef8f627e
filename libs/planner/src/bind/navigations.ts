import type { ExposedNavigation, ExposedSet, Exposure } from '@tributary/catalog'
import type { Expand } from '@tributary/plan'
import { unsupported } from './refusal.js'

/** How the set's navigation is followed. @throws HUB_QUERY_UNSUPPORTED where it cannot be */
export function requireNavigation(set: ExposedSet, name: string): ExposedNavigation {
  const navigation = set.navigations.get(name)
  if (navigation === undefined) throw unsupported(`The navigation property ${name} of ${set.name}`)
  return navigation
}

/** The set a navigation leads to. @throws HUB_QUERY_UNSUPPORTED where it has none, or nothing says how rows belong together */
export function requireTarget(navigation: ExposedNavigation, exposure: Exposure): ExposedSet {
  const target = navigation.target === undefined ? undefined : exposure.sets.get(navigation.target)
  if (target === undefined) throw unsupported(`The navigation property ${navigation.name}`, 'It leads to no entity set of this service.')
  if (navigation.on.length === 0) throw unsupported(`The navigation property ${navigation.name}`, `Its contract has no referential constraint to ${target.name}, so rows cannot be joined.`)
  return target
}

/** The pairs of join columns. @throws HUB_QUERY_UNSUPPORTED where there are none */
export function joinPairs(navigation: ExposedNavigation): Expand['on'] {
  const [first, ...rest] = navigation.on
  if (first === undefined) throw unsupported(`The navigation property ${navigation.name}`)
  return [first, ...rest]
}
