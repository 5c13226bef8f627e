import type { IncomingHttpHeaders } from 'node:http'
import { splitHeader } from '@tributary/odata-wire'

/** Headers of a batch that hold for those of its requests that do not have them. @see OData Protocol 4.01, section 8 */
const inherited = ['host', 'odata-maxversion', 'odata-version', 'accept-language', 'accept-charset', 'isolation', 'odata-isolation'] as const

/** Preferences that hold for them, too; those for the batch itself do not. */
const inheritedPreferences: ReadonlySet<string> = new Set(['allow-entityreferences', 'include-annotations', 'omit-values'])

/**
 * The headers of a request within a batch.
 * @param own names in lower case
 */
export function partHeaders(own: Readonly<Record<string, string>>, batch: IncomingHttpHeaders): IncomingHttpHeaders {
  const given = inherited.flatMap((name) => (typeof batch[name] === 'string' ? [[name, batch[name]] as const] : []))
  const accept = acceptOf(batch.accept)
  const { prefer: _, ...others } = own
  const prefer = preferOf(own['prefer'], batch['prefer'])
  return { ...Object.fromEntries(given), ...(accept === undefined ? {} : { accept }), ...others, ...(prefer === '' ? {} : { prefer }) }
}

/** What the batch takes, the forms of batches left out: plain `application/json` says only that the batch is to be answered so. */
function acceptOf(accept: string | undefined): string | undefined {
  const ranges = splitHeader(accept ?? '').filter((range) => !/^multipart\//i.test(range) && !/^application\/json\s*(?:;\s*q=[\d.]+)?$/i.test(range) && !range.startsWith('*/*'))
  return ranges.length === 0 ? undefined : ranges.join(', ')
}

/** The answer to a request of a batch is within the batch's: what may be answered later is the batch. */
function preferOf(own: string | undefined, batch: IncomingHttpHeaders[string]): string {
  const wishes = splitHeader(own ?? '').filter((item) => nameOf(item) !== 'respond-async')
  const said = new Set(wishes.map(nameOf))
  const passed = splitHeader(typeof batch === 'string' ? batch : '').filter((item) => inheritedPreferences.has(nameOf(item)) && !said.has(nameOf(item)))
  return [...wishes, ...passed].join(', ')
}

const nameOf = (item: string): string => (/^[^=;\s]+/.exec(item)?.[0] ?? '').toLowerCase().replace(/^odata\./, '')
