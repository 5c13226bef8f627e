import type { SearchDocument } from '../search/document.js'
import type { SearchFilter } from '../search/query.js'
import { termsOf } from '../search/terms.js'
import type { CatalogStore } from '../store.js'
import { aContract, addService, aDocument, aService } from './sample-records.js'

const documents: readonly SearchDocument[] = [
  aDocument('service', 'Sales', { tags: ['erp', 'northwind'], description: 'Orders, invoices and those who take them', validated: true, owner: 'Team Sales' }),
  aDocument('entity', 'OrderDetails', { capabilities: ['filterable', 'sortable'], description: 'Lines of an order' }),
  aDocument('entity', 'Orders', { capabilities: ['filterable'], tags: ['core'] }),
  aDocument('attribute', 'ShipName', { description: 'Who receives it' }),
  aDocument('attribute', 'HTTPServerURL', { environment: 'Sandbox' }),
  aDocument('attribute', 'unit_price2', { title: 'Précio de la unidad' }),
  aDocument('operation', 'CancelOrder', { type: 'Open API' }),
]

const byId = (a: SearchDocument, b: SearchDocument) => (a.id < b.id ? -1 : 1)

const searchIn = (store: CatalogStore, text: string, filter: SearchFilter, page: { readonly limit: number; readonly offset: number }) =>
  store.read((catalog) => catalog.search({ terms: termsOf(text), filter, ...page }))

/** Matching, filters and facets; how well the best hit is chosen is the store's own art, within the order of the cases below. */
export function describeStoredSearch(store: () => CatalogStore): void {
  const search = (text: string, filter: SearchFilter = {}, page = { limit: 20, offset: 0 }) => searchIn(store(), text, filter, page)
  const names = async (text: string, filter: SearchFilter = {}) => (await search(text, filter)).documents.map(({ document }) => document.name)
  const found = async (text: string, filter: SearchFilter = {}) => (await names(text, filter)).toSorted()
  describe('search', () => {

    beforeEach(async () => {
      await store().change(async (catalog) => {
        await addService(catalog, aService(1, { slug: 'sales' }), aContract(1))
        await catalog.index('sales', documents)
      })
    })

    it('gives documents back as they were indexed', async () => {
      const { documents: all, total } = await search('')
      expect(total).toBe(documents.length)
      expect(all.map(({ document }) => document).toSorted(byId)).toEqual(documents.toSorted(byId))
    })

    it.each([
      ['order ', ['CancelOrder', 'OrderDetails']],
      ['ord', ['CancelOrder', 'OrderDetails', 'Orders', 'Sales']],
      ['orderdetails', ['OrderDetails']],
      ['OrderDetails', ['OrderDetails']],
      ['order_details', ['OrderDetails']],
      ['details order', ['OrderDetails']],
      ['orders sales', ['Orders', 'Sales']],
      ['http server', ['HTTPServerURL']],
      ['httpserverurl', ['HTTPServerURL']],
      ['unitPrice2', ['unit_price2']],
      ['price 2', ['unit_price2']],
      ['PRECIO', ['unit_price2']],
      ['precio unidád', ['unit_price2']],
      ['receives', ['ShipName']],
      ['erp', ['Sales']],
      ['nowhere', []],
      ['orders nowhere', []],
    ])('%j finds %j', async (text, expected) => {
      expect(await found(text)).toEqual(expected)
    })

    it('puts a name that is just what was asked first, and scores never rise down the list', async () => {
      expect((await names('orders'))[0]).toBe('Orders')
      expect((await names('sales'))[0]).toBe('Sales')
      const scores = (await search('order')).documents.map(({ score }) => score)
      expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    })

    it.each([
      [{ kind: 'entity' }, ['OrderDetails', 'Orders']],
      [{ kind: 'entity', tag: 'core' }, ['Orders']],
      [{ capability: 'sortable' }, ['OrderDetails']],
      [{ environment: 'Sandbox' }, ['HTTPServerURL']],
      [{ type: 'Open API' }, ['CancelOrder']],
      [{ owner: 'Team Sales' }, ['Sales']],
      [{ validated: true }, ['Sales']],
      [{ tag: 'erp', validated: false }, []],
    ] as const)('narrows by %j', async (filter, expected) => {
      expect(await found('', filter)).toEqual(expected)
    })

    it('counts by value; a facet leaves its own filter aside', async () => {
      const { total, facets } = await search('', { kind: 'attribute', environment: 'Production' })
      expect(total).toBe(2)
      expect(facets.kind).toEqual([
        { value: 'attribute', count: 2 }, { value: 'entity', count: 2 }, { value: 'operation', count: 1 }, { value: 'service', count: 1 },
      ])
      expect(facets.environment).toEqual([{ value: 'Production', count: 2 }, { value: 'Sandbox', count: 1 }])
      expect(facets.type).toEqual([{ value: 'CSDL', count: 2 }])
      expect(facets.tag).toEqual([])
      expect((await search('')).facets.tag).toEqual([{ value: 'core', count: 1 }, { value: 'erp', count: 1 }, { value: 'northwind', count: 1 }])
    })

    it('pages without losing or doubling a hit', async () => {
      const pages = await Promise.all([0, 3, 6, 9].map((offset) => search('', {}, { limit: 3, offset })))
      const ids = pages.flatMap(({ documents: page }) => page.map(({ document }) => document.id))
      expect(ids.length).toBe(documents.length)
      expect(new Set(ids).size).toBe(documents.length)
      expect(pages.map(({ total }) => total)).toEqual([7, 7, 7, 7])
    })

    it.each([`orders" OR "x`, `orders') --`, 'name:orders', 'NEAR(orders sales)', 'orders* ^sales', `'; DROP TABLE service; --`, '{orders} : sales', '\u0000orders'])(
      'takes %j as words, not as a language',
      async (text) => {
        await search(text)
        expect(await found('orders')).toEqual(['Orders', 'Sales'])
      },
    )

    it('takes a query of any length', async () => {
      const long = Array.from({ length: 2_000 }, (_, index) => `word${index}`).join(' ')
      expect(await found(long)).toEqual([])
      expect(await found(`orders ${'order'.repeat(2_000)}`)).toEqual([])
      expect(await found(`${'orders '.repeat(2_000)}`)).toEqual(['Orders', 'Sales'])
    })

    it('replaces the documents of a slug, and forgets them with the service', async () => {
      await store().change((catalog) => catalog.index('sales', [aDocument('entity', 'Invoices')]))
      expect(await found('orders')).toEqual([])
      expect(await found('invoices')).toEqual(['Invoices'])
      await store().change((catalog) => catalog.removeService(aService(1).uuid))
      expect(await found('')).toEqual([])
    })
  })
}
