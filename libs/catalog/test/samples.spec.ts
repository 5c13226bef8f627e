import { getProduct, listProducts, listServices, previewRows, putProduct, registerService, removeSamples, seedSamples, type SampleLandscape } from '../src/index.js'
import { actor, CatalogUnderTest, contractOf, failureOf, registrationOf } from './catalog-under-test.js'

const page = { limit: 10, offset: 0 }
const landscape: SampleLandscape = {
  services: (['sales', 'crm'] as const).map((name) => ({ url: `sample:${name}`, slug: name, name, contract: { type: 'CSDL', content: contractOf(name) } })),
  products: [{
    slug: 'northwind-360',
    definition: {
      name: 'Northwind 360',
      entities: [{ name: 'Orders', service: 'sales', entitySet: 'Orders' }, { name: 'Customers', service: 'crm', entitySet: 'Customers' }],
      relationships: [{ from: 'Orders', to: 'Customers', name: 'Customer', on: [{ from: 'CustomerID', to: 'CustomerID' }] }],
    },
  }],
}

describe('the sample landscape', () => {
  let ports: CatalogUnderTest
  beforeEach(() => {
    ports = new CatalogUnderTest()
  })
  const slugs = async () => (await listServices(ports, {}, page)).items.map(({ slug }) => slug)

  it('fills an empty store once, marked as samples, asking nobody', async () => {
    expect(await seedSamples(ports, landscape, { actor })).toBe(true)
    expect((await listServices(ports, { sample: true }, page)).items.map(({ slug, url }) => [slug, url])).toEqual([['crm', 'sample:crm'], ['sales', 'sample:sales']])
    expect((await getProduct(ports, 'northwind-360')).sample).toBe(true)
    expect(ports.contracts.fetched).toEqual([])
    const revision = await ports.store.revision()
    expect(await seedSamples(ports, landscape, { actor })).toBe(false)
    expect(await ports.store.revision()).toBe(revision)
  })

  it('is removed in one call, and does not come back', async () => {
    await seedSamples(ports, landscape, { actor })
    await registerService(ports, registrationOf('products'), { actor })
    expect(await removeSamples(ports, { actor })).toEqual(['crm', 'northwind-360', 'sales'])
    expect(await slugs()).toEqual(['products'])
    expect(await seedSamples(ports, landscape, { actor })).toBe(false)
    expect(await removeSamples(ports, { actor })).toEqual([])
  })

  it('marks products of others broken that stood on it', async () => {
    await seedSamples(ports, landscape, { actor })
    await putProduct(ports, 'mine', { name: 'Mine', entities: [{ name: 'Orders', service: 'sales', entitySet: 'Orders' }], relationships: [] }, { actor })
    await removeSamples(ports, { actor })
    expect((await listProducts(ports, page)).items).toEqual([expect.objectContaining({ slug: 'mine', broken: ['entities[0].service: there is no service sales'] })])
  })

  it('does not come into a store that holds something', async () => {
    await registerService(ports, registrationOf('products'), { actor })
    expect(await seedSamples(ports, landscape, { actor })).toBe(false)
    expect(await slugs()).toEqual(['products'])
  })

  it('is finished when its seeding was cut short', async () => {
    const [first] = landscape.services
    if (first !== undefined) await registerService(ports, first, { actor, sample: true })
    expect(await seedSamples(ports, landscape, { actor })).toBe(true)
    expect(await slugs()).toEqual(['crm', 'sales'])
  })
})

describe('a preview', () => {
  it('has 20 rows, or 1 to 200 as asked', async () => {
    const ports = new CatalogUnderTest()
    expect((await previewRows(ports, 'sales', 'Orders')).rows).toHaveLength(20)
    expect((await previewRows(ports, 'sales', 'Orders', 200)).rows).toHaveLength(200)
    for (const rows of [0, 201, 1.5, Number.NaN]) expect(await failureOf(previewRows(ports, 'sales', 'Orders', rows))).toMatchObject({ target: 'rows' })
  })
})
