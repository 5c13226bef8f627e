import { hubError } from '@tributary/errors'
import type { Target } from '@tributary/source'
import { entryOf } from './entry.js'

export type Place = Pick<Target, 'slug' | 'url' | 'connection' | 'identity'>

/**
 * Where a next link or redirect leads: relative ones are resolved against the request they came with.
 * @throws HUB_SOURCE_LINK_REFUSED if it leaves the service root of the registered origin and no allowed origin has it
 */
export function followLink(place: Place, base: string, link: string): string {
  if (!URL.canParse(link, base)) throw refuseLink(place, link)
  const url = new URL(link, base)
  const root = new URL(place.url)
  const below = url.origin === root.origin && url.pathname.startsWith(root.pathname)
  const allowed = place.connection.allowedOrigins?.some((origin) => URL.canParse(origin) && new URL(origin).origin === url.origin) ?? false
  const speaksHttp = url.protocol === 'http:' || url.protocol === 'https:'
  if (!speaksHttp || url.username !== '' || url.password !== '' || !(below || allowed)) throw refuseLink(place, link)
  url.hash = ''
  return url.href
}

/** Whether credentials may go there: only to the registered origin. */
export function isHome(place: Place, url: string): boolean {
  const { origin } = entryOf(place)
  // What begins with the origin and a slash is of that origin, without being parsed for it.
  return url.startsWith(origin) && url[origin.length] === '/' ? true : new URL(url).origin === origin
}

/** The query of a foreign link may hold secrets: only its address is told. */
export function refuseLink(place: Place, link: string): Error {
  return hubError('HUB_SOURCE_LINK_REFUSED', { slug: place.slug, link: link.split('?')[0] ?? link })
}
