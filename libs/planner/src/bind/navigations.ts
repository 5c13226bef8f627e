import type { ExposedNavigation } from '@tributary/catalog'
import type { StructuredType } from '@tributary/edm'
import { unknownProperty, unsupported } from './refusal.js'
import { unboundNavigation } from './related-scope.js'
import type { RowScope } from './row-scope.js'

/**
 * How a navigation of the scope's rows is followed: one of the rows themselves, or with `within` one of a complex value of theirs. A derived
 * type has more of them than its set's.
 * @throws HUB_QUERY_UNSUPPORTED where it cannot be
 */
export function requireNavigation(scope: RowScope, name: string, within: readonly string[] = []): ExposedNavigation {
  const { set, exposure, entityType, model } = scope
  const known = within.length === 0 ? set.navigations.get(name) : undefined
  if (known !== undefined) return known
  const type = complexType(scope, within)
  const declared = exposure.kind === 'service' ? model.navigation(type, name) : undefined
  if (declared === undefined) throw unsupported(`The navigation property ${[...within, name].join('/')} of ${set.name}`)
  const { root, path } = scope.bound ?? { root: set.name, path: [] }
  const cast = entityType.qualifiedName === set.entityType ? [] : [entityType.qualifiedName]
  return unboundNavigation(exposure, type, declared, { root, path: [...path, ...cast, ...within], within })
}

function complexType({ model, entityType }: RowScope, path: readonly string[]): StructuredType {
  let type: StructuredType = entityType
  for (const name of path) {
    const property = model.property(type, name)
    const next = property === undefined || property.type.collection ? undefined : model.structured(property.type.name)
    if (next === undefined) throw unknownProperty(type.qualifiedName, name, model.properties(type).map((known) => known.name))
    type = next
  }
  return type
}

/** The column that the rows of a navigation stand in: of one within a complex value a hidden one. */
export const columnOf = ({ name, remoteNavigation }: Pick<ExposedNavigation, 'name' | 'remoteNavigation'>): string =>
  remoteNavigation?.includes('/') === true ? `~${remoteNavigation}` : name
