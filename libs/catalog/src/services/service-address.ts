import { hubError } from '@tributary/errors'

/** The samples' addresses are names, resolved by the hub at each start. */
const sampleAddress = /^sample:[a-z0-9-]+$/

/**
 * The service root of an address as people paste it: `…/$metadata` and what follows the path are taken off, a `/` is put at its end.
 * @throws HUB_REQUEST_INVALID
 */
export function serviceRoot(address: string): string {
  if (sampleAddress.test(address)) return address
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw invalid('url must be an absolute http or https address')
  if (url.username !== '' || url.password !== '') throw invalid('url must not hold credentials; give them as connection.auth')
  const path = url.pathname.replace(/\/\$metadata\/?$/, '/')
  return `${url.origin}${path.endsWith('/') ? path : `${path}/`}`
}

export const isSampleAddress = (url: string): boolean => sampleAddress.test(url)

const invalid = (reason: string) => hubError('HUB_REQUEST_INVALID', { reason }, { target: 'url' })
