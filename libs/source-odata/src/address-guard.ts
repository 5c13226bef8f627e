import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { hubError, type HubError } from '@tributary/errors'

/** Which addresses connections may be made to: what keeps a registered name from leading into a private network. */
export interface AddressGuard {
  /**
   * Asked of every address a name resolves to, and of every address that is written in a URL.
   * @param url what is asked for; where a name was resolved, the origin alone
   */
  allows(address: string, url: string): boolean
}

/** The address an origin is written with; undefined: it has a name. */
export function addressOf(origin: string): string | undefined {
  const address = new URL(origin).hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(address) === 0 ? undefined : address
}

/** @throws HUB_SOURCE_ADDRESS_REFUSED for a URL with an address that is not allowed; names are checked when they are resolved */
export function requireAllowed(guard: AddressGuard, address: string, url: string): void {
  if (!guard.allows(address, url)) throw refused(url)
}

/**
 * Name resolution for connections to an origin. A connection is made to an address that was checked here and to no other: a name is not
 * resolved a second time. Node asks it for names only, not for addresses.
 */
export function guardedLookup(guard: AddressGuard, origin: string): LookupFunction {
  return (hostname: string, options: LookupOptions, done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, '')
      const allowed = found.filter(({ address }) => guard.allows(address, origin))
      const [first] = allowed
      if (first === undefined) return done(refused(origin), '')
      return options.all === true ? done(null, allowed) : done(null, first.address, first.family)
    })
  }
}

const refused = (url: string): HubError => hubError('HUB_SOURCE_ADDRESS_REFUSED', { url: new URL(url).origin, reason: 'it is a private address' })
