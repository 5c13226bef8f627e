import type { IncomingHttpHeaders } from 'node:http'
import { hubError, type HubError } from '@tributary/errors'
import type { Settings } from '../config/settings.js'
import { publicOrigin } from '../http/public-origin.js'
import { isLoopbackAddress, isLoopbackHost } from '../net/loopback.js'
import { readCredential, sameSecret } from './credentials.js'
import { principals, type Principal } from './principal.js'

/** The other end of a request: its address as the socket knows it, and what it wants to do. */
export interface Peer {
  readonly address: string
  readonly method: string
}

/** The settings `authenticate` looks at. */
export type IdentitySettings = Pick<Settings, 'mode' | 'adminToken' | 'internalToken' | 'processToken' | 'trustedProxies' | 'publicUrl' | 'oauthAuthorizationUri'>

/** What a 401 says it would accept: Basic first, because browsers and spreadsheets ask for a password then. */
export const challenge = 'Basic realm="Tributary", charset="UTF-8", Bearer'

/**
 * The challenge of a 401. Power Query first sends `Authorization: Bearer` without a token to learn where its user signs in, and reads the
 * address as it stands here, without quotes.
 * @see https://learn.microsoft.com/power-query/connector-authentication
 */
export const challengeOf = ({ params }: Pick<HubError, 'params'>): string =>
  typeof params['authorizationUri'] === 'string' ? `Bearer authorization_uri=${params['authorizationUri']}, Basic realm="Tributary", charset="UTF-8"` : challenge

/**
 * Who sent a request: used by Nest's guard and, first thing, by the raw data routes.
 * Local mode takes only a peer on this machine that also asks for a name of this machine (a foreign name would be DNS rebinding) and no
 * write that a foreign web page sent; otherwise the administrator's token is asked for, as bearer or as the password of Basic.
 * @throws HUB_AUTH_REQUIRED without a credential, HUB_AUTH_INVALID with a wrong one, HUB_AUTH_FORBIDDEN in local mode for callers from elsewhere,
 * and for writes a foreign page sent with credentials the browser keeps
 */
export function authenticate(headers: IncomingHttpHeaders, peer: Peer, settings: IdentitySettings): Principal {
  if (settings.mode === 'local') return authenticateLocally(headers, peer)
  const credential = readCredential(headers)
  if (credential === undefined) throw hubError('HUB_AUTH_REQUIRED', asksWhere(headers) && settings.oauthAuthorizationUri !== undefined ? { authorizationUri: settings.oauthAuthorizationUri } : {})
  if (credential === 'unreadable') throw hubError('HUB_AUTH_INVALID')
  const known = knownBy(credential.secret, settings)
  if (known === undefined) throw hubError('HUB_AUTH_INVALID')
  // A browser repeats Basic credentials on its own; a bearer token is only ever sent by who holds it.
  if (credential.scheme === 'basic') refuseForeignWrite(headers, peer, [headers.host, hostOf(publicOrigin(headers, peer.address, settings))])
  return known
}

/**
 * Lets only the other service of a split deployment pass, known by TRIBUTARY_INTERNAL_TOKEN as a bearer token.
 * @throws HUB_AUTH_REQUIRED, HUB_AUTH_INVALID (always, where no internal token is set)
 */
export function authenticateInternal(headers: IncomingHttpHeaders, settings: Pick<Settings, 'internalToken'>): Principal {
  const credential = readCredential(headers)
  if (credential === undefined) throw hubError('HUB_AUTH_REQUIRED')
  if (credential === 'unreadable' || credential.scheme !== 'bearer') throw hubError('HUB_AUTH_INVALID')
  if (settings.internalToken === undefined || !sameSecret(credential.secret, settings.internalToken)) throw hubError('HUB_AUTH_INVALID')
  return principals.process
}

function authenticateLocally(headers: IncomingHttpHeaders, peer: Peer): Principal {
  if (!isLoopbackAddress(peer.address)) throw forbidden('In local mode the hub answers only callers on its own machine. Set TRIBUTARY_ADMIN_TOKEN to serve others.')
  if (headers.host === undefined || !isLoopbackHost(hostname(headers.host))) {
    throw forbidden('In local mode the hub answers only to the names of its own machine, such as localhost. Set TRIBUTARY_ADMIN_TOKEN to serve under another name.')
  }
  refuseForeignWrite(headers, peer, [headers.host])
  return principals.local
}

const asksWhere = ({ authorization }: IncomingHttpHeaders): boolean => /^\s*bearer\s*$/i.test(authorization ?? '')

const knownBy = (secret: string, settings: IdentitySettings): Principal | undefined => {
  const isAdministrator = settings.adminToken !== undefined && sameSecret(secret, settings.adminToken)
  const isProcess = sameSecret(secret, settings.processToken)
  if (isAdministrator) return principals.administrator
  return isProcess ? principals.process : undefined
}

const reading = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY'])

/** @see https://fetch.spec.whatwg.org/#origin-header — browsers send Origin with every write, `null` when they hide it. */
function refuseForeignWrite(headers: IncomingHttpHeaders, peer: Peer, own: readonly (string | undefined)[]): void {
  const { origin } = headers
  if (origin === undefined || reading.has(peer.method.toUpperCase())) return
  const host = hostOf(origin)
  if (host === undefined || !own.some((name) => name?.toLowerCase() === host)) {
    throw forbidden('Writes from pages of another origin are refused.')
  }
}

/** Host and port of an origin as a Host header writes them: without the scheme's own port. */
const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)

/** A host without its port. */
function hostname(host: string): string {
  const colon = host.lastIndexOf(':')
  return colon >= 0 && /^\d*$/.test(host.slice(colon + 1)) ? host.slice(0, colon) : host
}

const forbidden = (reason: string) => hubError('HUB_AUTH_FORBIDDEN', { reason })
