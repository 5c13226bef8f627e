import type { CatalogStore, CatalogWrites } from '../store.js'
import type { ServiceEndpoint } from '../records.js'
import { describeStoredObservations } from './describe-stored-observations.js'
import { describeStoredSearch } from './describe-stored-search.js'
import { aContract, addService, anEnvironment, aProduct, aService } from './sample-records.js'

/** An audit event of one action. */
const event = (action: string) => ({ at: '2026-01-01T00:00:00.000Z', actor: 'ann', action, subject: 'sales', detail: `did ${action}` })

const page = { limit: 10, offset: 0 }

/**
 * The contract with a catalog store as a test: every implementation passes it.
 * `open` gives an empty store each time; the suite closes it.
 */
export function describeCatalogStore(name: string, open: () => Promise<CatalogStore>): void {
  describe(`${name} keeps the catalog`, () => {
    let store: CatalogStore
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())
    const opened = () => store

    describeServices(opened)
    describeProducts(opened)
    describeTransactions(opened)
    describeStoredSearch(opened)
    describeStoredObservations(opened)
  })
}

function describeServices(store: () => CatalogStore): void {
  describe('services', () => {
    it('gives a service back as it was saved, by slug and by identity', async () => {
      await store().change((catalog) => addService(catalog, aService(1), aContract(1)))
      const [bySlug, byIdentity, unknown] = await store().read(async (catalog) => [
        await catalog.service('service-1'),
        await catalog.serviceOf({ application: 'Application 1', environment: 'Environment 1', name: 'Service 1' }),
        await catalog.service('service-2'),
      ])
      expect(bySlug).toEqual(aService(1))
      expect(byIdentity).toEqual(aService(1))
      expect(unknown).toBeUndefined()
    })

    it('keeps what is left out left out', async () => {
      const { description: _description, owner: _owner, ...bare } = aService(1, { tags: [] })
      await store().change((catalog) => addService(catalog, bare, aContract(1)))
      expect(await store().read((catalog) => catalog.service('service-1'))).toEqual(bare)
      const ownerWithoutEmail = { ...bare, owner: { name: 'Team' } }
      await store().change((catalog) => catalog.saveService(ownerWithoutEmail))
      expect(await store().read((catalog) => catalog.service('service-1'))).toEqual(ownerWithoutEmail)
    })

    it('keeps the history of contracts, newest first, and every byte of their contents', async () => {
      const long = { ...aContract(1, 2), content: `<Edmx>${'ä€𝄞'.repeat(100_000)}</Edmx>` }
      await store().change((catalog) => addService(catalog, aService(1), aContract(1)))
      await store().change(async (catalog) => {
        await catalog.addContract(aService(1).uuid, long)
        const { content: _content, ...summary } = long
        await catalog.saveService(aService(1, { contract: summary }))
      })
      const { history, newest, first, served } = await store().read(async (catalog) => ({
        history: await catalog.contracts(aService(1).uuid),
        newest: await catalog.contract(long.uuid),
        first: await catalog.contract(aContract(1).uuid),
        served: await catalog.service('service-1'),
      }))
      expect(history.map(({ ordinal }) => ordinal)).toEqual([2, 1])
      expect(history[0]).not.toHaveProperty('content')
      expect(newest).toEqual(long)
      expect(first).toEqual(aContract(1))
      expect(served?.contract.ordinal).toBe(2)
    })

    it('lists by filter and page, ordered by slug, with the total', async () => {
      await store().change(async (catalog) => {
        await addService(catalog, aService(3, { sample: true, kind: 'memory' }), aContract(3))
        await addService(catalog, aService(1), aContract(1))
        await addService(catalog, aService(2, { environment: anEnvironment(2) }), aContract(2))
      })
      const list = (filter: Parameters<CatalogWrites['services']>[0], limit = 10, offset = 0) =>
        store().read(async (catalog) => {
          const { total, items } = await catalog.services(filter, { limit, offset })
          return [total, ...items.map(({ slug }) => slug)]
        })
      expect(await list({})).toEqual([3, 'service-1', 'service-2', 'service-3'])
      expect(await list({}, 1, 1)).toEqual([3, 'service-2'])
      expect(await list({ environment: 'Environment 2' })).toEqual([1, 'service-2'])
      expect(await list({ environmentType: 'Production' })).toEqual([2, 'service-1', 'service-3'])
      expect(await list({ application: 'Application 1', kind: 'odata' })).toEqual([2, 'service-1', 'service-2'])
      expect(await list({ tag: 'tag3' })).toEqual([1, 'service-3'])
      expect(await list({ tag: 'tag' })).toEqual([0])
      expect(await list({ owner: 'Team 2' })).toEqual([1, 'service-2'])
      expect(await list({ sample: true })).toEqual([1, 'service-3'])
      expect(await list({ sample: false })).toEqual([2, 'service-1', 'service-2'])
    })

    it('knows which slugs are taken, by services and products', async () => {
      await store().change(async (catalog) => {
        await addService(catalog, aService(1, { slug: 'orders' }), aContract(1))
        await addService(catalog, aService(2, { slug: 'orders-2' }), aContract(2))
        await addService(catalog, aService(3, { slug: 'ordersx' }), aContract(3))
        await catalog.saveProduct(aProduct(1, [], { slug: 'orders-3' }))
      })
      expect(await store().read((catalog) => catalog.slugs('orders'))).toEqual(['orders', 'orders-2', 'orders-3'])
    })

    it('forgets a removed service with everything of it, and frees its slug at once', async () => {
      await store().change(async (catalog) => {
        await addService(catalog, aService(1), aContract(1))
        await addService(catalog, aService(2), aContract(2))
      })
      await store().change(async (catalog) => {
        await catalog.removeService(aService(1).uuid)
        await addService(catalog, aService(4, { slug: 'service-1' }), aContract(4))
      })
      const left = await store().read(async (catalog) => ({
        contract: await catalog.contract(aContract(1).uuid),
        owner: (await catalog.service('service-1'))?.uuid,
        other: (await catalog.service('service-2'))?.uuid,
      }))
      expect(left).toEqual({ contract: undefined, owner: aService(4).uuid, other: aService(2).uuid })
    })

    it('finds applications and environments by name, and renames an environment type for all its services', async () => {
      await store().change((catalog) => addService(catalog, aService(1), aContract(1)))
      await store().change((catalog) => catalog.saveEnvironment({ ...anEnvironment(), type: 'Sandbox' }))
      const found = await store().read(async (catalog) => ({
        application: await catalog.application('Application 1'),
        environment: await catalog.environment('Application 1', 'Environment 1'),
        service: (await catalog.service('service-1'))?.environment.type,
        none: await catalog.environment('Application 2', 'Environment 1'),
      }))
      expect(found).toEqual({
        application: anEnvironment().application, environment: { ...anEnvironment(), type: 'Sandbox' }, service: 'Sandbox', none: undefined,
      })
    })
  })
}

function describeProducts(store: () => CatalogStore): void {
  describe('products', () => {
    it('gives a product back as it was saved, replaces it and removes it', async () => {
      await store().change((catalog) => catalog.saveProduct(aProduct(1, ['a', 'b'])))
      expect(await store().read((catalog) => catalog.product('product-1'))).toEqual(aProduct(1, ['a', 'b']))
      const changed = aProduct(1, ['c'], { broken: ['the service c was removed'], revision: 2 })
      await store().change((catalog) => catalog.saveProduct(changed))
      expect(await store().read((catalog) => catalog.product('product-1'))).toEqual(changed)
      await store().change((catalog) => catalog.removeProduct(changed.uuid))
      expect(await store().read((catalog) => catalog.product('product-1'))).toBeUndefined()
    })

    it('lists products, and those that use a service', async () => {
      await store().change(async (catalog) => {
        await catalog.saveProduct(aProduct(2, ['sales', 'crm', 'sales']))
        await catalog.saveProduct(aProduct(1, ['crm']))
      })
      const found = await store().read(async (catalog) => ({
        all: await catalog.products(page),
        second: await catalog.products({ limit: 1, offset: 1 }),
        sales: await catalog.productsUsing('sales'),
        crm: await catalog.productsUsing('crm'),
        none: await catalog.productsUsing('sale'),
      }))
      expect(found.all.total).toBe(2)
      expect(found.all.items.map(({ slug }) => slug)).toEqual(['product-1', 'product-2'])
      expect(found.second.items.map(({ slug }) => slug)).toEqual(['product-2'])
      expect(found.sales.map(({ slug }) => slug)).toEqual(['product-2'])
      expect(found.crm.map(({ slug }) => slug)).toEqual(['product-1', 'product-2'])
      expect(found.none).toEqual([])
    })
  })
}

function describeTransactions(store: () => CatalogStore): void {
  describe('transactions', () => {
    it('raises the revision by one with each change, and not without a write', async () => {
      const before = await store().revision()
      const seen = await store().change(async (catalog) => {
        await catalog.saveProduct(aProduct(1, []))
        await catalog.saveProduct(aProduct(2, []))
        return catalog.revision()
      })
      expect(seen).toBe(before + 1)
      expect(await store().revision()).toBe(before + 1)
      await store().change((catalog) => catalog.product('product-1'))
      expect(await store().revision()).toBe(before + 1)
      expect(await store().read((catalog) => catalog.revision())).toBe(before + 1)
    })

    it('keeps nothing of a change that fails, the revision included', async () => {
      const before = await store().revision()
      const failing = store().change(async (catalog) => {
        await addService(catalog, aService(1), aContract(1))
        await catalog.audit({ at: '2026-01-01T00:00:00.000Z', actor: 'ann', action: 'service.registered', subject: 'service-1', detail: '' })
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
      const left = await store().read(async (catalog) => [await catalog.service('service-1'), await catalog.auditOf('service-1', 5), await catalog.application('Application 1')])
      expect(left).toEqual([undefined, [], undefined])
      expect(await store().revision()).toBe(before)
      await store().change((catalog) => addService(catalog, aService(1), aContract(1)))
      expect(await store().revision()).toBe(before + 1)
    })

    it('makes simultaneous changes one after the other, each seeing the one before', async () => {
      const before = await store().revision()
      const claim = (number: number) =>
        store().change(async (catalog) => {
          const owner = await catalog.service('wanted')
          if (owner !== undefined) return owner.uuid
          const service = aService(number, { slug: 'wanted', name: 'Wanted' })
          await addService(catalog, service, aContract(number))
          return service.uuid
        })
      const owners = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(claim))
      expect(new Set(owners).size).toBe(1)
      expect(await store().revision()).toBe(before + 1)
    })

    it('lets reads never see a change that is not committed', async () => {
      let seen: unknown
      const change = store().change(async (catalog) => {
        await catalog.saveProduct(aProduct(1, []))
        await new Promise((resolve) => setTimeout(resolve, 20))
        throw new Error('no')
      })
      const reading = store().read(async (catalog) => {
        seen = await catalog.product('product-1')
      })
      await expect(change).rejects.toThrow('no')
      await reading
      expect(seen).toBeUndefined()
    })

    it('refuses a second service of one identity, and one slug for two', async () => {
      await store().change(async (catalog) => {
        await addService(catalog, aService(1), aContract(1))
        await catalog.saveProduct(aProduct(1, []))
      })
      const twin = (changes: Partial<ServiceEndpoint>) => store().change((catalog) => addService(catalog, aService(2, changes), aContract(2)))
      await expect(twin({ name: 'Service 1' })).rejects.toThrow()
      await expect(twin({ slug: 'service-1' })).rejects.toThrow()
      await expect(twin({ slug: 'product-1' })).rejects.toThrow()
      await expect(store().change((catalog) => catalog.saveProduct(aProduct(2, [], { slug: 'service-1' })))).rejects.toThrow()
      expect((await store().read((catalog) => catalog.services({}, page))).total).toBe(1)
    })

    it('keeps audit events, newest first, and marks', async () => {
      for (const action of ['one', 'two', 'three']) await store().change((catalog) => catalog.audit(event(action)))
      await store().change((catalog) => catalog.setMark('samples', 'seeded'))
      await store().change((catalog) => catalog.setMark('samples', 'removed'))
      const found = await store().read(async (catalog) => [await catalog.auditOf('sales', 2), await catalog.mark('samples'), await catalog.mark('other')])
      expect(found).toEqual([[event('three'), event('two')], 'removed', undefined])
    })
  })
}
