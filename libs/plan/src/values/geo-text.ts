import type { StructuredValue, Value } from '../value.js'

/** A position: longitude and latitude in degrees, or x and y; height and measure may follow. */
export type Position = readonly number[]

const shape = /^(?:SRID=(\d{1,5});)?\s*(Point|LineString|Polygon|MultiPoint|MultiLineString|MultiPolygon|GeometryCollection|Collection)\s*(\(.*\))$/is

const shapeNames = ['Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon'] as const

/** The name of the shape as Edm types end with it; undefined if the text is none. */
export function shapeOfText(text: string): string | undefined {
  const name = shape.exec(text)?.[2]?.toLowerCase()
  return name === undefined ? undefined : (shapeNames.find((known) => known.toLowerCase() === name) ?? 'Collection')
}

/**
 * Well-known text (`SRID=4326;Point(4.9 52.4)`) as the GeoJSON object that rows hold; undefined if it is none.
 * @see OData ABNF 4.01, fullPointLiteral and its like; RFC 7946
 */
export function parseGeo(text: string): StructuredValue | undefined {
  const [, srid, , body] = shape.exec(text) ?? []
  const type = shapeOfText(text)
  if (type === undefined || body === undefined) return undefined
  const content = type === 'Collection' ? collectionOf(body) : contentOf(type, body)
  if (content === undefined) return undefined
  const member = type === 'Collection' ? { type: 'GeometryCollection', geometries: content } : { type, coordinates: content }
  return Object.freeze({ ...member, ...(srid === undefined ? {} : { crs: { type: 'name', properties: { name: `EPSG:${srid}` } } }) })
}

const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const token = /[(),]|[^(),]+/g
const brackets: Readonly<Record<string, string>> = { '(': '[', ')': ']', ',': ',' }

/** Numbers in parentheses as nested arrays: a line `(1 2,3 4)` is an array of positions, a point `(1 2)` is one position. */
function contentOf(type: string, body: string): Value | undefined {
  const parts = (body.match(token) ?? []).map((part) => brackets[part] ?? positionText(part))
  const json = parts.includes(undefined) ? undefined : parsed(parts.join(''))
  const nested = json === undefined ? undefined : listOf(json)
  if (type === 'Point') return nested?.[0]
  return type === 'MultiPoint' ? nested?.map((point) => listOf(point)[0]) : nested
}

/** Two to four numbers as a position; nothing for blanks between brackets. */
function positionText(part: string): string | undefined {
  const text = part.trim()
  if (text === '') return ''
  const numbers = text.split(/\s+/)
  return numbers.length >= 2 && numbers.length <= 4 && numbers.every((one) => number.test(one)) ? `[${numbers.join(',')}]` : undefined
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}

function collectionOf(body: string): readonly Value[] | undefined {
  // a collection within a collection is none
  const parts = topLevelParts(body.slice(1, -1)).map((part) => (shapeOfText(part.trim()) === 'Collection' ? undefined : parseGeo(part.trim())))
  return parts.includes(undefined) ? undefined : parts
}

/** What commas outside of parentheses part. */
function topLevelParts(text: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, text.slice(from)]
}

/** A GeoJSON object as well-known text; undefined if it is none. `srid` where the object names no system. */
export function geoText(value: Value, srid: number): string | undefined {
  const body = shapeText(value)
  return body === undefined ? undefined : `SRID=${sridOf(value) ?? srid};${body}`
}

function sridOf(value: Value): string | undefined {
  const name = memberOf(memberOf(memberOf(value, 'crs'), 'properties'), 'name')
  return typeof name === 'string' ? /(\d{1,5})$/.exec(name)?.[1] : undefined
}

function shapeText(value: Value): string | undefined {
  const type = memberOf(value, 'type')
  if (type === 'GeometryCollection') {
    const parts = listOf(memberOf(value, 'geometries')).map(shapeText)
    return parts.includes(undefined) ? undefined : `Collection(${parts.join(',')})`
  }
  const coordinates = memberOf(value, 'coordinates')
  if (typeof type !== 'string' || !Array.isArray(coordinates)) return undefined
  if (type === 'Point') return `Point(${coordinates.join(' ')})`
  return `${type}${nestedText(type === 'MultiPoint' ? coordinates.map((position: Value) => [position] as Value) : coordinates)}`
}

const nestedText = (items: readonly Value[]): string => `(${items.map((item) => (Array.isArray(item) ? (typeof item[0] === 'number' ? item.join(' ') : nestedText(item)) : String(item))).join(',')})`

/** A member of an object value; undefined of anything else. */
export const memberOf = (value: Value, name: string): Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as StructuredValue)[name] : undefined

/** The items of an array value; none of anything else. */
export const listOf = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [])
