import { sampleServices } from '@tributary/samples'
import { northwindSamples } from '../src/samples/northwind-samples.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf, serviceExposure } from './exposures.js'
import { allPages, valuesOf } from './shop.js'

describe('the sample services', () => {
  let door: DataDoor
  beforeAll(async () => {
    door = await openDoor({ samples: northwindSamples() })
    for (const { name, contract } of sampleServices()) door.catalog.put(serviceExposure(endpointOf(name, `sample:${name}`, contract)))
  })
  afterAll(() => door.stop())

  it('are OData services of their own, with document, metadata and data', async () => {
    expect(await door.json('/samples/')).toMatchObject({ services: [{ name: 'sales' }, { name: 'crm' }, { name: 'products' }] })
    expect(await door.json('/samples/sales/')).toMatchObject({ '@odata.context': `${door.origin}/samples/sales/$metadata`, 'value': expect.arrayContaining([{ name: 'Orders', kind: 'EntitySet', url: 'Orders' }]) })
    const body = await door.json("/samples/sales/Orders?$filter=Freight%20gt%20800&$orderby=Freight%20desc&$select=OrderID,Freight&$count=true")
    expect(body['@odata.count']).toBe(4)
    expect(valuesOf(body).map(({ OrderID }) => OrderID)).toEqual([10540, 10372, 11030, 10691])
  })

  it('are read by this process at their own address, as the caller it is', async () => {
    const { rows } = await allPages(door, '/odata/sales/Orders?$select=OrderID,CustomerID')
    expect(rows).toHaveLength(830)
    const analysis = await door.json('/odata/crm/Customers?explain=analyze')
    expect(analysis).toMatchObject({ rows: 93, requests: [{ source: 'crm', url: expect.stringContaining(`${door.origin}/samples/crm/Customers`) }] })
  })

  it('follow their own navigation', async () => {
    const body = await door.json('/samples/sales/Orders(10248)?$expand=Details($select=ProductID,Quantity)&$select=OrderID')
    expect(body).toMatchObject({ OrderID: 10248, Details: [{ ProductID: 11, Quantity: 12 }, { ProductID: 42, Quantity: 10 }, { ProductID: 72, Quantity: 5 }] })
  })

  it('are read in secured mode too', async () => {
    const secured = await openDoor({ samples: northwindSamples(), environment: { TRIBUTARY_ADMIN_TOKEN: 'a-token-of-at-least-thirty-two-characters' } })
    for (const { name, contract } of sampleServices()) secured.catalog.put(serviceExposure(endpointOf(name, `sample:${name}`, contract)))
    const body = await secured.json('/odata/products/Categories?$top=3', { authorization: 'Bearer a-token-of-at-least-thirty-two-characters' })
    expect(valuesOf(body)).toHaveLength(3)
    await secured.stop()
  })
})
