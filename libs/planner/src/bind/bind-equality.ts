import type { EdmModel } from '@tributary/edm'
import type { Path } from '@tributary/odata-url'
import { binary, cast, conjunction, type Expression, itemOf, not, promote } from '@tributary/plan'
import type { Bind } from './bind-operand.js'
import { resolvePath } from './bind-path.js'
import { valueType } from './model-types.js'
import { extend, type Position, readOf, valueAt } from './path-position.js'
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
 * `Customer eq $it/Buyer`: rows are equal if their keys are, or if both are missing. Undefined where not both paths lead to single rows.
 * @throws HUB_QUERY_UNSUPPORTED for rows of different sets, HUB_QUERY_* as `bindPath`
 */
export function bindSameRow(operator: 'eq' | 'ne', [left, right]: readonly [Path, Path], scope: RowScope, bind: Bind): Expression | undefined {
  const [a, b] = [resolvePath(left, scope, bind), resolvePath(right, scope, bind)]
  if (!isSingleRow(a) || !isSingleRow(b)) return undefined
  const key = a.row?.set.key ?? []
  if (a.row?.set.name !== b.row?.set.name || key.length === 0) throw unsupported('The comparison of rows of different sets', 'Compare their keys.')
  const same = conjunction(key.map((name) => binary('eq', keyPart(a, name), keyPart(b, name))))
  return same === undefined || operator === 'eq' ? same : not(same)
}

const isSingleRow = ({ row, expression }: Position): boolean => row !== undefined && (expression === undefined || (!expression.type.collection && expression.type.base === 'structured'))

function keyPart(position: Position, name: string): Expression {
  const { row } = position
  const property = row?.model.property(row.entityType, name)
  if (row === undefined || property === undefined) throw unsupported(`The comparison of rows by ${name}`)
  readOf(position, name)
  const read = extend(position, valueType(row.model, property.type), name)
  return valueAt({ ...position, expression: read }) ?? read
}
