/** Syntax tree + model → plan → better plan → placed plan. */
export type * from './bound-query.js'
