import * as fc from 'fast-check'
import { ElementScan } from '@tributary/odata-wire'

interface Scanned {
  readonly end: number
  readonly edges: readonly number[]
}

/** What a reader finds that goes from sign to sign. */
function plainly(bytes: Buffer): Scanned {
  const edges: number[] = []
  let [depth, quoted] = [0, false]
  for (let at = 0; at < bytes.length; at++) {
    const sign = String.fromCharCode(bytes[at] ?? 0)
    if (quoted) {
      if (sign === '\\') at++
      else if (sign === '"') quoted = false
    } else if (sign === '"') quoted = true
    else if ('[{'.includes(sign) && depth++ === 0) edges.push(at)
    else if (']}'.includes(sign)) {
      if (depth === 0) return { end: at, edges }
      if (--depth === 0) edges.push(at)
    }
  }
  return { end: -1, edges }
}

/** The scan over pieces that end at `cuts`; places are those of the whole. */
function scanned(bytes: Buffer, cuts: readonly number[], withEdges: boolean): Scanned {
  const scan = new ElementScan()
  const edges: number[] = []
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    const piece = Buffer.from(bytes.subarray(from, to))
    const own: number[] = []
    const end = scan.scan(piece, 0, piece.length, withEdges ? own : undefined)
    edges.push(...own.map((edge) => edge + from))
    if (end >= 0) return { end: end + from, edges }
    expect(scan.isWithin).toBe(plainly(bytes.subarray(0, to)).edges.length % 2 === 1)
    from = to
  }
  return { end: -1, edges }
}

/** Elements whose strings are as hard to leave as they come. */
const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', 'é', 'x', '\\"', '"]}', '\\\\'), maxLength: 90 })
const element = fc.oneof(fc.record({ a: text, b: fc.array(text, { maxLength: 3 }) }), fc.array(fc.jsonValue(), { maxLength: 3 }), fc.record({}), text)

describe('the scan for the elements of an array', () => {
  it('finds every edge and the end, wherever the bytes are cut', () => {
    fc.assert(fc.property(fc.array(element, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 8 }), fc.string(), (elements, places, behind) => {
      const bytes = Buffer.from(`${JSON.stringify(elements).slice(1)}${behind}`)
      const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
      const expected = plainly(bytes)
      expect(scanned(bytes, cuts, true)).toEqual(expected)
      expect(scanned(bytes, cuts, false).end).toBe(expected.end)
    }), { numRuns: 500 })
  })

  it('reads backslashes at every place of a block, and at its end', () => {
    for (let before = 0; before < 70; before++) {
      for (let backslashes = 1; backslashes < 6; backslashes++) {
        const bytes = Buffer.from(`${' '.repeat(before)}{"a":"${'\\'.repeat(backslashes)}"]}","b":"]"}]`)
        const whole = plainly(bytes)
        expect(scanned(bytes, [], true)).toEqual(whole)
        expect(scanned(bytes, [before + 6], true)).toEqual(whole)
        expect(scanned(bytes, [before + 6 + backslashes], true)).toEqual(whole)
      }
    }
  })

  it('goes on over bodies larger than what it looks at in one go', () => {
    const rows = Array.from({ length: 3_000 }, (_, row) => ({ id: row, name: `row "${row}" \\ [${'{'.repeat(row % 90)}` }))
    const bytes = Buffer.from(`${JSON.stringify(rows).slice(1)},"@odata.count":3000}`)
    const expected = plainly(bytes)
    expect(expected.edges).toHaveLength(6_000)
    expect(scanned(bytes, [], true)).toEqual(expected)
    expect(scanned(bytes, [1, 32_768, 65_535, 65_536, 100_000], true)).toEqual(expected)
  })

  it('takes no shorter body for a whole one', () => {
    const bytes = Buffer.from('{"id":1,"tags":["a]"],"in":[{"x":"}]"}]},{"id":2}]')
    for (let length = 0; length < bytes.length; length++) expect(scanned(bytes.subarray(0, length), [], false).end).toBe(-1)
    expect(scanned(bytes, [], false).end).toBe(bytes.length - 1)
  })

  it('keeps two scans apart that take turns', () => {
    const [one, other] = [new ElementScan(), new ElementScan()]
    one.scan(Buffer.from('{"a":"['))
    expect(other.scan(Buffer.from('{"a":1}]'))).toBe(7)
    expect(one.scan(Buffer.from('"}]'))).toBe(2)
  })
})
