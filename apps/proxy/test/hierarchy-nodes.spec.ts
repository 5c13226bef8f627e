import { openSales, type Sales } from './sales.js'

/** Hierarchies whose nodes are a part of a set or what rows lead to, and hierarchy functions within lambdas. @see OData Extension for Data Aggregation 4.0 sections 5.5.2 and 6 */

const url = (path: string): string => `/odata/${path}`.replaceAll(' ', '%20')
const plain = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(plain) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@')).map(([name, inner]) => [name, plain(inner)])) : value

const isIn = (test: string, node: string, more: string, nodes = '$root/SalesOrganizations'): string => `Aggregation.${test}(HierarchyNodes=${nodes},HierarchyQualifier='SalesOrgHierarchy',Node=${node}${more})`

describe.each(['sales', 'trade'])('nodes of hierarchies, in %s', (slug) => {
  let sales: Sales
  beforeAll(async () => {
    sales = await openSales({ pageSize: 3 })
  })
  afterAll(() => sales.stop())
  const rows = async (query: string): Promise<readonly Record<string, unknown>[]> => plain((await sales.door.json(url(`${slug}/${query}`)))['value']) as readonly Record<string, unknown>[]
  const ids = async (query: string): Promise<unknown> => (await rows(query)).map(({ ID }) => ID)
  const totals = async (query: string): Promise<unknown> => Object.fromEntries((await rows(query)).map(({ SalesOrganization, T }) => [(SalesOrganization as { readonly ID: string }).ID, T]))

  it.each<readonly [string, readonly string[]]>([
    // those that meet a condition: what hangs below a node left out begins anew
    ['traverse($root/SalesOrganizations/$filter(ID ne \'US\'),SalesOrgHierarchy,ID,preorder,Name desc)', ['US West', 'US East', 'Sales', 'EMEA', 'EMEA Central']],
    // what one row leads to
    ["traverse($root/SalesOrganizations('US')/Subordinates,SalesOrgHierarchy,ID,preorder,Name desc)", ['US West', 'US East']],
    ["descendants($root/SalesOrganizations('Sales')/Subordinates,SalesOrgHierarchy,ID,identity,keep start)", ['EMEA', 'US']],
    ["traverse($root/SalesOrganizations('US East')/Superordinate/Subordinates/$filter(contains(Name,'East')),SalesOrgHierarchy,ID,postorder)", ['US East']],
    ["ancestors($root/SalesOrganizations/$filter(ID ne 'Sales'),SalesOrgHierarchy,ID,filter(ID eq 'US East'))", ['US']],
  ])('SalesOrganizations?$apply=%s', async (apply, expected) => expect(await ids(`SalesOrganizations?$apply=${apply}&$select=ID`)).toEqual(expected))

  it('begins with the rows that a path leads to', async () => {
    expect(await ids("SalesOrganizations('US')/Subordinates?$apply=traverse($root/SalesOrganizations('US')/Subordinates,SalesOrgHierarchy,ID,preorder,Name)&$select=ID")).toEqual(['US East', 'US West'])
  })

  it('rolls up to some of the nodes, wherever groups are made', async () => {
    const rolled = "groupby((rolluprecursive($root/SalesOrganizations/$filter(Name ne 'US'),SalesOrgHierarchy,SalesOrganization/ID)),aggregate(Amount with sum as T))"
    expect(await totals(`Sales?$apply=${rolled}`)).toEqual({ 'EMEA': 5, 'EMEA Central': 5, 'Sales': 5, 'US East': 12, 'US West': 7 })
    expect(await rows(`Customers?$select=ID&$filter=ID eq 'C1'&$expand=Sales($apply=${rolled}/filter(T ne null);$select=T)`)).toEqual([{ ID: 'C1', Sales: [{ T: 7 }] }])
    expect(await rows(`Customers?$apply=addnested(Sales,${rolled}/filter(T ne null)/aggregate($count as N) as X)&$filter=ID eq 'C3'&$select=ID,X`)).toEqual([{ ID: 'C3', X: [{ N: 3 }] }])
    expect((await rows(`Sales?$apply=groupby((Customer/Country),${rolled})/filter(T ne null)&$orderby=Customer/Country,T&$select=T`)).map(({ T }) => T)).toEqual([5, 5, 5, 7, 12])
    expect((await rows(`Sales?$apply=concat(${rolled},aggregate(Amount with sum as T))&$filter=T gt 10&$select=T`)).map(({ T }) => T)).toEqual([12, 24])
  })

  it.each<readonly [string, readonly string[]]>([
    [`Customers?$filter=Sales/any(s:${isIn('isdescendant', 's/SalesOrganization/ID', ",Ancestor='US'")})`, ['C1', 'C2']],
    [`Customers?$filter=Sales/all(s:${isIn('isdescendant', 's/OrganizationID', ",Ancestor='EMEA'")})`, ['C3', 'C4']],
    [`Customers?$filter=Sales/$count($filter=${isIn('isdescendant', 'OrganizationID', ",Ancestor='EMEA'")}) gt 2`, ['C3']],
    // of a row and a node that another row tells
    [`SalesOrganizations?$filter=Sales/any(s:${isIn('isdescendant', 's/OrganizationID', ',Ancestor=ID,IncludeSelf=true')})`, ['EMEA Central', 'US East', 'US West']],
    [`SalesOrganizations?$filter=Superordinate/Subordinates/any(o:${isIn('issibling', 'o/ID', ',Other=ID')})`, ['EMEA', 'US', 'US East', 'US West']],
    [`SalesOrganizations?$filter=Subordinates/any(o:${isIn('isancestor', 'o/ID', ',Descendant=ID')})`, []],
    [`SalesOrganizations?$filter=Subordinates/any(o:o/Subordinates/any(p:${isIn('isdescendant', 'p/ID', ',Ancestor=o/ID')}))`, ['Sales']],
    // other nodes
    [`SalesOrganizations?$filter=${isIn('isleaf', 'ID', '', "$root/SalesOrganizations/$filter(Superordinate/ID ne 'US')")}`, ['EMEA Central', 'US']],
    [`SalesOrganizations?$filter=${isIn('isroot', 'ID', '', "$root/SalesOrganizations('US')/Subordinates")}`, ['US East', 'US West']],
    [`Sales?$filter=${isIn('isdescendant', 'SalesOrganization/ID', ",Ancestor='US'", '@h')}&@h=$root/SalesOrganizations`, ['1', '2', '3', '4', '5']],
  ])('%s', async (query, expected) => expect(await ids(`${query}&$select=ID`)).toEqual(expected))

  it.each([
    ['SalesOrganizations?$apply=traverse($root/SalesOrganizations/Name,SalesOrgHierarchy,ID,preorder)', 400],
    ['SalesOrganizations?$apply=traverse($root/Nowhere,SalesOrgHierarchy,ID,preorder)', 404],
    [`Customers?$filter=${isIn('isleaf', 'ID', '', '@h')}&@h=1`, 400],
  ])('%s is answered with %i', async (query, status) => expect((await sales.door.get(url(`${slug}/${query}`))).status).toBe(status))
})

it('names the nodes as a data product does', async () => {
  const sales = await openSales()
  try {
    const body = await sales.door.json(url("umsatz/SalesOrganizations?$apply=traverse($root/SalesOrganizations('US')/Subordinates,SalesOrgHierarchy,Kennung,preorder,Titel desc)&$select=Kennung"))
    expect(plain(body['value'])).toEqual([{ Kennung: 'US West' }, { Kennung: 'US East' }])
  } finally {
    await sales.stop()
  }
})
