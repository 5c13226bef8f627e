import { serviceExposure } from '@tributary/catalog'
import { startRichServer, type RichServer } from '../../../test/harness/rich/rich-server.js'
import { endpointOf } from './exposures.js'
import { openShop, type Shop } from './shop.js'

let shop: Shop
let port: RichServer

beforeAll(async () => {
  shop = await openShop({ customers: 20, orders: 60 })
  port = await startRichServer()
  shop.door.catalog.put(serviceExposure({ slug: 'port', name: 'Port', revision: 1 }, endpointOf('port', port.url, port.metadata)))
})
afterAll(async () => {
  await shop.stop()
  await port.stop()
})

type Row = Readonly<Record<string, unknown>>
/** What is said of rows is left out. */
const plain = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(plain) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([name]) => !/^@|@odata\.(?!navigationLink)/.test(name)).map(([name, inner]) => [name, plain(inner)])) : value
const rows = async (path: string): Promise<readonly Row[]> => plain((await shop.door.json(`/odata/${encodeURI(path)}`))['value']) as readonly Row[]
const all = async (link: string): Promise<readonly Row[]> => {
  const found: Row[] = []
  for (let next: string | undefined = link; next !== undefined;) {
    const page: Row = await shop.door.json(next)
    found.push(...(plain(page['value']) as readonly Row[]))
    next = page['@odata.nextLink'] as string | undefined
  }
  return found
}

describe('$crossjoin', () => {
  it('joins sets of one service by what the filter says, and shows their rows by links', async () => {
    const calls = await rows('port/Calls?$select=VesselCode,Number&$orderby=VesselCode,Number')
    const found = await shop.door.json(encodeURI('/odata/port/$crossjoin(Calls,Vessels)?$filter=Calls/VesselCode eq Vessels/Code'))
    const root = `${shop.door.origin}/odata/port/`
    expect(found['@odata.context']).toBe(`${root}$metadata#Collection(Edm.ComplexType)`)
    expect(found['value']).toEqual(calls.map(({ VesselCode, Number: number }) => ({
      'Calls@odata.navigationLink': `${root}Calls(VesselCode='${String(VesselCode)}',Number=${String(number)})`, 'Vessels@odata.navigationLink': `${root}Vessels('${String(VesselCode)}')`,
    })))
  })

  it('joins sets of several services of a product, whatever they can do', async () => {
    const [orders, customers] = await Promise.all([rows('shop/Orders?$select=OrderID,CustomerID,Freight'), rows('shop/Customers?$select=CustomerID,Country')])
    const countries = new Map(customers.map(({ CustomerID, Country }) => [CustomerID, Country]))
    const expected = orders.filter(({ CustomerID, Freight }) => countries.get(CustomerID) === 'Germany' && Number(Freight) > 10).map(({ OrderID, CustomerID }) => [OrderID, CustomerID])
    const found = await rows("shop/$crossjoin(Orders,Customers)?$filter=Orders/CustomerID eq Customers/CustomerID and Customers/Country eq 'Germany' and Orders/Freight gt 10&$expand=Orders($select=OrderID),Customers($select=CustomerID,Country)")
    expect(found.map(({ Orders, Customers }) => [(Orders as Row)['OrderID'], (Customers as Row)['CustomerID']]).toSorted()).toEqual(expected.toSorted())
    expect(expected.length).toBeGreaterThan(0)
    expect(Object.keys(found[0] ?? {})).toEqual(['Orders', 'Customers'])
  })

  it('shows parts of complex values', async () => {
    const found = await rows("port/$crossjoin(Vessels,Harbours)?$filter=Vessels/Moored/City eq Harbours/Name&$select=Vessels/Code,Vessels/Moored/City,Harbours/Address/City,Harbours/Address/Country&$orderby=Vessels/Moored/City,Vessels/Code")
    expect(found).toEqual([
      { Vessels: { Code: 'AMBER', Moored: { City: 'Kiel' } }, Harbours: { Address: { City: 'Kiel', Country: 'DE' } } },
      { Vessels: { Code: 'CORAL', Moored: { City: 'Turku' } }, Harbours: { Address: { City: 'Turku', Country: 'FI' } } },
    ])
    const expanded = await rows("port/$crossjoin(Vessels,Harbours)?$filter=Vessels/Code eq 'AMBER' and Harbours/Id eq 1&$expand=Vessels($select=Moored/Street)")
    expect(expanded.map(({ Vessels }) => Vessels)).toEqual([{ Moored: { Street: 'Mole 1' } }])
  })

  it('expands what belongs to the rows of its sets, and shows rows by their ids', async () => {
    const path = "port/$crossjoin(Vessels,Harbours)?$filter=Vessels/Home/Id eq Harbours/Id and Harbours/Id eq 2"
    expect(await rows(`${path}&$expand=Vessels($select=Code;$expand=Calls($select=Number),Crew/$count),Harbours($select=Name;$expand=Address/Authority($select=Name))`)).toEqual([
      { Vessels: { Code: 'CORAL', Calls: [{ Number: 1 }] }, Harbours: { Name: 'Turku', Address: { Authority: { Name: 'Odd Office' } } } },
    ])
    const [nested] = await rows(`${path}&$expand=Vessels/Home($select=Name)`)
    expect(nested?.['Vessels']).toMatchObject({ Code: 'CORAL', Home: { Name: 'Turku' } })
    const [referred] = (await shop.door.json(encodeURI(`/odata/${path}&$expand=Vessels/$ref&$select=Vessels`)))['value'] as readonly Row[]
    expect(referred).toEqual({ Vessels: { '@odata.id': `${shop.door.origin}/odata/port/Vessels('CORAL')` } })
    expect(await rows(`${path}&$compute=concat(Vessels/Code,Harbours/Name) as Both&$select=Both,Vessels&$expand=Vessels($select=Code)`)).toEqual([{ Both: 'CORALTurku', Vessels: { Code: 'CORAL' } }])
    expect(await rows(`${path}&$expand=Vessels($select=Code,Log($top=1;$count=true))&$select=Vessels`)).toEqual([{ Vessels: expect.objectContaining({ Code: 'CORAL', Log: ['laid up'] }) }])
  })

  it('multiplies what nothing joins, orders, cuts and counts it', async () => {
    const path = 'port/$crossjoin(Harbours,Tides)'
    const product = await rows(`${path}?$select=Harbours/Id,Tides/Day`)
    expect(product).toHaveLength(4 * (await rows('port/Tides')).length)
    const pairs = product.map(({ Harbours, Tides }) => `${String((Harbours as Row)['Id'])} ${String((Tides as Row)['Day'])}`)
    expect(pairs).toEqual([...new Set(pairs)].toSorted())
    expect((await shop.door.json(encodeURI(`/odata/${path}?$count=true&$top=2&$skip=1&$orderby=Tides/Day desc,Harbours/Id desc&$select=Harbours/Id,Tides/Day`)))).toMatchObject({
      '@odata.count': product.length, 'value': [{ Harbours: { Id: 3 } }, { Harbours: { Id: 2 } }],
    })
    expect((await shop.door.json(encodeURI(`/odata/${path}?$filter=Harbours/Id lt 3&$count=true&$top=0`)))['@odata.count']).toBe(product.length / 2)
    expect(await rows(`${path}?$filter=Harbours/Id gt 2 and Tides/Height lt Harbours/Id and year(Tides/Day) eq 2024&$select=Harbours/Id,Tides/Height`)).toEqual([3, 4].flatMap((id) => [2.1, 2.05].map((height) => ({ Harbours: { Id: id }, Tides: { Height: height } }))))
  })

  it('comes in pages without a row twice or missing', async () => {
    const door = shop.door
    const whole = await rows('shop/$crossjoin(Orders,Customers)?$filter=Orders/CustomerID eq Customers/CustomerID&$select=Orders/OrderID')
    const response = await door.get(encodeURI('/odata/shop/$crossjoin(Orders,Customers)?$filter=Orders/CustomerID eq Customers/CustomerID&$select=Orders/OrderID'), { prefer: 'maxpagesize=7' })
    const first = await response.json() as Row
    const rest = await all(String(first['@odata.nextLink']))
    expect([...(plain(first['value']) as readonly Row[]), ...rest]).toEqual(whole)
  })

  it('is filtered over navigation, null equals null, and is aggregated', async () => {
    expect(await rows("port/$crossjoin(Calls,Harbours)?$filter=Calls/HarbourId eq Harbours/Id and Calls/Vessel/Name eq 'Brisk'&$select=Calls/Number,Harbours/Name")).toEqual([{ Calls: { Number: 1 }, Harbours: { Name: 'Turku' } }])
    const nulls = await rows('port/$crossjoin(Photos,Harbours)?$filter=Photos/Title eq Harbours/Address/Country&$select=Photos/Id,Harbours/Id')
    expect(nulls).toEqual([{ Photos: { Id: 2 }, Harbours: { Id: 4 } }])
    const sums = await rows('port/$crossjoin(Calls,Harbours)?$apply=filter(Calls/HarbourId eq Harbours/Id)/groupby((Harbours/Name),aggregate($count as Visits))&$orderby=Visits desc,Harbours/Name')
    expect(sums).toEqual([{ Visits: 4, Harbours: { Name: 'Kiel' } }, { Visits: 2, Harbours: { Name: 'Turku' } }, { Visits: 2, Harbours: { Name: 'Visby' } }])
  })

  it.each([
    ['port/$crossjoin(Calls,Nowhere)', 404], ['port/$crossjoin(Calls,Calls)', 400], ['port/$crossjoin(Calls,Harbours)?$filter=Code eq 1', 400], ['port/$crossjoin(Calls,Harbours)?$search=x', 400],
    ['port/$crossjoin(Calls,Harbours)?$expand=Calls/$count', 400], ['port/$crossjoin(Calls,Harbours)?$expand=Calls($top=1)', 400], ['port/$crossjoin(Calls,Harbours)?$expand=Vessels', 400],
  ])('refuses %s', async (path, status) => {
    const response = await shop.door.get(encodeURI(`/odata/${path}`))
    await response.text()
    expect(response.status).toBe(status)
  })
})
