import type { ExposedSet, Exposure } from '@tributary/catalog'
import type { AggregateExpression, Expression, Path, PathSegment } from '@tributary/odata-url'
import type { RemoteNaming } from './remote-naming.js'

/** What names in an expression mean. */
export interface ExpressionPlace {
  readonly exposure: Exposure
  readonly endpoint: string
  readonly names: RemoteNaming
  /** Parameter aliases stand for their values, which mean what they mean in their places. */
  readonly aliases: ReadonlyMap<string, Expression>
  /** Exposed type of the rows; undefined: not known. */
  readonly type: string | undefined
  /** Types of the range variables around. */
  readonly variables: ReadonlyMap<string, string | undefined>
  /** The refusal of a path that leaves the source. */
  readonly leaves: (path: string) => Error
  /** The refusal of a path beyond a name of which it is not known what it is at the source. */
  readonly unclear: (name: string) => Error
}

/**
 * An expression in the names of a source: properties, types and enumerations, aliases replaced by what they stand for.
 * @throws what the place says of paths that leave the source, or of which it is not known where they lead
 */
export function remoteExpression(given: Expression, place: ExpressionPlace): Expression {
  const inner = (one: Expression): Expression => remoteExpression(one, place)
  switch (given.kind) {
    case 'literal': return given.enumType === undefined ? given : { ...given, enumType: place.names.remoteType(given.enumType) }
    case 'alias': {
      const value = place.aliases.get(given.name)
      return value === undefined || value.kind === 'alias' ? given : remoteExpression(value, { ...place, aliases: new Map([...place.aliases].filter(([name]) => name !== given.name)) })
    }
    case 'binary': return { ...given, left: inner(given.left), right: inner(given.right) }
    case 'unary': return { ...given, operand: inner(given.operand) }
    case 'call': return { ...given, arguments: given.arguments.map(inner) }
    case 'typeName': return { ...given, name: place.names.remoteType(given.name) }
    case 'list': return { ...given, items: given.items.map(inner) }
    case 'json': return given
    case 'path': return remotePath(given, place)
  }
}

/** The place behind a path: transformations of what it leads to. */
export const behind = (path: Path, place: ExpressionPlace): ExpressionPlace => ({ ...place, type: path.segments.reduce((type, segment) => typeBehind(type, segment, place), rootType(path, place)) })

/** An aggregate in the names of its source. @throws as {@link remoteExpression} */
export const remoteAggregate = (item: AggregateExpression, place: ExpressionPlace): AggregateExpression => ({
  ...item, expression: remoteExpression(item.expression, place), from: item.from.map((step) => ({ ...step, paths: step.paths.map((path) => remotePath(path, place)) })),
})

function rootType({ root }: Path, { type, variables, exposure }: ExpressionPlace): string | undefined {
  switch (root.kind) {
    case 'variable': return variables.get(root.name)
    case '$root': return exposure.sets.get(root.set)?.entityType
    case 'alias': return undefined
    default: return type
  }
}

/** A path in the names of its source. @throws as {@link remoteExpression} */
export function remotePath(path: Path, place: ExpressionPlace): Path {
  const segments: PathSegment[] = []
  let type = rootType(path, place)
  for (const [index, segment] of path.segments.entries()) {
    if (segment.kind === 'unknown' && index < path.segments.length - 1 && !place.names.same) throw place.unclear(segment.name)
    segments.push(segmentIn(segment, type, place))
    type = typeBehind(type, segment, place)
  }
  return { ...path, root: rootIn(path, place), segments }
}

function rootIn({ root }: Path, { exposure, endpoint, names, leaves, unclear }: ExpressionPlace): Path['root'] {
  if (root.kind === 'alias' && !names.same) throw unclear(`@${root.name}`)
  if (root.kind !== '$root') return root
  const set = exposure.sets.get(root.set)
  if (set !== undefined && set.endpoint !== endpoint) throw leaves(`$root/${root.set}`)
  return set === undefined ? root : { ...root, set: set.remoteSet }
}

function segmentIn(segment: PathSegment, type: string | undefined, place: ExpressionPlace): PathSegment {
  const at = { ...place, type }
  switch (segment.kind) {
    case 'navigation': {
      requireOwn(segment.name, type, place)
      return segment
    }
    case 'property': case 'unknown': case 'customAggregate': return type === undefined ? segment : { ...segment, name: place.names.remoteProperty(type, segment.name) }
    case 'cast': return { ...segment, type: place.names.remoteType(segment.type) }
    case 'filter': return { ...segment, predicate: remoteExpression(segment.predicate, at) }
    case 'count': return segment.filter === undefined ? segment : { ...segment, filter: remoteExpression(segment.filter, at) }
    case 'aggregate': return { ...segment, aggregate: remoteAggregate(segment.aggregate, at) }
    case 'lambda': return segment.predicate === undefined ? segment : { ...segment, predicate: remoteExpression(segment.predicate, { ...place, variables: new Map([...place.variables, [segment.variable ?? '', type]]) }) }
    case 'function': return { ...segment, arguments: segment.arguments.map((argument) => ({ ...argument, value: remoteExpression(argument.value, place) })) }
    case 'annotation': return segment
  }
}

/** A relationship of a data product is not known to the source. */
function requireOwn(name: string, type: string | undefined, { exposure, leaves }: ExpressionPlace): void {
  if (exposure.kind === 'service' || type === undefined) return
  const set: ExposedSet | undefined = [...exposure.sets.values()].find(({ entityType }) => entityType === type)
  const navigation = set?.navigations.get(name)
  if (navigation !== undefined && navigation.remoteNavigation === undefined) throw leaves(name)
}

function typeBehind(type: string | undefined, segment: PathSegment, { exposure: { model } }: ExpressionPlace): string | undefined {
  if (segment.kind === 'cast') return segment.type
  if (segment.kind === 'filter') return type
  if (segment.kind !== 'property' && segment.kind !== 'navigation') return undefined
  const structured = type === undefined ? undefined : model.structured(type)
  return structured === undefined ? undefined : model.property(structured, segment.name)?.type.name ?? model.navigation(structured, segment.name)?.target
}
