import { readCsdl } from '@tributary/edm'
import { primitiveType, type BaseType, type Value } from '@tributary/plan'
import { MemorySource } from '@tributary/source-memory'
import { describeSource, type SourceUnderTest } from '@tributary/source/testing'
import { csdlOf } from '../../../test/harness/odata-server-contract.js'
import { customersAndOrders } from '../../../test/harness/odata-server.js'

const sets = customersAndOrders(60, 90, 3)
const contract = csdlOf(sets, 'Test')
const model = readCsdl(contract)
const rowsOf = (name: 'Customers' | 'Orders'): readonly (readonly Value[])[] =>
  (sets[name]?.rows ?? []).map((row) => (sets[name]?.properties ?? []).map((property) => (row[property.name] === 'INF' ? Infinity : ((row[property.name] ?? null) as Value))))
const service = { contract, model, rows: new Map([['Customers', rowsOf('Customers')], ['Orders', rowsOf('Orders')]]) }

const under = (entitySet: 'Customers' | 'Orders') => async (): Promise<SourceUnderTest> => ({
  source: new MemorySource(new Map([['sample:test', service]])),
  target: { slug: 'test', url: 'sample:test', model, connection: { auth: { kind: 'none' }, headers: {}, timeoutMs: 1_000 } },
  entitySet, entityType: `Test.${sets[entitySet]?.entityType}`, key: sets[entitySet]?.key ?? [], rows: rowsOf(entitySet), obeys: true,
  columns: (sets[entitySet]?.properties ?? []).map(({ name, type }) => ({ name, type: primitiveType(type as Exclude<BaseType, 'enum' | 'structured' | 'null'>) })),
  stop: async () => undefined,
})

describeSource('orders in memory', under('Orders'))
describeSource('customers in memory', under('Customers'))

describe('a source in memory', () => {
  it('describes what it holds', async () => {
    const { source, target } = await under('Orders')()
    expect(await source.describe(target, new AbortController().signal)).toMatchObject({ model, content: contract })
  })

  it('says what it does not hold', async () => {
    const { source, target } = await under('Orders')()
    await expect(source.describe({ ...target, url: 'sample:other' }, new AbortController().signal)).rejects.toMatchObject({ code: 'HUB_SOURCE_UNREACHABLE' })
  })
})
