import { assert, constantFrom, integer, property, string, tuple } from 'fast-check'
import { productExposure, serviceExposure, type Endpoint, type Exposure, type SealedConnection } from '@tributary/catalog'
import { readCsdl } from '@tributary/edm'
import { namesOf, parseODataUrl } from '@tributary/odata-url'
import { exposedAddress, remoteAddress, remoteSelect, type RemoteAddress } from '@tributary/planner'

const csdl = (namespace: string, content: string): string =>
  `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="${namespace}" Alias="A" xmlns="http://docs.oasis-open.org/odata/ns/edm">${content}</Schema></edmx:DataServices></edmx:Edmx>`

const sales = csdl('Sales', `
  <EnumType Name="State"><Member Name="Open" Value="0"/></EnumType>
  <ComplexType Name="Address"><Property Name="City" Type="Edm.String"/></ComplexType><ComplexType Name="Abroad" BaseType="Sales.Address"><Property Name="Country" Type="Edm.String"/></ComplexType>
  <EntityType Name="Order"><Key><PropertyRef Name="ID"/><PropertyRef Name="Part"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="Part" Type="Edm.String" Nullable="false"/><Property Name="Freight" Type="Edm.Decimal"/><Property Name="State" Type="Sales.State"/><Property Name="Ship" Type="Sales.Address"/><Property Name="Hidden" Type="Edm.String"/>
    <NavigationProperty Name="Lines" Type="Collection(Sales.Line)"/><NavigationProperty Name="Notes" Type="Collection(Sales.Note)" ContainsTarget="true"/></EntityType>
  <EntityType Name="Rush" BaseType="Sales.Order"><Property Name="Hours" Type="Edm.Byte"/><NavigationProperty Name="Twin" Type="Sales.Rush"/></EntityType>
  <EntityType Name="Line"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int64" Nullable="false"/><NavigationProperty Name="Order" Type="Sales.Order"/></EntityType>
  <EntityType Name="Note"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/></EntityType>
  <EntityType Name="File" HasStream="true"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Guid" Nullable="false"/></EntityType>
  <EntityType Name="Bag" OpenType="true"><Key><PropertyRef Name="State"/></Key><Property Name="State" Type="Sales.State" Nullable="false"/></EntityType>
  <Function Name="Near" IsBound="true" IsComposable="true" EntitySetPath="of"><Parameter Name="of" Type="Collection(Sales.Order)"/><Parameter Name="at" Type="Sales.Address"/><ReturnType Type="Collection(Sales.Order)"/></Function>
  <Function Name="Best"><Parameter Name="most" Type="Edm.Int32"/><ReturnType Type="Sales.Order"/></Function>
  <EntityContainer Name="Container">
    <EntitySet Name="Orders" EntityType="Sales.Order"><NavigationPropertyBinding Path="Lines" Target="Lines"/><NavigationPropertyBinding Path="Sales.Rush/Twin" Target="Orders"/></EntitySet>
    <EntitySet Name="Lines" EntityType="Sales.Line"><NavigationPropertyBinding Path="Order" Target="Orders"/></EntitySet><EntitySet Name="Files" EntityType="Sales.File"/><EntitySet Name="Bags" EntityType="Sales.Bag"/>
    <Singleton Name="Top" Type="Sales.Order"><NavigationPropertyBinding Path="Lines" Target="Lines"/></Singleton><FunctionImport Name="Best" Function="Sales.Best" EntitySet="Orders"/>
  </EntityContainer>`)
const crm = csdl('Crm', `<EntityType Name="Customer"><Key><PropertyRef Name="Code"/></Key><Property Name="Code" Type="Edm.String" Nullable="false"/></EntityType><EntityContainer Name="C"><EntitySet Name="Customers" EntityType="Crm.Customer"/></EntityContainer>`)

const endpoint = (slug: string, contract: string): Endpoint => ({ slug, kind: 'odata', url: `http://${slug}/`, model: readCsdl(contract), connection: '' as SealedConnection, identity: slug })
const service = serviceExposure({ slug: 'sales', name: 'Sales', revision: 1 }, endpoint('sales', sales))
const product = productExposure({
  slug: 'all', revision: 1, endpoints: new Map([['sales', endpoint('sales', sales)], ['crm', endpoint('crm', crm)]]),
  definition: {
    name: 'All',
    entities: [
      { name: 'Jobs', service: 'sales', entitySet: 'Orders', select: ['ID', 'Part', 'Freight', 'Ship', 'State'], rename: { ID: 'Number', Freight: 'Cost', Part: 'ID' } },
      { name: 'Items', service: 'sales', entitySet: 'Lines' }, { name: 'Clients', service: 'crm', entitySet: 'Customers' },
    ],
    relationships: [{ from: 'Jobs', to: 'Clients', name: 'Client', on: [{ from: 'ID', to: 'Code' }] }],
  },
})

function addressOf(url: string, exposure: Exposure = service): RemoteAddress {
  const [path = '', query = ''] = url.split('?')
  const { resource, options } = parseODataUrl(path, query, namesOf(exposure.model))
  return remoteAddress(resource.kind === 'path' ? resource.segments : [], exposure, options.aliases)
}

describe('the remote address of a path of a service', () => {
  it.each([
    ["Orders(ID=1,Part='a%2Fb')/Lines", "Orders(ID=1,Part='a%2Fb')/Lines", 'entities', 'Lines', 'Sales.Line'],
    ["Orders(Part=@p,ID=2)?@p='x'", "Orders(Part='x',ID=2)", 'entity', 'Orders', 'Sales.Order'],
    ["Orders(ID=1,Part='a')/A.Rush/Twin", "Orders(ID=1,Part='a')/A.Rush/Twin", 'entity', 'Orders', 'Sales.Rush'],
    ["Orders(ID=1,Part='a')/Notes(3)", "Orders(ID=1,Part='a')/Notes(3)", 'entity', undefined, 'Sales.Note'],
    ["Orders(ID=1,Part='a')/Ship/Sales.Abroad/Country", "Orders(ID=1,Part='a')/Ship/Sales.Abroad/Country", 'property', 'Orders', 'Edm.String'],
    ['Top/Lines(9007199254740993)/$ref', 'Top/Lines(9007199254740993)/$ref', 'ref', 'Lines', 'Sales.Line'],
    ['Files(00000000-0000-0000-0000-000000000001)/$value', 'Files(00000000-0000-0000-0000-000000000001)/$value', 'media', 'Files', 'Sales.File'],
    ["Orders(ID=1,Part='a')/Freight/$value", "Orders(ID=1,Part='a')/Freight/$value", 'value', 'Orders', 'Edm.Decimal'],
    ["Bags(Sales.State'Open')/Anything", "Bags(Sales.State'Open')/Anything", 'property', 'Bags', undefined],
    ['Orders/$filter(Freight%20gt%201)/$each', 'Orders/$filter(Freight%20gt%201)/$each', 'each', 'Orders', 'Sales.Order'],
    ['Orders/$count', 'Orders/$count', 'count', 'Orders', 'Sales.Order'],
    ['Best(most=3)', 'Best(most=3)', 'result', 'Orders', 'Sales.Order'],
  ])('%s', (url, path, addressed, ...[set, type]) => {
    const found = addressOf(url)
    expect([found.endpoint, found.path, found.addressed, found.set?.name, found.exposedType?.name]).toEqual(['sales', path, addressed, set, type])
  })

  it('brings along the options it needs', () => {
    expect(addressOf('Orders/$filter(Freight%20gt%20@most)/$each?@most=1.50&@other=2')).toMatchObject({ path: 'Orders/$filter(Freight%20gt%20@most)/$each', options: ['@most=1.50'] })
    expect(addressOf('Orders/Sales.Near(at=@a)?@a={"City":"Ulm"}').options).toHaveLength(1)
  })

  it('knows who decides there, and the way in', () => {
    expect(addressOf("Orders(ID=1,Part='a')/Notes(3)")).toMatchObject({ owner: { source: 'Orders', path: 'Notes' }, via: { source: 'Orders', path: 'Notes' } })
    expect(addressOf('Top/Lines')).toMatchObject({ owner: { source: 'Lines', path: '' }, via: { source: 'Top', path: 'Lines' } })
  })

  it.each([
    ['Orderz', 'HUB_RESOURCE_NOT_FOUND', 'Did you mean Orders?'], ["Orders(ID=1,Part='a')/Freigt", 'HUB_RESOURCE_NOT_FOUND', 'Did you mean Freight?'], ['Orders(1)', 'HUB_QUERY_INVALID', '2 parts'],
    ["Orders(ID=1,Parts='a')", 'HUB_QUERY_UNKNOWN_PROPERTY', 'Did you mean Part?'], ['Orders/Freight', 'HUB_QUERY_INVALID', 'one member'], ['Top(1)', 'HUB_QUERY_SYNTAX', 'end of the path'],
    ["Orders(ID='x',Part='a')", 'HUB_QUERY_TYPE', 'Edm.Int32'], ['Orders/Sales.Line', 'HUB_QUERY_INVALID', 'derive'],
  ])('%s is refused: %s', (url, code, words) => {
    expect(() => addressOf(url)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }))
  })
})

describe('the remote address of a path of a data product', () => {
  it.each([
    ["Jobs(Number=1,ID='a')", "Orders(ID=1,Part='a')", 'sales'], ["Jobs(Number=1,ID='a')/Cost", "Orders(ID=1,Part='a')/Freight", 'sales'], ["Jobs(Number=1,ID='a')/Ship/City", "Orders(ID=1,Part='a')/Ship/City", 'sales'],
    ["Jobs(Number=1,ID='a')/Lines(3)/$ref", "Orders(ID=1,Part='a')/Lines(3)/$ref", 'sales'], ["Clients('A')", "Customers('A')", 'crm'], ['Items(3)/Order/Cost', 'Lines(3)/Order/Freight', 'sales'],
    ["Jobs(Number=1,ID='a')/Ship/all.sales.Abroad/Country", "Orders(ID=1,Part='a')/Ship/Sales.Abroad/Country", 'sales'],
    ["Jobs/$filter(Cost%20gt%201%20and%20State%20eq%20all.sales.State'Open'%20and%20Lines/any(l:l/Order/Number%20eq%201))/$each", "Orders/$filter(Freight%20gt%201%20and%20State%20eq%20Sales.State'Open'%20and%20Lines%2Fany(l:l%2FOrder%2FID%20eq%201))/$each", 'sales'],
  ])('%s is %s of %s', (url, path, slug) => {
    expect(addressOf(url, product)).toMatchObject({ path, endpoint: slug })
  })

  it.each([["Jobs(Number=1,ID='a')/Client", 'HUB_REQUEST_SPANS_SOURCES', 'Address Clients by itself'], ["Jobs(Number=1,ID='a')/Hidden", 'HUB_RESOURCE_NOT_FOUND', 'Hidden'], ["Jobs(Number=1,ID='a')/Freight", 'HUB_RESOURCE_NOT_FOUND', 'Freight'], ['Orders', 'HUB_RESOURCE_NOT_FOUND', 'Orders']])('%s is refused: %s', (url, code, words) => {
    expect(() => addressOf(url, product)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }))
  })

  it('says $select and $expand in the names of the source', () => {
    const { options } = parseODataUrl('Jobs', '$select=Number,Ship/City,ID&$expand=Lines($select=No;$expand=Order($select=Cost);$filter=Order/Number%20eq%201)', namesOf(product.model))
    const set = product.sets.get('Jobs')
    expect(remoteSelect(options, { exposure: product, endpoint: 'sales', ...(set === undefined ? {} : { set, type: set.entityType }) })).toBe('$select=ID,Ship/City,Part&$expand=Lines($filter=Order/ID%20eq%201;$select=No;$expand=Order($select=Freight))')
  })

  it('leads back from the source\'s path to the one that was asked', () => {
    const key = tuple(integer({ min: -5, max: 99 }), string({ unit: constantFrom('a', "'", '/', ' ', 'é', '%', '?', '#', '&') })).map(([number, text]) => `Jobs(Number=${number},ID='${encodeURIComponent(text.replaceAll("'", "''")).replaceAll('%27', "'")}')`)
    const behind = constantFrom('', '/Cost', '/Ship/City', '/Lines', '/Lines(7)/Order/Cost', '/Lines(7)', '/State/$value')
    assert(property(key, behind, (start, rest) => {
      const { path } = addressOf(start + rest, product)
      const back = exposedAddress(path, product, 'sales')
      expect(decodeURIComponent(back ?? '')).toBe(decodeURIComponent(start + rest))
      expect(addressOf(back ?? '', product).path).toBe(path)
    }))
  })

  it('has no place for what is not exposed', () => {
    expect(['Bags(1)', "Orders(ID=1,Part='a')/Hidden", "Orders(ID=1,Part='a')/Notes", 'no path at all', "Orders(ID=1,Part='a')/Sales.Rush"].map((path) => exposedAddress(path, product, 'sales'))).toEqual([undefined, undefined, undefined, undefined, "Jobs(Number=1,ID='a')"])
    expect(exposedAddress('Orders(1)/Hidden', service, 'sales')).toBe('Orders(1)/Hidden')
  })
})
