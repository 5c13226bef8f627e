/** The OData URL language: text ⇄ syntax tree, positions kept. */
export type * from './ast.js'
export type * from './names.js'
