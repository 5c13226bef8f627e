import { readCsdl } from '@tributary/edm'
import { openShop, type Shop } from './shop.js'

describe('$metadata', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.stop())

  it('is XML, or JSON where wanted, and both say the same', async () => {
    const xml = await shop.door.get('/odata/shop/$metadata')
    expect(xml.headers.get('content-type')).toBe('application/xml;charset=utf-8')
    const json = await shop.door.get('/odata/shop/$metadata?$format=json')
    expect(json.headers.get('content-type')).toBe('application/json;charset=utf-8')
    const [a, b] = [readCsdl(await xml.text()), readCsdl(await json.text())]
    expect([...a.container?.entitySets.keys() ?? []]).toEqual(['Customers', 'Orders'])
    expect([...b.container?.entitySets.keys() ?? []]).toEqual(['Customers', 'Orders'])
    const order = a.entityType('Shop.Order')
    expect(order === undefined ? [] : a.navigations(order).map(({ name, target }) => [name, target])).toEqual([['Customer', 'Shop.Customer']])
  })

  it('says of every set that it is read only', async () => {
    const model = readCsdl(await (await shop.door.get('/odata/erp/$metadata')).text())
    for (const set of model.container?.entitySets.values() ?? []) {
      const said = set.annotations.map(({ term, value }) => [term, value.kind === 'record' ? [...value.properties] : []])
      expect(said).toEqual(expect.arrayContaining([
        ['Org.OData.Capabilities.V1.InsertRestrictions', [['Insertable', { kind: 'bool', text: 'false' }]]],
        ['Org.OData.Capabilities.V1.UpdateRestrictions', [['Updatable', { kind: 'bool', text: 'false' }]]],
        ['Org.OData.Capabilities.V1.DeleteRestrictions', [['Deletable', { kind: 'bool', text: 'false' }]]],
      ]))
    }
  })

  it('is not sent again to who has it', async () => {
    const first = await shop.door.get('/odata/erp/$metadata')
    const etag = first.headers.get('etag') ?? ''
    await first.text()
    const again = await shop.door.get('/odata/erp/$metadata', { 'if-none-match': `W/"other", ${etag}` })
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, ''])
    const json = await shop.door.get('/odata/erp/$metadata', { 'if-none-match': etag, 'accept': 'application/json' })
    expect(json.status).toBe(200)
    await json.text()
  })

  it('stands beside a service document and a list of all services', async () => {
    expect(await shop.door.json('/odata/shop/')).toEqual({
      '@odata.context': `${shop.door.origin}/odata/shop/$metadata`,
      'value': [{ name: 'Customers', kind: 'EntitySet', url: 'Customers' }, { name: 'Orders', kind: 'EntitySet', url: 'Orders' }],
    })
    expect(await shop.door.json('/odata')).toEqual(await shop.door.json('/odata/'))
    expect(await shop.door.json('/odata/')).toMatchObject({ services: expect.arrayContaining([expect.objectContaining({ name: 'shop', kind: 'product', url: `${shop.door.origin}/odata/shop/` })]) })
  })

  it('asks no source', () => {
    expect(shop.erp.requests.length + shop.crm.requests.length).toBe(0)
  })
})
