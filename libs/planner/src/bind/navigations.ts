import type { ExposedNavigation } from '@tributary/catalog'
import type { StructuredType } from '@tributary/edm'
import { invalid, unknownProperty, unsupported } from './refusal.js'
import { unboundNavigation } from './related-scope.js'
import type { RowScope } from './row-scope.js'

/**
 * How a navigation of the scope's rows is followed: one of the rows themselves, or with `within` one of a complex value of theirs, on the way
 * to which there may be casts (qualified names). A derived type has more of them than its set's.
 * @throws HUB_QUERY_UNSUPPORTED where it cannot be
 */
export function requireNavigation(scope: RowScope, name: string, within: readonly string[] = []): ExposedNavigation {
  const { set, exposure, entityType, model } = scope
  const known = within.length === 0 ? set.navigations.get(name) : undefined
  if (known !== undefined) return known
  const needed = within.length === 0 ? within : neededCasts(scope, [...within, name]).slice(0, -1)
  const type = complexType(scope, needed)
  const declared = exposure.kind === 'service' ? model.navigation(type, name) : undefined
  if (declared === undefined) throw unsupported(`The navigation property ${[...within, name].join('/')} of ${set.name}`)
  const { root, path } = scope.bound ?? { root: set.name, path: [] }
  const cast = entityType.qualifiedName === set.entityType ? [] : [entityType.qualifiedName]
  return unboundNavigation(exposure, type, declared, { root, path: [...path, ...cast, ...needed], within: needed })
}

/** The path without casts to types that have no part in it: what follows them every value has. */
function neededCasts(scope: RowScope, path: readonly string[]): readonly string[] {
  return path.reduce<readonly string[]>((before, name, index) => {
    const next = path[index + 1]
    const type = name.includes('.') && next !== undefined ? complexType(scope, before) : undefined
    const isNeedless = type !== undefined && next !== undefined && (scope.model.property(type, next) ?? scope.model.navigation(type, next)) !== undefined
    return isNeedless ? before : [...before, name]
  }, [])
}

/** The type of the complex value that a path of properties and casts leads to. @throws HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_INVALID for a cast to an unrelated type */
export function complexType({ model, entityType }: RowScope, path: readonly string[]): StructuredType {
  let type: StructuredType = entityType
  for (const name of path) {
    if (name.includes('.')) {
      const cast = model.structured(name)
      if (cast === undefined || !model.derivesFrom(cast.qualifiedName, type.qualifiedName)) throw invalid(`${name} does not derive from ${type.qualifiedName}.`)
      type = cast
      continue
    }
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
