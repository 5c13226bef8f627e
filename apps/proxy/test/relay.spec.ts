import { openYard, type Yard } from './yard.js'

let yard: Yard
beforeAll(async () => {
  yard = await openYard()
})
afterAll(() => yard.stop())

const root = (slug = 'sales'): string => `${yard.door.origin}/odata/${slug}/`
const json = 'application/json'

/** The answer to a change that the source answers like this. */
async function answered(body: string, { slug = 'sales', path = 'Orders', accept = json, type = json, version = '4.0' } = {}): Promise<{ readonly status: number; readonly text: string; readonly type: string | null }> {
  yard.sales.answer({ status: 200, body, headers: { 'content-type': type } })
  const response = await yard.send('POST', `/odata/${slug}/${path}`, {}, { 'accept': accept, 'odata-maxversion': version })
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') }
}

describe('an answer of a source', () => {
  it('says as much of itself as the client wants, and claims no more than the source said', async () => {
    const body = '{"@odata.context":"$root$$metadata#Orders/$entity","@odata.etag":"W/\\"1\\"","ID":1,"Lines@odata.count":2,"Lines":[{"@odata.id":"Lines(1)","No":1}],"Lines@odata.nextLink":"$root$Orders(1)/Lines?$skip=1","State@Sales.Word":"x"}'
    // What the source says of values is no control information, which is all that this level leaves out.
    expect((await answered(body, { accept: 'application/json;odata.metadata=none' })).text.replace(/skiptoken=[^"]+/, 'skiptoken=…')).toBe(`{"ID":1,"Lines@odata.count":2,"Lines":[{"No":1}],"Lines@odata.nextLink":"${root()}Orders?$skiptoken=…","State@Sales.Word":"x"}`)
    expect(yard.sales.requests.at(-1)?.headers['accept']).toContain('odata.metadata=none')
    expect((await answered(body, { accept: 'application/json;odata.metadata=full' })).type).toContain('odata.metadata=minimal')
    const full = await answered('{"@odata.context":"$root$$metadata#Orders/$entity","@odata.type":"#Sales.Order","ID@odata.type":"#Int32","ID":1}', { accept: 'application/json;odata.metadata=full', type: 'application/json;odata.metadata=full' })
    expect([full.type?.includes('odata.metadata=full'), full.text]).toEqual([true, `{"@odata.context":"${root()}$metadata#Orders/$entity","@odata.type":"#Sales.Order","ID@odata.type":"#Int32","ID":1}`])
  })

  it('has the form of numbers the client asked for, whatever the source gave', async () => {
    const exact = 'application/json;IEEE754Compatible=true'
    const body = '{"ID":1,"Big":9007199254740993,"Freight":"1.50","Lines@count":"3","Lines":[{"Price":100000000000000000000.01}]}'
    expect((await answered(body, { accept: exact })).text).toBe('{"ID":1,"Big":"9007199254740993","Freight":"1.50","Lines@odata.count":"3","Lines":[{"Price":"100000000000000000000.01"}]}')
    expect((await answered(body)).text).toBe('{"ID":1,"Big":9007199254740993,"Freight":1.50,"Lines@odata.count":3,"Lines":[{"Price":100000000000000000000.01}]}')
    expect((await answered('{"ID":1,"Else@odata.type":"#Decimal","Else":"0.10","Other":"0.10"}', { path: 'Bags' })).text).toBe('{"ID":1,"Else@odata.type":"#Decimal","Else":0.10,"Other":"0.10"}')
  })

  it('leads to us where it led to the source, by whatever name that calls itself', async () => {
    const behind = '{"@odata.context":"https://inner.example/odata/$metadata#Orders/$entity","@odata.id":"https://inner.example/odata/Orders(1)","@odata.editLink":"/remote/Orders(1)","Scan@odata.mediaReadLink":"https://files.example/1.png","@odata.readLink":"Orders(1)"}'
    expect(JSON.parse((await answered(behind)).text)).toEqual({
      '@odata.context': `${root()}$metadata#Orders/$entity`, '@odata.id': `${root()}Orders(1)`, '@odata.editLink': `${root()}Orders(1)`, 'Scan@odata.mediaReadLink': 'https://files.example/1.png', '@odata.readLink': 'Orders(1)',
    })
  })

  it('shows of a product only what is exposed, within entities as well', async () => {
    const body = '{"@context":"$metadata#Orders/$entity","@id":"Orders(1)","ID":1,"Parent":{"ID":2,"Secret":"p","Freight":3.0},"Parent@associationLink":"Orders(1)/Parent/$ref","Notes":[{"No":1}],"Lines@context":"$metadata#Lines","Lines":[{"@id":"Lines(OrderID=1,No=2)","OrderID":1,"No":2,"Order":{"ID":1,"Secret":"q","Freight":4.50}}],"Scan@mediaReadLink":"Orders(1)/Scan","Ship":{"City":"Ulm","Hidden":1}}'
    const { text } = await answered(body, { slug: 'yard', path: 'Jobs', version: '4.01' })
    expect(text).toBe(`{"@context":"${root('yard')}$metadata#Jobs/$entity","@id":"Jobs(1)","Number":1,"Parent":{"Number":2,"Cost":3.0},"Parent@associationLink":"Jobs(1)/Parent/$ref","Lines":[{"@id":"Items(OrderID=1,No=2)","OrderID":1,"No":2,"Order":{"Number":1,"Cost":4.50}}],"Ship":{"City":"Ulm"}}`)
  })

  it.each([
    ['<entry/>', 'application/atom+xml', 'it did what was asked (200) and answered with application/atom+xml'], ['{"ID":1', json, 'its JSON is malformed at line 1'], ['{"ID":1,"ID":2}', json, 'given twice'],
  ])('that is none of OData JSON is named: %s', async (body, type, words) => {
    const { status, text } = await answered(body, { type })
    expect([status, text.includes('HUB_SOURCE_INVALID'), text.includes(words)]).toEqual([502, true, true])
  })

  it('without a body stays without', async () => {
    yard.sales.answer({ status: 201, headers: { 'location': '$root$Orders(1)', 'content-length': '0' } })
    const response = await yard.send('POST', '/odata/sales/Orders', {})
    expect([response.status, response.headers.get('location'), response.headers.get('content-type'), await response.text()]).toEqual([201, `${root()}Orders(1)`, null, ''])
  })

  it('that does not come is an error, and the change is not sent again', async () => {
    const gone = await openYard()
    await gone.sales.stop()
    const response = await gone.send('POST', '/odata/sales/Orders', { ID: 1 })
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([502, 'HUB_SOURCE_UNREACHABLE'])
    await gone.door.stop()
    await gone.crm.stop()
  })
})
