import type { EntityType } from '@tributary/edm'
import type { Alternative, ExpandTarget } from './expand-target.js'
import { invalid } from './refusal.js'
import type { RowScope } from './row-scope.js'

/**
 * `$expand=Items/NS.A($select=X),Items/NS.B($select=Y)`: a navigation that is named several times, each time with another cast.
 * @throws HUB_QUERY_INVALID where two of the ways are about the same rows
 * @see OData URL Conventions 4.01 section 5.1.3
 */
export function withAlternatives(targets: readonly ExpandTarget[], scope: RowScope): readonly ExpandTarget[] {
  const byColumn = Map.groupBy(targets, placeOf)
  return targets.map((target, index) => {
    const others = (byColumn.get(placeOf(target)) ?? []).filter((other) => other !== target)
    if (others.length === 0) return target
    if (others.some((other) => sameType(other.only, target.only) && sameType(other.cast, target.cast))) throw invalid(`The navigation property ${target.navigation.name} is expanded twice.`)
    return { ...target, column: `~${index}~${target.column}`, alternative: alternativeOf(target, others, scope) }
  })
}

/** Where a navigation is shown; casts on the way do not make it another. */
const placeOf = ({ within, navigation }: ExpandTarget): string => [...within.filter((name) => !name.includes('.')), navigation.name].join('/')

const sameType = (a: EntityType | undefined, b: EntityType | undefined): boolean => a?.qualifiedName === b?.qualifiedName

function alternativeOf(target: ExpandTarget, others: readonly ExpandTarget[], { model }: RowScope): Alternative {
  const family = (type: EntityType | undefined): readonly string[] => (type === undefined ? [] : [type.qualifiedName, ...model.derivedTypes(type.qualifiedName)])
  const isNarrower = (a: EntityType | undefined, b: EntityType | undefined): boolean => a !== undefined && (b === undefined || (!sameType(a, b) && model.derivesFrom(a.qualifiedName, b.qualifiedName)))
  return Object.freeze({
    into: target.navigation.name,
    otherParents: others.filter(({ only }) => isNarrower(only, target.only)).flatMap(({ only }) => family(only)),
    otherRows: others.filter(({ only, cast }) => sameType(only, target.only) && isNarrower(cast, target.cast)).flatMap(({ cast }) => family(cast)),
  })
}
