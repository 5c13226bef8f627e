import { openShop, valuesOf, type Shop } from './shop.js'

const goesOn = { prefer: 'odata.continue-on-error' }
const retried = (retryLink: string): unknown => ({ info: { code: 'HUB_SOURCE_FAILED', severity: 'error', message: expect.stringContaining('crm') as unknown }, retryLink })

describe('answers without what a failing source does not give', () => {
  let shop: Shop
  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  async function ask(path: string, headers: Readonly<Record<string, string>> = goesOn): Promise<{ readonly status: number; readonly applied: string | null; readonly body: Record<string, unknown> }> {
    const response = await shop.door.get(path, headers)
    return { status: response.status, applied: response.headers.get('preference-applied'), body: await response.json() as Record<string, unknown> }
  }

  const failure = expect.objectContaining({ info: expect.objectContaining({ code: 'HUB_SOURCE_FAILED', severity: 'error', message: expect.stringContaining('crm') as unknown }) as unknown }) as unknown

  it.each(['odata.continue-on-error', 'continue-on-error', 'continue-on-error=true'])('are given for Prefer: %s, a to-one navigation annotated in each row', async (prefer) => {
    shop.crm.behave({ fault: 'failure' })
    const { status, applied, body } = await ask('/odata/shop/Orders?$select=OrderID&$expand=Customer($select=CompanyName)', { prefer })
    expect([status, applied]).toEqual([200, prefer.startsWith('odata.') ? 'odata.continue-on-error' : 'continue-on-error'])
    const rows = valuesOf(body)
    // Whoever has no customer is known to have none.
    expect(rows).toEqual(shop.orders.map((order) => ({
      OrderID: order['OrderID'], ...(order['CustomerID'] === null ? { Customer: null } : { 'Customer@Core.ResourceException': retried(`${shop.door.origin}/odata/shop/Orders(${String(order['OrderID'])})/Customer?$select=CompanyName`) }),
    })))
  })

  it.each([{}, { prefer: 'odata.continue-on-error=false' }, { prefer: 'return=minimal' }])('are not given for %j', async (headers) => {
    shop.crm.behave({ fault: 'failure' })
    expect(await ask('/odata/shop/Orders?$expand=Customer', headers)).toMatchObject({ status: 502, body: { error: { code: 'HUB_SOURCE_FAILED' } } })
  })

  it('annotate a to-many navigation, and what is nested in what was read', async () => {
    shop.erp.behave({ fault: 'failure' })
    const many = await ask('/odata/shop/Customers?$select=CustomerID&$expand=Orders($count=true)&$top=3')
    expect(valuesOf(many.body)).toHaveLength(3)
    const link = (row: Readonly<Record<string, unknown>>): string => `${shop.door.origin}/odata/shop/Customers('${String(row['CustomerID'])}')/Orders?$count=true`
    for (const row of valuesOf(many.body)) expect(row).toEqual({ CustomerID: row['CustomerID'], 'Orders@Core.ResourceException': { info: expect.objectContaining({ code: 'HUB_SOURCE_FAILED' }) as unknown, retryLink: link(row) }, 'Orders@odata.nextLink': link(row) })
    shop.erp.behave({})
    const [first] = valuesOf(many.body)
    const again = await shop.door.json(String(first?.['Orders@odata.nextLink']))
    expect(again['@odata.count']).toBe(shop.orders.filter((order) => order['CustomerID'] === first?.['CustomerID']).length)
    const nested = await ask('/odata/shop/Customers?$select=CustomerID&$expand=Orders($select=OrderID;$expand=Customer($select=CompanyName))&$top=2')
    expect(JSON.stringify(nested.body)).not.toContain('Exception')
  })

  it('annotate one entity', async () => {
    shop.crm.behave({ fault: 'failure' })
    const order = shop.orders.find((one) => one['CustomerID'] !== null)
    const { status, body } = await ask(`/odata/shop/Orders(${String(order?.['OrderID'])})?$expand=Customer`)
    expect([status, body['Customer@Core.ResourceException']]).toEqual([200, failure])
  })

  it('are refused where what is missing decides about rows', async () => {
    shop.crm.behave({ fault: 'failure' })
    for (const path of ["/odata/shop/Orders?$filter=Customer/Country eq 'Germany'", '/odata/shop/Orders?$orderby=Customer/CompanyName', '/odata/shop/Orders(10000)/Customer', '/odata/shop/Orders?$apply=groupby((Customer/Country),aggregate($count as N))']) {
      expect(await ask(path)).toMatchObject({ status: 502, body: { error: { code: 'HUB_SOURCE_FAILED' } } })
    }
    expect((await shop.door.get('/odata/shop/Orders?$format=csv&$expand=Customer', goesOn)).status).not.toBe(200)
  })

  it('end where the rows of the set end, say why, and lead to the rest', async () => {
    await shop.door.plane.prober.probe('erp')
    shop.erp.behave({ pageSize: 100, maxpagesize: 'ignore', fault: 'failure', faultFromPage: 2 })
    const { status, body } = await ask('/odata/shop/Orders?$select=OrderID')
    expect(status).toBe(200)
    const given = valuesOf(body).map((row) => row['OrderID'])
    expect(given.length).toBeGreaterThan(0)
    expect(given.length).toBeLessThan(400)
    expect(body['@Core.ResourceException']).toMatchObject({ info: { code: 'HUB_SOURCE_FAILED' }, retryLink: body['@odata.nextLink'] })
    shop.erp.behave({})
    const rest = valuesOf(await shop.door.json(String(body['@odata.nextLink']))).map((row) => row['OrderID'])
    expect([...given, ...rest]).toEqual(shop.orders.map((order) => order['OrderID']))
  })

  it('are no answers where not one row was read', async () => {
    shop.erp.behave({ fault: 'failure' })
    expect(await ask('/odata/shop/Orders')).toMatchObject({ status: 502, body: { error: { code: 'HUB_SOURCE_FAILED' } } })
  })

  it('annotate in the same way with full metadata', async () => {
    shop.crm.behave({ fault: 'failure' })
    const { body } = await ask('/odata/shop/Orders?$expand=Customer&$top=3&$format=application/json;odata.metadata=full')
    expect(valuesOf(body).filter((row) => 'Customer@Core.ResourceException' in row).length).toBeGreaterThan(0)
  })
})
