/** The error catalogue: every failure a user can meet has one code, one meaning, one HTTP status and one way out. */
export { catalogue, type Code, type Fault } from './catalogue.js'
export { HubError, hubError, isHubError, type ErrorDetail, type HubErrorOptions } from './hub-error.js'
