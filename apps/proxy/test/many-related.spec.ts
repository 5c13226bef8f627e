import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openShop, type Shop } from './shop.js'

interface Explained {
  readonly tiers: readonly { readonly operator: string; readonly tier: string; readonly why: string }[]
}

const encoded = (path: string): string => path.replaceAll(' ', '%20')
const full = { accept: 'application/json;odata.metadata=full' }

/** The origin is another one for each. */
const answered = async ({ door }: Shop, path: string, headers?: Readonly<Record<string, string>>): Promise<string> => {
  const answer = await door.get(encoded(path), headers)
  expect(answer.status).toBe(200)
  return (await answer.text()).replaceAll(/http:\/\/[^/]+\//g, '/')
}

describe('rows of which very many are related to one', () => {
  let spool: string
  let beyond: Shop
  let within: Shop
  let customer: string
  beforeAll(async () => {
    spool = await mkdtemp(join(tmpdir(), 'tributary-related-'))
    const shop = { customers: 1, orders: 700 }
    beyond = await openShop({ ...shop, environment: { TRIBUTARY_SPOOL_DIR: spool, TRIBUTARY_ENGINE_FROM_ROWS: '20', TRIBUTARY_PAGE_ROWS: '0' } })
    within = await openShop({ ...shop, environment: { TRIBUTARY_PAGE_ROWS: '0' } })
    customer = `Customers('${String(beyond.customers[0]?.['CustomerID'])}')`
  })
  afterAll(async () => {
    await Promise.all([beyond.stop(), within.stop()])
    await rm(spool, { recursive: true })
  })

  it.each([
    ['of an entity', 'CUSTOMER?$expand=Orders', {}],
    ['in an order, counted, from one on', 'CUSTOMER?$expand=Orders($orderby=Freight desc,OrderID;$count=true;$skip=7;$select=OrderID,Freight)', {}],
    ['in a collection', 'Customers?$expand=Orders&$count=true', {}],
    ['with all metadata', 'CUSTOMER?$expand=Orders', full],
    ['with exact numbers as text', 'CUSTOMER?$expand=Orders', { accept: 'application/json;IEEE754Compatible=true' }],
    ['as references', 'CUSTOMER?$expand=Orders/$ref', {}],
    ['without nulls', 'Customers?$expand=Orders', { prefer: 'omit-values=nulls' }],
    ['behind a path', 'CUSTOMER/Orders?$filter=Freight gt 1', {}],
    ['behind a path, as a table', 'CUSTOMER/Orders?$format=csv', {}],
    ['of a related row', 'Orders?$top=2&$filter=CustomerID ne null&$expand=Customer($expand=Orders($select=OrderID))', {}],
    ['of results', 'Orders?$apply=nest(filter(Freight gt 5) as Dear,identity as All)', {}],
    ['transformed', 'CUSTOMER?$expand=Orders($apply=filter(Freight gt 1)/orderby(Freight);$count=true;$skip=2)', {}],
    ['transformed to few', 'CUSTOMER?$expand=Orders($apply=groupby((CustomerID),aggregate(Freight with sum as Sum)))', {}],
  ])('are answered as those are that find room in memory: %s', async (_, path, headers) => {
    const asked = `/odata/shop/${path.replace('CUSTOMER', customer)}`
    const [ours, theirs] = [await answered(beyond, asked, headers), await answered(within, asked, headers)]
    expect(ours).toBe(theirs)
    expect(ours.length).toBeGreaterThan(200)
    expect(beyond.door.plane.embedded?.engine.spooledBytes()).toBe(0)
  })

  it('go beyond memory, which explain tells', async () => {
    const { tiers } = (await beyond.door.json('/odata/shop/Customers?$expand=Orders&explain=analyze')) as unknown as Explained
    expect(tiers).toEqual([{ operator: 'Expand', tier: 'embedded engine', why: 'more than 20 rows of Orders related to one key' }])
  })

  it('are there as often as they are asked for in one batch', async () => {
    const requests = ['1', '2'].map((id) => ({ id, method: 'get', url: `${customer}?$expand=Orders` }))
    const answer = await beyond.door.get('/odata/shop/$batch', { 'content-type': 'application/json' }, { method: 'POST', body: JSON.stringify({ requests }) })
    const { responses } = (await answer.json()) as { readonly responses: readonly { readonly body: { readonly Orders: readonly unknown[] } }[] }
    const related = beyond.orders.filter(({ CustomerID }) => CustomerID === beyond.customers[0]?.['CustomerID']).length
    expect(related).toBeGreaterThan(100)
    expect(responses.map(({ body }) => body.Orders.length)).toEqual([related, related])
  })
})
