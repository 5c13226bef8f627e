import { readCsdl } from '@tributary/edm'
import { openShop, type Shop } from '../../apps/proxy/test/shop.js'
import { openConformanceHub, type ConformanceHub } from './conformance-hub.js'
import { rowsOf } from './support.js'

/** A query as UI5 puts it into a batch. */
const part = (url: string) => [
  '--batch_id-1', 'Content-Type:application/http', 'Content-Transfer-Encoding:binary', '', `GET ${url} HTTP/1.1`,
  'Accept:application/json;odata.metadata=minimal;IEEE754Compatible=true', 'Accept-Language:en', 'X-CSRF-Token:a', 'Content-Type:application/json;charset=UTF-8;IEEE754Compatible=true', '', '', '',
].join('\r\n')

/** Requests as the clients send them, from their sources, their documentation and their logs; nothing of the clients themselves runs here. */
describe('clients', () => {
  let hub: ConformanceHub
  beforeAll(async () => {
    hub = await openConformanceHub()
  })
  afterAll(() => hub.stop())

  describe('Power Query (Excel, Power BI)', () => {
    const headers = { 'user-agent': 'Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)', 'odata-maxversion': '4.0', 'accept': 'application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7' }

    it('reads the service document, $metadata in XML, and a feed page by page', async () => {
      const document = await hub.ask('shop', headers)
      expect(document.json?.['@odata.context']).toBe(`${hub.origin}/odata/shop/$metadata`)
      const metadata = await hub.ask(String(document.json?.['@odata.context']), { ...headers, accept: 'application/xml' })
      const model = readCsdl(metadata.text)
      const order = model.entityType('Shop.Order')
      expect(order === undefined ? [] : model.navigations(order).map(({ name, target }) => [name, target])).toEqual([['Customer', 'Shop.Customer']])
      const { rows, pages } = await hub.pages('shop/Orders', { ...headers, prefer: 'odata.maxpagesize=25' })
      expect([rows.length, pages]).toEqual([60, [25, 25, 10]])
    })

    it('folds steps into queries whose options and commas are percent-encoded', async () => {
      const folded = await hub.ask("shop/Customers?%24filter=Country%20eq%20'Germany'%20or%20Country%20ne%20null&%24select=CustomerID%2CCountry&%24orderby=CustomerID%20desc&%24top=3", headers)
      expect([folded.status, rowsOf(folded.json).map((row) => Object.keys(row))]).toEqual([200, Array.from({ length: 3 }, () => ['CustomerID', 'Country'])])
    })

    it('follows next links whose option is encoded, and leaves nulls out where wanted', async () => {
      const first = await hub.ask('store/Products', { ...headers, prefer: 'odata.maxpagesize=2,omit-values=nulls' })
      expect(first.headers.get('preference-applied')).toContain('omit-values=nulls')
      expect(rowsOf(first.json)[1]).not.toHaveProperty('Rating')
      const next = await hub.ask(String(first.json?.['@odata.nextLink']).replace('$skiptoken', '%24skiptoken'), { ...headers, prefer: 'odata.maxpagesize=2' })
      expect(rowsOf(next.json).map(({ ID }) => ID)).toEqual([3, 4])
    })

    it('navigates row by row with a request or two to the sources for each', async () => {
      const [customer] = await hub.rows('shop/Customers?$top=1', headers)
      const asked = await hub.ask(`shop/Customers('${String(customer?.['CustomerID'])}')/Orders?$select=OrderID&explain=analyze`, headers)
      expect([asked.status, (asked.json?.['requests'] as readonly unknown[] | undefined)?.length]).toEqual([200, 2])
    })
  })

  describe('UI5 (OData model v4)', () => {
    const headers = { 'accept': 'application/json;odata.metadata=minimal;IEEE754Compatible=true', 'odata-maxversion': '4.0', 'odata-version': '4.0', 'x-csrf-token': 'Fetch' }

    it('fetches a token with HEAD on the service root', async () => {
      const answer = await hub.ask('store/', headers, { method: 'HEAD' })
      expect([answer.status, answer.text, answer.headers.get('x-csrf-token')]).toEqual([200, '', expect.stringMatching(/^[\w-]{8,}$/)])
    })

    it('reads in multipart batches, exact numbers as strings', async () => {
      const body = `${part('Products?$count=true&$select=ID,Serial,Price&$skip=0&$top=2')}${part('Categories(%27F%27)')}--batch_id-1--\r\n`
      const answer = await hub.ask('store/$batch', { 'accept': 'multipart/mixed', 'content-type': 'multipart/mixed; boundary=batch_id-1', 'odata-maxversion': '4.0', 'odata-version': '4.0', 'mime-version': '1.0' }, { method: 'POST', body })
      expect(answer.headers.get('content-type')).toMatch(/^multipart\/mixed;boundary=/)
      expect(answer.text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
      expect(answer.text).toContain('"@odata.count":"4"')
      expect(answer.text).toContain('"Serial":"9007199254740993"')
      expect(answer.text).toContain('"Price":"2.50"')
    })
  })

  describe('Salesforce Connect (4.01)', () => {
    it('pages by itself, always counts, and searches one phrase', async () => {
      const headers = { 'odata-maxversion': '4.01', 'accept': 'application/json' }
      const page = await hub.ask('store/Products?$count=true&$select=ID,Name&$orderby=ID asc&$skip=1&$top=2&$filter=Price gt 1', headers)
      expect(page.json).toMatchObject({ '@count': 3, 'value': [{ ID: 2 }, { ID: 3 }] })
      const found = await hub.ask('store/Products?$count=true&$search="blue hammer"&$top=25', headers)
      expect(found.json).toMatchObject({ '@count': 1, 'value': [{ ID: 3 }] })
    })
  })

  describe('Microsoft.OData.Client', () => {
    it('asks for full metadata, and finds types and links', async () => {
      const answer = await hub.ask('store/Products(3)', { 'accept': 'application/json;odata.metadata=full', 'accept-charset': 'UTF-8', 'odata-version': '4.0', 'odata-maxversion': '4.0', 'user-agent': 'Microsoft.OData.Client/8.2.3' })
      expect(answer.json).toMatchObject({
        '@odata.type': '#Store.SpecialProduct', '@odata.id': `${hub.origin}/odata/store/Products(3)`, '@odata.editLink': `${hub.origin}/odata/store/Products(3)`,
        'Price@odata.type': '#Decimal', 'Paint@odata.type': '#Store.Color', 'Tags@odata.type': '#Collection(String)', 'Category@odata.navigationLink': `${hub.origin}/odata/store/Products(3)/Category`,
      })
    })
  })

  describe('SAP Cloud SDK and odata2ts', () => {
    it('name single keys, add parentheses, and send no version', async () => {
      const rows = await hub.rows('store/Products?$select=ID,Name&$filter=(Price gt 3)&$top=2', { accept: 'application/json' })
      expect(rows.map(({ ID }) => ID)).toEqual([2, 3])
      expect((await hub.ask('store/Products(ID=3)', { 'accept': 'application/json', 'content-type': 'application/json' })).json).toMatchObject({ ID: 3 })
    })
  })
})

describe('clients that sign in', () => {
  const token = 'a-token-of-at-least-thirty-two-characters'
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop({ customers: 5, orders: 5, environment: { TRIBUTARY_ADMIN_TOKEN: token } })
  })
  afterAll(() => shop.stop())

  it.each([
    ['Power Query before it knows how', { authorization: 'Bearer' }, 401],
    ['Power Query, Tableau and Excel with name and password', { authorization: `Basic ${Buffer.from(`me:${token}`).toString('base64')}` }, 200],
    ['programs with a token', { authorization: `Bearer ${token}` }, 200],
    ['with a wrong password', { authorization: `Basic ${Buffer.from('me:wrong').toString('base64')}` }, 401],
  ])('%s', async (_who, headers, status) => {
    const answer = await shop.door.get('/odata/shop/', headers)
    await answer.text()
    expect([answer.status, status === 401 ? answer.headers.get('www-authenticate') : null]).toEqual([status, status === 401 ? 'Basic realm="Tributary", charset="UTF-8", Bearer' : null])
  })

  it('Tableau reads everything, page by page, after signing in', async () => {
    const headers = { authorization: `Basic ${Buffer.from(`me:${token}`).toString('base64')}`, accept: 'application/json', prefer: 'odata.maxpagesize=2' }
    let rows = 0
    for (let next: string | undefined = '/odata/shop/Orders'; next !== undefined;) {
      const body = await shop.door.json(next, headers)
      rows += rowsOf(body).length
      next = body['@odata.nextLink'] as string | undefined
    }
    expect(rows).toBe(5)
  })
})
