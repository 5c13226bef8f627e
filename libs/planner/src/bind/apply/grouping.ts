import { annotationsOf, type AnnotationValue } from '@tributary/edm'
import type { GroupingElement, Path, PathSegment, Span } from '@tributary/odata-url'
import { type Column, column, conjunction, type GroupKey } from '@tributary/plan'
import { bindExpression } from '../bind-expression.js'
import { resolvePath } from '../bind-path.js'
import { comparable } from '../comparable-types.js'
import { followNavigation } from '../followed-paths.js'
import { columnsOfType } from '../model-types.js'
import { invalid, typeError } from '../refusal.js'
import type { RowScope } from '../row-scope.js'
import { groupByEntity } from './entity-group.js'

/** What rows are grouped by: the values, and which of them each grouping takes, finest first. */
export interface BoundGrouping {
  readonly groups: readonly GroupKey[]
  readonly sets: readonly (readonly number[])[]
}

/**
 * Binds `(Country,rollup(Year,Month))`: several rollups give all combinations of their levels.
 * @throws HUB_QUERY_UNSUPPORTED, HUB_QUERY_TYPE, HUB_QUERY_INVALID, HUB_QUERY_UNKNOWN_PROPERTY
 * @see OData Extension for Data Aggregation 4.0 section 3.2.3
 */
export function bindGrouping(elements: readonly GroupingElement[], scope: RowScope): BoundGrouping {
  const groups: GroupKey[] = []
  const positionOf = (path: Path): number => {
    const group = bindGroup(path, scope)
    const known = groups.findIndex((other) => other.path.join('/') === group.path.join('/'))
    return known >= 0 ? known : groups.push(group) - 1
  }
  const levels = elements.map((element) => levelsOf(element, scope).map((paths) => paths.map(positionOf)))
  const sets = levels.reduce<readonly (readonly number[])[]>((before, next) => before.flatMap((set) => next.map((more) => [...new Set([...set, ...more])])), [[]])
  return { groups, sets }
}

/** The paths of each level, finest first. */
function levelsOf(element: GroupingElement, scope: RowScope): readonly (readonly Path[])[] {
  switch (element.kind) {
    case 'path': return [[element]]
    case 'rollup': return rolledUp(element.levels, element.all)
    case 'leveledHierarchy': return rolledUp(hierarchyLevels(element, scope), false)
    case 'recursiveHierarchy': throw new Error('A hierarchy is grouped by node by node')
  }
}

const rolledUp = (levels: readonly Path[], all: boolean): readonly (readonly Path[])[] => [...levels.map((_, index) => levels.slice(0, levels.length - index)), ...(all ? [[]] : [])]

const leveledHierarchyTerm = 'Org.OData.Aggregation.V1.LeveledHierarchy'

/** The levels that the contract gives a hierarchy of this name, below the path it is reached by. */
function hierarchyLevels({ path, name, span }: Extract<GroupingElement, { kind: 'leveledHierarchy' }>, scope: RowScope): readonly Path[] {
  const { model } = scope
  const type = (path?.segments ?? []).reduce((at, segment) => typeBehind(at, segment, scope), scope.entityType.qualifiedName)
  const targets = [type, ...(path === undefined && model.container !== undefined ? [`${model.container.qualifiedName}/${scope.set.name}`] : [])]
  const value = targets.flatMap((target) => annotationsOf(model, target)).find(({ term, qualifier }) => term === leveledHierarchyTerm && qualifier === name)?.value
  const texts = value?.kind === 'collection' ? value.items.flatMap(pathText) : []
  if (texts.length === 0) throw invalid(`${type} has no leveled hierarchy ${name}.`)
  return texts.map((text): Path => ({ kind: 'path', root: { kind: 'implicit' }, span, segments: [...(path?.segments ?? []), ...segmentsOf(text, span)] }))
}

const pathText = (value: AnnotationValue): readonly string[] => ('path' in value ? [value.path] : value.kind === 'string' ? [value.text] : [])

const segmentsOf = (text: string, span: Span): readonly PathSegment[] => text.split('/').map((name) => ({ kind: 'unknown', name, span }))

function typeBehind(typeName: string, segment: PathSegment, { model }: RowScope): string {
  const type = model.structured(typeName)
  if (segment.kind === 'cast') return segment.type
  if (type === undefined || !('name' in segment)) return typeName
  return model.navigation(type, segment.name)?.target ?? model.property(type, segment.name)?.type.name ?? typeName
}

function bindGroup(path: Path, scope: RowScope): GroupKey {
  const [first, ...rest] = path.segments.flatMap((segment) => ('name' in segment ? [segment.name] : []))
  if (first === undefined) throw invalid('groupby needs the name of a property.')
  const names = [first, ...rest] as const
  const entity = groupByEntity(path, names, scope)
  if (entity !== undefined) return entity
  const rows = groupByRows(names, scope)
  if (rows !== undefined) return rows
  const expression = bindExpression(path, scope)
  const fields = expression.type.base === 'structured' ? fieldsOf(names, scope) : undefined
  if (expression.type.collection || (!comparable(expression.type) && fields === undefined)) throw typeError({ what: 'groupby', span: path.span, found: expression.type, expected: 'a value that can be compared' })
  const only = path.segments.some(({ kind }) => kind === 'cast') ? conjunction(resolvePath(path, scope, bindExpression).guards) : undefined
  return Object.freeze({ path: names, expression, ...(fields === undefined ? {} : { fields }), ...(only === undefined ? {} : { only }) })
}

/** Grouping by rows that stand in a column already: by all that they have. */
function groupByRows(names: readonly [string, ...string[]], { rows, computed }: RowScope): GroupKey | undefined {
  let within: readonly Column[] | undefined = rows ?? [...computed.values()]
  let found: Column | undefined
  for (const name of names) {
    found = within?.find((column) => column.name === name)
    within = found?.expanded?.columns
  }
  if (found?.expanded === undefined || found.expanded.toMany) return undefined
  const shown = new Set(found.expanded.visible)
  const columns = found.expanded.columns.filter(({ name }) => shown.has(name))
  const type = Object.freeze({ name: found.type.name, collection: false, base: 'structured' as const })
  return Object.freeze({
    path: names, expression: column(type, ...names), identity: columns.filter(({ name }) => !name.startsWith('@')).map((inner) => column(inner.type, ...names, inner.name)),
    shape: Object.freeze({ toMany: false, columns, visible: found.expanded.visible }),
  })
}

/** The fields of a complex value that is grouped by as a whole: of the row, or of one that single-valued navigation leads to. */
function fieldsOf(names: readonly string[], scope: RowScope): readonly Column[] | undefined {
  let at: RowScope | undefined = scope.rows === undefined ? scope : undefined
  let within: readonly Column[] | undefined = scope.rows ?? [...columnsOfType(scope.model, scope.entityType), ...scope.computed.values()]
  for (const name of names) {
    const found: Column | undefined = within?.find((column) => column.name === name)
    const joined: RowScope | undefined = found === undefined ? undefined : at?.joined?.get(name)
    at = found === undefined && at !== undefined && at.model.navigation(at.entityType, name) !== undefined ? followNavigation(at, name).path.scope : joined
    within = found === undefined || joined !== undefined ? (at === undefined ? undefined : columnsOfType(at.model, at.entityType)) : found.fields ?? found.expanded?.columns
  }
  return within
}
