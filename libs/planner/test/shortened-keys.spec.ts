import { productExposure, serviceExposure, type Endpoint, type Exposure, type SealedConnection } from '@tributary/catalog'
import { readCsdl } from '@tributary/edm'
import { namesOf, parseODataUrl } from '@tributary/odata-url'
import { remoteAddress } from '@tributary/planner'

const contract = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="Sales" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EntityType Name="Order"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="Code" Type="Edm.String"/>
    <Annotation Term="Org.OData.Core.V1.AlternateKeys"><Collection><Record><PropertyValue Property="Key"><Collection><Record><PropertyValue Property="Name" PropertyPath="Code"/><PropertyValue Property="Alias" String="Code"/></Record></Collection></PropertyValue></Record></Collection></Annotation>
    <NavigationProperty Name="Items" Type="Collection(Sales.Item)" Partner="Order"/><NavigationProperty Name="Loose" Type="Collection(Sales.Item)"/><NavigationProperty Name="Notes" Type="Collection(Sales.Note)" ContainsTarget="true" Partner="Order"/></EntityType>
  <EntityType Name="Rush" BaseType="Sales.Order"/>
  <EntityType Name="Item"><Key><PropertyRef Name="OrderID"/><PropertyRef Name="Line"/></Key><Property Name="OrderID" Type="Edm.Int32" Nullable="false"/><Property Name="Line" Type="Edm.String" Nullable="false"/>
    <NavigationProperty Name="Order" Type="Sales.Order" Partner="Items"><ReferentialConstraint Property="OrderID" ReferencedProperty="ID"/></NavigationProperty>
    <NavigationProperty Name="Parts" Type="Collection(Sales.Part)" Partner="Item"/></EntityType>
  <EntityType Name="Part"><Key><PropertyRef Name="OrderID"/><PropertyRef Name="Line"/><PropertyRef Name="Half"/><PropertyRef Name="No"/></Key>
    <Property Name="OrderID" Type="Edm.Int32" Nullable="false"/><Property Name="Line" Type="Edm.String" Nullable="false"/><Property Name="Half" Type="Edm.Boolean" Nullable="false"/><Property Name="No" Type="Edm.Int16" Nullable="false"/><Property Name="Cost" Type="Edm.Decimal"/>
    <NavigationProperty Name="Item" Type="Sales.Item" Partner="Parts"><ReferentialConstraint Property="OrderID" ReferencedProperty="OrderID"/><ReferentialConstraint Property="Line" ReferencedProperty="Line"/></NavigationProperty></EntityType>
  <EntityType Name="Note"><Key><PropertyRef Name="OrderID"/><PropertyRef Name="No"/></Key><Property Name="OrderID" Type="Edm.Int32" Nullable="false"/><Property Name="No" Type="Edm.Int32" Nullable="false"/>
    <NavigationProperty Name="Order" Type="Sales.Order" Partner="Notes"><ReferentialConstraint Property="OrderID" ReferencedProperty="ID"/></NavigationProperty></EntityType>
  <EntityContainer Name="Container">
    <EntitySet Name="Orders" EntityType="Sales.Order"><NavigationPropertyBinding Path="Items" Target="Items"/><NavigationPropertyBinding Path="Loose" Target="Items"/></EntitySet>
    <EntitySet Name="Items" EntityType="Sales.Item"><NavigationPropertyBinding Path="Order" Target="Orders"/><NavigationPropertyBinding Path="Parts" Target="Parts"/></EntitySet>
    <EntitySet Name="Parts" EntityType="Sales.Part"><NavigationPropertyBinding Path="Item" Target="Items"/></EntitySet>
    <Singleton Name="Newest" Type="Sales.Order"><NavigationPropertyBinding Path="Items" Target="Items"/></Singleton>
  </EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`

const sales: Endpoint = { slug: 'sales', kind: 'odata', url: 'http://sales/', model: readCsdl(contract), connection: '' as SealedConnection, identity: 'sales' }
const service = serviceExposure({ slug: 'sales', name: 'Sales', revision: 1 }, sales)
const product = productExposure({
  slug: 'shop', revision: 1, endpoints: new Map([['sales', sales]]),
  definition: { name: 'Shop', relationships: [], entities: [{ name: 'Jobs', service: 'sales', entitySet: 'Orders', rename: { ID: 'Number' } }, { name: 'Lines', service: 'sales', entitySet: 'Items', rename: { OrderID: 'Job', Line: 'OrderID' } }, { name: 'Bits', service: 'sales', entitySet: 'Parts' }] },
})

function remoteOf(url: string, exposure: Exposure, keys?: 'asWritten'): string {
  const [path = '', query = ''] = url.split('?')
  const { resource, options } = parseODataUrl(path, query, namesOf(exposure.model, { keyAsSegment: true }))
  return remoteAddress(resource.kind === 'path' ? resource.segments : [], exposure, options.aliases, keys).path
}

/** Parts of a key that the row before tells may be left out; its source gets the whole key, which every service understands. */
describe('a key shortened by a referential constraint', () => {
  it.each([
    ["Orders(1)/Items('a')", "Orders(1)/Items(OrderID=1,Line='a')"], ["Orders(ID=1)/Items(Line='a%2Fb')", "Orders(ID=1)/Items(OrderID=1,Line='a%2Fb')"], ["Orders(@o)/Items(@l)/$ref?@o=7&@l='x'", "Orders(7)/Items(OrderID=7,Line='x')/$ref"],
    ["Orders(1)/Items(OrderID=1,Line='a')", "Orders(1)/Items(OrderID=1,Line='a')"], ["Orders(1)/Items(Line='a',OrderID=2)", "Orders(1)/Items(Line='a',OrderID=2)"], ["Orders/1/Items/1/a", "Orders(1)/Items(OrderID=1,Line='a')"], ["Orders/1/Items/a", "Orders(1)/Items(OrderID=1,Line='a')"],
    ["Orders(1)/Sales.Rush/Items('a')/Order", "Orders(1)/Sales.Rush/Items(OrderID=1,Line='a')/Order"],
    ["Orders(1)/Items('a')/Parts(Half=true,No=3)/Cost", "Orders(1)/Items(OrderID=1,Line='a')/Parts(OrderID=1,Line='a',Half=true,No=3)/Cost"],
    ["Items(OrderID=1,Line='a')/Parts(No=3,Half=true)", "Items(OrderID=1,Line='a')/Parts(OrderID=1,Line='a',Half=true,No=3)"], ['Orders(1)/Notes(4)', 'Orders(1)/Notes(OrderID=1,No=4)'], ['Orders(1)/Items/$filter(true)(\'a\')', "Orders(1)/Items/$filter(true)(OrderID=1,Line='a')"],
    // The row before is not known by that property: the source knows it.
    ["Orders(Code='X')/Items('a')", "Orders(Code='X')/Items('a')"], ["Newest/Items('a')/Parts(Half=true,No=3)", "Newest/Items('a')/Parts(Half=true,No=3)"],
  ])('%s is %s', (url, path) => {
    expect(remoteOf(url, service)).toBe(path)
  })

  it.each([
    ["Jobs(1)/Items('a')", "Orders(1)/Items(OrderID=1,Line='a')"], ["Jobs(Number=1)/Items(OrderID='a')/Parts(Half=false,No=3)", "Orders(ID=1)/Items(OrderID=1,Line='a')/Parts(OrderID=1,Line='a',Half=false,No=3)"],
  ])('in a data product %s is %s', (url, path) => {
    expect(remoteOf(url, product)).toBe(path)
  })

  it('stays as it was written where the row before only stands in for one that is not there yet', () => {
    expect([remoteOf("Orders(0)/Items('a')/Parts(Half=true,No=3)", service, 'asWritten'), remoteOf("Jobs(0)/Items(OrderID='a')", product, 'asWritten')]).toEqual(["Orders(0)/Items('a')/Parts(Half=true,No=3)", "Orders(0)/Items(Line='a')"])
  })

  it.each([["Orders(1)/Loose('a')", 'HUB_QUERY_INVALID'], ["Items('a')", 'HUB_QUERY_INVALID'], ['Orders(1)/Items(3)', 'HUB_QUERY_TYPE'], ['Orders(1)/Items(OrderID=1)', 'HUB_QUERY_INVALID'], ["Orders(1)/Items(Lane='a')", 'HUB_QUERY_UNKNOWN_PROPERTY'], ['Orders(1)/Items(\'a\')/Parts(3)', 'HUB_QUERY_INVALID']])('%s is none: %s', (url, code) => {
    expect(() => remoteOf(url, service)).toThrow(expect.objectContaining({ code }))
  })
})
