import type { EdmModel } from '@tributary/edm'
import type { Call, Expression as Syntax } from '@tributary/odata-url'
import { binary, booleanType, cast, conjunction, type Expression, itemOf, literal, not, nullType, promote, type ValueType } from '@tributary/plan'
import { castPosition } from './bind-cast.js'
import type { Bind } from './bind-operand.js'
import { resolvePath } from './bind-path.js'
import { keyParts, keyPartValue } from './key-parts.js'
import { extend, type Position, readOf, rowOf, valueAt } from './path-position.js'
import { unsupported } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** Two operands as values of one type where one's type derives from the other's; otherwise as they are. */
export function asOneType(left: Expression, right: Expression, model: EdmModel): readonly [Expression, Expression] {
  const [a, b] = [itemOf(left.type), itemOf(right.type)]
  if (a.base !== 'structured' || b.base !== 'structured' || a.name === b.name || promote(left.type, right.type) !== undefined) return [left, right]
  if (model.derivesFrom(a.name, b.name)) return [cast(left, right.type), right]
  return model.derivesFrom(b.name, a.name) ? [left, cast(right, left.type)] : [left, right]
}

/**
 * `Customer eq $it/Buyer`, `cast(Shop.Gift) ne null`: rows are equal if they are the same entity, or if both are missing. Undefined where not both sides are single rows, or
 * one such and null.
 * @throws HUB_QUERY_UNSUPPORTED where the contract does not tell whether rows may be the same, HUB_QUERY_* as `bindPath`
 * @see OData URL Conventions 4.01 section 5.1.1.1.1
 */
export function bindSameRow(operator: 'eq' | 'ne', [left, right]: readonly [Syntax, Syntax], scope: RowScope, bind: Bind): Expression | undefined {
  const [a, b] = [rowAt(left, scope, bind), rowAt(right, scope, bind)]
  const same = a === undefined || b === undefined ? toNothing(a ?? b, a === undefined ? left : right) : sameRow(a, b)
  return same === undefined || operator === 'eq' ? same : not(same)
}

/** The single row that a path leads to, or that is cast. */
function rowAt(syntax: Syntax, scope: RowScope, bind: Bind): Position | undefined {
  const found = syntax.kind === 'path' ? resolvePath(syntax, scope, bind) : syntax.kind === 'call' && syntax.name === 'cast' ? castRow(syntax, scope, bind) : undefined
  return found !== undefined && isSingleRow(found) ? found : undefined
}

function castRow({ arguments: [operand, target] }: Call, scope: RowScope, bind: Bind): Position | undefined {
  const type = target ?? operand
  if (type?.kind !== 'typeName' || scope.model.entityType(type.name) === undefined) return undefined
  const position = target === undefined ? rowOf(scope) : operand?.kind === 'path' ? resolvePath(operand, scope, bind) : undefined
  return position === undefined ? undefined : castPosition(position, type.name, type.span, scope)
}

/** The row itself beside null: it is missing where a cast does not hold. Related rows are values like others. */
function toNothing(position: Position | undefined, other: Syntax): Expression | undefined {
  const isNull = other.kind === 'literal' && other.type === 'null'
  return position === undefined || position.expression !== undefined || !isNull ? undefined : missing(position)
}

function missing(position: Position): Expression {
  const value = valueAt(position)
  if (value !== undefined) return binary('eq', value, literal(nullType, null))
  const holds = conjunction(position.guards)
  return holds === undefined ? literal(booleanType, false) : not(holds)
}

function sameRow(a: Position, b: Position): Expression {
  if (a.row === undefined || b.row === undefined || areOthers(a.row, b.row)) return binary('and', missing(a), missing(b))
  if (a.row.set.name !== b.row.set.name) throw unsupported(`Whether rows of ${a.row.set.name} and ${b.row.set.name} are the same`, 'The contract does not say which entity set they belong to: compare their keys.')
  const theirs = keyValues(b, b.row)
  // The key of what is missing is null, and that of a row never is.
  const same = conjunction(keyValues(a, a.row).flatMap((part, index) => binary('eq', part, theirs[index] ?? part)))
  if (same !== undefined) return same
  if (!isSingleton(a.row)) throw unsupported(`Whether rows of ${a.row.set.name} are the same`, 'They have no key.')
  return binary('eq', missing(a), missing(b))
}

/** True where rows can never be the same: they are of unrelated types, or are known to be of different sets. */
function areOthers(a: RowScope, b: RowScope): boolean {
  const { model } = a
  const [ours, theirs] = [a.entityType.qualifiedName, b.entityType.qualifiedName]
  if (!model.derivesFrom(ours, theirs) && !model.derivesFrom(theirs, ours)) return true
  return a.set.name !== b.set.name && isPlaced(a) && isPlaced(b)
}

const isSingleton = ({ bound, place, contained }: RowScope): boolean => contained !== true && place?.single === true && bound !== undefined && bound.path.length === 0

/** Whether it is known which set the rows belong to: an exposed one, one singleton, or the rows that contain them. */
const isPlaced = (scope: RowScope): boolean => scope.exposure.sets.get(scope.set.name) === scope.set || isSingleton(scope) || scope.contained === true

const isSingleRow = ({ row, expression }: Position): boolean => row !== undefined && (expression === undefined || (!expression.type.collection && expression.type.base === 'structured'))

/** The values that tell a row from others: its key, and of what others contain also theirs. */
function keyValues(position: Position, row: RowScope): readonly Expression[] {
  const above = row.contained === true ? (row.read?.columns ?? []) : []
  const parts: readonly { readonly path: readonly [string, ...string[]]; readonly type: ValueType }[] = [...above.map(({ name, type }) => ({ path: [name] as const, type })), ...keyParts(row.set).map((part) => ({ path: part.path, type: keyPartValue(part, row).type }))]
  return parts.map(({ path, type }) => {
    readOf(position, path[0])
    const [first, ...rest] = path
    const read = rest.reduce((expression, name) => extend({ expression }, type, name), extend(position, type, first))
    return valueAt({ ...position, expression: read }) ?? read
  })
}
