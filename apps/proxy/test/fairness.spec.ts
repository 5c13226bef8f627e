import { request } from 'node:http'
import { until } from '../../../test/harness/running.js'
import { openShop, valuesOf, type Shop } from './shop.js'

describe('requests beside each other', () => {
  let shop: Shop | undefined
  afterEach(async () => {
    await shop?.stop()
    shop = undefined
  })

  it('a greedy one does not starve a modest one: they take turns at the source', async () => {
    shop = await openShop({ customers: 1_200, orders: 2_400, crm: { latencyMs: 25, in: 'refuse' } })
    const { crm, door } = shop
    const greedy = door.json('/odata/shop/Orders?$expand=Customer($select=CompanyName)')
    await until('The greedy request', () => (crm.requests.length > 10 ? true : undefined))
    const before = crm.requests.length
    expect(valuesOf(await door.json('/odata/crm/Customers?$top=1'))).toHaveLength(1)
    const turn = crm.requests.slice(before).findIndex(({ options }) => options['$filter'] === undefined)
    expect(valuesOf(await greedy)).toHaveLength(2_400)
    // A few rounds of the lanes at most, of the many that the greedy one needs.
    expect(turn).toBeGreaterThanOrEqual(0)
    expect(turn).toBeLessThanOrEqual(24)
    expect(crm.requests.length - before).toBeGreaterThan(2 * turn)
  })

  it('a client that goes away cancels what its sources are doing, and sends no more', async () => {
    shop = await openShop({ crm: { fault: 'hang' } })
    const { crm, erp, door } = shop
    const call = request(`${door.origin}/odata/shop/Orders?$expand=Customer`)
    call.on('error', () => undefined).end()
    const asked = await until('A request to the silent source', () => crm.requests[0])
    call.destroy()
    await until('Its cancellation', () => crm.cancelled.find((one) => one === asked))
    expect(crm.requests.filter(({ options }) => (options['$filter'] ?? '').includes(' in ('))).toHaveLength(1)
    expect(erp.requests.length).toBeGreaterThan(0)
    crm.behave({})
    expect(valuesOf(await door.json('/odata/shop/Orders?$expand=Customer&$top=3'))).toHaveLength(3)
  })
})
