import type { EdmModel } from '@tributary/edm'
import type { Value } from '@tributary/plan'
import { fromPlain, NumberText, plain, readScalar, Refusal } from './values.js'

/** The text of a URL literal, a key or a raw body as a value of a type. @throws Refusal 400 */
export function castText(model: EdmModel, type: string, text: string): Value {
  const base = model.type(type)?.kind === 'enum' ? type : model.underlying(type)
  if (base.startsWith('Edm.Geo')) return geo(text)
  const json = base === 'Edm.Boolean' ? text === 'true' ? true : text === 'false' ? false : text
    : /^Edm\.(S?Byte|Int\d+|Decimal)$/.test(base) || ((base === 'Edm.Double' || base === 'Edm.Single') && !/^(-?INF|NaN)$/.test(text)) ? numberOf(text) : text
  return readScalar(model, { name: type, collection: false, nullable: true, facets: {} }, json)
}

function numberOf(text: string): NumberText {
  if (!/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) throw new Refusal(400, `${text} is no number`)
  return new NumberText(text.replace(/^\+/, ''))
}

/** Well-known text as GeoJSON. */
function geo(text: string): Value {
  const [, shape = '', body = ''] = /^(?:SRID=\d+;)?(\w+)(.*)$/i.exec(text) ?? []
  const json = body.replaceAll(/(-?[\d.]+(?:e-?\d+)?) (-?[\d.]+(?:e-?\d+)?)/gi, '[$1,$2]').replaceAll('(', '[').replaceAll(')', ']')
  const kinds: Readonly<Record<string, string>> = { point: 'Point', linestring: 'LineString', polygon: 'Polygon' }
  const type = kinds[shape.toLowerCase()]
  if (type === undefined) throw new Refusal(501, `${shape} is not supported`)
  const coordinates: unknown = JSON.parse(json)
  return plain(fromPlain({ type, coordinates: type === 'Point' && Array.isArray(coordinates) ? coordinates[0] : coordinates })) as Value
}
