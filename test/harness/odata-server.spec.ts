import { customersAndOrders, startODataServer, type Behaviour, type ODataServer } from './odata-server.js'

interface Body { readonly value: readonly Record<string, unknown>[]; readonly '@odata.count'?: number; readonly '@odata.nextLink'?: string }

const sets = customersAndOrders(100, 300)
let server: ODataServer

beforeAll(async () => {
  server = await startODataServer({ sets })
})
afterAll(() => server.stop())
beforeEach(() => server.behave({}))

const ask = async (query: string, headers: Record<string, string> = {}): Promise<Response> => fetch(new URL(query, server.url), { headers })
const rows = async (query: string): Promise<Body> => (await ask(query)).json() as Promise<Body>
const ids = async (filter: string): Promise<unknown[]> => (await rows(`Orders?$filter=${encodeURIComponent(filter)}`)).value.map((row) => row['OrderID'])
const idsWhere = (test: (row: Readonly<Record<string, unknown>>) => boolean): unknown[] => (sets['Orders']?.rows ?? []).filter(test).map((row) => row['OrderID'])

describe('the loopback OData server', () => {
  it('describes its sets', async () => {
    const text = await (await ask('$metadata')).text()
    expect(text).toContain('<EntityType Name="Customer">')
    expect(text).toContain('<Property Name="Freight" Type="Edm.Decimal" Scale="variable"/>')
  })

  it('filters as JavaScript over the same rows does', async () => {
    expect(await ids("Freight gt 500 and contains(ShipName,'7')")).toEqual(idsWhere((row) => row['Freight'] !== null && Number(row['Freight']) > 500 && String(row['ShipName']).includes('7')))
    expect(await ids('ShipName eq null or Quantity in (1,2,3)')).toEqual(idsWhere((row) => row['ShipName'] === null || [1, 2, 3].includes(row['Quantity'] as number)))
    expect(await ids('not (Quantity gt 10)')).toEqual(idsWhere((row) => row['Quantity'] === null || (row['Quantity'] as number) <= 10))
    expect(await ids("OrderDate ge 2022-05-01 and OrderDate lt 2023-01-01")).toEqual(idsWhere((row) => typeof row['OrderDate'] === 'string' && row['OrderDate'] >= '2022-05-01' && row['OrderDate'] < '2023-01-01'))
    expect(await ids("ShipName eq 'Skipper''s 7th'")).toEqual(idsWhere((row) => row['ShipName'] === "Skipper's 7th"))
    expect(await ids('Quantity mul 2 add 1 eq 7')).toEqual(idsWhere((row) => row['Quantity'] === 3))
  })

  it('counts, orders with nulls lowest, skips and takes', async () => {
    const body = await rows('Orders?$orderby=Quantity desc,OrderID&$skip=5&$top=10&$count=true&$select=OrderID,Quantity')
    const expected = (sets['Orders']?.rows ?? []).toSorted((a, b) => Number(b['Quantity'] ?? -1) - Number(a['Quantity'] ?? -1) || Number(a['OrderID']) - Number(b['OrderID'])).slice(5, 15)
    expect(body['@odata.count']).toBe(300)
    expect(body.value).toEqual(expected.map(({ OrderID, Quantity }) => ({ OrderID, Quantity })))
  })

  it.each(['absolute', 'relative'] as const)('pages with %s next links to the end', async (nextLinks) => {
    server.behave({ pageSize: 70, nextLinks })
    const seen: unknown[] = []
    for (let link: string | undefined = 'Orders?$filter=OrderID gt 10050'; link !== undefined;) {
      const body: Body = await rows(link)
      seen.push(...body.value.map((row) => row['OrderID']))
      link = body['@odata.nextLink']
    }
    expect(seen).toEqual(idsWhere((row) => Number(row['OrderID']) > 10_050))
  })

  it.each<[Behaviour, string, number]>([
    [{ filter: 'refuse' }, 'Orders?$filter=OrderID eq 1', 501],
    [{ in: 'refuse' }, 'Orders?$filter=OrderID in (1)', 501],
    [{ functions: 'refuse' }, "Orders?$filter=contains(ShipName,'7')", 501],
    [{ arithmetic: 'refuse' }, 'Orders?$filter=Quantity mul 2 gt 1', 400],
    [{ orderby: 'refuse' }, 'Orders?$orderby=OrderID', 501],
    [{ auth: { kind: 'bearer', token: 't' } }, 'Orders', 401],
    [{ urlLimit: 30 }, 'Orders?$filter=OrderID eq 1 or OrderID eq 2', 414],
  ])('behaves as told: %j', async (behaviour, query, status) => {
    server.behave(behaviour)
    expect((await ask(query)).status).toBe(status)
  })

  it('ignores what it is told to ignore', async () => {
    server.behave({ filter: 'ignore', top: 'ignore', count: 'ignore', select: 'ignore' })
    const body = await rows('Orders?$filter=OrderID eq 1&$top=1&$count=true&$select=OrderID')
    expect(body.value).toHaveLength(300)
    expect(body['@odata.count']).toBeUndefined()
    expect(Object.keys(body.value[0] ?? {})).toHaveLength(8)
  })

  it('writes exact numbers as strings only where asked', async () => {
    const plain = await (await ask('Customers?$top=1')).text()
    const exact = await (await ask('Customers?$top=1', { accept: 'application/json;IEEE754Compatible=true' })).text()
    expect(plain).toMatch(/"Visits":(9007199254740\d{3}|null)/)
    expect(exact).toMatch(/"Visits":("9007199254740\d{3}"|null)/)
  })
})
