/** Credentials at rest: one master key, from which sealing and every other key are derived. Nothing here is ever logged. */
export { deriveFrom, keyFileName, loadMasterKey, parseSecretKey, type MasterKey } from './master-key.js'
export { createSealing } from './sealing.js'
