import { openSales, type Sales } from './sales.js'

const url = (path: string): string => `/odata/${path}`.replaceAll(' ', '%20')
const plain = (value: unknown): unknown => (Array.isArray(value) ? value.map(plain) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@')).map(([name, inner]) => [name, plain(inner)])) : value)

describe.each(['sales', 'trade'])('where $apply may stand, in %s', (slug) => {
  let sales: Sales
  beforeAll(async () => {
    sales = await openSales({ pageSize: 3 })
  })
  afterAll(() => sales.stop())
  const body = async (query: string): Promise<Record<string, unknown>> => sales.door.json(url(`${slug}/${query}`))
  /** Without the types that entities name themselves. */
  const plainTypes = async (query: string): Promise<unknown> => JSON.parse(JSON.stringify(await body(query)).replaceAll(/"@odata\.type":"[^"]*",?/g, '')) as unknown
  const rows = async (query: string): Promise<unknown> => plain((await body(query))['value'])

  it('transforms the rows that a path leads to, and those only', async () => {
    expect(await rows("Customers('C1')/Sales?$apply=aggregate(Amount with sum as T)")).toEqual([{ T: 7 }])
    expect(await rows("Customers('C1')/Sales?$apply=orderby(Amount desc)/top(1)&$select=ID&$expand=Product($select=Name)")).toEqual([{ ID: '3', Product: { Name: 'Coffee' } }])
    expect(await rows("Customers('C2')/Sales?$apply=topcount(1,Amount)&$select=ID")).toEqual([{ ID: '4' }])
    const grouped = await body("Customers('C1')/Sales?$apply=groupby((ProductID),aggregate(Amount with sum as T))&$orderby=T desc&$top=1&$count=true")
    expect(grouped).toEqual({ '@odata.context': `${sales.door.origin}/odata/${slug}/$metadata#Sales(ProductID,T)`, '@odata.count': 3, 'value': [{ 'ProductID': 'P2', 'T@odata.type': '#Decimal', 'T': 4 }] })
    expect(await (await sales.door.get(url(`${slug}/Customers('C3')/Sales/$count?$apply=groupby((ProductID))`))).text()).toBe('2')
    expect((await sales.door.get(url(`${slug}/Customers('C9')/Sales?$apply=aggregate($count as N)`))).status).toBe(404)
    expect(await rows("Customers('C4')/Sales?$apply=aggregate($count as N)")).toEqual([{ N: 0 }])
    expect(await rows("Categories('PG1')/Products?$apply=groupby((Name),aggregate(Sales/Amount with sum as T))&$orderby=Name")).toEqual([{ Name: 'Coffee', T: 12 }, { Name: 'Sugar', T: 4 }])
    const csv = await (await sales.door.get(url(`${slug}/Customers('C1')/Sales?$apply=groupby((Product/Name),aggregate(Amount with sum as T))&$orderby=T&$format=csv`))).text()
    expect(csv.trim().split(/\r?\n/)).toEqual(['Product/Name,T', 'Paper,1', 'Sugar,2', 'Coffee,4'])
  })

  it('compares with all rows of the collection at hand, whichever that is', async () => {
    expect(await rows("Customers('C1')/Sales?$filter=Amount gt $these/aggregate(Amount with average)&$select=ID")).toEqual([{ ID: '3' }])
    expect(await rows('Customers?$select=ID&$expand=Sales($filter=Amount gt $these/aggregate(Amount with average);$select=ID;$count=true;$orderby=ID)&$filter=ID ne \'C4\'')).toEqual([
      { ID: 'C1', Sales: [{ ID: '3' }] }, { ID: 'C2', Sales: [{ ID: '4' }] }, { ID: 'C3', Sales: [{ ID: '6' }, { ID: '8' }] },
    ])
  })

  it('is followed by every other option of $expand', async () => {
    const found = await plainTypes('Customers?$select=ID&$filter=ID eq \'C1\'&$expand=Sales($apply=groupby((ProductID),aggregate(Amount with sum as T));$select=T,U;$count=true;$top=1;$skip=1;$orderby=T desc;$compute=T mul 2 as U;$filter=U gt 2;$expand=Product($select=Name))')
    expect(found).toEqual({
      '@odata.context': `${sales.door.origin}/odata/${slug}/$metadata#Customers(ID,Sales(T,U,Product(Name)))`,
      'value': [{ 'ID': 'C1', 'Sales@odata.context': '#Sales(T,U,Product(Name))', 'Sales@odata.count': 2, 'Sales': [{ 'T@odata.type': '#Decimal', 'T': 2, 'U@odata.type': '#Decimal', 'U': 4, 'Product': { Name: 'Sugar' } }] }],
    })
  })

  it.each([
    ["Sales('1')?$apply=identity", 501],
    ["Customers?$expand=Sales/$count($apply=identity)", 400],
    ['Sales?$expand=Product($apply=identity)', 400],
  ])('does not stand in %s', async (query, status) => expect((await sales.door.get(url(`${slug}/${query}`))).status).toBe(status))
})
