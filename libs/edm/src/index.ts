/** The entity data model: one immutable value read from CSDL XML (v2, v3, v4) or JSON, written as CSDL 4.01. */
export type * from './model.js'
export type * from './annotation.js'
export type { EdmModel } from './edm-model.js'
