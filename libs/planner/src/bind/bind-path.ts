import type { StructuredType } from '@tributary/edm'
import type { Path, PathSegment } from '@tributary/odata-url'
import { call, type Column, column, type Expression, int32Type, itemOf, lambda, type ValueType, variable } from '@tributary/plan'
import type { Bind } from './bind-call.js'
import { followNavigation } from './followed-paths.js'
import { valueType } from './model-types.js'
import { typeError, unknownProperty, unsupported } from './refusal.js'
import type { FollowedPath, RowScope } from './row-scope.js'

/** Where a path has got to: the expression so far (undefined: the row itself) and where its properties are found. */
interface Position {
  readonly expression: Expression | undefined
  readonly structured: StructuredType | undefined
  /** Columns that are no properties of the model: computed ones, and all those of an aggregation's result. */
  readonly columns?: readonly Column[]
  /** Where navigations are followed from: only rows have them. */
  readonly row?: RowScope
  /** Of a related row, or related rows: where what is read of them is noted. */
  readonly related?: FollowedPath
}

/**
 * Binds a path to a column, a property within a complex column or of a related row, a range variable, `…/$count` of a collection, or a
 * lambda over one. Navigations on the way are noted as followed from their rows.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY with the nearest name, HUB_QUERY_UNSUPPORTED for navigation that cannot be joined and what else is not built, HUB_QUERY_TYPE
 */
export function bindPath(syntax: Path, scope: RowScope, bind: Bind): Expression {
  let position = rootOf(syntax, scope)
  for (const segment of syntax.segments) position = follow(position, segment, { syntax, scope, bind })
  if (position.expression === undefined) throw typeError({ what: 'A path', span: syntax.span, found: 'the row itself', expected: 'a property' })
  if (position.expression.type.base === 'Edm.Stream') throw unsupported('A stream property in an expression')
  return position.expression
}

function rootOf(syntax: Path, scope: RowScope): Position {
  const { root } = syntax
  switch (root.kind) {
    case 'implicit': return rowOf(scope)
    case '$it':
      if (scope.nested) throw unsupported('$it within $expand')
      return rowOf(scope)
    case 'variable': {
      const range = scope.variables.get(root.name)
      if (range === undefined) throw unknownProperty(scope.entityType.qualifiedName, root.name, scope.variables.keys())
      return { expression: variable(range.type, root.name), structured: range.structured, ...(range.related === undefined ? {} : { row: range.related.scope, related: range.related }) }
    }
    case '$this': throw unsupported('$this')
    case '$these': throw unsupported('$these')
    case '$root': throw unsupported('$root')
    case 'alias': throw unsupported('A path below a parameter alias')
  }
}

function rowOf(scope: RowScope): Position {
  if (scope.rows !== undefined) return { expression: undefined, structured: undefined, columns: scope.rows }
  return { expression: undefined, structured: scope.entityType, row: scope, columns: [...scope.computed.values()] }
}

interface PathContext {
  readonly syntax: Path
  readonly scope: RowScope
  readonly bind: Bind
}

function follow(position: Position, segment: PathSegment, context: PathContext): Position {
  const known = followColumn(position, segment)
  if (known !== undefined) return known
  switch (segment.kind) {
    case 'property': case 'unknown': return followProperty(position, segment, context)
    case 'navigation':
      if (segment.key !== undefined) throw unsupported('A key in a path within an expression', 'Use any, e.g. Orders/any(o:o/ID eq 1).')
      return followRelated(position, segment.name, context)
    case 'count': {
      if (segment.filter !== undefined || segment.search !== undefined) throw unsupported('$count with its own options in an expression')
      return { expression: call('length', int32Type, requireCollection(position, segment, context)), structured: undefined }
    }
    case 'lambda': return { expression: followLambda(position, segment, context), structured: undefined }
    case 'cast': throw unsupported(`The cast to ${segment.type} in an expression`)
    case 'function': throw unsupported(`The function ${segment.name}`, 'Functions of a service are not called within expressions.')
    case 'annotation': throw unsupported(`The annotation ${segment.term} in an expression`)
    case 'filter': throw unsupported('/$filter in an expression', 'Use any with the condition, or $count($filter=…).')
    case 'aggregate': throw unsupported('The function aggregate')
    case 'customAggregate': throw unsupported(`The custom aggregate ${segment.name}`)
  }
}

/** Into a column by its name; undefined where the name is the model's. */
function followColumn({ expression, structured, columns }: Position, segment: PathSegment): Position | undefined {
  if (columns === undefined || (segment.kind !== 'property' && segment.kind !== 'unknown' && segment.kind !== 'navigation' && segment.kind !== 'customAggregate')) return undefined
  const found = columns.find(({ name }) => name === segment.name)
  if (found !== undefined) return { expression: extend(expression, found.type, found.name), structured: undefined, ...(found.expanded === undefined ? {} : { columns: found.expanded.columns }) }
  if (structured === undefined) throw unknownProperty('the result of $apply', segment.name, columns.map(({ name }) => name))
  return undefined
}

/** From a row to the rows related to it: they stand in a hidden column. */
function followRelated({ expression, row }: Position, name: string, { syntax }: PathContext): Position {
  if (expression?.type.collection === true) throw typeError({ what: `The path to ${name}`, span: syntax.span, found: expression.type, expected: 'a single row' })
  if (row === undefined) throw unsupported(`The navigation property ${name} of a complex value in an expression`)
  const { name: hidden, type, path } = followNavigation(row, name)
  return { expression: extend(expression, type, hidden), structured: path.scope.entityType, row: path.scope, related: path }
}

function followProperty(position: Position, segment: { readonly name: string; readonly span: PathSegment['span'] }, context: PathContext): Position {
  const { syntax, scope } = context
  const { expression, structured } = position
  const { model } = scope
  if (structured === undefined || expression?.type.collection === true) {
    const found = expression === undefined ? 'nothing' : expression.type
    throw typeError({ what: `The path to ${segment.name}`, span: syntax.span, found, expected: 'a single complex value' })
  }
  const property = model.property(structured, segment.name)
  if (property === undefined) {
    if (model.navigation(structured, segment.name) !== undefined) return followRelated(position, segment.name, context)
    if (structured.open) throw unsupported(`The undeclared property ${segment.name} of the open type ${structured.qualifiedName} in an expression`)
    throw unknownProperty(structured.qualifiedName, segment.name, model.properties(structured).map(({ name }) => name))
  }
  position.related?.read.add(segment.name)
  const type = valueType(model, property.type)
  const inner = type.base === 'structured' ? model.structured(type.name) : undefined
  return { expression: extend(expression, type, segment.name), structured: inner }
}

function extend(expression: Expression | undefined, type: ValueType, name: string): Expression {
  if (expression === undefined) return column(type, name)
  if (expression.kind === 'column') return column(type, ...expression.path, name)
  if (expression.kind === 'variable') return variable(type, expression.name, ...expression.path, name)
  throw unsupported(`A path below ${expression.kind}`)
}

function requireCollection({ expression }: Position, segment: PathSegment, { syntax }: PathContext): Expression {
  if (expression?.type.collection === true) return expression
  throw typeError({ what: `The segment ${segment.kind}`, span: syntax.span, found: expression === undefined ? 'the row' : expression.type, expected: 'a collection' })
}

function followLambda(position: Position, segment: Extract<PathSegment, { kind: 'lambda' }>, context: PathContext): Expression {
  const collection = requireCollection(position, segment, context)
  if (segment.predicate === undefined || segment.variable === undefined) return lambda(segment.operator, collection, '')
  const { structured, related } = position
  const range = { type: itemOf(collection.type), ...(structured === undefined ? {} : { structured }), ...(related === undefined ? {} : { related }) }
  const scope = { ...context.scope, variables: new Map([...context.scope.variables, [segment.variable, range]]) }
  const predicate = context.bind(segment.predicate, scope)
  if (predicate.type.base !== 'Edm.Boolean' && predicate.type.base !== 'null') {
    throw typeError({ what: `The predicate of ${segment.operator}`, span: segment.predicate.span, found: predicate.type, expected: 'Edm.Boolean' })
  }
  return lambda(segment.operator, collection, segment.variable, predicate)
}
