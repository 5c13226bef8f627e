import { changeConnection, putProduct, registerService, removeProduct, StoreCatalogReader, StoreObservations, type ProductDefinition } from '../src/index.js'
import { describeCatalogReader, describeObservations } from '../src/testing/index.js'
import { actor, CatalogUnderTest, registrationOf } from './catalog-under-test.js'

const joined: ProductDefinition = {
  name: 'Joined',
  entities: [{ name: 'Orders', service: 'sales', entitySet: 'Orders' }, { name: 'Customers', service: 'crm', entitySet: 'Customers' }],
  relationships: [{ from: 'Orders', to: 'Customers', name: 'Customer', on: [{ from: 'CustomerID', to: 'CustomerID' }] }],
}

async function filled(): Promise<CatalogUnderTest> {
  const ports = new CatalogUnderTest()
  for (const name of ['sales', 'crm'] as const) await registerService(ports, registrationOf(name), { actor })
  await putProduct(ports, 'joined', joined, { actor })
  return ports
}

describeCatalogReader('The reader over the store', async () => {
  const ports = await filled()
  return {
    reader: new StoreCatalogReader(ports),
    reconnect: async () => { await changeConnection(ports, 'crm', { timeoutMs: 1_000 }, { actor }) },
    removeProduct: () => removeProduct(ports, 'joined', { actor }),
    close: () => ports.store.close(),
  }
})

describeObservations('Observations in the store', async () => {
  const ports = await filled()
  return { observations: new StoreObservations(ports), now: ports.now, close: () => ports.store.close() }
})

describe('the reader over the store', () => {
  it('compiles once for requests that arrive together', async () => {
    const reader = new StoreCatalogReader(await filled())
    const exposures = await Promise.all([1, 2, 3].map(() => reader.exposure('joined')))
    expect(new Set(exposures).size).toBe(1)
  })

  it('keeps a compiled exposure when something else changes', async () => {
    const ports = await filled()
    const reader = new StoreCatalogReader(ports)
    const before = await reader.exposure('sales')
    await registerService(ports, registrationOf('products'), { actor })
    expect(await reader.exposure('sales')).toBe(before)
  })
})
