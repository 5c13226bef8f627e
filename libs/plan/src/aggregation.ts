import type { Expression } from './expression.js'
import type { Column } from './page.js'

/** What rows are grouped by, and where in the result its value stands: `['Customer','Country']`. */
export interface Group {
  readonly path: readonly [string, ...string[]]
  readonly expression: Expression
}

/** What is computed of the rows of a group. Nulls are left out; without any value all but the counts are null. */
export interface Measure {
  readonly column: Column
  readonly method: AggregateMethod
  /** Undefined: the rows are counted. */
  readonly expression?: Expression
  /** Of an average over sums: of how many values each of them is the sum. */
  readonly per?: Expression
}

/** Sums of decimals and integers are exact; averages of them have 34 digits, half-even. */
export type AggregateMethod = 'sum' | 'min' | 'max' | 'average' | 'countdistinct' | 'count'
