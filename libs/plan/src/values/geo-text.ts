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

const number = String.raw`-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`
const position = new RegExp(String.raw`${number}(?:\s+${number}){1,3}`, 'g')

/** Numbers in parentheses as nested arrays: a line `(1 2,3 4)` is an array of positions, a point `(1 2)` is one position. */
function contentOf(type: string, body: string): Value | undefined {
  const marked = body.replaceAll(position, (numbers) => `<${numbers.trim().replaceAll(/\s+/g, ',')}>`).replaceAll(/\s+/g, '')
  // numbers stand in positions only
  if (!/^[(),]*$/.test(marked.replaceAll(/<[\d.,eE+-]*>/g, ''))) return undefined
  const flat = type === 'Point' || type === 'MultiPoint' ? marked.replaceAll(/\((<[^<>()]*>)\)/g, '$1') : marked
  return parsed(flat.replaceAll(/[<(]/g, '[').replaceAll(/[>)]/g, ']'))
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}

function collectionOf(body: string): readonly Value[] | undefined {
  const parts = [...body.slice(1, -1).matchAll(/[A-Za-z]+\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g)].map(([part]) => parseGeo(part))
  return parts.includes(undefined) ? undefined : parts
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
  return type === 'Point' ? `Point(${coordinates.join(' ')})` : `${type}${nestedText(coordinates)}`
}

const nestedText = (items: readonly Value[]): string => `(${items.map((item) => (Array.isArray(item) ? (typeof item[0] === 'number' ? item.join(' ') : nestedText(item)) : String(item))).join(',')})`

/** A member of an object value; undefined of anything else. */
export const memberOf = (value: Value, name: string): Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as StructuredValue)[name] : undefined

/** The items of an array value; none of anything else. */
export const listOf = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [])
