import { sampleLandscape, sampleServices } from '@tributary/samples'

const rowsOf = (service: string, entitySet: string) => sampleServices().find(({ name }) => name === service)?.rows.get(entitySet) ?? []

describe('the sample services', () => {
  it.each(sampleServices().map((service) => [service.name, service] as const))('%s: every row has one value for each property of its contract, and a unique key', (_name, { model, rows }) => {
    const sets = [...(model.container?.entitySets.values() ?? [])]
    expect([...rows.keys()].sort()).toEqual(sets.map(({ name }) => name).sort())
    for (const { name, entityType } of sets) {
      const type = model.entityType(entityType)
      if (type === undefined) throw new Error(`${name} has no type`)
      const properties = model.properties(type)
      const keyAt = model.key(type).map(({ path }) => properties.findIndex((property) => property.name === path))
      const all = rows.get(name) ?? []
      expect(all.length).toBeGreaterThan(0)
      for (const row of all) expect(row).toHaveLength(properties.length)
      expect(new Set(all.map((row) => JSON.stringify(keyAt.map((at) => row[at])))).size).toBe(all.length)
      const empty = properties.filter((property, at) => !property.type.nullable && all.some((row) => row[at] === null))
      expect(empty).toEqual([])
    }
  })

  it('hold the whole of Northwind', () => {
    expect(rowsOf('sales', 'Orders')).toHaveLength(830)
    expect(rowsOf('sales', 'Order_Details')).toHaveLength(2155)
    expect(rowsOf('crm', 'Customers')).toHaveLength(93)
    expect(rowsOf('products', 'Products')).toHaveLength(77)
  })

  it('keep decimals as text and dates without time', () => {
    const order = rowsOf('sales', 'Orders').find(([id]) => id === 10_248)
    expect(order?.slice(0, 8)).toEqual([10_248, 'VINET', 5, '1996-07-04', '1996-08-01', '1996-07-16', 3, '32.38'])
  })
})

describe('the sample landscape', () => {
  it('registers the three services with their contracts and one product over entity sets that exist', () => {
    const { services, products } = sampleLandscape()
    expect(services.map(({ slug, url }) => [slug, url])).toEqual([['sales', 'sample:sales'], ['crm', 'sample:crm'], ['products', 'sample:products']])
    for (const { definition } of products) for (const { service, entitySet } of definition.entities) expect(rowsOf(service, entitySet).length).toBeGreaterThan(0)
  })
})
