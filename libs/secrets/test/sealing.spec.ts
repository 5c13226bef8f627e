import { parseSecretKey, createSealing } from '@tributary/secrets'
import type { OpenConnection, SealedConnection } from '@tributary/catalog'
import * as fc from 'fast-check'

const sealing = createSealing(parseSecretKey('11'.repeat(32)))
const basic: OpenConnection = { auth: { kind: 'basic', username: 'reader', password: 'swordfish' }, headers: {}, timeoutMs: 30_000 }

const anyConnection: fc.Arbitrary<OpenConnection> = fc.record({
  auth: fc.oneof(
    fc.constant({ kind: 'none' as const }),
    fc.record({ kind: fc.constant('basic' as const), username: fc.string({ unit: 'binary' }), password: fc.string({ unit: 'binary' }) }),
    fc.record({ kind: fc.constant('bearer' as const), token: fc.string({ unit: 'grapheme' }) }),
  ),
  headers: fc.dictionary(fc.string().filter((name) => name !== '__proto__'), fc.string(), { noNullPrototype: true }),
  timeoutMs: fc.nat(),
})

const altered = (box: SealedConnection, index: number, mask: number): SealedConnection => {
  const bytes = Buffer.from(box, 'base64url')
  const at = index % bytes.length
  bytes[at] = (bytes[at] ?? 0) ^ mask
  return bytes.toString('base64url') as SealedConnection
}

const sealed = expect.objectContaining({ code: 'HUB_CONNECTION_SEALED' })

describe('a sealed connection', () => {
  it('opens to what was sealed, whatever it holds', () => {
    fc.assert(fc.property(fc.string(), anyConnection, (slug, connection) => {
      expect(sealing.open(slug, sealing.seal(slug, connection))).toEqual(connection)
    }))
  })

  it('does not open once any bit of it is altered', () => {
    fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (index, mask) => {
      const box = sealing.seal('erp', basic)
      expect(() => sealing.open('erp', altered(box, index, mask))).toThrow(sealed)
    }))
  })

  it('does not open when it is cut short, empty or no box at all', () => {
    const box = sealing.seal('erp', basic)
    for (let length = 0; length < box.length - 1; length += 1) {
      expect(() => sealing.open('erp', box.slice(0, length) as SealedConnection)).toThrow(sealed)
    }
    expect(() => sealing.open('erp', 'no box' as SealedConnection)).toThrow(sealed)
  })

  it('does not open under another slug, so that boxes cannot be swapped in the store', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(one !== other)
      expect(() => sealing.open(other, sealing.seal(one, basic))).toThrow(sealed)
    }))
  })

  it('does not open with another key, and the message names the service and no secret', () => {
    const other = createSealing(parseSecretKey('22'.repeat(32)))
    expect(() => other.open('erp', sealing.seal('erp', basic))).toThrow(expect.objectContaining({
      code: 'HUB_CONNECTION_SEALED',
      message: expect.stringMatching(/erp(?!.*swordfish)/s),
    }))
  })

  it('tells nothing of its content: no plain text, and no two boxes alike', () => {
    const boxes = Array.from({ length: 50 }, () => sealing.seal('erp', basic))
    expect(new Set(boxes).size).toBe(50)
    for (const box of boxes) expect(Buffer.from(box, 'base64url').toString('latin1')).not.toMatch(/reader|swordfish|basic/)
  })

  it('opens in every process that holds the same key', () => {
    const elsewhere = createSealing(parseSecretKey(Buffer.from('11'.repeat(32), 'hex').toString('base64')))
    expect(elsewhere.open('erp', sealing.seal('erp', basic))).toEqual(basic)
  })
})
