import { openSales, type Sales } from './sales.js'

/** Values of whole collections within expressions: `$these` and the function aggregate, wherever expressions stand. */

const url = (path: string): string => `/odata/${path}`.replaceAll(' ', '%20')
const plain = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(plain) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@')).map(([name, inner]) => [name, plain(inner)])) : value

describe.each(['sales', 'trade'])('values of collections, in %s', (slug) => {
  let sales: Sales
  beforeAll(async () => {
    sales = await openSales({ pageSize: 3 })
  })
  afterAll(() => sales.stop())
  const rows = async (query: string): Promise<unknown> => plain((await sales.door.json(url(`${slug}/${query}`)))['value'])
  const ids = async (query: string): Promise<unknown> => (await rows(query) as readonly Record<string, unknown>[]).map(({ ID }) => ID)

  it.each<readonly [string, readonly string[]]>([
    // $these is what the option is about, in lambdas, too
    ['Sales?$filter=Customer/Sales/any(s:s/Amount gt $these/aggregate(Amount with average))', ['1', '2', '3', '4', '5']],
    ["Customers?$filter=$these/$count($filter=Country eq 'USA') eq 2 and ID ne 'C4'", ['C1', 'C2', 'C3']],
    ['Customers?$filter=$these/$count($search=sue) gt 2', []],
    ['Sales?$filter=Amount ge $these/aggregate(Amount with max from CustomerID with min)', ['2', '3', '4', '5', '6', '8']],
    ['Customers?$filter=Sales/any(s:$these/$count gt s/Amount)', ['C1', 'C3']],
    // in a condition on items it is these items
    ['Customers?$filter=Sales/$count($filter=Amount gt $these/aggregate(Amount with average)) gt 1', ['C3']],
    ['Customers?$filter=Sales/$filter(Amount gt $these/aggregate(Amount with average))/any(s:s/Product/Name eq \'Coffee\')', ['C1', 'C2']],
    ['Sales/$filter(Amount gt $these/aggregate(Amount with average))?', ['3', '4', '5']],
    ["Customers('C1')/Sales/$filter(Amount gt $these/aggregate(Amount with average))?", ['3']],
    // within conditions on items
    ['Customers?$filter=Sales/$count($filter=Product/Sales/aggregate(Amount with sum) gt 10) gt 0', ['C1', 'C2']],
    ['Categories?$filter=Products/any(p:p/Sales/aggregate(Amount with sum from CustomerID with max) ge 8)', ['PG1']],
    // below $root
    ['Products?$filter=Sales/aggregate(Amount with sum) gt $root/Sales/aggregate(Amount with average) mul 3', ['P2']],
    ["Products?$filter=Sales/aggregate(Amount with sum) gt $root/Customers('C1')/Sales/aggregate(Amount with sum)", ['P2', 'P3']],
    ['Products?$filter=Sales/aggregate(Amount with sum) mul 2 eq $root/Categories/aggregate(Products/Sales/Amount with sum)', ['P2']],
    // behind parameter aliases
    ['Products?$filter=@a/aggregate(Amount with sum) gt 8&@a=Sales', ['P2']],
    ['Products?$filter=@a gt 8&@a=Sales/aggregate(Amount with sum)', ['P2']],
  ])('%s', async (query, expected) => expect(await ids(`${query}&$select=ID`.replace('?&', '?'))).toEqual(expected))

  it('compares results with what stands below $root', async () => {
    expect(await rows("Sales?$apply=groupby((ProductID),aggregate(Amount with sum as T))&$filter=T gt $root/Sales('3')/Amount&$orderby=T")).toEqual([{ ProductID: 'P3', T: 8 }, { ProductID: 'P2', T: 12 }])
    expect(await rows("Sales?$apply=groupby((ProductID),aggregate(Amount with sum as T))/filter(T gt $root/Sales/aggregate(Amount with average))/compute($root/Sales('3')/Product/Name as N)&$orderby=$root/Sales('1')/Amount,T desc")).toEqual([
      { ProductID: 'P2', T: 12, N: 'Coffee' }, { ProductID: 'P3', T: 8, N: 'Coffee' }, { ProductID: 'P1', T: 4, N: 'Coffee' },
    ])
  })

  it('takes what was aggregated away for null', async () => {
    const query = 'Sales?$apply=groupby((Customer/Country),aggregate(Amount with sum as T))'
    expect(await rows(`${query}&$filter=Amount eq null and Product/Name eq null and Customer/Name eq null&$orderby=Amount,T`)).toEqual([{ Customer: { Country: 'Netherlands' }, T: 5 }, { Customer: { Country: 'USA' }, T: 19 }])
    expect(await rows(`${query}/filter(Amount gt 1)`)).toEqual([])
    expect((await sales.door.get(url(`${slug}/${query}/filter(Amounts gt 1)`))).status).toBe(400)
  })

  it('names a row by its key where all others decide whether it is there', async () => {
    expect(await sales.door.json(url(`${slug}/Sales/$filter(Amount gt $these/aggregate(Amount with average))('4')/Customer?$select=ID`))).toMatchObject({ ID: 'C2' })
    expect((await sales.door.get(url(`${slug}/Sales/$filter(Amount gt $these/aggregate(Amount with average))('1')/Customer`))).status).toBe(404)
  })

  it.each([
    ['Customers?$filter=$these/Name eq \'x\'', 400],
    ['Customers?$filter=Name/aggregate(ID with max) eq \'x\'', 400],
    ["Customers('C1')/Sales/$filter(Amount gt $these/aggregate(Amount with average))('3')/Product", 501],
    ['Customers?$expand=Sales($filter=Amount gt $it/Sales/aggregate(Amount with average))', 501],
  ])('refuses %s with %i', async (query, status) => expect((await sales.door.get(url(`${slug}/${query}`))).status).toBe(status))
})
