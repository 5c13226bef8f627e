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

/**
 * Where the next link of an answer leads. A relative one is so to the context URL of the answer; some services mean the request, or their
 * root, so that the base is taken from which the link goes on with what was asked for.
 * @param request absolute URL the answer came from
 * @throws HUB_SOURCE_LINK_REFUSED
 * @see OData JSON Format 4.01, section 4.3
 */
export function nextPage(place: Place, link: string, { request, context }: { readonly request: string; readonly context?: unknown }): string {
  if (URL.canParse(link)) return followLink(place, request, link)
  const bases = [...(typeof context === 'string' && URL.canParse(context, request) ? [new URL(context, request).href] : []), request, place.url]
  const onward = bases.find((base) => URL.canParse(link, base) && resourceOf(new URL(link, base).href) === resourceOf(request))
  return followLink(place, onward ?? bases[0] ?? request, link)
}

/** What a URL asks for, its options left out, however it is written. */
function resourceOf(url: string): string {
  const { origin, pathname } = new URL(url)
  const path = pathname.replace(/(?:\/(?:\$|%24)query)?\/?$/i, '')
  try {
    return origin + decodeURIComponent(path)
  } catch {
    return origin + path
  }
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
