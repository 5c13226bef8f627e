import type { FunctionName } from '../expression.js'
import type { Value, ValueType } from '../value.js'
import { geodesicDistance } from '../values/geodesic.js'
import { listOf, memberOf, type Position } from '../values/geo-text.js'

type Distance = (a: Position, b: Position) => number

const planarDistance: Distance = ([x1 = 0, y1 = 0], [x2 = 0, y2 = 0]) => Math.hypot(x2 - x1, y2 - y1)

/** Geography is measured on the ellipsoid of WGS 84, whatever SRID is named, geometry in its plane. */
const distanceOf = (type: ValueType): Distance => (type.base === 'Edm.Geography' ? geodesicDistance : planarDistance)

/**
 * The geographic functions over GeoJSON values that are not null; null for a value of another shape. Distances and lengths of geography are metres along the
 * ellipsoid of WGS 84, of geometry units of the plane. A polygon's edges are straight in longitude and latitude, as in GeoJSON, its boundary belongs to it, and
 * it may cross the antimeridian.
 * @see OData URL Conventions 4.01 section 5.1.1.12; RFC 7946 section 3.1.1
 */
export function geoFunction(name: FunctionName, type: ValueType): ((given: readonly Value[]) => Value) | undefined {
  const distance = distanceOf(type)
  const around = type.base === 'Edm.Geography'
  switch (name) {
    case 'geo.distance': return ([a, b]) => {
      const [from, to] = [pointOf(a), pointOf(b)]
      return from === undefined || to === undefined ? null : distance(from, to)
    }
    case 'geo.length': return ([line]) => lengthOf(line, distance)
    case 'geo.intersects': return ([point, area]) => {
      const at = pointOf(point)
      const polygons = polygonsOf(area)
      return at === undefined || polygons === undefined ? null : polygons.some((rings) => isWithin(at, rings, around))
    }
    default: return undefined
  }
}

const isNumbers = (value: Value): value is readonly number[] => Array.isArray(value) && value.length >= 2 && value.every((part: Value) => typeof part === 'number')

const positionsOf = (value: Value): readonly Position[] => listOf(value).filter(isNumbers)

function pointOf(value: Value): Position | undefined {
  const coordinates = memberOf(value, 'coordinates')
  return memberOf(value, 'type') === 'Point' && isNumbers(coordinates) ? coordinates : undefined
}

function lengthOf(value: Value, distance: Distance): number | null {
  const coordinates = memberOf(value, 'coordinates')
  switch (memberOf(value, 'type')) {
    case 'LineString': return lineLength(positionsOf(coordinates), distance)
    case 'MultiLineString': return listOf(coordinates).reduce((sum: number, line) => sum + lineLength(positionsOf(line), distance), 0)
    default: return null
  }
}

const lineLength = (line: readonly Position[], distance: Distance): number =>
  line.reduce((sum, position, index) => sum + (index === 0 ? 0 : distance(line[index - 1] ?? position, position)), 0)

type Rings = readonly (readonly Position[])[]

const ringsOf = (polygon: Value): Rings => listOf(polygon).map(positionsOf)

function polygonsOf(value: Value): readonly Rings[] | undefined {
  const coordinates = memberOf(value, 'coordinates')
  switch (memberOf(value, 'type')) {
    case 'Polygon': return [ringsOf(coordinates)]
    case 'MultiPolygon': return listOf(coordinates).map(ringsOf)
    default: return undefined
  }
}

/** Inside or on the outer ring, and not inside a hole. */
function isWithin(point: Position, [outer = [], ...holes]: Rings, around: boolean): boolean {
  if (place(point, outer, around) === 'outside') return false
  return holes.every((hole) => place(point, hole, around) !== 'inside')
}

function place(point: Position, ring: readonly Position[], around: boolean): 'inside' | 'boundary' | 'outside' {
  const [x = 0, y = 0] = point
  const edges = around ? unrolled(ring) : ring
  const turns = around ? [-360, 0, 360] : [0]
  const found = turns.map((turn) => placeInPlane([x + turn, y], edges))
  return found.includes('boundary') ? 'boundary' : found.includes('inside') ? 'inside' : 'outside'
}

/** The ring without jumps at the antimeridian: each longitude is the nearest to the one before. */
function unrolled(ring: readonly Position[]): readonly Position[] {
  let before: number | undefined
  return ring.map(([x = 0, y = 0]) => {
    const turns = before === undefined ? 0 : Math.round((before - x) / 360)
    before = x + 360 * turns
    return [before, y]
  })
}

/** Counts how often a ray to the right crosses the ring. */
function placeInPlane([x = 0, y = 0]: Position, ring: readonly Position[]): 'inside' | 'boundary' | 'outside' {
  let inside = false
  for (let index = 0; index < ring.length; index++) {
    const [x1 = 0, y1 = 0] = ring[index] ?? []
    const [x2 = 0, y2 = 0] = ring[(index + 1) % ring.length] ?? []
    const cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
    if (cross === 0 && x >= Math.min(x1, x2) && x <= Math.max(x1, x2) && y >= Math.min(y1, y2) && y <= Math.max(y1, y2)) return 'boundary'
    if ((y1 > y) !== (y2 > y) && (cross > 0) === (y2 > y1)) inside = !inside
  }
  return inside ? 'inside' : 'outside'
}
