/** The OData URL language: text ⇄ syntax tree, positions kept. */
export type * from './ast.js'
export type * from './names.js'
export { canonicalFunctions, type CanonicalFunction } from './canonical-functions.js'
export { defaultLimits, type ParseLimits } from './limits.js'
export { namesOf, type NamesOptions } from './names-of-model.js'
export { parseExpand, parseFilter, parseODataUrl, parseOrderBy, parseQueryOptions, parseResourcePath, parseSearch, parseSelect } from './parse-odata-url.js'
