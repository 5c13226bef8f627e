import * as fc from 'fast-check'
import { EnvelopeScanner, InvalidAnswer } from '../src/envelope-scanner.js'

interface Scanned { readonly rows: readonly unknown[]; readonly members: Readonly<Record<string, unknown>> }

/** Scans a body in pieces, taking rows out whenever there are more than `takeAbove`. */
function scanned(body: Buffer, cuts: readonly number[], takeAbove: number): Scanned {
  const scanner = new EnvelopeScanner()
  const rows: unknown[] = []
  const take = (): void => {
    const { bytes, offsets } = scanner.take()
    for (let row = 0; row < offsets.length; row += 2) rows.push(JSON.parse(bytes.toString('utf8', offsets[row], offsets[row + 1])))
  }
  let from = 0
  for (const to of [...new Set(cuts.map((cut) => cut % (body.length + 1)))].toSorted((a, b) => a - b).concat(body.length)) {
    scanner.push(body.subarray(from, to))
    from = to
    if (scanner.rowCount > takeAbove) take()
  }
  const members = scanner.end()
  take()
  const { value, ...rest } = members
  expect(value).toEqual([])
  return { rows, members: rest }
}

const row = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
const members = fc.dictionary(fc.string().filter((name) => name !== 'value' && name !== '__proto__'), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })

describe('the envelope scanner', () => {
  it('finds the rows that JSON.parse finds, wherever they stand and however the body is cut', () => {
    fc.assert(fc.property(fc.record({ before: members, rows: fc.array(row, { maxLength: 8 }), after: members, cuts: fc.array(fc.nat(), { maxLength: 12 }), takeAbove: fc.nat({ max: 4 }), pretty: fc.boolean() }), ({ before, rows, after, cuts, takeAbove, pretty }) => {
      const text = JSON.stringify({ ...before, value: rows, ...Object.fromEntries(Object.entries(after).filter(([name]) => !(name in before))) }, undefined, pretty ? 2 : undefined)
      const { value, ...rest } = JSON.parse(text) as Record<string, unknown>
      expect(scanned(Buffer.from(text), cuts, takeAbove)).toEqual({ rows: value, members: rest })
    }), { numRuns: 500 })
  })

  it('sees that any shorter body is cut off', () => {
    const body = Buffer.from('{"@odata.context":"x\\"]}","value":[{"a":"}]"},{"b":[1,{"c":2}]}],"@odata.nextLink":"y"}')
    for (let length = 0; length < body.length; length++) expect(() => scanned(body.subarray(0, length), [], 0)).toThrow(InvalidAnswer)
    expect(scanned(body, [3, 20, 40], 0).rows).toEqual([{ a: '}]' }, { b: [1, { c: 2 }] }])
  })

  it.each([
    ['[]', 'not a JSON object'], ['{}', 'no `value`'], ['{"value":{}}', 'not an array'], ['{"value":[1]}', 'other than objects'], ['{"value":[{} {}]}', 'other than objects'], ['{"value":[[]]}', 'other than objects'],
    ['{"value":[]}x', 'follows the end'], ['{"value":[],"value":[]}', 'twice'], ['', 'empty'], ['{"value":[}', 'brackets'], ['oops', 'not JSON'], ['{"value":[],"a":}', 'well-formed'],
  ])('says what is wrong: %s', (body, reason) => {
    expect(() => scanned(Buffer.from(body), [], 0)).toThrow(reason)
  })

  it('gives the members before the rows while they arrive, and the error instead of rows', () => {
    const scanner = new EnvelopeScanner()
    scanner.push(Buffer.from('\uFEFF{"@odata.count":12,"value":[{"a":1}'))
    expect(scanner.headMembers).toMatchObject({ '@odata.count': 12 })
    const failed = new EnvelopeScanner()
    failed.push(Buffer.from('{"error":{"message":"no"}}'))
    expect(failed.end()).toEqual({ error: { message: 'no' } })
  })
})
