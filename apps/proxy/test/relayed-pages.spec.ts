import { openYard, type Yard } from './yard.js'

type Json = Readonly<Record<string, unknown>>

const operations = `
  <Function Name="Words"><ReturnType Type="Collection(Edm.String)" Nullable="false"/></Function>
  <Action Name="Stamp"><Parameter Name="times" Type="Edm.Int32" Nullable="false"/><Parameter Name="words" Type="Collection(Edm.String)" Nullable="false"/></Action>
  <Action Name="Refresh" IsBound="true" EntitySetPath="of"><Parameter Name="of" Type="Collection(Sales.Order)" Nullable="false"/><ReturnType Type="Collection(Sales.Order)" Nullable="false"/></Action>`
const imports = '<FunctionImport Name="Words" Function="Sales.Words"/><ActionImport Name="Stamp" Action="Sales.Stamp"/>'

/** What a source gives as it is may have further pages at the source; the client goes on at our address, and sees nothing of the source's. */
describe('further pages of what a source gives as it is', () => {
  let yard: Yard
  beforeAll(async () => {
    yard = await openYard({ outside: operations, ofContainer: imports, connection: { auth: { kind: 'apiKey', in: 'query', name: 'key', value: 'secret-key' } } })
  })
  beforeEach(() => {
    yard.sales.requests.length = 0
  })
  afterAll(() => yard.stop())

  const here = (): string => `${yard.door.origin}/odata/sales/`
  const read = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly text: string; readonly json: Json }> => {
    const response = await yard.send(method, path, body, headers)
    const text = await response.text()
    return { status: response.status, text, json: JSON.parse(text) as Json }
  }
  const foreign = (text: string): boolean => text.includes(new URL(yard.sales.url).host) || text.includes('secret-key') || text.includes('inner.example')

  it.each([
    ['absolute', '$root$Words()?$skiptoken=two&key=secret-key&sap-client=100', 'Words()?$skiptoken=two&sap-client=100'],
    ['relative to the service', 'Words()?$skiptoken=two', 'Words()?$skiptoken=two'],
    ['relative to the host', '/remote/Words()?$skiptoken=two', 'Words()?$skiptoken=two'],
  ])('are read to the end where links are %s', async (_what, link, asked) => {
    yard.sales.answer({ status: 200, body: `{"@odata.context":"$root$$metadata#Collection(Edm.String)","value":["a","b"],"@odata.nextLink":"${link}"}` })
    const first = await read('GET', '/odata/sales/Words()')
    expect([first.status, first.json['value'], foreign(first.text)]).toEqual([200, ['a', 'b'], false])
    const next = String(first.json['@odata.nextLink'])
    expect(next.startsWith(`${here()}Words()?$skiptoken=`)).toBe(true)
    yard.sales.answer({ status: 200, body: '{"@odata.context":"$root$$metadata#Collection(Edm.String)","value":["c"],"@odata.nextLink":"Words()?$skiptoken=three"}' })
    const second = await read('GET', next, undefined, { prefer: 'maxpagesize=7' })
    expect([second.json['value'], yard.sales.requests.at(-1)?.path.replace(/[&?]key=secret-key/, ''), yard.sales.requests.at(-1)?.headers['prefer']]).toEqual([['c'], asked, 'odata.maxpagesize=7'])
    yard.sales.answer({ status: 200, body: '{"@odata.context":"$root$$metadata#Collection(Edm.String)","value":["d"]}' })
    const third = await read('GET', String(second.json['@odata.nextLink']), undefined, { 'odata-maxversion': '4.01' })
    expect(third.json).toEqual({ '@context': `${here()}$metadata#Collection(Edm.String)`, 'value': ['d'] })
  })

  it('of the result of an action are read, though the action itself is posted', async () => {
    yard.sales.answer({ status: 200, body: '{"@odata.context":"https://inner.example/s/$metadata#Orders","value":[{"ID":1,"Big":9007199254740993}],"@odata.nextLink":"https://inner.example/s/Orders?$skiptoken=2"}' })
    const first = await read('POST', '/odata/sales/Orders/Sales.Refresh', {}, { accept: 'application/json;IEEE754Compatible=true' })
    expect([first.status, foreign(first.text)]).toEqual([200, false])
    yard.sales.answer({ status: 200, body: '{"@odata.context":"https://inner.example/s/$metadata#Orders","value":[{"@odata.id":"https://inner.example/s/Orders(2)","ID":2,"Big":9007199254740995}]}' })
    const second = await read('GET', String(first.json['@odata.nextLink']), undefined, { accept: 'application/json;IEEE754Compatible=true' })
    expect(second.json['value']).toEqual([{ '@odata.id': `${here()}Orders(2)`, 'ID': 2, 'Big': '9007199254740995' }])
    expect(yard.sales.requests.at(-1)?.path).toContain('Orders?$skiptoken=2')
    expect((await read('POST', String(first.json['@odata.nextLink']), {})).status).toBe(405)
  })

  it('of a collection within the answer to a change are read, in the names of a data product', async () => {
    yard.sales.answer({ status: 201, headers: { location: '$root$Orders(1)' }, body: '{"@odata.context":"$root$$metadata#Orders/$entity","ID":1,"Freight":1.10,"Secret":"x","Lines":[],"Lines@odata.nextLink":"Orders(1)/Lines?$skiptoken=q"}' })
    const sales = await read('POST', '/odata/sales/Orders', { ID: 1 }, { prefer: 'return=representation' })
    yard.sales.answer({ status: 200, body: '{"@odata.context":"$root$$metadata#Orders(1)/Lines","value":[{"OrderID":1,"No":2,"Price":0.10}]}' })
    const lines = await read('GET', String(sales.json['Lines@odata.nextLink']))
    expect([lines.text.includes('"Price":0.10'), yard.sales.requests.at(-1)?.path.startsWith('Orders(1)/Lines?$skiptoken=q')]).toEqual([true, true])
  })

  it('belong to one address of one service, and cannot be forged', async () => {
    yard.sales.answer({ status: 200, body: '{"value":["a"],"@odata.nextLink":"Words()?$skiptoken=two"}' })
    const link = String((await read('GET', '/odata/sales/Words()')).json['@odata.nextLink'])
    yard.sales.requests.length = 0
    for (const forged of [link.replace('Words()', 'Orders'), link.replace('/sales/', '/yard/').replace('Words()', 'Jobs'), `${link.slice(0, -4)}AAAA`, `${here()}Words()?$skiptoken=r.`, `${here()}Words()?$skiptoken=r.two`]) {
      expect([forged, (await read('GET', forged)).status]).toEqual([forged, 410])
    }
    expect(yard.sales.requests).toEqual([])
  })

  it('are not asked for where a parameter is missing; whether a collection may be, its source says', async () => {
    const missing = await read('POST', '/odata/sales/Stamp', { words: [] })
    expect([missing.status, missing.text.includes('needs the parameter times'), yard.sales.requests]).toEqual([400, true, []])
    yard.sales.answer({ status: 200, body: '{"value":["a"]}' })
    expect([(await read('POST', '/odata/sales/Stamp', { times: 1 })).status, yard.sales.requests.map(({ body }) => body)]).toEqual([200, ['{"times":1}']])
  })

  it('are not gone after where they lead elsewhere', async () => {
    yard.sales.answer({ status: 200, body: '{"@odata.context":"$root$$metadata#Collection(Edm.String)","value":["a"],"@odata.nextLink":"http://elsewhere.example/Words()?$skiptoken=two"}' })
    const refused = await read('GET', '/odata/sales/Words()')
    expect([refused.status, (refused.json['error'] as Json)['code']]).toEqual([502, 'HUB_SOURCE_LINK_REFUSED'])
  })
})
