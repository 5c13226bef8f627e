import { openShop, valuesOf, type Shop } from './shop.js'
import type { Behaviour } from '../../../test/harness/odata-server.js'

const path = '/odata/shop/Orders?$select=OrderID,CustomerID&$expand=Customer($select=CompanyName,Country)&$orderby=OrderID'

/** What the shop answers where its customers behave so, after it was probed. */
async function answered(crm: Behaviour, ask: (shop: Shop) => Promise<void>): Promise<void> {
  const shop = await openShop({ customers: 300, orders: 500, crm })
  try {
    await shop.door.plane.prober.probe('crm')
    await ask(shop)
  } finally {
    await shop.stop()
  }
}

describe('keys of a join that go in batches', () => {
  let expected: unknown
  beforeAll(() => answered({}, async ({ door }) => {
    expected = valuesOf(await door.json(path))
  }))

  it('bring the same rows in fewer requests than chains, and explain tells', async () => {
    await answered({ in: 'refuse', batch: 'honour' }, async ({ door, crm }) => {
      const plan = await door.json(`${path}&explain=plan`) as { readonly residuals: readonly { readonly entitySet: string; readonly taken: readonly string[] }[] }
      expect(plan.residuals.find(({ entitySet }) => entitySet === 'Customers')?.taken).toContain('CustomerID by or, 8 in a batch')
      const before = crm.requests.length
      expect(valuesOf(await door.json(path))).toEqual(expected)
      const sent = crm.requests.slice(before).filter(({ url }) => !url.includes('$top=0'))
      expect(sent.every(({ method }) => method === 'POST')).toBe(true)
      expect(sent.length).toBeLessThanOrEqual(3)
      const run = await door.json(`${path}&explain=analyze`) as { readonly requests: readonly { readonly source: string; readonly method: string; readonly url: string; readonly rows: number }[] }
      expect(run.requests.find(({ source, method }) => source === 'crm' && method === 'POST')).toMatchObject({ url: `${crm.url}$batch` })
    })
  })

  it('are sent as chains again where batches are refused, cannot be read, or leave reads unanswered, and the lesson is kept', async () => {
    for (const batch of [undefined, 'html', 'forget', 'refuse-inner', 'forbid'] as const) {
      await answered({ in: 'refuse', batch: 'honour' }, async ({ door, crm }) => {
        crm.behave({ in: 'refuse', ...(batch === undefined ? {} : { batch }) })
        expect(valuesOf(await door.json(path))).toEqual(expected)
        const before = crm.requests.length
        expect(valuesOf(await door.json(path))).toEqual(expected)
        expect(crm.requests.slice(before).every(({ method }) => method === 'GET')).toBe(true)
      })
    }
  })

  it('survive a source that counts the nodes of a filter, ignores case, or ignores filters', async () => {
    for (const crm of [{ in: 'refuse', batch: 'honour', filterTerms: 12 }, { in: 'refuse', batch: 'honour', caseInsensitive: true }, { in: 'refuse', batch: 'honour', pageSize: 7, nextLinks: 'relative' }] as const) {
      await answered(crm, async ({ door, crm: server }) => {
        expect(valuesOf(await door.json(path))).toEqual(expected)
        server.behave({ ...crm, filter: 'ignore' })
        expect(valuesOf(await door.json(path))).toEqual(expected)
      })
    }
  })
})
