import type * as Url from '@tributary/odata-url'
import { annotationsWished } from './annotations.js'
import type { Request } from './exchange.js'
import type { Format } from './payload.js'
import { Refusal } from './values.js'

const short: Readonly<Record<string, string>> = { json: 'application/json', xml: 'application/xml' }

/** The media ranges a request takes, the most wanted first. */
function ranges(accept: string): readonly { readonly type: string; readonly parameters: ReadonlyMap<string, string> }[] {
  return accept.split(',').map((range) => {
    const [type = '', ...rest] = range.trim().split(';').map((part) => part.trim())
    const parameters = new Map(rest.map((part) => part.split('=')).map(([name = '', value = '']) => [name.toLowerCase().replace(/^odata\./, ''), value.toLowerCase()]))
    return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) }
  }).filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality)
}

/** What the answer is written in. @throws Refusal 400, 406 */
export function negotiate({ headers, path }: Request, options: Url.QueryOptions, root: string): Format {
  const asked = options.format === undefined ? headers['accept'] ?? '*/*' : short[options.format.toLowerCase()] ?? options.format
  const wanted = ranges(asked).find(({ type }) => ['application/json', 'application/*', '*/*'].includes(type))
  // a stream and a raw value have a type of their own
  if (wanted === undefined && /\$(count|value)$/.test(path)) return { metadata: 'minimal', ieee754: false, version: versionOf(headers), root }
  if (wanted === undefined) throw new Refusal(406, `${asked} cannot be written`)
  const metadata = wanted.parameters.get('metadata') ?? 'minimal'
  if (metadata !== 'minimal' && metadata !== 'full' && metadata !== 'none') throw new Refusal(406, `metadata=${metadata} is not known`)
  const wished = annotationsWished(headers)
  return { ...(wished === undefined ? {} : { annotations: wished.wish }), metadata, ieee754: wanted.parameters.get('ieee754compatible') === 'true', charset: wanted.parameters.has('charset'), version: versionOf(headers), root }
}

/** The version of the answer. @throws Refusal 400 */
export function versionOf(headers: Readonly<Record<string, string>>): '4.0' | '4.01' {
  const most = headers['odata-maxversion']
  const own = headers['odata-version']
  if (own !== undefined && own !== '4.0' && own !== '4.01') throw new Refusal(400, `version ${own} is not known`)
  if (most !== undefined && Number(most) < 4) throw new Refusal(400, `version ${most} is too old`)
  return most !== undefined && Number(most) >= 4.01 ? '4.01' : '4.0'
}

export const contentType = ({ metadata, ieee754, charset = false, version }: Format): string =>
  `application/json;${version === '4.01' ? '' : 'odata.'}metadata=${metadata}${ieee754 ? ';IEEE754Compatible=true' : ''}${charset ? ';charset=utf-8' : ''}`
