import * as fc from 'fast-check'
import { putProduct, registerService, searchCatalog, termsOf, type SearchFilter } from '../src/index.js'
import { fold, tokensOf, wordsOf } from '../src/search/words.js'
import { highlightsOf, termMatches } from '../src/search/terms.js'
import { actor, CatalogUnderTest, failureOf, registrationOf } from './catalog-under-test.js'

const partsOf = (text: string) => wordsOf(text).map(({ text: whole, parts }) => [whole, ...parts.map((part) => part.text)])
const marked = (text: string, query: string) => highlightsOf(text, termsOf(query)).map(([start, end]) => text.slice(start, end))

describe('splitting names', () => {
  it.each([
    ['OrderDetails', [['orderdetails', 'order', 'details']]],
    ['orderDetails', [['orderdetails', 'order', 'details']]],
    ['order_details', [['orderdetails', 'order', 'details']]],
    ['ORDER_DETAILS', [['orderdetails', 'order', 'details']]],
    ['HTTPServer', [['httpserver', 'http', 'server']]],
    ['CustomerID', [['customerid', 'customer', 'id']]],
    ['Address2Line', [['address2line', 'address', '2', 'line']]],
    ['iPhone15Pro', [['iphone15pro', 'i', 'phone', '15', 'pro']]],
    ['Northwind.Orders', [['northwind'], ['orders']]],
    ['sales-360', [['sales'], ['360']]],
    ['Größe', [['große'.normalize('NFKD').replaceAll(/\p{M}/gu, '')]]],
    ['ÉtatCivil', [['etatcivil', 'etat', 'civil']]],
    ['订单', [['订单', '订', '单']]],
    ['ΠελάτηςΚωδικός', [[fold('ΠελάτηςΚωδικός'), fold('Πελάτης'), fold('Κωδικός')]]],
    ['__', []],
    ['', []],
  ])('%j is %j', (text, expected) => {
    expect(partsOf(text)).toEqual(expected)
  })

  const texts = fc.string({ unit: 'grapheme', maxLength: 60 })

  it('finds every text by its own words, whatever they are', () => {
    fc.assert(fc.property(texts, (text) => {
      const tokens = new Set(tokensOf(text).map((token) => token.text))
      expect(termsOf(text).filter((term) => !termMatches(term, tokens))).toEqual([])
    }), { numRuns: 500 })
  })

  it('knows where each token stands', () => {
    fc.assert(fc.property(texts, (text) => {
      for (const { text: token, start, end } of tokensOf(text)) expect(fold(text.slice(start, end))).toBe(token)
    }), { numRuns: 500 })
  })

  it('makes tokens of letters and digits only', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      for (const { text: token } of tokensOf(text)) expect(token).toMatch(/^[\p{L}\p{N}]+$/u)
    }), { numRuns: 500 })
  })
})

describe('highlights', () => {
  it.each([
    ['OrderDetails', 'details', ['Details']],
    ['OrderDetails', 'orderdetails', ['OrderDetails']],
    ['OrderDetails', 'ord', ['Ord']],
    ['All orders of a customer', 'order cust', ['cust']],
    ['All orders of a customer', 'ord', ['ord']],
    ['the order, an order', 'order ', ['order', 'order']],
    ['Prix unité', 'unite', ['unité']],
    ['nothing here', 'order', []],
  ])('of %j for %j are %j', (text, query, expected) => {
    expect(marked(text, query)).toEqual(expected)
  })

  it('ascend and never overlap', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '_', ' ', '1', 'é'), maxLength: 40 })
    const queries = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', '1'), maxLength: 12 })
    fc.assert(fc.property(texts, queries, (text, query) => {
      const bounds = highlightsOf(text, termsOf(query)).flat()
      expect(bounds).toEqual([...new Set(bounds)].toSorted((a, b) => a - b))
      expect(bounds.at(-1) ?? 0).toBeLessThanOrEqual(text.length)
    }), { numRuns: 500 })
  })
})

describe('searching the catalog', () => {
  let ports: CatalogUnderTest
  const search = (text: string, filter: SearchFilter = {}) => searchCatalog(ports, text, filter, { limit: 100 })
  beforeAll(async () => {
    ports = new CatalogUnderTest()
    await registerService(ports, registrationOf('sales', { description: 'Orders and their lines', tags: ['northwind'], environment: { name: 'Sample', type: 'Non-Production' } }), { actor })
    await registerService(ports, registrationOf('crm'), { actor })
    await putProduct(ports, 'joined', { name: 'Orders of customers', entities: [{ name: 'Purchases', service: 'sales', entitySet: 'Orders', rename: { Freight: 'Carriage' } }], relationships: [] }, { actor })
  })

  it('finds services, entity sets, attributes and products, and shows what matched', async () => {
    const { hits, total } = await search('orders')
    expect(total).toBe(hits.length)
    expect(hits[0]).toMatchObject({
      kind: 'entity', slug: 'sales', name: 'Orders', url: '/services/sales/Orders', service: 'SALES', environment: 'Non-Production',
      matched: expect.arrayContaining([{ field: 'name', text: 'Orders', highlights: [[0, 6]] }]),
    })
    expect(hits.map(({ kind, slug }) => `${kind}:${slug}`)).toEqual(expect.arrayContaining(['service:sales', 'product:joined']))
    expect((await search('freight')).hits[0]).toMatchObject({ kind: 'attribute', name: 'Freight', description: 'What the shipping cost.', url: '/services/sales/Orders#Freight' })
    expect((await search('carriage')).hits[0]).toMatchObject({ kind: 'attribute', slug: 'joined', name: 'Carriage' })
    expect((await search('ship name')).hits.map(({ name }) => name)).toContain('ShipName')
  })

  it('narrows, counts and pages', async () => {
    const all = await search('')
    expect(all.total).toBe(all.facets.kind.reduce((sum, { count }) => sum + count, 0))
    const entities = await search('', { kind: 'entity' })
    expect(entities.facets.kind).toEqual(all.facets.kind)
    expect(entities.total).toBe(all.facets.kind.find(({ value }) => value === 'entity')?.count)
    expect((await search('', { environment: 'Non-Production', kind: 'service' })).hits.map(({ slug }) => slug)).toEqual(['sales'])
    const page = await searchCatalog(ports, '', {}, { limit: 2, offset: 1 })
    expect(page.hits).toEqual(all.hits.slice(1, 3))
    expect(page.total).toBe(all.total)
  })

  it('takes a star for everything and signs for nothing', async () => {
    expect((await search('*')).total).toBe((await search('  ')).total)
    expect(await search('!?')).toMatchObject({ total: 0, hits: [] })
  })

  it('refuses pages that cannot be', async () => {
    for (const page of [{ limit: 0 }, { limit: 101 }, { limit: 1.5 }, { offset: -1 }]) expect(await failureOf(searchCatalog(ports, 'x', {}, page))).toMatchObject({ code: 'HUB_REQUEST_INVALID' })
  })
})
