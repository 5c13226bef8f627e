import { customers, orders } from './contracts.js'
import { startCatalog } from './started-catalog.js'

type Catalog = Awaited<ReturnType<typeof startCatalog>>

const definition = {
  name: 'Shop 360',
  entities: [{ name: 'Orders', service: 'shop', entitySet: 'Orders' }, { name: 'Customers', service: 'crm', entitySet: 'Customers' }],
  relationships: [{ from: 'Orders', to: 'Customers', name: 'Customer', inverse: 'Orders', on: [{ from: 'CustomerID', to: 'CustomerID' }] }],
}

describe('the API of the catalog', () => {
  let catalog: Catalog
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${catalog.origin}/api/v1${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, json: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
  }
  afterEach(() => catalog.end())

  describe('with two services', () => {
    beforeEach(async () => {
      catalog = await startCatalog()
      await send('POST', '/services', { url: 'https://shop.example/', name: 'Shop', contract: { content: orders() }, tags: ['erp'] })
      await send('POST', '/services', { url: 'https://crm.example/', name: 'CRM', contract: { content: customers } })
    })

    it('creates, replaces, lists, describes and removes a data product', async () => {
      const created = await send('PUT', '/products/shop-360', definition)
      expect([created.status, created.headers.get('location')]).toEqual([201, '/api/v1/products/shop-360'])
      expect(created.json).toMatchObject({ slug: 'shop-360', outcome: 'created', odataUrl: `${catalog.origin}/odata/shop-360/`, services: ['crm', 'shop'], broken: [] })
      expect((await send('PUT', '/products/shop-360', definition)).json).toMatchObject({ outcome: 'unchanged' })
      const replaced = await send('PUT', '/products/shop-360', { ...definition, name: 'Shop 361' })
      expect([replaced.status, replaced.json['outcome']]).toEqual([200, 'changed'])
      expect((await send('GET', '/products')).json).toMatchObject({ total: 1, items: [{ slug: 'shop-360', odataUrl: `${catalog.origin}/odata/shop-360/` }] })
      expect((await send('GET', '/products/shop-360')).json).toMatchObject({ name: 'Shop 361', entitySets: [{ name: 'Orders', navigation: [{ name: 'Customer', target: 'Customers' }] }, { name: 'Customers' }] })
      expect((await send('DELETE', '/services/crm')).json).toMatchObject({ status: 409, code: 'HUB_SERVICE_IN_USE', detail: expect.stringContaining('shop-360') })
      expect((await send('DELETE', '/products/shop-360')).status).toBe(204)
      expect((await send('GET', '/products/shop-360')).json).toMatchObject({ status: 404, code: 'HUB_PRODUCT_NOT_FOUND' })
    })

    it('removes a service by force and says that the product is broken', async () => {
      await send('PUT', '/products/shop-360', definition)
      expect((await send('DELETE', '/services/crm?force=true')).status).toBe(204)
      expect((await send('GET', '/products/shop-360')).json['broken']).toEqual([expect.stringContaining('crm')])
    })

    it('names the field of each fault of a product', async () => {
      const faulty = { ...definition, relationships: [{ from: 'Orders', to: 'Customers', name: 'Customer', on: [{ from: 'CustomerID', to: 'CustomerId' }] }] }
      const { status, json } = await send('PUT', '/products/shop-360', faulty)
      expect([status, json['code']]).toEqual([422, 'HUB_PRODUCT_INVALID'])
      expect(json['details']).toEqual([expect.objectContaining({ target: 'relationships[0].on[0].to', message: expect.stringMatching(/CustomerId.*CustomerID/) })])
      expect((await send('PUT', '/products/shop-360', { name: 'x', entities: [{ name: 'Orders' }] })).json['details']).toMatchObject([{ target: 'entities[0].service' }, { target: 'entities[0].entitySet' }])
      expect((await send('PUT', '/products/shop', definition)).json).toMatchObject({ status: 409, code: 'HUB_SLUG_TAKEN' })
      expect((await send('PUT', '/products/suggestions', definition)).json).toMatchObject({ status: 409, code: 'HUB_SLUG_TAKEN' })
    })

    it('checks a product in a dry run and stores nothing', async () => {
      expect((await send('PUT', '/products/shop-360?dryRun=true', definition)).status).toBe(200)
      expect((await send('GET', '/products')).json['total']).toBe(0)
    })

    it('proposes relationships', async () => {
      expect((await send('GET', '/products/suggestions?service=shop&service=crm')).json['items']).toEqual([expect.objectContaining({
        from: expect.objectContaining({ service: 'shop', entitySet: 'Orders' }), to: expect.objectContaining({ service: 'crm', entitySet: 'Customers' }), on: [{ from: 'CustomerID', to: 'CustomerID' }],
      })])
      expect((await send('GET', '/products/suggestions?service=shop')).status).toBe(200)
      expect((await send('GET', '/products/suggestions')).json['details']).toMatchObject([{ target: 'service' }])
    })

    it('finds parts of names, narrows by facets, and refuses what it does not know', async () => {
      expect((await send('GET', '/search?q=compan')).json).toMatchObject({ total: 1, hits: [{ kind: 'attribute', name: 'CompanyName', slug: 'crm', matched: [{ field: 'name', highlights: [[0, 6]] }] }] })
      expect((await send('GET', '/search')).json['total']).toBeGreaterThan(5)
      expect((await send('GET', '/search?q=customer&kind=entity')).json).toMatchObject({ total: 1, hits: [{ kind: 'entity', name: 'Customers' }] })
      expect((await send('GET', '/search?tag=erp&kind=service')).json).toMatchObject({ total: 1, hits: [{ slug: 'shop' }] })
      expect((await send('GET', '/search?q=x&kind=colour')).json).toMatchObject({ status: 400, details: [{ target: 'kind' }] })
      expect((await send('GET', '/search?limit=101')).status).toBe(400)
    })

    it('makes links with the address callers see', async () => {
      await catalog.end()
      catalog = await startCatalog({ TRIBUTARY_PUBLIC_URL: 'https://data.example/hub/' })
      const { json } = await send('POST', '/services', { url: 'https://shop.example/', name: 'Shop', contract: { content: orders() } })
      expect(json['odataUrl']).toBe('https://data.example/hub/odata/shop/')
    })
  })

  it('says what it is, and forgets the samples in one call, for good', async () => {
    catalog = await startCatalog({ TRIBUTARY_SAMPLES: 'on' })
    expect((await send('GET', '/about')).json).toMatchObject({ name: 'Tributary', version: '0.1.0', mode: 'local', caller: { id: 'local', role: 'admin' }, samples: true, counts: { services: 3, products: 1 } })
    expect(((await send('DELETE', '/samples')).json['removed'] as string[]).toSorted()).toEqual(['crm', 'northwind-360', 'products', 'sales'])
    expect((await send('GET', '/about')).json).toMatchObject({ samples: false, counts: { services: 0, products: 0 } })
    expect((await send('DELETE', '/samples')).json).toEqual({ removed: [] })
  })
})
