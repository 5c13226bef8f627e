import { hubError } from '@tributary/errors'
import { formatRange, headerItems, mediaRanges, splitHeader, type MediaRange } from './media.js'

/** How JSON is to be written. */
export interface JsonFormat {
  readonly metadata: 'minimal' | 'none' | 'full'
  /** Int64 and Decimal as strings instead of numbers. */
  readonly ieee754: boolean
  /** The character set was asked for by name: only then is it told. */
  readonly charset?: true
}

const jsonRanges: ReadonlySet<string> = new Set(['json', 'application/json', 'application/*', '*/*'])
const xmlRanges: ReadonlySet<string> = new Set(['xml', 'application/xml', 'text/xml', 'application/*', 'text/*', '*/*'])
const textRanges: ReadonlySet<string> = new Set(['text', 'text/plain', 'text/*', '*/*'])

/** Parameters of JSON that are known; `q` belongs to the range. @see OData JSON Format 4.01, section 3 */
const jsonParameters: ReadonlySet<string> = new Set(['odata.metadata', 'metadata', 'odata.streaming', 'streaming', 'ieee754compatible', 'exponentialdecimals', 'charset', 'q'])

/** Undefined where the range asks for something JSON cannot be here: another type, a metadata level that is not written, a parameter nobody knows. */
function jsonOf({ type, parameters }: MediaRange): JsonFormat | undefined {
  if (!jsonRanges.has(type) || [...parameters.keys()].some((name) => !jsonParameters.has(name))) return undefined
  const metadata = (parameters.get('odata.metadata') ?? parameters.get('metadata') ?? 'minimal').toLowerCase()
  if (metadata !== 'minimal' && metadata !== 'none' && metadata !== 'full') return undefined
  if (!/^utf-?8$/i.test(parameters.get('charset') ?? 'utf-8')) return undefined
  const ieee754 = (parameters.get('ieee754compatible') ?? 'false').toLowerCase() === 'true'
  return { metadata, ieee754, ...(parameters.has('charset') ? { charset: true as const } : {}) }
}

/**
 * An Accept header by what Accept-Charset says, which counts more than the `charset` of any range.
 * @throws HUB_FORMAT_UNSUPPORTED where UTF-8 is not wanted, because nothing else is written
 * @see OData Protocol 4.01, section 8.2.1
 */
export function acceptInCharset(accept: string | undefined, charsets: string): string | undefined {
  const wished = headerItems(charsets).map((item) => ({ name: item.keys().next().value ?? '', quality: Number(item.get('q') ?? '1') }))
  const utf8 = wished.find(({ name }) => name === 'utf-8' || name === 'utf8') ?? wished.find(({ name }) => name === '*')
  if (wished.length > 0 && (utf8 === undefined || utf8.quality === 0)) throw hubError('HUB_FORMAT_UNSUPPORTED', { format: charsets, known: 'utf-8' }, { target: 'Accept-Charset' })
  return accept === undefined ? undefined : splitHeader(accept).map((range) => range.replaceAll(/;\s*charset\s*=\s*(?:"[^"]*"|[^;,\s]*)/gi, '')).join(', ')
}

/** `$format` overrides Accept; a missing or empty Accept takes anything. */
const wanted = (accept: string | undefined, format: string | undefined): readonly MediaRange[] =>
  format === undefined ? mediaRanges(accept === undefined || accept.trim() === '' ? '*/*' : accept) : [formatRange(format)]

const refuse = (accept: string | undefined, format: string | undefined, known: string): never => {
  throw hubError('HUB_FORMAT_UNSUPPORTED', { format: format ?? accept ?? '', known }, { target: format === undefined ? 'Accept' : '$format' })
}

/**
 * Chooses how data is written, by `$format` and else by the Accept header.
 * @throws HUB_FORMAT_UNSUPPORTED if nothing asked for can be produced
 * @see OData JSON Format 4.01, section 3
 */
export function parseAccept(accept: string | undefined, format: string | undefined): JsonFormat {
  for (const range of wanted(accept, format)) {
    const json = jsonOf(range)
    if (json !== undefined) return json
  }
  return refuse(accept, format, 'application/json with odata.metadata=minimal, full or none, IEEE754Compatible=true or false')
}

/**
 * Chooses the form of `$metadata`: XML unless JSON is wanted more.
 * @throws HUB_FORMAT_UNSUPPORTED
 */
export function parseMetadataAccept(accept: string | undefined, format: string | undefined): 'xml' | 'json' {
  for (const { type } of wanted(accept, format)) {
    if (xmlRanges.has(type)) return 'xml'
    if (jsonRanges.has(type)) return 'json'
  }
  return refuse(accept, format, 'application/xml, application/json')
}

/**
 * Checks that plain text may be answered, as `/$count` and `/$value` do.
 * @throws HUB_FORMAT_UNSUPPORTED
 */
export function requireTextAccepted(accept: string | undefined, format: string | undefined): void {
  // Clients that send JSON-only Accept headers with every request expect a count all the same; text is what there is.
  if (!wanted(accept, format).some(({ type }) => textRanges.has(type) || (format === undefined && jsonRanges.has(type)))) refuse(accept, format, 'text/plain')
}

/** The forms rows may have beside JSON. */
export type TableFormat = 'csv' | 'xlsx'

const tableRanges: Readonly<Record<string, TableFormat>> = {
  'csv': 'csv', 'text/csv': 'csv', 'xlsx': 'xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
}

/**
 * The table rows are wanted as; undefined: JSON, or something that is refused where JSON is chosen. Only formats named in full count:
 * who takes anything gets JSON.
 */
export function parseTableAccept(accept: string | undefined, format: string | undefined): TableFormat | undefined {
  const [first] = wanted(accept, format)
  return first === undefined ? undefined : tableRanges[first.type]
}

/** The Content-Type of an answer in JSON; with a character set only for those who named it. @see OData Protocol 4.01, section 8.2.1 */
export const jsonContentType = ({ metadata, ieee754, charset }: JsonFormat, { prefixed }: { readonly prefixed: boolean } = { prefixed: true }): string => {
  const prefix = prefixed ? 'odata.' : ''
  return `application/json;${prefix}metadata=${metadata};${prefix}streaming=true${ieee754 ? ';IEEE754Compatible=true' : ''}${charset === true ? ';charset=utf-8' : ''}`
}
