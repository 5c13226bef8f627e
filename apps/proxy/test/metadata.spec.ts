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
    expect(xml.headers.get('content-type')).toBe('application/xml')
    const json = await shop.door.get('/odata/shop/$metadata?$format=json')
    expect(json.headers.get('content-type')).toBe('application/json')
    const [a, b] = [readCsdl(await xml.text()), readCsdl(await json.text())]
    expect([...a.container?.entitySets.keys() ?? []]).toEqual(['Customers', 'Orders'])
    expect([...b.container?.entitySets.keys() ?? []]).toEqual(['Customers', 'Orders'])
    const order = a.entityType('Shop.Order')
    expect(order === undefined ? [] : a.navigations(order).map(({ name, target }) => [name, target])).toEqual([['Customer', 'Shop.Customer']])
  })

  it('says what is done here whatever the source can do, and does it', async () => {
    const container = readCsdl(await (await shop.door.get('/odata/erp/$metadata')).text()).container
    const said = new Map(container?.annotations.map(({ term, value }) => [term.replace('Org.OData.', ''), value]))
    expect(said.get('Core.V1.ODataVersions')).toEqual({ kind: 'string', text: '4.0 4.01' })
    expect(said.get('Capabilities.V1.BatchSupported')).toEqual({ kind: 'bool', text: 'true' })
    const functions = said.get('Capabilities.V1.FilterFunctions')
    const names = functions?.kind === 'collection' ? functions.items.map((item) => (item.kind === 'string' ? item.text : '')) : []
    const calls: Readonly<Record<string, string>> = {
      indexof: "indexof(ShipName,'a') ge 0", concat: "concat(ShipName,'a') ne ''", substring: "substring(ShipName,1) ne ''", matchesPattern: "matchesPattern(ShipName,'a.*')",
      contains: "contains(ShipName,'a')", startswith: "startswith(ShipName,'a')", endswith: "endswith(ShipName,'a')", now: 'now() gt 2000-01-01T00:00:00Z', mindatetime: 'mindatetime() lt now()', maxdatetime: 'maxdatetime() gt now()',
      length: 'length(ShipName) gt 0', tolower: "tolower(ShipName) ne ''", toupper: "toupper(ShipName) ne ''", trim: "trim(ShipName) ne ''", round: 'round(Freight) ge 0', floor: 'floor(Freight) ge 0', ceiling: 'ceiling(Freight) ge 0',
      totalseconds: "totalseconds(duration'PT1M') eq 60", cast: "cast(Freight,Edm.String) ne ''", isof: 'isof(Freight,Edm.Decimal)', case: "case(Freight gt 10:'dear',true:'cheap') eq 'dear'",
      hassubset: 'hassubset([4,1,3],[3,1])', hassubsequence: 'hassubsequence([4,1,3],[4,3])', 'geo.length': "geo.length(geography'SRID=4326;LineString(1 2,3 4)') gt Freight",
      'geo.distance': "geo.distance(geography'SRID=4326;Point(1 2)',geography'SRID=4326;Point(3 4)') gt Freight", 'geo.intersects': "geo.intersects(geometry'SRID=0;Point(1 1)',geometry'SRID=0;Polygon((0 0,2 0,2 2,0 0))')",
    }
    const called = await Promise.all(names.map(async (name) => {
      const filter = calls[name] ?? `${name}(2020-05-06T07:08:09.5Z) ne null`
      const response = await shop.door.get(`/odata/erp/Orders?$top=1&$filter=${encodeURIComponent(filter)}&explain=plan`)
      await response.text()
      return `${name} ${response.status}`
    }))
    expect(called.length).toBeGreaterThan(20)
    expect(called).toEqual(names.map((name) => `${name} 200`))
    shop.erp.requests.length = 0
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
