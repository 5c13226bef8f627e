import type { ArithmeticOperator } from '@tributary/plan'
import { booleanType, cast, collectionOf, dateTimeOffsetType, decimalType, type Expression, isFloating, isNumeric, itemOf, type ValueType } from '@tributary/plan'

/** Values of no declared type (undeclared properties of open types) are taken as what they stand beside; what they cannot be is null. */

/** True for values that only say themselves what they are. */
export const isUntyped = ({ base }: ValueType): boolean => base === 'Edm.Untyped'

/** An operand as one that can be compared with a value of the other type. Numbers are compared exactly. */
export function asBeside(operand: Expression, other: ValueType): Expression {
  if (!isUntyped(operand.type) || isUntyped(other) || other.base === 'null' || other.base === 'structured') return operand
  return cast(operand, comparedAs(other))
}

function comparedAs(other: ValueType): ValueType {
  if (!isNumeric(other.base) || isFloating(other.base)) return other
  return other.collection ? collectionOf(decimalType) : decimalType
}

/** An operand where true or false is needed. */
export const asBoolean = (operand: Expression): Expression => (isUntyped(operand.type) && !operand.type.collection ? cast(operand, booleanType) : operand)

/** Both operands of an arithmetic operator: numbers, unless a duration or a point in time stands on the other side. */
export function asOperands(operator: ArithmeticOperator, left: Expression, right: Expression): readonly [Expression, Expression] {
  return [isUntyped(left.type) ? cast(left, leftOf(operator, right.type)) : left, isUntyped(right.type) ? cast(right, rightOf(left.type)) : right]
}

const isShift = (operator: ArithmeticOperator): boolean => operator === 'add' || operator === 'sub'

function leftOf(operator: ArithmeticOperator, right: ValueType): ValueType {
  if (isFloating(right.base)) return right
  if (right.base === 'Edm.Duration' && isShift(operator)) return dateTimeOffsetType
  return right.base === 'Edm.DateTimeOffset' || right.base === 'Edm.Date' ? right : decimalType
}

const rightOf = (left: ValueType): ValueType => (isFloating(left.base) || left.base === 'Edm.Duration' || left.base === 'Edm.DateTimeOffset' || left.base === 'Edm.Date' ? itemOf(left) : decimalType)
