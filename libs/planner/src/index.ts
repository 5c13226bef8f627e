/** Syntax tree + model → plan → better plan → placed plan. */
export type * from './bound-query.js'
export { bind } from './bind/bind.js'
export { columnsOfType, valueType } from './bind/model-types.js'
export { applyRules, optimize, rules } from './optimize.js'
export { pruneColumns } from './rules/prune-columns.js'
export type { Rule } from './rules/rule.js'
export { unwrapRow, type Unwrapped } from './unwrap-row.js'
