import type { Value, ValueType } from './value.js'

/**
 * A bound expression over one row: names are resolved, types known, aliases replaced. Frozen values, built by the factories of
 * `expressions.ts`. Meaning: OData URL Conventions 4.01 section 5.1.1, including its null logic.
 */
export type Expression =
  | LiteralExpression | ColumnExpression | UnaryExpression | BinaryExpression | InExpression | CallExpression | LambdaExpression | VariableExpression | TypeTestExpression
  | InstanceExpression | FilteredExpression | MakeExpression

/** A constant. */
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

/** `not` over a Boolean, minus over a number or duration. */
export interface UnaryExpression {
  readonly kind: 'unary'
  readonly operator: 'not' | 'negate'
  readonly operand: Expression
  readonly type: ValueType
}

/** Operators that compare; with null on one side all but `ne` are false. */
export type ComparisonOperator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
/** Operators that compute; null with anything is null. */
export type ArithmeticOperator = 'add' | 'sub' | 'mul' | 'div' | 'divby' | 'mod'

/** Logic, comparison, arithmetic, or the test of an enumeration's flags. */
export interface BinaryExpression {
  readonly kind: 'binary'
  readonly operator: 'and' | 'or' | ComparisonOperator | ArithmeticOperator | 'has'
  readonly left: Expression
  readonly right: Expression
  readonly type: ValueType
}

/** True if the operand equals one of the items. */
export interface InExpression {
  readonly kind: 'in'
  readonly operand: Expression
  readonly items: readonly Expression[]
  readonly type: ValueType
}

/** A canonical function by its OData name. The arguments of `case` are conditions and results in turn; of those only what is needed is computed. */
export interface CallExpression {
  readonly kind: 'call'
  readonly name: FunctionName
  readonly arguments: readonly Expression[]
  readonly type: ValueType
}

/** Canonical functions by their OData names. */
export type FunctionName =
  | 'concat' | 'contains' | 'endswith' | 'indexof' | 'length' | 'startswith' | 'substring' | 'matchesPattern' | 'tolower' | 'toupper' | 'trim'
  | 'date' | 'day' | 'fractionalseconds' | 'hour' | 'maxdatetime' | 'mindatetime' | 'minute' | 'month' | 'now' | 'second' | 'time'
  | 'totaloffsetminutes' | 'totalseconds' | 'year'
  | 'ceiling' | 'floor' | 'round'
  | 'hassubset' | 'hassubsequence'
  | 'geo.distance' | 'geo.intersects' | 'geo.length'
  | 'case' | 'isdefined'

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

/**
 * True if a row or a complex value is of one of the named types. `operand` is the complex value, or the `@odata.type` column of the row; what names no
 * type is of its declared one, which is none of them. Never null.
 */
export interface InstanceExpression {
  readonly kind: 'instance'
  readonly operand: Expression
  /** Qualified names: the type that is asked for, and what derives from it. */
  readonly names: readonly string[]
  readonly type: ValueType
}

/** The items of a collection for which the predicate over `variable` is true, in their order; null where the collection is. */
export interface FilteredExpression {
  readonly kind: 'filtered'
  readonly collection: Expression
  readonly variable: string
  readonly predicate: Expression
  readonly type: ValueType
}

/** A collection made of computed items, or, with `names`, an object of computed members. */
export interface MakeExpression {
  readonly kind: 'make'
  readonly names?: readonly string[]
  readonly items: readonly Expression[]
  readonly type: ValueType
}

/** One sort key; nulls are lowest. */
export interface OrderKey {
  readonly expression: Expression
  readonly descending: boolean
}
