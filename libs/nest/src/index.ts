/** The Nest-aware room: settings, identity, errors as HTTP, health, start and stop. */
export { readSettings, settingDescriptions, Settings, unknownVariables, type SettingDescription } from './config/settings.js'
export type { VariableName } from './config/variables.js'
export { authenticate, authenticateInternal, challenge, type IdentitySettings, type Peer } from './identity/authenticate.js'
export { principals, type Principal, type Role } from './identity/principal.js'
export { publicOrigin, type OriginSettings } from './http/public-origin.js'
export { isLoopbackAddress, isLoopbackHost } from './net/loopback.js'
