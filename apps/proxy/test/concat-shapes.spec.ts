import { openSales, type Sales } from './sales.js'

/** Results that stand one behind the other, and are shaped differently: each keeps its own structure. @see OData Extension for Data Aggregation 4.0 section 3.2.2 */

const url = (path: string): string => `/odata/${path}`.replaceAll(' ', '%20')

describe.each(['sales', 'trade'])('concat of results of several shapes, in %s', (slug) => {
  let sales: Sales
  beforeAll(async () => {
    sales = await openSales({ pageSize: 3 })
  })
  afterAll(() => sales.stop())
  const body = async (query: string): Promise<Record<string, unknown>> => sales.door.json(url(`${slug}/${query}`))
  const rows = async (query: string): Promise<unknown> => (await body(query))['value']
  const contextOf = async (query: string): Promise<unknown> => String((await body(query))['@odata.context']).replace(/.*#/, '')

  it('gives what stands within one thing the members of all', async () => {
    const query = 'Sales?$apply=concat(groupby((Customer/Country)),groupby((Customer/Name,Product/Name)))'
    expect(await rows(query)).toEqual([
      { Customer: { Country: 'Netherlands' } }, { Customer: { Country: 'USA' } }, ...([['Joe', 'Coffee'], ['Joe', 'Paper'], ['Joe', 'Sugar'], ['Sue', 'Coffee'], ['Sue', 'Paper'], ['Sue', 'Sugar']] as const).map(([name, product]) => ({ Customer: { Name: name }, Product: { Name: product } })),
    ])
    expect(await contextOf(query)).toBe('Sales(Customer(@Core.AnyStructure))')
    expect(await rows(`${query}&$filter=Customer/Name eq 'Joe' or Customer/Country eq 'USA'&$orderby=Product/Name desc&$top=2`)).toEqual([{ Customer: { Name: 'Joe' }, Product: { Name: 'Sugar' } }, { Customer: { Name: 'Joe' }, Product: { Name: 'Paper' } }])
  })

  it('shows whole entities beside parts of them', async () => {
    const query = 'Sales?$apply=concat(groupby((Customer),aggregate(Amount with sum as T)),groupby((Customer/Country),aggregate(Amount with sum as T)))'
    expect(await rows(`${query}&$filter=T gt 10`)).toEqual([{ 'Customer': { ID: 'C2', Name: 'Sue', Country: 'USA' }, 'T@odata.type': '#Decimal', 'T': 12 }, { 'Customer': { Country: 'USA' }, 'T@odata.type': '#Decimal', 'T': 19 }])
    expect(await contextOf(query)).toBe('Sales(Customer(Country),T)')
  })

  it('gives numbers a type that has room for both, so that they can be computed with', async () => {
    const query = 'Sales?$apply=concat(aggregate(Amount with max as T),aggregate(Time/Year with max as T))'
    expect(await rows(query)).toEqual([{ 'T@odata.type': '#Decimal', 'T': 8 }, { 'T@odata.type': '#Decimal', 'T': 2022 }])
    expect(await rows(`${query}/aggregate(T with sum as All)&$filter=All gt 2029`)).toEqual([{ 'All@odata.type': '#Decimal', 'All': 2030 }])
  })

  it('tells values of several types under one name, each with its type', async () => {
    const query = 'Sales?$apply=concat(aggregate(Amount with max as T),concat(aggregate(Date with max as T),aggregate(Customer/Name with max as T)))'
    expect(await rows(query)).toEqual([{ 'T@odata.type': '#Decimal', 'T': 8 }, { 'T@odata.type': '#Date', 'T': '2022-11-22' }, { T: 'Sue' }])
    expect(await contextOf(query)).toBe('Sales(@Core.AnyStructure)')
    expect(await rows(`${query}&$select=T&$skip=1`)).toEqual([{ 'T@odata.type': '#Date', 'T': '2022-11-22' }, { T: 'Sue' }])
    const exact = await (await sales.door.get(url(`${slug}/${query}`), { accept: 'application/json;IEEE754Compatible=true' })).text()
    expect(JSON.parse(exact)).toMatchObject({ value: [{ T: '8' }, { T: '2022-11-22' }, { T: 'Sue' }] })
    expect(await (await sales.door.get(url(`${slug}/${query}`), { accept: 'application/json;odata.metadata=none' })).json()).toEqual({ value: [{ T: 8 }, { T: '2022-11-22' }, { T: 'Sue' }] })
    const full = await (await sales.door.get(url(`${slug}/${query}`), { accept: 'application/json;odata.metadata=full' })).json() as { readonly value: readonly object[] }
    expect(full.value.map((row) => ('T@odata.type' in row ? row['T@odata.type'] : undefined))).toEqual(['#Decimal', '#Date', undefined])
    const csv = await (await sales.door.get(url(`${slug}/${query}&$format=csv`))).text()
    expect(csv.trim().split(/\r?\n/)).toEqual(['T', '8', '2022-11-22', 'Sue'])
  })

  it('tells results within results by what they are', async () => {
    expect(await rows('Sales?$apply=concat(nest(groupby((Customer/ID)) as C),nest(groupby((Product/Category/ID)) as C),aggregate(Amount with sum as C))')).toEqual([
      { 'C@odata.context': '#Sales(Customer(ID))', 'C': ['C1', 'C2', 'C3'].map((ID) => ({ Customer: { ID } })) },
      { 'C@odata.context': '#Sales(Product(Category(ID)))', 'C': expect.arrayContaining(['PG1', 'PG2'].map((ID) => ({ Product: { Category: { ID } } }))) },
      { 'C@odata.type': '#Decimal', 'C': 24 },
    ])
  })

  it('does so of entities, and of related rows', async () => {
    expect(await rows("Sales?$apply=concat(filter(ID eq '1')/compute(1 as X),filter(ID eq '2')/compute(Customer/Name as X))&$select=ID,X")).toEqual([{ 'ID': '1', 'X@odata.type': '#Int32', 'X': 1 }, { ID: '2', X: 'Joe' }])
    expect(await rows("Customers?$filter=ID eq 'C1'&$select=ID&$expand=Sales($apply=concat(aggregate(Amount with max as T),aggregate(Date with max as T)))")).toEqual([
      { 'ID': 'C1', 'Sales@odata.context': '#Sales(@Core.AnyStructure)', 'Sales': [{ 'T@odata.type': '#Decimal', 'T': 4 }, { 'T@odata.type': '#Date', 'T': '2022-08-07' }] },
    ])
  })

  it.each(['$filter=T gt 3', '$orderby=T', '$compute=T as U'])('refuses %s of what is of several types, naming it', async (option) => {
    const response = await sales.door.get(url(`${slug}/Sales?$apply=concat(aggregate(Amount with max as T),aggregate(Date with max as T))&${option}`))
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('T is of several types in the results of concat')])
  })
})
