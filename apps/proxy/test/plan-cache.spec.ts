import { until } from '../../../test/harness/running.js'
import { openShop, valuesOf, type Shop } from './shop.js'

const planOutcome = (response: Response): string | undefined => /plan;dur=[\d.]+;desc="(\w+)"/.exec(response.headers.get('server-timing') ?? '')?.[1]

describe('plans that are remembered', () => {
  let shop: Shop
  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  const ask = async (path: string): Promise<{ readonly outcome: string | undefined; readonly body: Record<string, unknown> }> => {
    const response = await shop.door.get(path)
    return { outcome: planOutcome(response), body: await response.json() as Record<string, unknown> }
  }

  it('plans the same text once, and answers the same', async () => {
    const path = '/odata/shop/Orders?$filter=Quantity gt 10&$expand=Customer($select=CompanyName)&$orderby=OrderID'
    const first = await ask(path)
    expect(first.outcome).toBe('miss')
    // Probes in the background may teach something new meanwhile.
    await until('A plan that is found', async () => {
      const { outcome, body } = await ask(path)
      expect(['hit', 'stale']).toContain(outcome)
      expect(body).toEqual(first.body)
      return outcome === 'hit' ? true : undefined
    })
  })

  it('tells queries apart by their literals and aliases', async () => {
    for (const quantity of [3, 4, 3, 4]) {
      const { body } = await ask(`/odata/erp/Orders?$filter=Quantity eq @q&@q=${quantity}&$select=Quantity`)
      expect(new Set(valuesOf(body).map((row) => row['Quantity']))).toEqual(new Set([quantity]))
    }
  })

  it('evaluates now() at each request, not when the plan was made', async () => {
    const path = '/odata/erp/Orders?$filter=ShippedAt lt now()&$compute=now() as Now&$select=Now&$top=1'
    const moments: unknown[] = []
    for (let asked = 0; asked < 3; asked += 1) {
      moments.push(valuesOf((await ask(path)).body)[0]?.['Now'])
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(new Set(moments).size).toBe(3)
  })

  it('gives each page its own rows', async () => {
    const pages: unknown[][] = []
    for (let next: string | undefined = '/odata/erp/Orders?$select=OrderID', asked = 0; next !== undefined && asked < 5; asked += 1) {
      const response = await shop.door.get(next, { prefer: 'maxpagesize=100' })
      const body = await response.json() as Record<string, unknown>
      pages.push(valuesOf(body).map((row) => row['OrderID']))
      next = body['@odata.nextLink'] as string | undefined
    }
    expect(pages.map((page) => page.length)).toEqual([100, 100, 100, 100])
    expect(new Set(pages.flat()).size).toBe(400)
  })

  it('plans anew what a source turned out to refuse', async () => {
    const path = '/odata/erp/Orders?$filter=Quantity gt 10&$select=OrderID'
    const before = await ask(path)
    shop.erp.behave({ filter: 'refuse' })
    const during = await ask(path)
    const after = await ask(path)
    expect(valuesOf(after.body).length).toBe(valuesOf(before.body).length)
    expect(valuesOf(during.body).length).toBe(valuesOf(before.body).length)
    expect(after.outcome).not.toBe('miss')
    const filtered = shop.erp.requests.length
    await ask(path)
    expect(shop.erp.requests.slice(filtered).filter(({ options }) => (options['$filter'] ?? '').includes('Quantity gt 10'))).toEqual([])
  })

  it('forgets the plans of a product that was changed', async () => {
    const path = '/odata/shop/Orders?$top=2'
    await ask(path)
    const exposure = await shop.door.plane.exposures.of('shop')
    shop.door.catalog.put({ ...exposure, revision: exposure.revision + 1 })
    expect((await ask(path)).outcome).toBe('miss')
  })
})
