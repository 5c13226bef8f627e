const number = String.raw`[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|INF|NaN)`
const position = String.raw`${number}(?: ${number}){1,3}`
const line = String.raw`\(${position}(?:,${position})*\)`
const listOf = (item: string, least: '*' | '+'): string => String.raw`\((?:${item}(?:,${item})*)${least === '*' ? '?' : ''}\)`

const point = String.raw`Point\(${position}\)`
const shapes = [
  point,
  `LineString${line}`,
  `Polygon${listOf(line, '+')}`,
  `MultiPoint${listOf(String.raw`\(${position}\)`, '*')}`,
  `MultiLineString${listOf(line, '*')}`,
  `MultiPolygon${listOf(listOf(line, '+'), '*')}`,
].join('|')

const full = new RegExp(String.raw`^SRID=\d{1,5};(?:${shapes}|GeometryCollection\((?:${shapes})(?:,(?:${shapes}))*\)|Collection\((?:${shapes})(?:,(?:${shapes}))*\))$`, 'i')

/** True for extended well-known text as geography and geometry literals hold it. */
export const isGeoText = (text: string): boolean => full.test(text)
