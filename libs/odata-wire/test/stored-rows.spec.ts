import { entityJson, writeCollection, type WireColumn, type WireRows } from '@tributary/odata-wire'
import * as fc from 'fast-check'

const text = { collection: false, base: 'Edm.String' }
const many = (name: string, columns: readonly WireColumn[]): WireColumn => ({ name, type: { collection: true, base: 'structured' }, expanded: { toMany: true, columns, visible: columns.map((column) => column.name) } })
const lines = many('Lines', [{ name: 'Text', type: text }, many('Notes', [{ name: 'Note', type: text }])])
const order: WireColumn = { name: 'Order', type: { collection: false, base: 'structured' }, expanded: { toMany: false, columns: [{ name: 'Id', type: text }, lines], visible: ['Id', 'Lines'] } }
const columns: readonly WireColumn[] = [{ name: 'Name', type: text }, lines, order]
const visible = ['Name', 'Lines', 'Order']
const style = { metadata: 'minimal', ieee754: false, prefixed: true } as const

/** The same rows, held or stored. */
interface Rows {
  readonly held: unknown
  readonly stored: unknown
}

async function* pages(rows: readonly (readonly unknown[])[]): AsyncGenerator<readonly (readonly unknown[])[]> {
  for (let start = 0; start < rows.length; start += 2) yield rows.slice(start, start + 2)
}

const rowsOf = (rows: readonly { readonly held: readonly unknown[]; readonly stored: readonly unknown[] }[], isStored: boolean, count: number | undefined): Rows => {
  const counted = count === undefined ? {} : { count }
  const inner = rows.map((row) => row.stored)
  return { held: { rows: rows.map((row) => row.held), ...counted }, stored: isStored ? { [Symbol.asyncIterator]: () => pages(inner), ...counted } : { rows: inner, ...counted } }
}

const word = fc.constantFrom('a', 'ä"', '\u0000', '𝒳', '')
const collection = (rows: fc.Arbitrary<readonly { readonly held: readonly unknown[]; readonly stored: readonly unknown[] }[]>): fc.Arbitrary<Rows> =>
  fc.tuple(rows, fc.boolean(), fc.option(fc.nat(9), { nil: undefined })).map(([given, isStored, count]) => rowsOf(given, isStored, count))
const notes = collection(fc.array(word.map((one) => ({ held: [one], stored: [one] })), { maxLength: 4 }))
const linesOf = collection(fc.array(fc.tuple(word, notes).map(([one, inner]) => ({ held: [one, inner.held], stored: [one, inner.stored] })), { maxLength: 4 }))
const rows = fc.array(fc.tuple(word, linesOf, fc.option(linesOf)).map(([name, own, of]) => ({
  held: [name, own.held, of === null ? null : ['1', of.held]], stored: [name, own.stored, of === null ? null : ['1', of.stored]],
})), { minLength: 1, maxLength: 4 })

async function written(given: readonly (readonly unknown[])[]): Promise<string> {
  const chunks: Buffer[] = []
  const page = async function* (): AsyncGenerator<WireRows> { yield { kind: 'rows', columns, rows: given } }
  for await (const chunk of writeCollection(page(), { style, context: 'x', visible, nextLink: () => undefined })) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function single(row: readonly unknown[]): Promise<string> {
  const json = entityJson({ page: { kind: 'rows', columns, rows: [row] }, row: 0 }, visible, 'x', style)
  if (Buffer.isBuffer(json)) return json.toString()
  const chunks: Buffer[] = []
  for await (const chunk of json) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('rows that are stored', () => {
  it('are written as those that are held, wherever they stand', async () => {
    await fc.assert(fc.asyncProperty(rows, async (given) => {
      expect(await written(given.map(({ stored }) => stored))).toBe(await written(given.map(({ held }) => held)))
      for (const { held, stored } of given) expect(await single(stored)).toBe(await single(held))
    }))
  })

  it('leave in chunks, however many they are', async () => {
    const endless = { [Symbol.asyncIterator]: () => pages(Array.from({ length: 20_000 }, () => ['t'.repeat(40), { rows: [] }])) }
    const page = async function* (): AsyncGenerator<WireRows> { yield { kind: 'rows', columns, rows: [['a', endless, null]] } }
    let [longest, all] = [0, 0]
    for await (const chunk of writeCollection(page(), { style, context: 'x', visible, nextLink: () => undefined })) [longest, all] = [Math.max(longest, chunk.length), all + chunk.length]
    expect(all).toBeGreaterThan(1_000_000)
    expect(longest).toBeLessThan(100_000)
  })

  it('cannot be told from text that is no JSON', async () => {
    const stored = { [Symbol.asyncIterator]: () => pages([]) }
    const raw: readonly WireColumn[] = [{ name: 'Raw', type: text, json: true }, lines]
    const page = async function* (): AsyncGenerator<WireRows> { yield { kind: 'rows', columns: raw, rows: [['"\u0000"', stored]] } }
    const chunks = writeCollection(page(), { style, context: 'x', visible: ['Raw', 'Lines'], nextLink: () => undefined })
    await expect((async () => { for await (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0) })()).rejects.toThrow('a character that JSON does not')
  })
})
