import type { Expression } from '../expression.js'
import type { Column } from '../page.js'
import type { Value } from '../value.js'

/** An expression made ready to run over positional rows. */
export type Compiled = (row: readonly Value[]) => Value

/** What a range variable holds while its lambda runs. */
export interface RangeHolder {
  current: Value
  /** Of related rows: the columns their values stand in. */
  readonly columns?: readonly Column[]
}

/** Where names are found while an expression is compiled, and what range variables hold while it runs. */
export interface Scope {
  readonly columns: readonly Column[]
  /** Values of the range variables, innermost last; written by the lambda that is running. */
  readonly variables: ReadonlyMap<string, RangeHolder>
}

/** How operands are made ready: `compileIn`, given from `compile.ts`. */
export type CompileIn = (expression: Expression, scope: Scope) => Compiled
