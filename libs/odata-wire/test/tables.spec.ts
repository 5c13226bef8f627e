import { crc32, inflateRawSync } from 'node:zlib'
import { tableFields, writeCsv, writeXlsx, type WireColumn, type WireRows } from '../src/index.js'

const column = (name: string, base = 'Edm.String', more: Partial<WireColumn> = {}): WireColumn => ({ name, type: { collection: false, base }, ...more })

const columns: readonly WireColumn[] = [
  column('@odata.etag'), column('ID', 'Edm.Int64'), column('Name'), column('hidden'), column('Price', 'Edm.Decimal'), column('On', 'Edm.Boolean'), column('Rate', 'Edm.Double'),
  column('Address', 'structured', { fields: [column('City'), column('Geo', 'structured', { fields: [column('Lat', 'Edm.Double')] })] }),
  column('Customer', 'structured', { expanded: { toMany: false, columns: [column('Key'), column('Name')], visible: ['Name'] } }),
]
const visible = ['ID', 'Name', 'Price', 'On', 'Rate', 'Address', 'Customer']
const rows = [
  ['W/1', '9007199254740993', 'a "quoted", text\r\nof <two> & lines', 'x', '12.50', true, 1.5, { City: ' Bern', Geo: { Lat: 46.9 } }, ['k', 'Müller']],
  ['W/2', '2', '', 'x', null, false, -Infinity, null, null],
  ['W/3', '3', '=1+1\u0001_x0041_', 'x', '0.1234567890123456789', null, Number.NaN, { City: undefined }, ['k', null]],
]

async function* pages(...parts: readonly (readonly (readonly unknown[])[])[]): AsyncGenerator<WireRows> {
  for (const part of parts) yield { kind: 'rows', columns, rows: part }
}

async function whole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

describe('rows as comma-separated values', () => {
  it('keep every digit, tell null from empty, and flatten what is single', async () => {
    const text = (await whole(writeCsv(pages(rows.slice(0, 1), [], rows.slice(1)), tableFields(columns, visible)))).toString()
    expect(text).toBe([
      'ID,Name,Price,On,Rate,Address/City,Address/Geo/Lat,Customer/Name',
      '9007199254740993,"a ""quoted"", text\r\nof <two> & lines",12.50,true,1.5," Bern",46.9,Müller',
      '2,"",,false,-INF,,,',
      '3,=1+1\u0001_x0041_,0.1234567890123456789,,NaN,,,',
      '',
    ].join('\r\n'))
  })

  it('have their names where there are no rows', async () => {
    expect((await whole(writeCsv(pages(), tableFields(columns, ['ID', 'Name'])))).toString()).toBe('ID,Name\r\n')
  })

  it.each([
    ['collection', column('Tags', 'Edm.String', { type: { collection: true, base: 'Edm.String' } }), 'Tags'],
    ['to-many expand', column('Orders', 'structured', { expanded: { toMany: true, columns: [], visible: [] } }), 'Orders'],
    ['open type', column('*', 'structured'), 'not declared'],
  ])('refuse a %s by name', (_what, one, word) => {
    expect(() => tableFields([one], [one.name])).toThrow(expect.objectContaining({ code: 'HUB_QUERY_UNSUPPORTED', message: expect.stringContaining(word) }))
  })
})

/** The files of an archive, by its directory; checks sizes and checksums. */
function unzipped(archive: Buffer): ReadonlyMap<string, string> {
  const end = archive.length - 22
  expect(archive.readUInt32LE(end)).toBe(0x0605_4b50)
  const files = new Map<string, string>()
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [crc, packed, size, nameLength, offset] = [archive.readUInt32LE(at + 16), archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24), archive.readUInt16LE(at + 28), archive.readUInt32LE(at + 42)]
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength)
    const content = inflateRawSync(archive.subarray(offset + 30 + nameLength, offset + 30 + nameLength + packed))
    expect([content.length, crc32(content)]).toEqual([size, crc])
    files.set(name, content.toString())
    at += 46 + nameLength
  }
  return files
}

const text = (value: string) => `<c t="inlineStr"><is><t xml:space="preserve">${value}</t></is></c>`

describe('rows as a workbook', () => {
  it('are numbers only where no digit is lost, and text everywhere else', async () => {
    const files = unzipped(await whole(writeXlsx(pages(rows.slice(0, 2), rows.slice(2)), tableFields(columns, visible), 'Orders [all]')))
    expect([...files.keys()]).toEqual(['[Content_Types].xml', '_rels/.rels', 'xl/_rels/workbook.xml.rels', 'xl/workbook.xml', 'xl/worksheets/sheet1.xml'])
    expect(files.get('xl/workbook.xml')).toContain('<sheet name="Orders _all_" sheetId="1" r:id="rId1"/>')
    const [, first, second, third] = [...(files.get('xl/worksheets/sheet1.xml') ?? '').matchAll(/<row>(.*?)<\/row>/gs)].map(([, cells]) => cells)
    expect(first).toBe(`${text('9007199254740993')}${text('a &quot;quoted&quot;, text_x000D_\nof &lt;two&gt; &amp; lines')}<c><v>12.50</v></c><c t="b"><v>1</v></c><c><v>1.5</v></c>${text(' Bern')}<c><v>46.9</v></c>${text('Müller')}`)
    expect(second).toBe(`<c><v>2</v></c>${text('')}<c/><c t="b"><v>0</v></c>${text('-INF')}<c/><c/><c/>`)
    expect(third).toContain(`${text('=1+1_x0001__x005F_x0041_')}${text('0.1234567890123456789')}`)
  })

  it('fail where a cell cannot hold a value, instead of shortening it', async () => {
    const long = [['W/1', '1', 'x'.repeat(32_768)]]
    await expect(whole(writeXlsx(pages(long), tableFields(columns, ['Name']), 'x'))).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED', message: expect.stringContaining('Name') })
  })

  it('fail beyond the rows of a sheet', async () => {
    const many = Array.from({ length: 1_048_576 }, () => ['W/1', '1'])
    await expect(whole(writeXlsx(pages(many), tableFields(columns, ['ID']), 'x'))).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED' })
  })
})
