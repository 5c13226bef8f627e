/** A query as a value: nodes, expressions, values, printer, walker, and the reference evaluator. */
export type * from './value.js'
export type * from './expression.js'
export type * from './page.js'
export type * from './plan.js'
