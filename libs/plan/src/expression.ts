import type { Value, ValueType } from './value.js'

/**
 * A bound expression over one row: names are resolved, types known, aliases replaced. Frozen values, built by the factories of
 * `expressions.ts`. Meaning: OData URL Conventions 4.01 section 5.1.1, including its null logic.
 */
export type Expression = LiteralExpression | ColumnExpression | UnaryExpression | BinaryExpression | InExpression | CallExpression | LambdaExpression | VariableExpression | TypeTestExpression

export interface LiteralExpression {
  readonly kind: 'literal'
  readonly type: ValueType
  readonly value: Value
}

/** A column of the current row, or a property within a complex column: `['Address','City']`. */
export interface ColumnExpression {
  readonly kind: 'column'
  readonly type: ValueType
  readonly path: readonly [string, ...string[]]
}

export interface UnaryExpression {
  readonly kind: 'unary'
  readonly operator: 'not' | 'negate'
  readonly operand: Expression
  readonly type: ValueType
}

export type ComparisonOperator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
export type ArithmeticOperator = 'add' | 'sub' | 'mul' | 'div' | 'divby' | 'mod'

export interface BinaryExpression {
  readonly kind: 'binary'
  readonly operator: 'and' | 'or' | ComparisonOperator | ArithmeticOperator | 'has'
  readonly left: Expression
  readonly right: Expression
  readonly type: ValueType
}

export interface InExpression {
  readonly kind: 'in'
  readonly operand: Expression
  readonly items: readonly Expression[]
  readonly type: ValueType
}

/** A canonical function by its OData name. */
export interface CallExpression {
  readonly kind: 'call'
  readonly name: FunctionName
  readonly arguments: readonly Expression[]
  readonly type: ValueType
}

export type FunctionName =
  | 'concat' | 'contains' | 'endswith' | 'indexof' | 'length' | 'startswith' | 'substring' | 'matchesPattern' | 'tolower' | 'toupper' | 'trim'
  | 'date' | 'day' | 'fractionalseconds' | 'hour' | 'maxdatetime' | 'mindatetime' | 'minute' | 'month' | 'now' | 'second' | 'time'
  | 'totaloffsetminutes' | 'totalseconds' | 'year'
  | 'ceiling' | 'floor' | 'round'
  | 'hassubset' | 'hassubsequence'
  | 'geo.distance' | 'geo.intersects' | 'geo.length'

/** `any` / `all` over a collection-valued column of the row. `predicate` undefined: any() = not empty. */
export interface LambdaExpression {
  readonly kind: 'lambda'
  readonly operator: 'any' | 'all'
  readonly collection: Expression
  readonly variable: string
  readonly predicate?: Expression
  readonly type: ValueType
}

/** The range variable of an enclosing lambda, or a property path within it. */
export interface VariableExpression {
  readonly kind: 'variable'
  readonly name: string
  readonly path: readonly string[]
  readonly type: ValueType
}

/** `cast` to and `isof` a type. */
export interface TypeTestExpression {
  readonly kind: 'cast' | 'isof'
  readonly operand: Expression
  readonly target: ValueType
  readonly type: ValueType
}

/** One sort key; nulls are lowest. */
export interface OrderKey {
  readonly expression: Expression
  readonly descending: boolean
}
