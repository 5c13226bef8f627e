/** The contract with a source. `@tributary/source/testing` is the same contract as a test any adapter runs. */
export { Source } from './source.js'
export type * from './source.js'
export type * from './endpoints.js'
export { SourceContradicted, SourceRefused } from './capabilities.js'
export type { Capabilities, Fact, Feature, Trust } from './capabilities.js'
export { passesThrough, probes, relays } from './faces.js'
export type * from './faces.js'
export { capabilitiesOf, createKnowledge, DEFAULT_KEY_LIMIT, DEFAULT_URL_LIMIT, type EndpointIdentity, type Knowledge, type KnowledgeChange } from './knowledge.js'
