import type { StructuredType } from '@tributary/edm'
import type { Span } from '@tributary/odata-url'
import { column, type Column, conjunction, type Expression, itemOf, literal, type LiteralExpression, onlyIf, type StructuredValue, untypedType, type ValueType, variable } from '@tributary/plan'
import { typeError, unsupported } from './refusal.js'
import type { FollowedPath, RangeVariable, RowScope } from './row-scope.js'

/** Where a path has got to: the expression so far (undefined: the row itself) and where its properties are found. */
export interface Position {
  readonly expression: Expression | undefined
  readonly structured: StructuredType | undefined
  /** Columns that are no properties of the model: computed ones, and all those of an aggregation's result. */
  readonly columns?: readonly Column[]
  /** Of columns that hold entities: what names mean on those. */
  readonly joined?: ReadonlyMap<string, RowScope>
  /** Where navigations are followed from: only rows have them. */
  readonly row?: RowScope
  /** Of a related row, or related rows: where what is read of them is noted. */
  readonly related?: FollowedPath
  /** Of a complex value: the row it is in, and the properties from there on. Its navigations are followed from that row. */
  readonly holder?: { readonly row: RowScope; readonly position: Position; readonly within: readonly string[] }
  /** Of a collection: the row it is reached from, and the properties, navigations and casts from there on; of a whole set (`same`) the row that looks at it. */
  readonly way?: { readonly row: RowScope; readonly position: Pick<Position, 'expression'>; readonly path: readonly string[]; readonly same?: RowScope }
  /** Of a property: the model's element that it is, and the value that has it. */
  readonly said?: { readonly target: string; readonly of: Position }
  /** What has to be true for the path to lead anywhere: the casts on the way. */
  readonly guards: readonly Expression[]
}

/** The row that expressions of a scope are about. */
export function rowOf(scope: RowScope): Position {
  const joined = scope.joined === undefined ? {} : { joined: scope.joined }
  if (scope.rows !== undefined) return { expression: undefined, structured: undefined, columns: scope.rows, guards: [], ...joined }
  return { expression: undefined, structured: scope.entityType, row: scope, columns: [...scope.computed.values()], guards: [], ...joined }
}

/** The item of a collection that a range variable stands for. */
export function itemAt(name: string, { type, structured, related, columns }: RangeVariable): Position {
  return { expression: variable(type, name), structured, guards: [], ...(columns === undefined ? {} : { columns }), ...(related === undefined ? {} : { row: related.scope, related, ...(related.scope.computed.size === 0 ? {} : { columns: [...related.scope.computed.values()] }) }) }
}

/** The value a path leads to: null where a cast on its way does not hold; undefined for the row itself. */
export function valueAt({ expression, guards }: Position): Expression | undefined {
  const holds = conjunction(guards)
  return expression === undefined || holds === undefined ? expression : onlyIf(holds, expression)
}

/** A property of what stands at the position. */
export function extend({ expression }: Pick<Position, 'expression'>, type: ValueType, name: string): Expression {
  switch (expression?.kind) {
    case undefined: return column(type, name)
    case 'column': return column(type, ...expression.path, name)
    case 'variable': return variable(type, expression.name, ...expression.path, name)
    case 'literal': return memberOf(expression, name)
    default: throw unsupported(`A path below ${expression?.kind ?? 'the row'}`)
  }
}

function memberOf({ value }: LiteralExpression, name: string): LiteralExpression {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return literal(untypedType, isObject ? ((value as StructuredValue)[name] ?? null) : null)
}

/** Notes that a column of a related row is read. */
export const readOf = ({ related }: Position, name: string): void => {
  related?.read.add(name)
}

/** A collection, and what a variable over its items stands for. */
export interface Items {
  readonly collection: Expression
  readonly range: RangeVariable
}

/** The collection at a position. @throws HUB_QUERY_TYPE if none is there */
export function collectionAt(position: Position, what: string, span: Span): Items {
  const collection = valueAt(position)
  if (collection === undefined || (!collection.type.collection && collection.type.base !== 'Edm.Untyped')) {
    throw typeError({ what: `The segment ${what}`, span, found: collection === undefined ? 'the row' : collection.type, expected: 'a collection' })
  }
  const { structured, related, columns } = position
  return { collection, range: { type: itemOf(collection.type), ...(columns === undefined || related !== undefined ? {} : { columns }), ...(structured === undefined ? {} : { structured }), ...(related === undefined ? {} : { related }) } }
}
