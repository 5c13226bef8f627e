import { openYard, type Yard } from './yard.js'

/** Sentences of the protocol that few requests need. */
describe('the small print', () => {
  let yard: Yard
  beforeAll(async () => {
    yard = await openYard({ connection: { writes: 'allowed' } })
  })
  afterAll(() => yard.stop())

  const sent = () => yard.sales.requests.at(-1)

  it.each(['', '$metadata', 'Orders', 'Orders(1)', 'Orders/$count', '$batch'])('OPTIONS is answered with the version: /%s', async (path) => {
    const answers = await Promise.all(['4.0', '4.01'].map((version) => yard.send('OPTIONS', `/odata/sales/${path}`, undefined, { 'odata-maxversion': version })))
    expect(answers.map(({ status, headers }) => [status, headers.get('odata-version'), headers.get('allow') === null])).toEqual([[204, '4.0', false], [204, '4.01', false]])
  })

  it.each(['3.0', '5.0', 'x'])('a request that is written in version %s is refused', async (version) => {
    const response = await yard.send('GET', '/odata/sales/', undefined, { 'odata-version': version })
    expect([response.status, await response.json()]).toEqual([400, { error: expect.objectContaining({ code: 'HUB_VERSION_UNSUPPORTED', target: 'OData-Version', message: expect.stringContaining(`OData-Version ${version}`) as string }) as unknown }])
  })

  it.each(['4.0', '4.01'])('one in version %s is answered', async (version) => {
    expect((await yard.send('GET', '/odata/sales/', undefined, { 'odata-version': version })).status).toBe(200)
  })

  it('annotations of what there is not are nobody\'s to understand, and other names are', async () => {
    yard.sales.answer({ status: 204 })
    expect((await yard.send('POST', '/odata/sales/Orders', { 'ID': 1, 'Nothing@Some.Term': 1, '@Some.Term': 2, 'Freight@Some.Term': 3 })).status).toBe(204)
    expect(JSON.parse(sent()?.body ?? '')).toEqual({ 'ID': 1, '@Some.Term': 2, 'Freight@Some.Term': 3 })
    expect((await yard.send('POST', '/odata/sales/Orders', { 'ID': 1, 'Nothing@odata.type': '#Int32' })).status).toBe(400)
  })

  it('an entity whose base type is a stream comes into being by one', async () => {
    yard.sales.answer({ status: 204 })
    expect((await yard.send('POST', '/odata/sales/Files/Sales.Picture', 'jpeg', { 'content-type': 'image/jpeg' })).status).toBe(204)
    expect([sent()?.path, sent()?.headers['content-type'], sent()?.body]).toEqual(['Files/Sales.Picture', 'image/jpeg', 'jpeg'])
  })

  it('a condition of a change may stand in an alias, which is sent once', async () => {
    yard.sales.answer({ status: 204 })
    expect((await yard.send('PATCH', '/odata/sales/Orders/$filter(@f)/$each?@f=Freight%20gt%204', { Paid: true })).status).toBe(204)
    expect(sent()?.path).toBe('Orders/$filter(@f)/$each?@f=Freight%20gt%204')
  })
})
