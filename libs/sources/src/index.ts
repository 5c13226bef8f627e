/** The one list of source kinds and contract readers: a new kind is one line here. */
export { sourceKinds, type SourceKinds } from './source-kinds.js'
export { contractReader } from './contract-reader.js'
export type { AddressGuard } from '@tributary/source-odata'
