import type { Deployment } from '../../harness/hub.js'
import { customersAndOrders, startODataServer, type Behaviour, type ODataServer, type Row } from '../../harness/odata-server.js'

/** The product's main job, on two services that know nothing of each other, whatever the orders' service honours. */

const sets = customersAndOrders(1000, 10_000)
const orders = sets['Orders']?.rows ?? []
const customers = new Map((sets['Customers']?.rows ?? []).map((row) => [row['CustomerID'], row]))

/** A decimal as an integer of thousandths: the generator writes at most three places. */
const thousandths = (text: unknown): bigint => {
  const [whole = '0', fraction = ''] = String(text).split('.')
  return BigInt(whole) * 1000n + BigInt(fraction.padEnd(3, '0'))
}

const countryOf = (row: Row): unknown => (row['CustomerID'] === null ? null : (customers.get(row['CustomerID'])?.['Country'] ?? null))

const dateRank = (row: Row): string => (row['OrderDate'] === null ? '' : String(row['OrderDate']))

/** What the query of the tests must answer, computed from the rows without any of our code. */
function expected(): readonly Row[] {
  return orders
    .filter((row) => row['Freight'] !== null && thousandths(row['Freight']) > 500_000n && row['ShipName'] !== null && String(row['ShipName']).includes('7'))
    .toSorted((a, b) => (dateRank(a) === dateRank(b) ? Number(a['OrderID']) - Number(b['OrderID']) : dateRank(a) < dateRank(b) ? 1 : -1))
    .slice(0, 500)
    .map((row) => {
      const customer = row['CustomerID'] === null ? undefined : customers.get(row['CustomerID'])
      return { ...row, Customer: customer === undefined ? null : { CompanyName: customer['CompanyName'] } }
    })
}

const query = "Orders?$expand=Customer($select=CompanyName)&$filter=Freight gt 500 and contains(ShipName,'7')&$orderby=OrderDate desc,OrderID&$top=500"

interface Answer {
  readonly value: readonly Row[]
  readonly '@odata.nextLink'?: string
}

const distinctKeys = (rows: readonly Row[]): number => new Set(rows.map((row) => row['CustomerID']).filter((key) => key !== null)).size

/** Everything of a source that the tests vary, beside pages of 1,000. */
const variations: readonly (readonly [string, Behaviour, Behaviour])[] = [
  ['honours everything', {}, {}],
  ['refuses $filter', { filter: 'refuse' }, {}],
  ['ignores $filter', { filter: 'ignore' }, {}],
  ['refuses $orderby', { orderby: 'refuse' }, {}],
  ['ignores $orderby', { orderby: 'ignore' }, {}],
  ['refuses $top', { top: 'refuse' }, {}],
  ['ignores $top', { top: 'ignore' }, {}],
  ['sends relative next links', { nextLinks: 'relative' }, { nextLinks: 'relative' }],
  ['is slow', { latencyMs: 40 }, { latencyMs: 40 }],
  ['refuses in', { in: 'refuse' }, { in: 'refuse' }],
  ['ignores in', { in: 'ignore' }, { in: 'ignore' }],
  ['refuses functions', { functions: 'refuse' }, { functions: 'refuse' }],
  ['refuses arithmetic', { arithmetic: 'refuse' }, { arithmetic: 'refuse' }],
  ['compares without case', { caseInsensitive: true }, { caseInsensitive: true }],
  ['sends decimals as numbers', { ieee754: 'ignore' }, { ieee754: 'ignore' }],
  ['ignores $select', { select: 'ignore' }, { select: 'ignore' }],
  ['refuses everything', { filter: 'refuse', orderby: 'refuse', top: 'refuse', skip: 'refuse', count: 'refuse', select: 'refuse' }, { filter: 'refuse', orderby: 'refuse', select: 'refuse' }],
  ['ignores everything', { filter: 'ignore', orderby: 'ignore', top: 'ignore', skip: 'ignore', count: 'ignore', select: 'ignore' }, { filter: 'ignore', orderby: 'ignore', select: 'ignore' }],
]

const product = (ordersSlug: string, customersSlug: string) => ({
  name: 'Orders with customers',
  entities: [{ name: 'Orders', service: ordersSlug, entitySet: 'Orders' }, { name: 'Customers', service: customersSlug, entitySet: 'Customers' }],
  relationships: [{ from: 'Orders', to: 'Customers', name: 'Customer', inverse: 'Orders', on: [{ from: 'CustomerID', to: 'CustomerID' }], multiplicity: '0..1', inverseMultiplicity: '*' }],
})

/** Tells the stories against a deployment: one process, or many behind a gateway. */
export const describeJoins = (deployment: string, start: () => Promise<Deployment>, options: { readonly skipped?: boolean } = {}): void => (options.skipped === true ? describe.skip : describe)(`two services joined through the API, ${deployment}`, () => {
  let hub: Deployment
  const started: ODataServer[] = []
  const serve = async (set: 'Orders' | 'Customers', behaviour: Behaviour, namespace: string) => {
    const rows = sets[set]
    if (rows === undefined) throw new Error(`there is no set ${set}`)
    const server = await startODataServer({ sets: { [set]: rows }, namespace, behaviour: { pageSize: 1000, ...behaviour } })
    started.push(server)
    return server
  }
  const register = async (slug: string, url: string) => {
    const answer = await hub.send('POST', '/api/v1/services', { url, slug, name: slug })
    expect([answer.status, await answer.text()]).toEqual([201, expect.stringContaining(`"slug":"${slug}"`)])
  }

  beforeAll(async () => {
    hub = await start()
  }, 120_000)
  afterAll(async () => {
    await Promise.all([hub.stop(), ...started.map((server) => server.stop())])
  })

  it.each(variations.map(([what, ...behaviours], at) => [what, `v${at}`, ...behaviours] as const))('when the source %s, the answer is exactly the reference', async (_what, tag, ordersBehaviour, customersBehaviour) => {
    const ordersServer = await serve('Orders', ordersBehaviour, 'Shop')
    const customersServer = await serve('Customers', customersBehaviour, 'People')
    await register(`orders-${tag}`, ordersServer.url)
    await register(`customers-${tag}`, customersServer.url)
    const put = await hub.send('PUT', `/api/v1/products/joined-${tag}`, product(`orders-${tag}`, `customers-${tag}`))
    expect([put.status, await put.text()]).toEqual([201, expect.anything()])
    customersServer.requests.length = 0
    const answer = await hub.json<Answer>(`/odata/joined-${tag}/${query}`, { accept: 'application/json;IEEE754Compatible=true' })
    const reference = expected()
    expect(reference.length).toBe(500)
    expect(answer.value).toEqual(reference)
    expect(answer['@odata.nextLink']).toBeUndefined()
    const perRequest = customersBehaviour.in === undefined ? 100 : 25
    const asked = customersServer.requests.filter(({ url }) => !url.includes('$metadata')).length
    // Where keys go in short chains, one request more asks how many rows there are: reading all of them may be cheaper.
    const counting = customersBehaviour.in === undefined ? 0 : 1
    if (customersBehaviour.filter === undefined) expect(asked).toBeLessThanOrEqual(Math.ceil(distinctKeys(reference) / perRequest) + counting)
    expect(asked).toBeGreaterThan(0)
    // What the first request taught does not change the second answer.
    expect((await hub.json<Answer>(`/odata/joined-${tag}/${query}`, { accept: 'application/json;IEEE754Compatible=true' })).value).toEqual(reference)
  })

  it('filters by what a path into the other service leads to, through every page', async () => {
    const reference = orders.filter((row) => row['CustomerID'] !== null && customers.get(row['CustomerID'])?.['Country'] === 'Germany').map((row) => row['OrderID'])
    expect(reference.length).toBeGreaterThan(500)
    const seen: unknown[] = []
    for (let next: string | undefined = "/odata/joined-v0/Orders?$filter=Customer/Country eq 'Germany'&$select=OrderID"; next !== undefined;) {
      const page: Answer = await hub.json(next)
      seen.push(...page.value.map((row) => row['OrderID']))
      next = page['@odata.nextLink']
    }
    expect(seen).toEqual(reference)
    expect(await (await hub.get("/odata/joined-v1/Orders/$count?$filter=Customer/Country eq 'Germany'")).text()).toBe(String(reference.length))
    const buyers = new Set(orders.filter((row) => row['Quantity'] === 49).map((row) => row['CustomerID']))
    const some = await hub.json<Answer>('/odata/joined-v2/Customers?$filter=Orders/any(o:o/Quantity eq 49)&$select=CustomerID')
    expect(some.value.map((row) => row['CustomerID'])).toEqual([...customers.keys()].filter((id) => buyers.has(id)))
  })

  it('sums exactly by what a path into the other service leads to', async () => {
    const answer = await hub.json<Answer>('/odata/joined-v2/Orders?$apply=groupby((Customer/Country),aggregate(Freight with sum as Total,$count as Number))', { accept: 'application/json;IEEE754Compatible=true' })
    const reference = new Map([...Map.groupBy(orders, countryOf)].map(([country, rows]) => [country, [rows.reduce((sum, row) => sum + (row['Freight'] === null ? 0n : thousandths(row['Freight'])), 0n), String(rows.length)]]))
    expect(new Map(answer.value.map((row) => [(row['Customer'] as Row)['Country'], [thousandths(row['Total']), row['Number']]]))).toEqual(reference)
  })

  it('expands the other way, per customer, with nested options', async () => {
    const answer = await hub.json<Answer>("/odata/joined-v0/Customers?$filter=CustomerID lt 'C00030'&$expand=Orders($select=OrderID;$orderby=OrderID desc;$top=3)&$select=CustomerID&$orderby=CustomerID")
    const reference = [...customers.values()].filter((row) => String(row['CustomerID']) < 'C00030').map((row) => ({
      CustomerID: row['CustomerID'],
      Orders: orders.filter((order) => order['CustomerID'] === row['CustomerID']).map((order) => ({ OrderID: order['OrderID'] })).toSorted((a, b) => Number(b.OrderID) - Number(a.OrderID)).slice(0, 3),
    }))
    const shown = answer.value.map((row) => ({ CustomerID: row['CustomerID'], Orders: (row['Orders'] as Row[]).map(({ OrderID }) => ({ OrderID })) }))
    expect(shown).toEqual(reference)
  })

  it('counts, pages by next links and gives every row once', async () => {
    const seen: unknown[] = []
    let next: string | undefined = '/odata/joined-v2/Orders?$filter=Quantity ge 25&$select=OrderID&$count=true'
    let pages = 0
    const reference = orders.filter((row) => row['Quantity'] !== null && Number(row['Quantity']) >= 25)
    while (next !== undefined) {
      const page: Answer & { readonly '@odata.count'?: number } = await hub.json(next, { prefer: 'odata.maxpagesize=1500' })
      expect(page['@odata.count']).toBe(reference.length)
      expect(page.value.length).toBeLessThanOrEqual(1500)
      seen.push(...page.value.map((row) => row['OrderID']))
      next = page['@odata.nextLink']
      pages += 1
    }
    expect(pages).toBe(Math.ceil(reference.length / 1500))
    expect(seen).toEqual(reference.map((row) => row['OrderID']))
  })

  it.each([
    ['Orders?$apply=aggregate(Freight with Statistics.Median as Middle)', 501],
    ['Orders?$filter=Freight gt', 400],
    ['Orders?$filter=Fright gt 5', 400],
    ['Orders?$wrong=1', 400],
    ['Nothing', 404],
  ])('%s is refused by name with %i, never answered wrongly', async (path, status) => {
    const answer = await hub.get(`/odata/joined-v0/${path}`)
    const { error } = (await answer.json()) as { error: { code: string; message: string } }
    expect([answer.status, error.code]).toEqual([status, expect.stringMatching(/^HUB_/)])
  })

  it('answers 502 with the slug when a source is gone, and lives', async () => {
    const server = await serve('Orders', {}, 'Shop')
    await register('mortal', server.url)
    expect((await hub.get('/odata/mortal/Orders?$top=1')).status).toBe(200)
    await server.stop()
    const answer = await hub.get('/odata/mortal/Orders?$top=1')
    const { error } = (await answer.json()) as { error: { code: string; message: string } }
    expect(answer.status).toBe(502)
    expect(error.message).toContain('mortal')
    expect((await hub.get('/health/live')).status).toBe(200)
    expect((await hub.get('/odata/joined-v0/Customers?$top=1')).status).toBe(200)
  })
})
