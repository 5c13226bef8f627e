import * as fc from 'fast-check'
import { geoText, call, doubleType, booleanType, evaluate, type FunctionName, literal, parseGeo, type Value, type ValueType } from '@tributary/plan'

const geo = (text: string, base: 'Edm.Geography' | 'Edm.Geometry' = 'Edm.Geography') => literal({ name: base, collection: false, base }, parseGeo(text) ?? null)
const run = (name: FunctionName, type: ValueType, ...given: readonly ReturnType<typeof geo>[]): Value => evaluate(call(name, type, ...given), {})
const point = (lon: number, lat: number): string => `SRID=4326;Point(${lon} ${lat})`
const distance = (a: string, b: string, base?: 'Edm.Geometry'): number => Number(run('geo.distance', doubleType, geo(a, base), geo(b, base)))
const within = (at: string, area: string, base?: 'Edm.Geometry'): Value => run('geo.intersects', booleanType, geo(at, base), geo(area, base))

describe('well-known text', () => {
  it.each([
    ['SRID=4326;Point(4.9 52.4)', { type: 'Point', coordinates: [4.9, 52.4] }],
    ['SRID=0;Point(-1 2.5 3)', { type: 'Point', coordinates: [-1, 2.5, 3] }],
    ['SRID=4326;LineString(1 2,3 4)', { type: 'LineString', coordinates: [[1, 2], [3, 4]] }],
    ['SRID=4326;Polygon((0 0,1 0,1 1,0 0),(0.1 0.1,0.2 0.1,0.2 0.2,0.1 0.1))', { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]], [[0.1, 0.1], [0.2, 0.1], [0.2, 0.2], [0.1, 0.1]]] }],
    ['SRID=4326;MultiPoint((1 2),(3 4))', { type: 'MultiPoint', coordinates: [[1, 2], [3, 4]] }],
    ['SRID=4326;MultiLineString((1 2,3 4),(5 6,7 8))', { type: 'MultiLineString', coordinates: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] }],
    ['SRID=4326;Collection(Point(1 2),LineString(1 2,3 4))', { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }, { type: 'LineString', coordinates: [[1, 2], [3, 4]] }] }],
  ])('%s is GeoJSON', (text, expected) => expect(parseGeo(text)).toMatchObject(expected))

  it.each(['', 'Point', 'SRID=4326;Point(1)', 'SRID=4326;Circle(1 2)', 'SRID=4326;Point(a b)', 'SRID=4326;Point(1 2 3 4 5)', 'SRID=4326;LineString(1 2,3)', 'SRID=4326;Polygon((0 0,1 0)', 'SRID=4326;Collection(Point(1 2),x)'])('%j is none', (text) => expect(parseGeo(text)).toBeUndefined())
})

describe('texts of any length', () => {
  it('take time in proportion to it', () => {
    for (const text of ['1'.repeat(200_000), 'a'.repeat(200_000), '('.repeat(2000), '1 2,'.repeat(50_000), 'Collection('.repeat(20_000)]) {
      expect(parseGeo(`SRID=4326;Collection(${text})`)).toBeUndefined()
      expect(parseGeo(`SRID=4326;LineString(${text})`)).toBeUndefined()
    }
  })
})

describe('geography', () => {
  // published lengths: the meridian quadrant, a degree of the equator, a line in Australia (of GRS 80, which differs by less than a millimetre), the length of Great Britain
  it.each([
    [point(0, 0), point(0, 90), 10_001_965.729],
    [point(0, 0), point(1, 0), 111_319.491],
    [point(144.424867888888, -37.9510334166667), point(143.926495527777, -37.6528211388889), 54_972.271],
    [point(-5.71475, 50.06632222222222), point(-3.0700944444444445, 58.644022222222226), 969_954.114],
  ])('from %s to %s it is %d m', (from, to, metres) => {
    expect(Math.abs(distance(from, to) - metres)).toBeLessThan(0.01)
  })

  it('has distances that are the same there and back, zero only to itself, and never the longer way', () => {
    const position = fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true })).map(([lon, lat]) => point(Number(lon.toFixed(6)), Number(lat.toFixed(6))))
    fc.assert(fc.property(position, position, (a, b) => {
      const there = distance(a, b)
      expect(distance(a, a)).toBe(0)
      expect(Math.abs(there - distance(b, a))).toBeLessThan(1e-3 + there * 1e-9)
      expect(there).toBeLessThan(20_040_000)
    }))
  })

  it('has lengths that are the sum of their parts', () => {
    const line = Number(run('geo.length', doubleType, geo('SRID=4326;LineString(10.1 54.3,11.2 54.9,12.1 55.3)')))
    expect(line).toBeCloseTo(distance(point(10.1, 54.3), point(11.2, 54.9)) + distance(point(11.2, 54.9), point(12.1, 55.3)), 6)
    expect(run('geo.length', doubleType, geo(point(1, 2)))).toBeNull()
  })

  const square = 'SRID=4326;Polygon((0 0,10 0,10 10,0 10,0 0),(4 4,6 4,6 6,4 6,4 4))'
  const pacific = 'SRID=4326;Polygon((170 -10,-170 -10,-170 10,170 10,170 -10))'
  it.each([
    [point(1, 1), square, true], [point(5, 5), square, false], [point(4, 5), square, true], [point(10, 10), square, true], [point(0, 5), square, true], [point(11, 5), square, false],
    [point(180, 0), pacific, true], [point(-175, 5), pacific, true], [point(175, -5), pacific, true], [point(0, 0), pacific, false], [point(160, 0), pacific, false],
    [point(15, 5), 'SRID=4326;MultiPolygon(((0 0,1 0,1 1,0 0)),((10 0,20 0,20 10,10 10,10 0)))', true],
  ])('%s within %s: %s', (at, area, expected) => expect(within(at, area)).toBe(expected))
})

describe('the text of a place', () => {
  it.each(['Point(1 2)', 'LineString(1 2,3 4)', 'Polygon((1 2,3 4,1 2))', 'MultiPoint((1 2),(3 4))', 'MultiLineString((1 2,3 4),(5 6,7 8))', 'Collection(Point(1 2),MultiPoint((3 4)))'])('%s is read back the same', (text) => {
    expect(geoText(parseGeo(`SRID=4326;${text}`) ?? null, 0)).toBe(`SRID=4326;${text}`)
  })
})

describe('geometry', () => {
  it('is measured in its plane', () => {
    expect(distance('SRID=0;Point(0 0)', 'SRID=0;Point(3 4)', 'Edm.Geometry')).toBe(5)
    expect(run('geo.length', doubleType, geo('SRID=0;LineString(0 0,3 4,3 10)', 'Edm.Geometry'))).toBe(11)
  })

  it('holds a point exactly where an even number of half planes says so', () => {
    const triangle = 'SRID=0;Polygon((0 0,8 0,0 8,0 0))'
    fc.assert(fc.property(fc.integer({ min: -2, max: 10 }), fc.integer({ min: -2, max: 10 }), (x, y) => {
      expect(within(`SRID=0;Point(${x} ${y})`, triangle, 'Edm.Geometry')).toBe(x >= 0 && y >= 0 && x + y <= 8)
    }))
  })
})
