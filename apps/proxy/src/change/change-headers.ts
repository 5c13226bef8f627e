import { hubError } from '@tributary/errors'
import { headerItems, type JsonStyle, requireKnownVersion } from '@tributary/odata-wire'
import type { Target } from '@tributary/source'
import { header, type Exchange } from '../http/exchange.js'

/** Request headers that mean the same to the source. */
const same = ['if-match', 'if-none-match', 'slug', 'accept-language', 'content-language', 'content-disposition'] as const

/** Preferences that are ours to honour, or nobody's within one request. */
const ours: ReadonlySet<string> = new Set(['respond-async', 'wait', 'callback', 'track-changes'])

/**
 * That a change asks for nothing that is not offered.
 * @throws HUB_REQUEST_INVALID, HUB_VERSION_UNSUPPORTED
 * @see OData Protocol 4.01, sections 8.2.4 and 8.1.5
 */
export function requireOffered(exchange: Exchange): void {
  const tunnelled = ['x-http-method', 'x-http-method-override', 'x-method-override'].find((name) => header(exchange, name) !== undefined)
  if (tunnelled !== undefined) throw hubError('HUB_REQUEST_INVALID', { reason: `the header ${tunnelled} is not supported; send the method ${header(exchange, tunnelled) ?? ''} itself` }, { target: tunnelled })
  requireKnownVersion(header(exchange, 'odata-version'))
}

/** The form a body in JSON has; undefined: it is none. */
export function jsonBodyType(contentType: string | undefined): { readonly ieee754: boolean } | undefined {
  const [item] = headerItems(contentType ?? '')
  const [type = ''] = item?.keys() ?? []
  if (item === undefined || !/^application\/(?:[\w.+-]+\+)?json$/.test(type)) return undefined
  if (!/^utf-?8$/i.test(item.get('charset') ?? 'utf-8')) return undefined
  return { ieee754: item.get('ieee754compatible')?.toLowerCase() === 'true' }
}

/** Headers of a change as its source gets them: what the client wants, in the source's version. Never the client's credentials. */
export function changeHeaders(exchange: Exchange, { target, style, newest }: { readonly target: Target; readonly style: JsonStyle; readonly newest: boolean }): Readonly<Record<string, string>> {
  const kept = same.flatMap((name) => {
    const value = header(exchange, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const prefer = (header(exchange, 'prefer') ?? '').split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((item) => item.trim()).filter((item) => item !== '' && !ours.has(preferenceName(item)))
  const understood = target.model.version === '4.01'
  return {
    'accept': `application/json;odata.metadata=${style.metadata};IEEE754Compatible=${style.ieee754}`,
    'odata-version': newest || (understood && payloadVersion(exchange) !== '4.0') ? '4.01' : '4.0',
    'odata-maxversion': newest || (understood && !style.prefixed) ? '4.01' : '4.0',
    ...Object.fromEntries(kept),
    ...(prefer.length === 0 ? {} : { prefer: prefer.join(', ') }),
  }
}

/** The version a body is written in: the one it names, else the newest of those the client understands. @see OData Protocol 4.01, section 8.1.5 */
function payloadVersion(exchange: Exchange): string {
  const most = header(exchange, 'odata-maxversion')
  return header(exchange, 'odata-version') ?? (most !== undefined && Number(most) < 4.01 ? '4.0' : '4.01')
}

const preferenceName = (item: string): string => (/^[^=;\s]+/.exec(item)?.[0] ?? '').toLowerCase().replace(/^odata\./, '')
