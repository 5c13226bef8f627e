import type { StructuredType } from '@tributary/edm'
import type { Key, Path, PathRoot, PathSegment } from '@tributary/odata-url'
import { aroundName, call, column, type Expression, int32Type, lambda, type LambdaExpression, literal, structuredType, untypedType, type ValueType, transformExpression, variable } from '@tributary/plan'
import { annotatedPosition } from './annotation-in-expression.js'
import { ofCollection, ofReached } from './apply/collection-values.js'
import { bindHierarchyFunction, isHierarchyFunction, isRollupNode, rollupNode } from './apply/hierarchy-functions.js'
import type { Bind } from './bind-operand.js'
import { castPosition } from './bind-cast.js'
import { calledPosition, importedPosition } from './bind-function.js'
import { countedItems, filteredItems } from './bind-items.js'
import { followMember, followNavigation } from './followed-paths.js'
import { propertyType } from './model-types.js'
import { collectionAt, extend, itemAt, type Position, readOf, rowOf, valueAt } from './path-position.js'
import { invalid, severalTypes, typeError, unknownProperty, unsupported } from './refusal.js'
import { rootRow } from './root-rows.js'
import type { RowScope, Subject } from './row-scope.js'

/**
 * Binds a path to a column, a property within a complex column or of a related row, a range variable, `…/$count` of a collection, or a
 * lambda over one. Navigations on the way are noted as followed from their rows. What only rows of a type have is null for all others.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY with the nearest name, HUB_QUERY_UNSUPPORTED for navigation that cannot be joined and what else is not built, HUB_QUERY_TYPE
 * @see OData URL Conventions 4.01 section 5.1.1.15
 */
export function bindPath(syntax: Path, scope: RowScope, bind: Bind): Expression {
  const position = resolvePath(syntax, scope, bind)
  const value = valueAt(position)
  if (value === undefined) throw typeError({ what: 'A path', span: syntax.span, found: 'the row itself', expected: 'a property' })
  if (value.type.base === 'Edm.Stream') throw unsupported('A stream property in an expression')
  return value
}

/** Where a path leads to. @throws as `bindPath` */
export function resolvePath(syntax: Path, scope: RowScope, bind: Bind): Position {
  const context = { syntax, scope, bind }
  if (syntax.root.kind === '$these') return { expression: ofCollection(syntax, scope, bind), structured: undefined, guards: [] }
  return syntax.segments.reduce((position, segment) => follow(position, segment, context), rootOf(syntax.root, context))
}

interface PathContext {
  readonly syntax: Path
  readonly scope: RowScope
  readonly bind: Bind
}

function rootOf(root: PathRoot, { syntax, scope, bind }: PathContext): Position {
  switch (root.kind) {
    case 'implicit': case '$this': return scope.item === undefined ? rowOf(scope) : itemAt(scope.item.name, scope.item.range)
    case '$it':
      if (scope.outer !== undefined) return { expression: column(structuredType(scope.outer.scope.entityType.qualifiedName), scope.outer.name), structured: scope.outer.scope.entityType, row: scope.outer.scope, guards: [] }
      if (scope.it !== undefined) return itemAt(scope.it.name, scope.it.range)
      if (scope.around !== undefined) return { ...rowOf(scope.around), expression: column(structuredType(scope.around.entityType.qualifiedName), aroundName) }
      if (scope.nested) throw unsupported('$it here', 'It is answered in the options of what is expanded, and in expressions over the outermost rows.')
      return rowOf(scope)
    case 'variable': {
      const range = scope.variables.get(root.name)
      if (range === undefined) throw unknownProperty(scope.entityType.qualifiedName, root.name, scope.variables.keys())
      return itemAt(root.name, range)
    }
    case '$these': throw invalid('$these stands for a collection: it needs /$count or /aggregate(…).')
    case '$root': return root.arguments === undefined ? rootRow(root, scope, bind) : importedPosition(root.set, { name: root.set, arguments: root.arguments }, { scope, bind })
    case 'alias': return aliasRoot(root.name, { syntax, scope, bind })
  }
}

/** `@a/City`: the alias stands for a path that goes on, or for a JSON object. */
function aliasRoot(name: string, { scope, bind }: PathContext): Position {
  const value = scope.aliases.get(name)
  if (value === undefined) return { expression: literal(untypedType, null), structured: undefined, guards: [] }
  if (scope.replacing.has(name)) throw invalid(`The parameter alias @${name} is defined by itself.`)
  const inner = { ...scope, replacing: new Set([...scope.replacing, name]) }
  return value.kind === 'path' ? resolvePath(value, inner, bind) : { expression: bind(value, inner), structured: undefined, guards: [] }
}

function follow(position: Position, segment: PathSegment, context: PathContext): Position {
  const known = followColumn(position, segment, context)
  if (known !== undefined) return known
  switch (segment.kind) {
    case 'property': case 'unknown': case 'navigation':
      if (segment.kind === 'navigation') return followRelated(position, segment, context)
      if ('key' in segment && segment.key !== undefined && position.structured === undefined) throw invalid(`A key is given for ${segment.name}, which leads to no rows.`)
      return followProperty(position, segment, context)
    case 'count': return { expression: call('length', int32Type, countedItems(position, segment, withSubject(segment, context))), structured: undefined, guards: [] }
    case 'filter':
      if (segment.key !== undefined) return memberLeft(position, { ...segment, key: segment.key }, context)
      return filteredItems(position, segment.predicate, withSubject(segment, context))
    case 'lambda': return { expression: followLambda(position, segment, context), structured: undefined, guards: [] }
    case 'cast': return castPosition(position, segment.type, segment.span, context.scope)
    case 'function':
      if (isHierarchyFunction(segment.name) && context.syntax.segments[0] === segment && context.syntax.root.kind === 'implicit') return { expression: bindHierarchyFunction(segment, context.scope, context.bind), structured: undefined, guards: [] }
      if (isRollupNode(segment.name) && position.expression === undefined) return rollupNode(segment, context.scope)
      return calledPosition(position, segment, context)
    case 'annotation': return annotatedPosition(position, segment, context.scope, (from, step) => follow(from, step, context))
    case 'aggregate': return { expression: ofReached(context.syntax, segment, context), structured: undefined, guards: [] }
    case 'customAggregate': throw unsupported(`The custom aggregate ${segment.name}`)
  }
}

/** With the collection that stands before a segment. */
function withSubject(segment: PathSegment, context: PathContext): PathContext & { readonly subject: Subject } {
  const { syntax: { root, segments }, scope } = context
  return { ...context, subject: { path: { root, segments: segments.slice(0, segments.indexOf(segment)) }, scope } }
}

/** Into a column by its name; undefined where the name is the model's. */
function followColumn(position: Position, segment: PathSegment, context: PathContext): Position | undefined {
  const { structured, columns } = position
  if (columns === undefined || (segment.kind !== 'property' && segment.kind !== 'unknown' && segment.kind !== 'navigation' && segment.kind !== 'customAggregate')) return undefined
  const found = columns.find(({ name }) => name === segment.name)
  const joined = found === undefined ? undefined : position.joined?.get(found.name)
  if (found !== undefined && joined !== undefined) return { expression: extend(position, found.type, found.name), structured: joined.entityType, row: joined, guards: position.guards }
  if (found !== undefined) return { expression: extend(position, found.type, found.name), structured: undefined, guards: position.guards, ...(found.expanded === undefined ? {} : { columns: found.expanded.columns }) }
  if (columns.some(({ shownAs }) => shownAs === segment.name)) throw severalTypes(segment.name)
  if (structured !== undefined) return undefined
  const away = aggregatedAway(segment, context)
  if (away === undefined) throw unknownProperty('the result of $apply', segment.name, columns.map(({ name }) => name))
  return { expression: literal(away, null), structured: undefined, guards: position.guards }
}

/** The type of what the rows had before they were aggregated, and have no more: it is null. @see OData Extension for Data Aggregation 4.0 section 3.7 */
function aggregatedAway(segment: PathSegment, { syntax: { root, segments }, scope: { model, entityType, rows } }: PathContext): ValueType | undefined {
  if (rows === undefined || root.kind !== 'implicit') return undefined
  let type: StructuredType | undefined = entityType
  let found: ValueType | undefined
  for (const step of segments.slice(0, segments.indexOf(segment) + 1)) {
    const property = type === undefined || !('name' in step) ? undefined : model.property(type, step.name)
    const navigation = type === undefined || !('name' in step) ? undefined : model.navigation(type, step.name)
    found = property === undefined ? (navigation === undefined ? undefined : untypedType) : propertyType(model, property)
    type = model.structured(property?.type.name ?? navigation?.target ?? '')
  }
  return found
}

/** `Orders/$filter(Paid)(7)`: the row that the key names, where the condition leaves it. @throws HUB_QUERY_UNSUPPORTED where the collection is reached by no navigation */
function memberLeft(position: Position, { predicate, key }: Extract<PathSegment, { kind: 'filter' }> & { readonly key: Key }, context: PathContext): Position {
  const { way, related } = position
  const name = way?.path.at(-1)
  if (way === undefined || way.same !== undefined || name === undefined || name.includes('.') || related === undefined) throw unsupported('A key behind $filter of what no navigation property leads to, in an expression', 'Put the key into the condition.')
  const { name: hidden, type, path } = followMember(way.row, name, { key, bind: context.bind, within: way.path.slice(0, -1) })
  const kept = filteredItems(position, predicate, context)
  const isMeant = transformExpression(path.only ?? literal(untypedType, true), (part) => {
    if (part.kind !== 'column') return part
    related.read.add(part.path[0])
    return variable(part.type, '~key', ...part.path)
  })
  const guard = lambda('any', collectionAt(kept, '$filter', context.syntax.span).collection, '~key', isMeant)
  return { expression: extend(way.position, type, hidden), structured: path.scope.entityType, row: path.scope, related: path, guards: [guard] }
}

/** A segment by its name, with the key of one of the rows it leads to. */
interface Named {
  readonly name: string
  readonly key?: Key
}

/** From a row to the rows related to it: they stand in a hidden column. */
function followRelated(position: Position, { name, key }: Named, { syntax, bind }: PathContext): Position {
  const { expression, row, holder, guards } = position
  if (expression?.type.collection === true) throw typeError({ what: `The path to ${name}`, span: syntax.span, found: expression.type, expected: 'a single row' })
  const from = row === undefined ? holder : { row, position, within: [] }
  if (from === undefined) throw unsupported(`The navigation property ${name} of the items of a collection in an expression`)
  const { name: hidden, type, path } = key === undefined ? followNavigation(from.row, name, from.within) : followMember(from.row, name, { key, bind, within: from.within })
  const way = type.collection ? { way: { row: from.row, position: from.position, path: [...from.within, name] } } : {}
  return { expression: extend(from.position, type, hidden), structured: path.scope.entityType, row: path.scope, related: path, guards, ...way }
}

function followProperty(position: Position, { name, key }: Named, context: PathContext): Position {
  const { expression, structured, guards } = position
  if (expression?.type.base === 'Edm.Untyped' && !expression.type.collection) return { expression: extend(position, untypedType, name), structured: undefined, guards }
  if (structured === undefined || expression?.type.collection === true) {
    const found = expression === undefined ? 'nothing' : expression.type
    throw typeError({ what: `The path to ${name}`, span: context.syntax.span, found, expected: 'a single complex value' })
  }
  const { model } = context.scope
  const property = model.property(structured, name)
  if (property === undefined) {
    if (model.navigation(structured, name) !== undefined) return followRelated(position, { name, ...(key === undefined ? {} : { key }) }, context)
    if (key !== undefined) throw invalid(`A key is given for ${name}, which leads to no rows.`)
    return structured.open ? followUndeclared(position, name) : nowhere(structured, name, context)
  }
  if (key !== undefined) throw invalid(`A key is given for ${name}, which leads to no rows.`)
  readOf(position, name)
  const type = propertyType(model, property)
  const inner = type.base === 'structured' ? model.structured(type.name) : undefined
  return { expression: extend(position, type, name), structured: inner, guards, said: { target: `${structured.qualifiedName}/${name}`, of: position }, ...(type.collection ? wayOf(position, name) : inner === undefined ? {} : holderOf(position, name)) }
}

function wayOf(position: Position, name: string): Pick<Position, 'way'> {
  const { holder } = holderOf(position, name)
  return holder === undefined ? {} : { way: { row: holder.row, position: holder.position, path: holder.within } }
}

function holderOf(position: Position, name: string): Pick<Position, 'holder'> {
  const { row, holder } = position
  if (row !== undefined) return { holder: { row, position, within: [name] } }
  return holder === undefined ? {} : { holder: { ...holder, within: [...holder.within, name] } }
}

/** A property that no type declares: it stands among the others of its row, or within its complex value. */
function followUndeclared(position: Position, name: string): Position {
  const isRow = position.row !== undefined
  if (isRow) readOf(position, '*')
  const expression = isRow ? extend({ ...position, expression: extend(position, untypedType, '*') }, untypedType, name) : extend(position, untypedType, name)
  return { expression, structured: undefined, guards: position.guards }
}

function nowhere(structured: StructuredType, name: string, { scope: { model } }: PathContext): never {
  const owner = model.derivedTypes(structured.qualifiedName).find((derived) => {
    const type = model.structured(derived)
    return type !== undefined && (model.property(type, name) !== undefined || model.navigation(type, name) !== undefined)
  })
  if (owner !== undefined) throw invalid(`${name} is a property of ${owner}, which derives from ${structured.qualifiedName}.`, `Say so: ${owner}/${name}.`)
  throw unknownProperty(structured.qualifiedName, name, model.properties(structured).map((known) => known.name))
}

function followLambda(position: Position, segment: Extract<PathSegment, { kind: 'lambda' }>, context: PathContext): LambdaExpression {
  const { collection, range } = collectionAt(position, segment.operator, context.syntax.span)
  if (segment.predicate === undefined || segment.variable === undefined) return lambda(segment.operator, collection, '')
  const scope = { ...context.scope, variables: new Map([...context.scope.variables, [segment.variable, range]]) }
  const predicate = context.bind(segment.predicate, scope)
  if (predicate.type.base !== 'Edm.Boolean' && predicate.type.base !== 'null') {
    throw typeError({ what: `The predicate of ${segment.operator}`, span: segment.predicate.span, found: predicate.type, expected: 'Edm.Boolean' })
  }
  return lambda(segment.operator, collection, segment.variable, predicate)
}
