import { readCsdl, writeCsdlXml } from '@tributary/edm'
import {
  getProduct, getService, listProducts, putProduct, registerService, removeProduct, removeService, StoreCatalogReader, suggestRelationships, type Exposure, type ProductDefinition,
} from '../src/index.js'
import { actor, CatalogUnderTest, contractOf, failureOf, registrationOf } from './catalog-under-test.js'

const definition: ProductDefinition = {
  name: 'Sales 360',
  description: 'Orders with their customers',
  entities: [
    { name: 'Orders', service: 'sales', entitySet: 'Orders', select: ['OrderID', 'CustomerID', 'EmployeeID', 'OrderDate', 'Freight'], rename: { OrderID: 'Number' } },
    { name: 'Lines', service: 'sales', entitySet: 'Order_Details' },
    { name: 'Employees', service: 'sales', entitySet: 'Employees' },
    { name: 'Customers', service: 'crm', entitySet: 'Customers' },
    { name: 'Products', service: 'products', entitySet: 'Products' },
  ],
  relationships: [
    { from: 'Orders', to: 'Customers', name: 'Customer', inverse: 'Orders', on: [{ from: 'CustomerID', to: 'CustomerID' }], multiplicity: '0..1', inverseMultiplicity: '*' },
    { from: 'Lines', to: 'Products', name: 'Product', on: [{ from: 'ProductID', to: 'ProductID' }], multiplicity: '1' },
  ],
}

type Changes = (draft: ReturnType<typeof draftOf>) => void
interface Draft {
  name: string
  entities: { name: string; service: string; entitySet: string; select?: string[]; rename?: Record<string, string> }[]
  relationships: { from: string; to: string; name: string; inverse?: string; on: { from: string; to: string }[]; multiplicity?: '1' | '0..1' | '*' }[]
}
const draftOf = (): Draft => structuredClone(definition) as unknown as Draft
const changed = (change: Changes): ProductDefinition => {
  const draft = draftOf()
  change(draft)
  return draft
}

/** The members of a list that are looked at, by index. */
const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index]
  if (found === undefined) throw new Error(`there is no element ${index}`)
  return found
}

describe('a data product', () => {
  let ports: CatalogUnderTest
  beforeEach(async () => {
    ports = new CatalogUnderTest()
    for (const name of ['sales', 'crm', 'products'] as const) await registerService(ports, registrationOf(name), { actor })
  })
  const put = (product: ProductDefinition = definition, slug = 'sales-360') => putProduct(ports, slug, product, { actor })
  const joinedBy = (from: string) => put(changed((draft) => (at(at(draft.relationships, 0).on, 0).from = from)), `by-${from.toLowerCase()}`)

  it('is created, unchanged by the same call, changed by another, listed and removed', async () => {
    const first = await put()
    expect(first).toMatchObject({ outcome: 'created', product: { slug: 'sales-360', name: 'Sales 360', odataUrl: '/odata/sales-360/', services: ['crm', 'products', 'sales'], broken: [] } })
    expect(first.product.entitySets.map(({ name }) => name)).toEqual(['Orders', 'Lines', 'Employees', 'Customers', 'Products'])
    expect(await getProduct(ports, 'sales-360')).toEqual(first.product)
    const revision = await ports.store.revision()
    expect((await put()).outcome).toBe('unchanged')
    expect(await ports.store.revision()).toBe(revision)
    expect((await put(changed((draft) => (draft.name = 'Other')))).outcome).toBe('changed')
    expect((await listProducts(ports, { limit: 10, offset: 0 })).items.map(({ name }) => name)).toEqual(['Other'])
    expect((await getService(ports, 'crm')).usedBy).toEqual(['sales-360'])
    await removeProduct(ports, 'sales-360', { actor })
    expect(await failureOf(getProduct(ports, 'sales-360'))).toMatchObject({ code: 'HUB_PRODUCT_NOT_FOUND', status: 404 })
  })

  it.each<[string, Changes, string]>([
    ['a property misspelt', (draft) => (at(at(draft.relationships, 0).on, 0).to = 'CustomerId'), 'relationships[0].on[0].to: crm.Customers has no property CustomerId; did you mean CustomerID?'],
    ['a remote name where the exposed one counts', (draft) => (at(at(draft.relationships, 0).on, 0).from = 'OrderID'), 'relationships[0].on[0].from: sales.Orders exposes OrderID as Number; use that name'],
    ['a join column not selected', (draft) => (at(at(draft.relationships, 0).on, 0).from = 'ShipName'), 'relationships[0].on[0].from: ShipName is not in the select of sales.Orders'],
    ['types that cannot be compared', (draft) => (at(at(draft.relationships, 0).on, 0).from = 'OrderDate'), 'relationships[0].on[0]: sales.Orders/OrderDate (Edm.Date) cannot be compared with crm.Customers/CustomerID (Edm.String): values of one type join, numbers of any type with each other, and text with integers, decimals and guids that it writes in digits'],
    ['no columns at all', (draft) => (at(draft.relationships, 0).on = []), 'relationships[0].on: needs at least one pair of properties'],
    ['an unknown end', (draft) => (at(draft.relationships, 0).to = 'Customer'), 'relationships[0].to: the product has no entity Customer; did you mean Customers?'],
    ['an unknown service', (draft) => (at(draft.entities, 3).service = 'crmm'), 'entities[3].service: there is no service crmm; did you mean crm?'],
    ['an unknown entity set', (draft) => (at(draft.entities, 0).entitySet = 'Order'), 'entities[0].entitySet: sales has no entity set Order; did you mean Orders?'],
    ['an unknown selected property', (draft) => at(draft.entities, 0).select?.push('Fright'), 'entities[0].select[5]: sales.Orders has no property Fright; did you mean Freight?'],
    ['a selected property twice', (draft) => at(draft.entities, 0).select?.push('Freight'), 'entities[0].select[5]: Freight is there twice'],
    ['a key not selected', (draft) => (at(draft.entities, 3).select = ['CompanyName']), 'entities[3].select: lacks CustomerID, which belongs to the key of crm.Customers'],
    ['a renamed property not selected', (draft) => (at(draft.entities, 0).rename = { ShipName: 'Receiver' }), 'entities[0].rename.ShipName: ShipName is not in the select of sales.Orders'],
    ['a renamed property misspelt', (draft) => (at(draft.entities, 0).rename = { Freigt: 'Receiver' }), 'entities[0].rename.Freigt: sales.Orders has no property Freigt; did you mean Freight?'],
    ['two properties of one name', (draft) => (at(draft.entities, 0).rename = { Freight: 'OrderDate' }), 'entities[0].rename.Freight: two properties of sales.Orders would be named OrderDate'],
    ['a name that is none', (draft) => (at(draft.entities, 0).rename = { Freight: 'Freight $' }), 'entities[0].rename.Freight: "Freight $" is no OData name: letters, digits and _, not beginning with a digit, at most 128'],
    ['two entities of one name', (draft) => (at(draft.entities, 1).name = 'Orders'), 'entities[1].name: Orders is there twice'],
    ['an entity that differs from another in case only', (draft) => (at(draft.entities, 1).name = 'oRDERS'), 'entities[1].name: oRDERS differs from Orders in case only'],
    ['a property that would differ from another in case only', (draft) => (at(draft.entities, 0).rename = { Freight: 'ORDERDATE' }), 'entities[0].rename.Freight: ORDERDATE differs from OrderDate in case only'],
    ['a relationship that differs from a property in case only', (draft) => (at(draft.relationships, 0).name = 'FREIGHT'), 'relationships[0].name: FREIGHT differs from Freight in case only'],
    ['a relationship named like a property', (draft) => (at(draft.relationships, 0).name = 'Freight'), 'relationships[0].name: Orders has a property Freight'],
    ['an inverse named like a property', (draft) => (at(draft.relationships, 0).inverse = 'CompanyName'), 'relationships[0].inverse: Customers has a property CompanyName'],
    ['a relationship named like a navigation of the service', (draft) => (at(draft.relationships, 0).name = 'Employee'), 'relationships[0].name: sales.Orders has a navigation property Employee of its own'],
    ['a property named like a navigation of the service', (draft) => (at(draft.entities, 0).rename = { Freight: 'Employee' }), 'entities[0].rename: a property of Orders would be named like its navigation property Employee'],
    ['a multiplicity that is none', (draft) => (at(draft.relationships, 0).multiplicity = '2' as '1'), 'relationships[0].multiplicity: must be one of 1, 0..1, *'],
    ['no name', (draft) => (draft.name = ' '), 'name: must have 1 to 200 characters'],
    ['no entities', (draft) => ((draft.entities = []), (draft.relationships = [])), 'entities: a data product needs at least one'],
  ])('is refused for %s, naming the field', async (_what, change, message) => {
    const failure = await failureOf(put(changed(change)))
    expect(failure).toMatchObject({ code: 'HUB_PRODUCT_INVALID', status: 422 })
    expect(failure.details.map((detail) => detail.message)).toContain(message)
    expect(failure.details.map((detail) => detail.target)).toContain(message.slice(0, message.indexOf(': ')))
    expect((await listProducts(ports, { limit: 1, offset: 0 })).total).toBe(0)
  })

  it('may join text with what text writes exactly, and not with doubles', async () => {
    expect((await joinedBy('EmployeeID')).outcome).toBe('created')
    expect((await joinedBy('Freight')).outcome).toBe('created')
    const content = contractOf('sales').replace(/(<Property Name="Freight" Type=")Edm.Decimal"(?: (?:Scale|Precision)="[^"]*")*/, '$1Edm.Double"')
    expect(content).toContain('Edm.Double')
    await registerService(ports, registrationOf('sales', { contract: { content } }), { actor })
    expect((await failureOf(joinedBy('Freight'))).details.map(({ message }) => message)).toContainEqual(expect.stringContaining('(Edm.Double) cannot be compared with crm.Customers/CustomerID (Edm.String)'))
  })

  it('lists every fault at once', async () => {
    const failure = await failureOf(put(changed((draft) => {
      at(draft.entities, 0).entitySet = 'Order'
      at(at(draft.relationships, 1).on, 0).to = 'ProductId'
    })))
    expect(failure.details).toHaveLength(2)
  })

  it('lets keyless sets neither be led back from nor to a single row', async () => {
    const content = contractOf('crm').replace(/<Key>\s*<PropertyRef Name="CustomerID"\/>\s*<\/Key>/, '')
    await registerService(ports, registrationOf('crm', { contract: { content } }), { actor })
    const messages = (await failureOf(put())).details.map(({ message }) => message)
    expect(messages).toEqual([
      'relationships[0].inverse: crm.Customers has no key, so nothing can lead back',
      'relationships[0].multiplicity: crm.Customers has no key; lead to * or join on one of its alternate keys',
    ])
    const toMany = changed((draft) => {
      const relationship = at(draft.relationships, 0)
      delete relationship.inverse
      relationship.multiplicity = '*'
    })
    expect((await put(toMany)).outcome).toBe('created')
  })

  it('takes no slug of a service, nor gives one its own', async () => {
    expect(await failureOf(put(definition, 'crm'))).toMatchObject({ code: 'HUB_SLUG_TAKEN' })
    await put()
    expect(await failureOf(registerService(ports, registrationOf('crm', { slug: 'sales-360', name: 'X' }), { actor }))).toMatchObject({ code: 'HUB_SLUG_TAKEN', message: expect.stringContaining('the data product Sales 360') })
    expect((await registerService(ports, { ...registrationOf('crm', { name: 'Sales 360' }), slug: undefined } as never, { actor })).service.slug).toBe('sales-360-2')
  })

  it('keeps its services from being removed, unless forced; then it is broken until they are back', async () => {
    await put()
    const refusal = await failureOf(removeService(ports, 'crm', { actor }))
    expect(refusal).toMatchObject({ code: 'HUB_SERVICE_IN_USE', status: 409, details: [{ target: 'sales-360' }] })
    await removeService(ports, 'crm', { actor, force: true })
    const broken = await getProduct(ports, 'sales-360')
    expect(broken.broken).toEqual([expect.stringContaining('entities[3].service: there is no service crm')])
    expect(broken.entitySets).toEqual([])
    const reader = new StoreCatalogReader(ports)
    expect(await failureOf(reader.exposure('sales-360'))).toMatchObject({ code: 'HUB_PRODUCT_INVALID' })
    await registerService(ports, registrationOf('crm'), { actor })
    expect((await getProduct(ports, 'sales-360')).broken).toEqual([])
    expect((await reader.exposure('sales-360'))?.sets.size).toBe(5)
  })

  it('is named by the registration that would break it, and by the one that does', async () => {
    await put()
    const content = contractOf('crm').replace(/<Property Name="CompanyName"[^>]*>/, '').replaceAll('CustomerID', 'CustomerNo')
    const request = registrationOf('crm', { contract: { content } })
    const rehearsal = await registerService(ports, request, { actor, dryRun: true })
    expect(rehearsal.breaks).toEqual([{ slug: 'sales-360', name: 'Sales 360', reasons: [expect.stringContaining('crm.Customers has no property CustomerID')] }])
    expect((await getProduct(ports, 'sales-360')).broken).toEqual([])
    expect((await registerService(ports, request, { actor })).breaks).toEqual(rehearsal.breaks)
    expect((await getProduct(ports, 'sales-360')).broken).toHaveLength(1)
  })

  it('proposes relationships that keys and names suggest', async () => {
    const suggestions = await suggestRelationships(ports, ['sales', 'crm', 'products'])
    expect(suggestions[0]?.score).toBeGreaterThanOrEqual(suggestions.at(-1)?.score ?? 1)
    const spoken = suggestions.map(({ from, to, on, name }) => `${from.service}.${from.entitySet}/${on[0]?.from} → ${to.service}.${to.entitySet} as ${name}`)
    expect(spoken).toContain('sales.Orders/CustomerID → crm.Customers as Customer')
    expect(spoken).toContain('sales.Order_Details/ProductID → products.Products as Product')
    expect(suggestions.every(({ from, to }) => from.service !== to.service)).toBe(true)
    expect(await failureOf(suggestRelationships(ports, ['sales', 'cmr']))).toMatchObject({ code: 'HUB_SERVICE_NOT_FOUND' })
    expect(await failureOf(suggestRelationships(ports, []))).toMatchObject({ code: 'HUB_REQUEST_INVALID' })
  })
})

describe('what a product exposes', () => {
  let exposure: Exposure
  let ports: CatalogUnderTest
  beforeAll(async () => {
    ports = new CatalogUnderTest()
    for (const name of ['sales', 'crm', 'products'] as const) await registerService(ports, registrationOf(name), { actor })
    const twice = changed((draft) => draft.entities.push({ name: 'Archive', service: 'sales', entitySet: 'Orders' }))
    await putProduct(ports, '360-sales', twice, { actor })
    exposure = (await new StoreCatalogReader(ports).exposure('360-sales')) as Exposure
  })

  it('has a schema for each service and one with the container, under names that are allowed', () => {
    expect([...exposure.model.schemas.keys()]).toEqual(['_360_sales.sales', '_360_sales.crm', '_360_sales.products', '_360_sales'])
    expect(exposure.model.container?.qualifiedName).toBe('_360_sales.Container')
    expect([...(exposure.model.schemas.get('_360_sales.sales')?.types.keys() ?? [])]).toEqual(['Order', 'OrderDetail', 'Employee', 'Archive_Order'])
  })

  it('exposes the selected columns under their names, keys included, words kept', () => {
    const order = exposure.model.entityType('_360_sales.sales.Order')
    expect([...(order?.properties.keys() ?? [])]).toEqual(['Number', 'CustomerID', 'EmployeeID', 'OrderDate', 'Freight'])
    expect(order?.key).toEqual([{ path: 'Number' }])
    expect(order?.properties.get('Freight')?.annotations[0]).toMatchObject({ term: 'Org.OData.Core.V1.Description', value: { text: 'What the shipping cost.' } })
    const orders = exposure.sets.get('Orders')
    expect(orders).toMatchObject({ endpoint: 'sales', remoteSet: 'Orders', remoteType: 'Northwind.Sales.Order', entityType: '_360_sales.sales.Order', key: ['Number'] })
    expect([...(orders?.renamed ?? [])]).toEqual([['Number', 'OrderID']])
  })

  it('leads along its relationships, to-one nullable whatever the author expects', () => {
    expect(exposure.sets.get('Orders')?.navigations.get('Customer')).toEqual({ name: 'Customer', target: 'Customers', toMany: false, on: [{ from: 'CustomerID', to: 'CustomerID' }] })
    expect(exposure.sets.get('Customers')?.navigations.get('Orders')).toEqual({ name: 'Orders', target: 'Orders', toMany: true, on: [{ from: 'CustomerID', to: 'CustomerID' }] })
    const line = exposure.model.entityType('_360_sales.sales.OrderDetail')
    expect(line?.navigation.get('Product')).toMatchObject({ target: '_360_sales.products.Product', collection: false, nullable: true, constraints: [{ property: 'ProductID', referencedProperty: 'ProductID' }] })
    expect(exposure.model.bindingTarget('Customers', 'Orders')).toBe('Orders')
    expect(exposure.model.entityType('_360_sales.sales.Order')?.navigation.get('Customer')?.partner).toBe('Orders')
  })

  it('keeps the navigation inside one service, in exposed names, and drops what leads out', () => {
    const orders = exposure.sets.get('Orders')
    expect([...(orders?.navigations.keys() ?? [])].toSorted()).toEqual(['Customer', 'Details', 'Employee'])
    expect(orders?.navigations.get('Details')).toEqual({ name: 'Details', target: 'Lines', toMany: true, on: [{ from: 'Number', to: 'OrderID' }], remoteNavigation: 'Details' })
    expect(exposure.sets.get('Lines')?.navigations.get('Order')).toEqual({ name: 'Order', target: 'Orders', toMany: false, on: [{ from: 'OrderID', to: 'Number' }], remoteNavigation: 'Order' })
    // Shippers are no entity of the product, so nothing leads there; the second exposure of Orders has the first one's lines.
    expect(exposure.sets.get('Archive')?.navigations.get('Details')?.target).toBe('Lines')
    expect(exposure.model.entityType('_360_sales.sales.Archive_Order')?.navigation.get('Details')?.partner).toBeUndefined()
  })

  it('writes and reads back as CSDL', () => {
    const again = readCsdl(writeCsdlXml(exposure.model))
    expect(again.warnings).toEqual([])
    expect([...(again.container?.entitySets.keys() ?? [])]).toEqual([...exposure.sets.keys()])
    expect(writeCsdlXml(again)).toBe(writeCsdlXml(exposure.model))
  })

  it('has the endpoints it reads from, each with an identity that follows address, connection and contract', async () => {
    expect([...exposure.endpoints.keys()]).toEqual(['sales', 'crm', 'products'])
    const before = exposure.endpoints.get('crm')
    await registerService(ports, registrationOf('crm', { description: 'only words' }), { actor })
    const reader = new StoreCatalogReader(ports)
    expect((await reader.exposure('crm'))?.endpoints.get('crm')?.identity).toBe(before?.identity)
    await registerService(ports, registrationOf('crm', { connection: { auth: { kind: 'bearer', token: 'x' } } }), { actor })
    expect((await reader.exposure('crm'))?.endpoints.get('crm')?.identity).not.toBe(before?.identity)
  })
})
