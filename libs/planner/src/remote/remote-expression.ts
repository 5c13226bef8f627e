import type { EdmModel } from '@tributary/edm'
import type { Expression, Path, PathSegment } from '@tributary/odata-url'
import type { RemoteNaming } from './remote-naming.js'

/** What names in an expression mean. */
export interface ExpressionPlace {
  readonly names: RemoteNaming
  /** Qualified name of the exposed type whose instance the expression is about; undefined: paths are printed as they stand. */
  readonly type?: string
  readonly model?: EdmModel
  /** Types of the range variables around. */
  readonly variables?: ReadonlyMap<string, string | undefined>
}

/** An expression in the remote's names: properties, types and enumerations. Where all names are the same it is the expression itself. */
export function remoteExpression(expression: Expression, place: ExpressionPlace): Expression {
  if (place.names.same) return expression
  const inner = (one: Expression): Expression => remoteExpression(one, place)
  switch (expression.kind) {
    case 'literal': return expression.enumType === undefined ? expression : { ...expression, enumType: place.names.remoteType(expression.enumType) }
    case 'alias': return expression
    case 'binary': return { ...expression, left: inner(expression.left), right: inner(expression.right) }
    case 'unary': return { ...expression, operand: inner(expression.operand) }
    case 'call': return { ...expression, arguments: expression.arguments.map(inner) }
    case 'typeName': return { ...expression, name: place.names.remoteType(expression.name) }
    case 'list': return { ...expression, items: expression.items.map(inner) }
    case 'json': return expression.members === undefined ? expression : { ...expression, members: expression.members.map(({ name, value }) => ({ name, value: inner(value) })) }
    case 'path': return remotePath(expression, place)
  }
}

function remotePath(path: Path, place: ExpressionPlace): Path {
  const segments: PathSegment[] = []
  let type = rootType(path, place)
  for (const segment of path.segments) {
    segments.push(remoteSegment(segment, type, place))
    type = typeBehind(segment, type, place)
  }
  return { ...path, segments }
}

function rootType({ root }: Path, { type, variables }: ExpressionPlace): string | undefined {
  if (root.kind === 'variable') return variables?.get(root.name)
  return root.kind === 'implicit' || root.kind === '$it' || root.kind === '$this' ? type : undefined
}

function remoteSegment(segment: PathSegment, type: string | undefined, place: ExpressionPlace): PathSegment {
  switch (segment.kind) {
    case 'property': case 'navigation': case 'unknown':
      return type === undefined ? segment : { ...segment, name: place.names.remoteProperty(type, segment.name) }
    case 'cast': return { ...segment, type: place.names.remoteType(segment.type) }
    case 'filter': return { ...segment, predicate: remoteExpression(segment.predicate, { ...place, ...(type === undefined ? {} : { type }) }) }
    case 'lambda': {
      if (segment.predicate === undefined) return segment
      const variables = new Map([...(place.variables ?? []), [segment.variable ?? '', type] as const])
      return { ...segment, predicate: remoteExpression(segment.predicate, { ...place, variables }) }
    }
    default: return segment
  }
}

function typeBehind(segment: PathSegment, type: string | undefined, { model }: ExpressionPlace): string | undefined {
  if (segment.kind === 'cast') return segment.type
  if (segment.kind === 'filter') return type
  if (segment.kind !== 'property' && segment.kind !== 'navigation') return undefined
  const structured = type === undefined ? undefined : model?.structured(type)
  if (structured === undefined) return undefined
  return model?.property(structured, segment.name)?.type.name ?? model?.navigation(structured, segment.name)?.target
}
