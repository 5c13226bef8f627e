import type { ApplyExpression, ComputeItem, ExpandTransformation, GroupingElement, HierarchyReference, NamedApply, OrderItem, Transformation } from './ast.js'
import { inexpressible, type Dialect } from './dialect.js'
import { aggregateText, argumentsText, expressionText } from './print-expression.js'
import { searchText } from './print-search.js'
import { encodeQueryText } from './url-encoding.js'

/**
 * Prints a sequence of set transformations as percent-encoded query text; parsed again it gives the same tree (but for spans).
 * @throws HUB_QUERY_UNSUPPORTED for what the dialect cannot say
 */
export const printApply = (apply: ApplyExpression, dialect: Dialect): string => encodeQueryText(applyText(apply, dialect))

/** Prints the items of `$compute` as percent-encoded query text. @throws HUB_QUERY_UNSUPPORTED */
export function printCompute(items: readonly ComputeItem[], dialect: Dialect): string {
  if (dialect.version === '4.0') throw inexpressible('$compute', dialect)
  return encodeQueryText(computeText(items, dialect))
}

const computeText = (items: readonly ComputeItem[], dialect: Dialect): string =>
  items.map(({ expression, name }) => `${expressionText(expression, dialect)} as ${name}`).join(',')

const applyText = ({ transformations }: ApplyExpression, dialect: Dialect): string =>
  transformations.map((transformation) => transformationText(transformation, dialect)).join('/')

function transformationText(transformation: Transformation, dialect: Dialect): string {
  if (transformation.kind === 'identity') return 'identity'
  if (transformation.kind === 'function') return transformation.name + argumentsText(transformation.arguments, dialect)
  return `${transformation.kind}(${parametersText(transformation, dialect)})`
}

type WithParameters = Exclude<Transformation, { kind: 'identity' | 'function' }>

function parametersText(given: WithParameters, dialect: Dialect): string {
  switch (given.kind) {
    case 'aggregate':
      return given.items.map((item) => aggregateText(item, dialect)).join(',')
    case 'groupby':
      return joined([`(${given.grouping.map((element) => groupingText(element, dialect)).join(',')})`, optionalApply(given.apply, dialect)])
    case 'filter':
      return expressionText(given.predicate, dialect)
    case 'search':
      return searchText(given.search, false)
    case 'compute':
      return computeText(given.items, dialect)
    case 'concat':
      return given.sequences.map((sequence) => applyText(sequence, dialect)).join(',')
    case 'orderby':
      return orderText(given.items, dialect)
    case 'top':
    case 'skip':
      return String(given.count)
    case 'join':
    case 'outerjoin':
      return joined([`${expressionText(given.path, dialect)} as ${given.alias}`, optionalApply(given.apply, dialect)])
    case 'nest':
      return namedText(given.items, dialect)
    case 'addnested':
      return joined([expressionText(given.path, dialect), namedText(given.items, dialect)])
    case 'expand':
      return expandText(given, dialect)
    case 'ancestors':
    case 'descendants':
      return joined([hierarchyText(given.hierarchy, dialect), applyText(given.apply, dialect), given.maxDistance?.toString(), given.keepStart ? 'keep start' : undefined])
    case 'traverse': {
      const siblings = given.orderby.length === 0 ? undefined : orderText(given.orderby, dialect)
      return joined([hierarchyText(given.hierarchy, dialect), given.order, optionalApply(given.apply, dialect), siblings])
    }
    default:
      return joined([expressionText(given.amount, dialect), expressionText(given.value, dialect)])
  }
}

const joined = (parts: readonly (string | undefined)[]): string => parts.filter((part) => part !== undefined).join(',')

const optionalApply = (apply: ApplyExpression | undefined, dialect: Dialect): string | undefined => (apply === undefined ? undefined : applyText(apply, dialect))

const orderText = (items: readonly OrderItem[], dialect: Dialect): string =>
  items.map(({ expression, descending }) => expressionText(expression, dialect) + (descending ? ' desc' : '')).join(',')

const namedText = (items: readonly NamedApply[], dialect: Dialect): string => items.map(({ apply, alias }) => `${applyText(apply, dialect)} as ${alias}`).join(',')

const expandText = ({ path, predicate, nested }: ExpandTransformation, dialect: Dialect): string =>
  joined([
    expressionText(path, dialect),
    predicate === undefined ? undefined : `filter(${expressionText(predicate, dialect)})`,
    ...nested.map((inner) => `expand(${expandText(inner, dialect)})`),
  ])

function groupingText(element: GroupingElement, dialect: Dialect): string {
  switch (element.kind) {
    case 'path':
      return expressionText(element, dialect)
    case 'rollup':
      return `rollup(${joined([element.all ? '$all' : undefined, ...element.levels.map((level) => expressionText(level, dialect))])})`
    case 'leveledHierarchy':
      return `rollup(${element.path === undefined ? '' : `${expressionText(element.path, dialect)}/`}${element.name})`
    case 'recursiveHierarchy':
      return `rolluprecursive(${joined([hierarchyText(element.hierarchy, dialect), optionalApply(element.apply, dialect)])})`
  }
}

const hierarchyText = ({ nodes, qualifier, nodeProperty }: HierarchyReference, dialect: Dialect): string =>
  [expressionText(nodes, dialect), qualifier, expressionText(nodeProperty, dialect)].join(',')
