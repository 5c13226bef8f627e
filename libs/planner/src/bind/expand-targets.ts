import type { ExposedNavigation } from '@tributary/catalog'
import type { EdmModel, EntityType } from '@tributary/edm'
import type { ExpandItem, SelectSegment } from '@tributary/odata-url'
import { columnOf, complexType, requireNavigation } from './navigations.js'
import { withAlternatives } from './expand-alternatives.js'
import type { ExpandTarget } from './expand-target.js'
import { invalid, unknownProperty, unsupported } from './refusal.js'
import type { RowScope } from './row-scope.js'

/**
 * What is expanded: a navigation property that is named goes before `*`.
 * @throws HUB_QUERY_UNSUPPORTED naming what cannot be, HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_INVALID for what is expanded twice
 */
export function expandTargets(items: readonly ExpandItem[], scope: RowScope): readonly ExpandTarget[] {
  const targets = items.flatMap((item) => targetsOf(item, scope))
  const named = new Set(targets.flatMap(({ item, column }) => (item.target === 'all' ? [] : [column])))
  const kept = targets.filter(({ item, column }) => item.target !== 'all' || !named.has(column))
  return withAlternatives(kept, scope)
}

function targetsOf(item: ExpandItem, scope: RowScope): readonly ExpandTarget[] {
  if (item.target === 'all') return allOf(item, { from: scope, within: [] })
  if (item.target === '$value') throw invalid('$value in $expand stands for the stream of a media entity.')
  let way: Way = { from: scope, within: [] }
  for (const segment of item.target) way = follow(way, segment)
  const { navigation, star, ...rest } = way
  if (star === true) return allOf({ ...item, target: 'all' }, rest)
  if (navigation === undefined) throw invalid(`The property ${way.within.join('/')} cannot be expanded.`, 'Only navigation properties and streams are.')
  return [{ ...rest, item, navigation, column: columnOf(navigation) }]
}

/** All navigations of the rows, or of a complex value of theirs: also those that only rows, or values, of derived types have. */
function allOf(item: ExpandItem, way: Way): readonly ExpandTarget[] {
  const { from, within } = way
  const { model } = from
  const type = within.length === 0 ? from.entityType : complexType(from, within)
  const own = model.navigations(type).map(({ name }) => name)
  const names = within.length === 0 ? new Set([...from.set.navigations.keys(), ...own]) : own
  const derived = model.derivedTypes(type.qualifiedName).flatMap((name) => {
    const narrower = castRows(way, name)
    return ownNavigations(model, name).map((navigation) => targetAt(item, narrower, navigation))
  })
  return [...[...names].map((name) => targetAt(item, way, name)), ...derived]
}

function targetAt(item: ExpandItem, way: Way, name: string): ExpandTarget {
  const navigation = requireNavigation(way.from, name, way.within)
  return { ...way, item, navigation, column: columnOf(navigation) }
}

/** Names of the navigations that a type has and its base type has not. */
function ownNavigations(model: EdmModel, name: string): readonly string[] {
  const type = model.structured(name)
  const base = type?.baseType === undefined ? undefined : model.structured(type.baseType)
  const inherited = new Set(base === undefined ? [] : model.navigations(base).map((navigation) => navigation.name))
  return type === undefined ? [] : model.navigations(type).flatMap((navigation) => (inherited.has(navigation.name) ? [] : [navigation.name]))
}

interface Way extends Pick<ExpandTarget, 'from' | 'within' | 'only' | 'cast'> {
  readonly navigation?: ExposedNavigation
  readonly star?: boolean
}

function follow(way: Way, segment: SelectSegment): Way {
  const { within, navigation } = way
  if (navigation !== undefined && segment.kind !== 'cast') throw invalid(`Nothing may follow the navigation property ${navigation.name} in $expand but a cast.`, 'Expand the navigation property itself, and nest further ones.')
  switch (segment.kind) {
    case 'navigation': case 'unknown': return followName(way, segment.name)
    case 'property': return { ...way, within: [...within, segment.name] }
    case 'cast': return navigation === undefined ? castRows(way, segment.type) : castRelated(way, navigation, segment.type)
    case 'star': return { ...way, star: true }
    case 'operation': case 'annotation': throw unsupported(`A ${segment.kind} in $expand`)
  }
}

function followName(way: Way, name: string): Way {
  const { from, within } = way
  const { model, entityType, set } = from
  if (within.length === 0 && !set.navigations.has(name) && model.navigation(entityType, name) === undefined) {
    throw unknownProperty(entityType.qualifiedName, name, set.navigations.keys())
  }
  return { ...way, navigation: requireNavigation(from, name, within) }
}

function castRows(way: Way, name: string): Way {
  const { from, within } = way
  if (within.length > 0) return { ...way, within: [...within, complexType(from, [...within, name]).qualifiedName] }
  const type = derived(from, from.entityType.qualifiedName, name)
  return type.qualifiedName === from.entityType.qualifiedName ? way : { ...way, from: { ...from, entityType: type, seen: true }, only: type }
}

function castRelated(way: Way, { name: navigation }: ExposedNavigation, name: string): Way {
  const { from, within } = way
  const declared = from.model.navigation(within.length === 0 ? from.entityType : complexType(from, within), navigation)?.target
  return { ...way, cast: derived(from, declared ?? name, name) }
}

function derived({ model }: RowScope, base: string, name: string): EntityType {
  const type = model.entityType(name)
  if (type === undefined || !model.derivesFrom(type.qualifiedName, model.entityType(base)?.qualifiedName ?? base)) throw invalid(`${name} is no entity type derived from ${base}.`)
  return type
}
