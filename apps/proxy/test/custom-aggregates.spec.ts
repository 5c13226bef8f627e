import { openSales, type Sales } from './sales.js'

const url = (path: string): string => `/odata/${path}`.replaceAll(' ', '%20')
/** In an order of their own: that of results is nobody's promise. */
const sorted = (value: unknown): unknown => (Array.isArray(value) ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value)
const plain = (value: unknown): unknown => (Array.isArray(value) ? value.map(plain) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@')).map(([name, inner]) => [name, plain(inner)])) : value)

/** What the source makes of `$apply`, by its text: nobody else knows how it forecasts. */
const made: Readonly<Record<string, readonly object[]>> = {
  'aggregate(Forecast)': [{ Forecast: 25 }],
  'aggregate(Amount)': [{ Amount: 24 }],
  'groupby((Product/Name),aggregate(Amount with sum as Actual,Forecast))': [
    { Product: { Name: 'Coffee' }, Actual: 12, Forecast: 12.5 }, { Product: { Name: 'Paper' }, Actual: 8, Forecast: 9 }, { Product: { Name: 'Sugar' }, Actual: 4, Forecast: null },
  ],
  'groupby((rollup(ProductID,Date)),aggregate(Forecast as F))': [{ ProductID: 'P1', Date: '2022-04-01', F: 3 }, { ProductID: 'P1', F: 4 }],
  'aggregate(Forecast from ProductID with max as Most)': [{ Most: 11 }],
  'aggregate(Forecast from Date with average from ProductID as Again)': [{ Again: 12 }],
  'groupby((CustomerID),aggregate(Product/Name with Custom.concat as Names))': [{ CustomerID: 'C1', Names: 'Coffee,Paper,Sugar' }, { CustomerID: 'C3', Names: 'Paper,Sugar' }],
  'filter(Amount gt 3)/groupby((ProductID),aggregate(Forecast))': [{ ProductID: 'P2', Forecast: 12 }],
  'groupby((ProductID),aggregate(Forecast))/filter(Forecast gt 5)/aggregate(Forecast with max as Most,$count as N)': [{ Most: 11, N: 2 }],
  'groupby((ProductID),aggregate(Forecast))': [{ ProductID: 'P2', Forecast: 12 }, { ProductID: 'P3', Forecast: 9 }],
  'groupby((Product),aggregate(Forecast))': [{ Product: { ID: 'P2', CategoryID: 'PG1', Name: 'Coffee', Color: 'Brown', TaxRate: 0.06 }, Forecast: 12 }],
  "filter(ProductID eq 'P2')/aggregate(Forecast)": [{ Forecast: 12 }],
  "filter(CustomerID eq 'C1')/aggregate(Forecast)": [{ Forecast: 7 }],
  "filter(CustomerID eq 'C1')/groupby((ProductID),aggregate(Forecast))": [{ ProductID: 'P1', Forecast: 2 }, { ProductID: 'P2', Forecast: 4 }, { ProductID: 'P3', Forecast: 5 }],
  'concat(aggregate(Forecast),groupby((ProductID),aggregate(Amount with max as Most)))': [{ Forecast: 25 }, { ProductID: 'P2', Most: 8 }],
  'groupby((ProductID,CustomerID),aggregate(Amount with sum as Total))/groupby((CustomerID),Custom.Best(Count=1))/aggregate(Total with sum as Best)': [{ Best: 17 }],
}

describe('custom aggregates and methods of a source', () => {
  let sales: Sales
  const asked: string[] = []
  beforeAll(async () => {
    sales = await openSales({
      apply: (text) => {
        asked.push(text)
        return made[text] ?? [{ Unexpected: text }]
      },
    })
  })
  afterAll(() => sales.stop())
  const rows = async (path: string): Promise<unknown> => plain((await sales.door.json(url(path)))['value'])

  it.each([
    ['aggregate(Forecast)', [{ Forecast: 25 }]],
    ['aggregate(Amount)', [{ Amount: 24 }]],
    ['groupby((rollup(ProductID,Date)),aggregate(Forecast as F))', [{ ProductID: 'P1', Date: '2022-04-01', F: 3 }, { ProductID: 'P1', F: 4 }]],
    ['aggregate(Forecast from ProductID with max as Most)', [{ Most: 11 }]],
    ['aggregate(Forecast from Date with average from ProductID as Again)', [{ Again: 12 }]],
    ['groupby((CustomerID),aggregate(Product/Name with Custom.concat as Names))', [{ CustomerID: 'C1', Names: 'Coffee,Paper,Sugar' }, { CustomerID: 'C3', Names: 'Paper,Sugar' }]],
    ['filter(Amount gt 3)/groupby((ProductID),aggregate(Forecast))', [{ ProductID: 'P2', Forecast: 12 }]],
    ['groupby((ProductID),aggregate(Forecast))/filter(Forecast gt 5)/aggregate(Forecast with max as Most,$count as N)', [{ Most: 12, N: 2 }]],
    ['groupby((Product),aggregate(Forecast))', [{ Product: { ID: 'P2', CategoryID: 'PG1', Name: 'Coffee', Color: 'Brown', TaxRate: 0.06 }, Forecast: 12 }]],
    ['concat(aggregate(Forecast),groupby((ProductID),aggregate(Amount with max as Most)))', [{ Forecast: 25 }, { ProductID: 'P2', Most: 8 }]],
    ['groupby((ProductID,CustomerID),aggregate(Amount with sum as Total))/groupby((CustomerID),Custom.Best(Count=1))/aggregate(Total with sum as Best)', [{ Best: 17 }]],
  ])('%s', async (apply, expected) => {
    expect(sorted(await rows(`sales/Sales?$apply=${apply}`))).toEqual(sorted(expected))
    expect(sorted(await rows(`trade/Sales?$apply=${apply}`))).toEqual(sorted(expected))
  })

  it('sends as few transformations as give results, and does the others itself', async () => {
    asked.length = 0
    expect(await rows('sales/Sales?$apply=groupby((ProductID),aggregate(Forecast))/filter(Forecast gt 10)/compute(Forecast mul 2 as Twice)')).toEqual([{ ProductID: 'P2', Forecast: 12, Twice: 24 }])
    expect(asked).toEqual(['groupby((ProductID),aggregate(Forecast))'])
  })

  it('goes on with the other options, and tells the declared type', async () => {
    const query = 'Sales?$apply=groupby((Product/Name),aggregate(Amount with sum as Actual,Forecast))&$filter=Actual gt 5&$orderby=Product/Name desc&$top=1&$count=true'
    const body = await sales.door.json(url(`sales/${query}`))
    expect(body).toEqual({
      '@odata.context': `${sales.door.origin}/odata/sales/$metadata#Sales(Product(Name),Actual,Forecast)`, '@odata.count': 2,
      value: [{ Product: { Name: 'Paper' }, 'Actual@odata.type': '#Decimal', Actual: 8, 'Forecast@odata.type': '#Decimal', Forecast: 9 }],
    })
    expect(await rows("trade/Sales?$apply=filter(ProductID eq @p)/aggregate(Forecast)&@p='P2'")).toEqual([{ Forecast: 12 }])
    expect(await rows("trade/Sales/$filter(ProductID eq 'P2')?$apply=aggregate(Forecast)")).toEqual([{ Forecast: 12 }])
    expect(await (await sales.door.get(url('sales/Sales/$count?$apply=groupby((ProductID),aggregate(Forecast))'))).text()).toBe('2')
    expect(await rows('sales/Sales?$apply=groupby((ProductID),aggregate(Forecast))&$expand=Product($select=Name)&$filter=Forecast gt 10')).toEqual([{ ProductID: 'P2', Forecast: 12, Product: { Name: 'Coffee' } }])
    const csv = await (await sales.door.get(url('sales/Sales?$apply=groupby((ProductID),aggregate(Forecast))&$format=csv'))).text()
    expect(csv.trim().split(/\r?\n/)).toEqual(['ProductID,Forecast', 'P2,12', 'P3,9'])
  })

  it('speaks the source’s names where a data product has others', async () => {
    asked.length = 0
    expect(await rows('umsatz/Sales?$apply=groupby((Product/Titel),aggregate(Betrag with sum as Actual,Forecast))&$filter=Actual gt 8')).toEqual([{ Product: { Titel: 'Coffee' }, Actual: 12, Forecast: 12.5 }])
    expect(await rows('umsatz/Sales?$apply=aggregate(Betrag)')).toEqual([{ Betrag: 24 }])
    expect(await rows('umsatz/Sales?$apply=groupby((Product),aggregate(Forecast))')).toEqual([{ Product: { ID: 'P2', CategoryID: 'PG1', Titel: 'Coffee', Color: 'Brown', TaxRate: 0.06 }, Forecast: 12 }])
    expect(asked).toEqual(['groupby((Product/Name),aggregate(Amount with sum as Actual,Forecast))', 'aggregate(Amount)', 'groupby((Product),aggregate(Forecast))'])
  })

  it('asks for what belongs to the row that a path begins with', async () => {
    for (const slug of ['sales', 'trade']) {
      asked.length = 0
      expect(await rows(`${slug}/Customers('C1')/Sales?$apply=aggregate(Forecast)`)).toEqual([{ Forecast: 7 }])
      expect(await rows(`${slug}/Customers('C1')/Sales?$apply=groupby((ProductID),aggregate(Forecast))&$filter=Forecast gt 3&$orderby=ProductID desc&$top=1`)).toEqual([{ ProductID: 'P3', Forecast: 5 }])
      expect(await (await sales.door.get(url(`${slug}/Customers('C1')/Sales/$count?$apply=groupby((ProductID),aggregate(Forecast))`))).text()).toBe('3')
      expect((await sales.door.get(url(`${slug}/Customers('C9')/Sales?$apply=aggregate(Forecast)`))).status).toBe(404)
      expect(new Set(asked)).toEqual(new Set(["filter(CustomerID eq 'C1')/aggregate(Forecast)", "filter(CustomerID eq 'C1')/groupby((ProductID),aggregate(Forecast))"]))
    }
  })

  it('shows in explain what the source does', async () => {
    const body = await sales.door.json(url('sales/Sales?$apply=groupby((ProductID),aggregate(Forecast))/filter(Forecast gt 10)&explain=plan'))
    expect(body['text']).toContain('RemoteScan sales.Sales [$apply=groupby((ProductID),aggregate(Forecast))]')
  })

  it('shows them in $metadata, in the names of the data product', async () => {
    const text = await (await sales.door.get(url('umsatz/$metadata'))).text()
    expect(text).toMatch(/CustomAggregate" Qualifier="Forecast" String="Edm.Decimal">\s*<Annotation Term="Org.OData.Aggregation.V1.ContextDefiningProperties">\s*<Collection>\s*<PropertyPath>Ware</)
    expect(text).toContain('CustomAggregate" Qualifier="Betrag"')
    expect(text).toMatch(/ApplySupported">\s*<Record>\s*<PropertyValue Property="CustomAggregationMethods">\s*<Collection>\s*<String>Custom.concat</)
  })

  it.each([
    ['trade/Sales?$apply=groupby((Customer/Country),aggregate(Forecast))', 501, 'knows nothing of Customer'],
    ['trade/Sales?$apply=ancestors($root/SalesOrganizations,SalesOrgHierarchy,OrganizationID,identity)/aggregate(Forecast)', 501, 'knows nothing of $root/SalesOrganizations'],
    ['sales/Sales?$apply=aggregate(Nothing)', 400, 'declares no custom aggregate'],
    ['sales/Sales?$apply=aggregate(Amount with Custom.median as M)', 501, 'declares no such method'],
    ['sales/Sales?$apply=filter($these/aggregate(Forecast) gt 3)', 501, 'gives entities'],
    ['sales/Sales?$filter=$these/aggregate(Forecast) gt 3', 501, 'custom aggregate Forecast here'],
    ["sales/Sales('1')/Product/Sales?$apply=aggregate(Forecast)", 501, 'The key of the row before does not tell'],
    ['sales/Customers?$expand=Sales($apply=aggregate(Forecast))', 501, 'of the rows of an entity set'],
    ['sales/Sales?$apply=Custom.Best(Count=1)', 501, 'the set function Custom.Best'],
  ])('refuses %s with %i, naming why', async (path, status, word) => {
    const response = await sales.door.get(url(path))
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(word)])
  })
})

describe.each([['refuses', 'refuse' as const], ['passes over', undefined]])('a source that declares custom aggregates and %s $apply', (_what, apply) => {
  let sales: Sales
  beforeAll(async () => {
    sales = await openSales(apply === undefined ? {} : { apply })
  })
  afterAll(() => sales.stop())

  it.each(['aggregate(Forecast)', 'aggregate(Amount)', 'groupby((ProductID),aggregate(Amount))'])('%s is refused, and never answered with other rows', async (text) => {
    for (const slug of ['sales', 'trade', 'sales']) {
      const response = await sales.door.get(url(`${slug}/Sales?$apply=${text}`))
      expect([response.status, await response.text()]).toEqual([501, expect.stringMatching(/Only the source \w+ can compute it, and it takes no such \$apply/)])
    }
  })
})
