import { parseRows, rowEditor, stringType, type BytesPage, type Column } from '@tributary/plan'
import * as fc from 'fast-check'
import { columns, pageOf, written } from './written-pages.js'

const cases = fc.record({
  given: written, ieee754: fc.boolean(), visible: fc.subarray(columns.map(({ name }) => name)),
  renamed: fc.constantFrom(undefined, new Map([['Price', 'Cost'], ['Größe', 'size'], ['Name', 'Note'], ['Note', 'Name']]), new Map([['ID', 'a much longer name than it had before'], ['Price', 'p']])),
})

/** A page of one text after the other. */
function pageOfTexts(texts: readonly string[], page: Partial<BytesPage> = {}): BytesPage {
  const bytes = Buffer.from(texts.join(','))
  const offsets: number[] = []
  for (const text of texts) {
    const at = offsets.length === 0 ? 0 : (offsets.at(-1) ?? 0) + 1
    offsets.push(at, at + Buffer.byteLength(text))
  }
  return { kind: 'bytes', columns, bytes, offsets: Int32Array.from(offsets), ieee754: false, only: true, ...page }
}

const textsOf = ({ bytes, offsets }: BytesPage): readonly string[] => Array.from({ length: offsets.length >> 1 }, (_, row) => bytes.toString('utf8', offsets[2 * row], offsets[2 * row + 1]))
const all = columns.map(({ name }) => name)

describe('the editor of rows', () => {
  it('gives the members that parsing gives, under the names and in the form they are written, as one JSON text', () => {
    fc.assert(fc.property(cases, ({ given, ieee754, visible, renamed }) => {
      const page = pageOf(given, renamed)
      const done = rowEditor({ visible, ieee754 })(page)
      if (done === undefined) throw new Error('the rows are flat, and were not edited')
      const shown = columns.filter(({ name }) => visible.includes(name))
      expect(parseRows({ ...done, columns, only: false }, shown).rows).toEqual(parseRows(page, shown).rows)
      const objects = JSON.parse(`[${done.bytes.toString('utf8', done.offsets[0], done.offsets.at(-1))}]`) as readonly Readonly<Record<string, unknown>>[]
      expect(objects.map((object) => Object.keys(object).toSorted())).toEqual(given.rows.map(() => visible.toSorted()))
      const exact = objects.flatMap((object) => ['Größe', 'Price'].filter((name) => visible.includes(name)).map((name) => object[name])).filter((value) => value !== null)
      expect(exact.every((value) => typeof value === (ieee754 ? 'string' : 'number'))).toBe(true)
    }), { numRuns: 500 })
  })

  it('keeps the digits of numbers, and strings that are no numbers', () => {
    const texts = ['{"Größe":"9223372036854775807","Price":"0.10"}', '{"Größe":"-0","Price":"1e400"}', '{"Größe":"INF","Price":"01"}', '{"Price":"1.","Größe":" 1"}', '{"Price":null}', '{}']
    const unquoted = rowEditor({ visible: all, ieee754: false })(pageOfTexts(texts, { ieee754: true }))
    expect(unquoted === undefined ? undefined : textsOf(unquoted)).toEqual(['{"Größe":9223372036854775807,"Price":0.10}', '{"Größe":-0,"Price":1e400}', '{"Größe":"INF","Price":"01"}', '{"Price":"1.","Größe":" 1"}', '{"Price":null}', '{}'])
    const numbers = ['{"Größe":9223372036854775807,"Price":-0.10}', '{"Weight":1.5,"Price":null}']
    const quoted = rowEditor({ visible: all, ieee754: true })(pageOfTexts(numbers))
    expect(quoted === undefined ? undefined : textsOf(quoted)).toEqual(['{"Größe":"9223372036854775807","Price":"-0.10"}', '{"Weight":1.5,"Price":null}'])
  })

  it('gives the very page where nothing has to be changed', () => {
    const page = pageOfTexts(['{"ID":1, "Name":"a"}'])
    expect(rowEditor({ visible: all, ieee754: false })(page)).toBe(page)
  })

  it.each([
    ['a nested value', '{"ID":1,"Name":{"a":1}}'],
    ['an array', '{"ID":[1]}'],
    ['a member nobody declared', '{"ID":1,"Other":2}'],
    ['a name with escapes', '{"I\\u0044":1}'],
    ['no value', '{"ID":}'],
    ['no name', '{1:1}'],
    ['no colon', '{"ID" 1}'],
    ['a comma too many', '{"ID":1,}'],
    ['a comma too few', '{"ID":1 "Name":"a"}'],
    ['a string that does not end', '{"ID":1,"Name":"a}'],
    ['a string that ends with an escape', '{"Name":"a\\"}'],
    ['something behind its end', '{"ID":1}x}'],
    ['something else than an object', '[1]'],
  ])('leaves rows to be parsed that hold %s', (_, text) => {
    expect(rowEditor({ visible: ['ID'], ieee754: false })(pageOfTexts(['{"ID":1}', text, '{"ID":2}']))).toBeUndefined()
  })

  it('leaves pages to be parsed whose columns are nested, or that hold more than their columns', () => {
    const tags: Column = { name: 'Tags', type: { ...stringType, collection: true } }
    expect(rowEditor({ visible: ['ID'], ieee754: false })(pageOfTexts(['{"ID":1}'], { columns: [...columns, tags] }))).toBeUndefined()
    expect(rowEditor({ visible: ['ID'], ieee754: false })(pageOfTexts(['{"ID":1}'], { only: false }))).toBeUndefined()
  })

  it('never writes beyond its room, however often a member stands in a row', () => {
    const row = `{${Array.from({ length: 400 }, () => '"ID":1').join(',')}}`
    const page = pageOfTexts([row, row], { renamed: new Map([['Identity', 'ID']]), columns: columns.map((column) => (column.name === 'ID' ? { ...column, name: 'Identity' } : column)) })
    const done = rowEditor({ visible: ['Identity'], ieee754: false })(page)
    expect(done === undefined || textsOf(done).every((text) => text === row.replaceAll('"ID"', '"Identity"'))).toBe(true)
  })
})
