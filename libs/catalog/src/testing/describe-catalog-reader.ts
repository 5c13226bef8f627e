import type { CatalogReader } from '../ports.js'

/** What a reader is tested with: it reads a catalog that holds the services `sales` and `crm` and the product `joined` (Orders of sales with a to-one Customer of crm). */
export interface ReaderUnderTest {
  readonly reader: CatalogReader
  /** Changes the connection of `crm`. */
  reconnect(): Promise<void>
  /** Removes the product `joined`. */
  removeProduct(): Promise<void>
  close(): Promise<void>
}

/** The contract with a catalog reader as a test: the one in the catalog's process and the remote one pass it alike. */
export function describeCatalogReader(name: string, open: () => Promise<ReaderUnderTest>): void {
  describe(`${name} reads what is exposed`, () => {
    let under: ReaderUnderTest
    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.close())

    it('lists slugs with their titles', async () => {
      const listed = await under.reader.exposures()
      expect(listed.map(({ slug, kind }) => [slug, kind])).toEqual([['crm', 'service'], ['joined', 'product'], ['sales', 'service']])
      expect(listed.every(({ title }) => title !== '')).toBe(true)
    })

    it('gives a service as it is', async () => {
      const exposure = await under.reader.exposure('sales')
      expect(exposure).toMatchObject({ slug: 'sales', kind: 'service' })
      expect(exposure?.model.entityType(exposure.sets.get('Orders')?.entityType ?? '')?.properties.size).toBeGreaterThan(0)
      expect(exposure?.endpoints.get('sales')).toMatchObject({ slug: 'sales', kind: 'odata' })
    })

    it('gives a product with its endpoints, whose connections stay sealed', async () => {
      const exposure = await under.reader.exposure('joined')
      expect(exposure?.kind).toBe('product')
      expect([...(exposure?.endpoints.keys() ?? [])].toSorted()).toEqual(['crm', 'sales'])
      expect(exposure?.sets.get('Orders')?.navigations.get('Customer')).toMatchObject({ target: 'Customers', toMany: false, on: [{ from: 'CustomerID', to: 'CustomerID' }] })
      expect(exposure?.model.bindingTarget('Orders', 'Customer')).toBe('Customers')
      expect(typeof exposure?.endpoints.get('crm')?.connection).toBe('string')
    })

    it('gives nothing for an unknown slug', async () => {
      expect(await under.reader.exposure('nowhere')).toBeUndefined()
    })

    it('gives the same value while nothing changes, and a newer one afterwards', async () => {
      const before = await under.reader.exposure('joined')
      expect(await under.reader.exposure('joined')).toBe(before)
      const [sales, revision] = [await under.reader.exposure('sales'), await under.reader.revision()]
      await under.reconnect()
      expect(await under.reader.revision()).toBeGreaterThan(revision)
      const after = await under.reader.exposure('joined')
      expect(after?.revision).toBeGreaterThan(before?.revision ?? Number.POSITIVE_INFINITY)
      expect(after?.endpoints.get('crm')?.identity).not.toBe(before?.endpoints.get('crm')?.identity)
      expect(after?.endpoints.get('sales')?.identity).toBe(before?.endpoints.get('sales')?.identity)
      expect((await under.reader.exposure('sales'))?.revision).toBe(sales?.revision)
    })

    it('forgets what was removed', async () => {
      expect(await under.reader.exposure('joined')).toBeDefined()
      await under.removeProduct()
      expect(await under.reader.exposure('joined')).toBeUndefined()
      expect((await under.reader.exposures()).map(({ slug }) => slug)).toEqual(['crm', 'sales'])
    })
  })
}
