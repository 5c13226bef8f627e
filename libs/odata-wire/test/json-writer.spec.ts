import * as fc from 'fast-check'
import { controlName, rowText, writableAsTheyAre, writeCollection, type CollectionOptions, type JsonStyle, type WireBytes, type WireColumn, type WirePage, type WireRows, type Written } from '../src/index.js'

const minimal: JsonStyle = { metadata: 'minimal', ieee754: false, prefixed: true }
const column = (name: string, base = 'Edm.String', collection = false): WireColumn => ({ name, type: { base, collection } })
const rows = (columns: readonly WireColumn[], values: readonly (readonly unknown[])[]): WireRows => ({ kind: 'rows', columns, rows: values })

function bytes(columns: readonly WireColumn[], texts: readonly string[], more: Partial<WireBytes> = {}): WireBytes {
  const offsets = new Int32Array(texts.length * 2)
  let at = 9
  for (const [index, text] of texts.entries()) {
    offsets[2 * index] = at
    at += Buffer.byteLength(text)
    offsets[2 * index + 1] = at
    at += 1
  }
  return { kind: 'bytes', columns, bytes: Buffer.from(`{"value":${texts.join(',')}]}`), offsets, ieee754: false, only: true, ...more }
}

async function* pagesOf(pages: readonly WirePage[]): AsyncGenerator<WirePage> {
  yield* pages
}

async function* failing(): AsyncGenerator<WirePage> {
  yield rows([column('A')], [])
  throw new Error('source is down')
}

async function write(pages: readonly WirePage[], options: Partial<CollectionOptions> = {}): Promise<string> {
  const chunks: Buffer[] = []
  const whole = { style: minimal, context: 'http://hub/odata/s/$metadata#Things', visible: pages[0]?.columns.map(({ name }) => name) ?? [], nextLink: () => undefined, ...options }
  for await (const chunk of writeCollection(pagesOf(pages), whole)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('writeCollection', () => {
  it('writes an empty collection with context, count and no next link', async () => {
    expect(await write([], { count: () => 0 })).toBe('{"@odata.context":"http://hub/odata/s/$metadata#Things","@odata.count":0,"value":[]}')
  })

  it('keeps every digit of Int64 and Decimal, as numbers or, asked for, as strings', async () => {
    const page = rows([column('Id', 'Edm.Int64'), column('Price', 'Edm.Decimal'), column('Many', 'Edm.Decimal', true)], [['9007199254740993', '12.50', ['0.10', null]]])
    expect(await write([page])).toContain('{"Id":9007199254740993,"Price":12.50,"Many":[0.10,null]}')
    expect(await write([page], { style: { ...minimal, ieee754: true } })).toContain('{"Id":"9007199254740993","Price":"12.50","Many":["0.10",null]}')
  })

  it('writes infinities and NaN as strings', async () => {
    const page = rows([column('X', 'Edm.Double')], [[Infinity], [-Infinity], [Number.NaN], [1e300], [-0]])
    expect(await write([page])).toContain('[{"X":"INF"},{"X":"-INF"},{"X":"NaN"},{"X":1e+300},{"X":-0}]')
  })

  it('never lets a text that is no number break the JSON', async () => {
    const page = rows([column('Price', 'Edm.Decimal')], [['1,"x":2'], ['INF'], ['-0.50']])
    expect(JSON.parse(await write([page])).value).toEqual([{ Price: '1,"x":2' }, { Price: 'INF' }, { Price: -0.5 }])
  })

  it('writes expanded rows nested, counts where asked, and hides what is not visible', async () => {
    const order = { toMany: true, columns: [column('Id', 'Edm.Int32'), column('CustomerId')], visible: ['Id'] }
    const boss = { toMany: false, columns: [column('Name')], visible: ['Name'] }
    const columns = [column('Name'), column('Key'), { ...column('Orders', 'structured', true), expanded: order }, { ...column('Boss', 'structured'), expanded: boss }]
    const page = rows(columns, [['A', 1, { rows: [[1, 'A'], [2, 'A']], count: 7 }, ['B']], ['B', 2, { rows: [] }, null]])
    expect(JSON.parse(await write([page], { visible: ['Name', 'Orders', 'Boss'] })).value).toEqual([
      { 'Name': 'A', 'Orders@odata.count': 7, 'Orders': [{ Id: 1 }, { Id: 2 }], 'Boss': { Name: 'B' } },
      { Name: 'B', Orders: [], Boss: null },
    ])
  })

  it('leaves out what was not selected and spreads undeclared properties', async () => {
    const page = rows([column('A'), column('B'), column('*', 'Edm.Untyped'), column('@odata.etag')], [['a', undefined, { C: 1, D: ['x'] }, 'W/"1"'], [null, 'b', undefined, undefined]])
    expect(JSON.parse(await write([page], { visible: ['A', 'B', '*'] })).value).toEqual([{ '@odata.etag': 'W/"1"', 'A': 'a', 'C': 1, 'D': ['x'] }, { A: null, B: 'b' }])
  })

  it('writes complex values by the types of their fields, control information kept', async () => {
    const address = { ...column('Address', 'structured'), fields: [column('Zip', 'Edm.Int64'), column('City')] }
    const page = rows([address], [[{ '@odata.type': '#S.Home', 'Zip': '9007199254740993', 'City': null }]])
    expect(await write([page])).toContain('{"Address":{"@odata.type":"#S.Home","Zip":9007199254740993,"City":null}}')
    expect(await write([page], { style: { ...minimal, metadata: 'none', omit: 'nulls' } })).toBe('{"value":[{"Address":{"Zip":9007199254740993}}]}')
  })

  it('drops the prefix of control information for a client of 4.01, and all but count and next link for metadata=none', async () => {
    const page = rows([column('A'), column('@odata.etag')], [['a', 'W/"1"'], ['b', undefined]])
    const options = { visible: ['A'], count: () => 2, nextLink: () => 'http://hub/next', maxRows: 1 }
    expect(JSON.parse(await write([page], { ...options, style: { ...minimal, prefixed: false } }))).toEqual({
      '@context': 'http://hub/odata/s/$metadata#Things', '@count': 2, 'value': [{ '@etag': 'W/"1"', 'A': 'a' }], '@nextLink': 'http://hub/next',
    })
    expect(JSON.parse(await write([page], { ...options, style: { ...minimal, metadata: 'none', ieee754: true } }))).toEqual({
      '@odata.count': '2', 'value': [{ A: 'a' }], '@odata.nextLink': 'http://hub/next',
    })
  })

  it('writes a count that is known only at the end behind the rows', async () => {
    let known: number | undefined
    const text = await write([rows([column('A')], [['a']])], { count: () => { const now = known; known = 1; return now } })
    expect(text).toBe('{"@odata.context":"http://hub/odata/s/$metadata#Things","value":[{"A":"a"}],"@odata.count":1}')
  })

  it('ends a page after maxRows, says that there is more and closes the source', async () => {
    let closed = false
    async function* endless(): AsyncGenerator<WirePage> {
      try {
        for (let i = 0; ; i += 2) yield rows([column('A', 'Edm.Int32')], [[i], [i + 1]])
      } finally {
        closed = true
      }
    }
    const ends: Written[] = []
    let text = ''
    for await (const chunk of writeCollection(endless(), { style: minimal, context: 'c', visible: ['A'], maxRows: 5, nextLink: (end) => (ends.push(end), 'n') })) text += chunk.toString()
    expect(JSON.parse(text).value).toEqual([0, 1, 2, 3, 4].map((A) => ({ A })))
    expect(ends[0]).toMatchObject({ rows: 5, more: true, last: { row: 0 } })
    expect(closed).toBe(true)
  })

  it('reads on, unwritten, where a full page is not counted yet', async () => {
    let counted = 0
    let ended = false
    async function* counting(): AsyncGenerator<WirePage> {
      for (let i = 0; i < 3; i += 1) {
        counted += 2
        yield rows([column('A', 'Edm.Int32')], [[2 * i], [2 * i + 1]])
      }
      ended = true
    }
    let text = ''
    const options = { style: minimal, context: 'c', visible: ['A'], maxRows: 1, count: () => (ended ? counted : undefined), nextLink: () => 'n' }
    for await (const chunk of writeCollection(counting(), options)) text += chunk.toString()
    expect(JSON.parse(text)).toEqual({ '@odata.context': 'c', 'value': [{ A: 0 }], '@odata.count': 6, '@odata.nextLink': 'n' })
  })

  it('does not say that there is more when the last row fills the page', async () => {
    const ends: Written[] = []
    await write([rows([column('A')], [['a'], ['b']])], { maxRows: 2, nextLink: (end) => (ends.push(end), undefined) })
    expect(ends.map(({ more }) => more)).toEqual([false])
  })

  it('ends a page with the row that reaches maxBytes', async () => {
    const page = bytes([column('A')], ['{"A":"aaaa"}', '{"A":"bbbb"}', '{"A":"cccc"}'])
    expect(JSON.parse(await write([page], { maxBytes: 13 })).value).toEqual([{ A: 'aaaa' }, { A: 'bbbb' }])
  })

  it('sends nothing before the first row, so that an error can still take its place', async () => {
    await expect(writeCollection(failing(), { style: minimal, context: 'c', visible: ['A'], nextLink: () => undefined }).next()).rejects.toThrow('source is down')
  })
})

describe('pages of bytes', () => {
  const columns = [column('Id', 'Edm.Int64'), column('A')]
  const texts = ['{"Id":9007199254740993,"A":"ä"}', '{"A":"]}","Id":1}', '{"Id":2,"A":null}']

  it('leave as they are', async () => {
    expect(await write([bytes(columns, texts)])).toBe(`{"@odata.context":"http://hub/odata/s/$metadata#Things","value":[${texts.join(',')}]}`)
  })

  it('may leave as they are only where they are what the client asked for', () => {
    const visible = ['Id', 'A']
    expect(writableAsTheyAre(bytes(columns, texts), visible, minimal)).toBe(true)
    expect(writableAsTheyAre(bytes(columns, texts), visible, { ...minimal, ieee754: true })).toBe(false)
    expect(writableAsTheyAre(bytes(columns, texts), ['A'], minimal)).toBe(false)
    expect(writableAsTheyAre(bytes(columns, texts, { only: false }), visible, minimal)).toBe(false)
    expect(writableAsTheyAre(bytes(columns, texts), visible, { ...minimal, omit: 'nulls' })).toBe(false)
    expect(writableAsTheyAre(bytes([column('A')], []), ['A'], { ...minimal, ieee754: true })).toBe(true)
    expect(writableAsTheyAre(bytes([column('A'), column('@odata.etag')], []), ['A'], { ...minimal, metadata: 'none' })).toBe(false)
  })

  it('skip rows whose bytes stand between', async () => {
    const page = bytes(columns, texts)
    const kept = Int32Array.from([...page.offsets.subarray(0, 2), ...page.offsets.subarray(4, 6)])
    expect(JSON.parse(await write([{ ...page, offsets: kept }])).value).toEqual([JSON.parse(texts[0] as string), JSON.parse(texts[2] as string)])
  })
})

const single = (value: number): string => rowText([column('S', 'Edm.Single')], ['S'], minimal)([value])

describe('rowText', () => {
  const scalar = fc.oneof(fc.constant(null), fc.string({ unit: 'binary' }), fc.constant(undefined))
  it('is read back equal by JSON.parse, whatever the names and strings', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.string({ minLength: 1, unit: 'binary' }).filter((name) => !name.includes('@') && name !== '*' && name !== '__proto__'), { minLength: 1, maxLength: 8 }).chain((names) => fc.tuple(fc.constant(names), fc.tuple(...names.map(() => scalar)))), ([names, values]) => {
      const written = JSON.parse(rowText(names.map((name) => column(name)), names, minimal)(values))
      const expected = Object.fromEntries(names.map((name, index) => [name, values[index]] as const).filter(([, value]) => value !== undefined))
      expect(written).toEqual(JSON.parse(JSON.stringify(expected)))
    }))
  })

  it('keeps the digits of any decimal', () => {
    const digits = fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 37n }), fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 20 }))
    fc.assert(fc.property(digits, ([negative, whole, fraction]) => {
      const text = `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
      expect(rowText([column('D', 'Edm.Decimal')], ['D'], minimal)([text])).toBe(`{"D":${text}}`)
    }))
  })

  it('gives a single the fewest digits that are the same single, and keeps those of a value that is none', () => {
    expect(single(Math.fround(0.1))).toBe('{"S":0.1}')
    expect(single(0.123456789012)).toBe('{"S":0.123456789012}')
    fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const { S: read } = JSON.parse(single(value)) as { readonly S: number }
      expect(Math.fround(read)).toBe(value)
      expect(single(value).length).toBeLessThanOrEqual(`{"S":${Object.is(value, -0) ? '-0' : String(value)}}`.length)
    }))
  })

  it('writes the one of several forms of a member that a row has', () => {
    const expanded = { toMany: true, columns: [column('A')], visible: ['A'] }
    const write = rowText([{ ...column('N'), expanded }, { ...column('N'), expanded: { ...expanded, columns: [column('B')], visible: ['B'] } }], ['N'], minimal)
    expect(write([{ rows: [['a']] }, undefined])).toBe('{"N":[{"A":"a"}]}')
    expect(write([undefined, { rows: [['b']] }])).toBe('{"N":[{"B":"b"}]}')
  })

  it('names control information by version', () => {
    expect(controlName('nextLink', minimal)).toBe('@odata.nextLink')
    expect(controlName('nextLink', { ...minimal, prefixed: false })).toBe('@nextLink')
  })
})
