import type { ExposedNavigation } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { ExpandItem, QueryOptions, SelectSegment } from '@tributary/odata-url'
import type { ExpandTarget } from './expand-target.js'
import { invalid } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** An item that a recursive expand puts beneath itself. */
interface RepeatedItem extends ExpandItem {
  readonly repeats: true
}

/** Levels of a recursive expand; `max` means as many. */
const mostLevels = 10
/** Levels of `*`, each of which multiplies what is expanded. */
const mostLevelsOfAll = 3

/**
 * The options of related rows; while levels are left, the same item is expanded of them again, where they can have the navigation.
 * @throws HUB_QUERY_LIMIT, HUB_QUERY_INVALID
 */
export function nestedOptions({ item: { target, options }, navigation, from }: ExpandTarget, related: RowScope): QueryOptions {
  const most = target === 'all' ? mostLevelsOfAll : mostLevels
  const levels = options.levels === 'max' ? most : (options.levels ?? 1)
  if (levels > most) throw hubError('HUB_QUERY_LIMIT', { limit: most, what: 'levels of one expand' }, { target: '$levels' })
  if (levels < 1) throw invalid('$levels is a number of levels from 1, or max.')
  if (levels === 1) return options
  const again = targetAgain(target, navigation, from, related)
  if (again === undefined) return options
  const inner: RepeatedItem = { repeats: true, target: again, options: { ...options, levels: levels - 1 }, span: options.spans.get('$levels') ?? { start: 0, end: 0 } }
  return { ...options, expand: [...(options.expand ?? []), inner] }
}

/**
 * What is expanded of the related rows so that the same navigation is followed once more: of those that can have it. Undefined: none can.
 * @see OData Protocol 4.01, section 11.2.5.2.1.1
 */
function targetAgain(target: ExpandItem['target'], { name }: ExposedNavigation, { entityType: source }: RowScope, { model, set, entityType }: RowScope): ExpandItem['target'] | undefined {
  if (!Array.isArray(target) || set.navigations.has(name) || model.navigation(entityType, name) !== undefined) return target
  if (model.derivesFrom(entityType.qualifiedName, source.qualifiedName)) return target
  if (!model.derivesFrom(source.qualifiedName, entityType.qualifiedName)) return undefined
  const path = target as readonly SelectSegment[]
  return path[0]?.kind === 'cast' ? path : [{ kind: 'cast', type: source.qualifiedName, span: path[0]?.span ?? { start: 0, end: 0 } }, ...path]
}
