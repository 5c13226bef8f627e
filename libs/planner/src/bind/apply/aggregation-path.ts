import type { Expression as Syntax, PathSegment, SearchExpression } from '@tributary/odata-url'
import { column, type Column, columnsOf, type Expression, itemOf, type Reached, type ReachedRows, transformExpression, valueName } from '@tributary/plan'
import { itemScope, itemTexts } from '../bind-items.js'
import { bindSearch, searchIn } from '../bind-search.js'
import { columnsOfType } from '../model-types.js'
import { invalid, typeError, unsupported } from '../refusal.js'
import type { FollowedPath, RangeVariable, RowScope } from '../row-scope.js'
import { atRows, castTo, onRows, onValues, stepInto, type Walk, type Walking } from './aggregation-walk.js'

/**
 * What a path leads to where it leads through navigations, collections, casts or conditions; undefined where it leads to the row's own single
 * value. Each entity reached is taken once.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY, HUB_QUERY_UNSUPPORTED, HUB_QUERY_INVALID, HUB_QUERY_TYPE
 * @see OData Extension for Data Aggregation 4.0 section 3.2.1.1
 */
export function reachedBy(segments: readonly PathSegment[], walking: Walking): Reached | undefined {
  const walk = walkAlong(segments, walking)
  return walk.through ? reachedOf(walk) : undefined
}

function reachedOf({ path, values, type, only, onlyValues, identity }: Walk): Reached {
  return Object.freeze({ path, values, type: itemOf(type), ...(only.length === 0 ? {} : { only }), ...(onlyValues.length === 0 ? {} : { onlyValues }), ...(identity === undefined ? {} : { identity }) })
}

/** Rows that a path leads to, and what names mean on them. */
export interface RowsReached {
  readonly over: ReachedRows
  readonly rows: RowScope
  /** Where what is read of related rows is noted. */
  readonly related?: FollowedPath
}

/** Related rows or complex values that a path leads to; undefined where it leads elsewhere. @throws as `reachedBy` */
export function rowsReachedBy(segments: readonly PathSegment[], walking: Walking): RowsReached | undefined {
  const walk = walkAlong(segments, walking)
  const { rows, related, values, structured } = walk
  if (values.length === 0) return rows === undefined || related === undefined ? undefined : { over: reachedOf(walk), rows, related }
  if (structured === undefined) return undefined
  const fields = columnsOfType(walking.scope.model, structured)
  return { over: { ...reachedOf(walk), fields }, rows: ofColumns(fields, walking.scope) }
}

const walkAlong = (segments: readonly PathSegment[], walking: Walking): Walk => segments.reduce((walk, segment) => step(walk, segment, walking), walking.from ?? atRows(walking.scope))

function step(walk: Walk, segment: PathSegment, walking: Walking): Walk {
  switch (segment.kind) {
    case 'cast': return castTo(walk, segment.type, walking.scope)
    case 'property': case 'navigation': case 'unknown': return stepInto(walk, segment, walking)
    case 'filter': {
      if (segment.key !== undefined) throw unsupported('A key behind $filter in a path that is aggregated', 'Name the key behind the navigation property, or filter by it.')
      return filtered(walk, segment.predicate, walking)
    }
    case 'count': return counted(walk, segment, walking)
    case 'function': throw unsupported(`The function ${segment.name} in a path that is aggregated`, 'Only its source could compose it.')
    case 'annotation': throw unsupported(`The annotation ${segment.term} in a path that is aggregated`, 'Capabilities.AnnotationValuesInQuerySupported is false.')
    case 'aggregate': case 'customAggregate': case 'lambda': throw invalid(`${segment.kind} gives a value, and a path that is aggregated leads to rows or values.`)
  }
}

/** What `$count($filter=…;$search=…)` counts. */
function counted(walk: Walk, { filter, search }: Extract<PathSegment, { kind: 'count' }>, walking: Walking): Walk {
  const matching = filter === undefined ? walk : filtered(walk, filter, walking)
  return search === undefined ? matching : searched(matching, search, walking)
}

function filtered(walk: Walk, predicate: Syntax, { scope, bind }: Walking): Walk {
  if (bind === undefined) throw invalid('A path to all nodes holds no conditions.')
  if (walk.values.length === 0) {
    const condition = requireCondition(bind(predicate, rowsAt(walk, scope)), predicate)
    return onRows(walk, condition, [...columnsOf(condition)])
  }
  const range = rangeOf(walk)
  const item = itemScope(walk.related?.scope ?? scope, range)
  return ofValue(walk, requireCondition(bind(predicate, item.scope), predicate), item.name)
}

function requireCondition(condition: Expression, { span }: Syntax): Expression {
  if (condition.type.collection || (condition.type.base !== 'Edm.Boolean' && condition.type.base !== 'null')) throw typeError({ what: '$filter', span, found: condition.type, expected: 'Edm.Boolean' })
  return condition
}

function searched(walk: Walk, search: SearchExpression, { scope }: Walking): Walk {
  if (walk.values.length === 0) {
    const condition = bindSearch(search, columnsAt(walk, scope))
    return onRows(walk, condition, [...columnsOf(condition)])
  }
  const item = itemScope(scope, rangeOf(walk))
  return ofValue(walk, searchIn(search, itemTexts(item.name, rangeOf(walk), scope)), item.name)
}

const rangeOf = ({ type, structured }: Walk): RangeVariable => ({ type: itemOf(type), ...(structured === undefined ? {} : { structured }) })

/** A condition over an item as one over the row that the item's collection is in, which has the item in a column. */
function ofValue(walk: Walk, condition: Expression, item: string): Walk {
  const own = transformExpression(condition, (part) => (part.kind === 'variable' && part.name === item ? column(part.type, valueName, ...part.path) : part))
  for (const name of columnsOf(own)) if (name !== valueName) walk.related?.read.add(name)
  return onValues(walk, own)
}

/** What names mean on the rows it stands at; what is aggregated of that which each of them reaches is noted there. */
function rowsAt({ rows, related, columns }: Walk, scope: RowScope): RowScope {
  if (rows === undefined) return ofColumns(columns, scope)
  if (related === undefined) return rows
  const { notes } = related
  return { ...rows, notes: { ...notes, ofAll: ofOthers, ofAny: ofOthers } }
}

const ofOthers = (): never => {
  throw unsupported('A value of a collection in a condition within a path that is aggregated', 'Compute it before: compute(…).')
}

const columnsAt = ({ rows, columns }: Walk, scope: RowScope): readonly Column[] => [...(rows === undefined ? [] : columnsOfType(rows.model, rows.entityType)), ...(rows === scope ? scope.computed.values() : columns)]

/** Rows that have these columns and nothing else. */
function ofColumns(columns: readonly Column[], scope: RowScope): RowScope {
  const { joined: _joined, notes: _notes, item: _item, ...rest } = scope
  return { ...rest, rows: columns, computed: new Map() }
}
