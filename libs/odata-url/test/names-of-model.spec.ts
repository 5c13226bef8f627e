import { readCsdl } from '@tributary/edm'
import { namesOf, parseODataUrl } from '@tributary/odata-url'
import { optionsText, resourceText } from './url-text.js'

const schema = (annotations: string): string => `<?xml version="1.0"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Acme.Sales" Alias="S" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EntityType Name="Thing"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
  <EntityType Name="Order" BaseType="S.Thing">
    <Property Name="Lines" Type="Collection(S.Line)"/><Property Name="Colour" Type="S.Colour"/>
    <NavigationProperty Name="Customer" Type="S.Customer"/>
  </EntityType>
  <EntityType Name="Rush" BaseType="S.Order"><Property Name="Deadline" Type="Edm.Date"/></EntityType>
  <EntityType Name="Customer"><Key><PropertyRef Name="Country"/><PropertyRef Name="Code"/></Key>
    <Property Name="Country" Type="Edm.String" Nullable="false"/><Property Name="Code" Type="Edm.String" Nullable="false"/>
    <NavigationProperty Name="Orders" Type="Collection(S.Order)"/>
  </EntityType>
  <ComplexType Name="Line"><Property Name="Quantity" Type="Edm.Int32"/></ComplexType>
  <EnumType Name="Colour"><Member Name="Red" Value="0"/></EnumType>
  <Function Name="Open" IsBound="true"><Parameter Name="orders" Type="Collection(S.Order)"/><ReturnType Type="Collection(S.Order)"/></Function>
  <Function Name="Newest"><ReturnType Type="S.Order"/></Function>
  <EntityContainer Name="Container">
    <EntitySet Name="Orders" EntityType="S.Order"/><EntitySet Name="Customers" EntityType="S.Customer"/>
    <Singleton Name="Main" Type="S.Customer"/><FunctionImport Name="NewestOrder" Function="S.Newest"/>
  </EntityContainer>
  ${annotations}
</Schema></edmx:DataServices></edmx:Edmx>`

const plain = namesOf(readCsdl(schema('')))
const unqualified = namesOf(readCsdl(schema('<Annotation Term="Org.OData.Core.V1.DefaultNamespace"/>')), { keyAsSegment: true })

const read = (path: string, query: string, names = plain): string => {
  const { resource, options } = parseODataUrl(path, query, names)
  return `${resourceText(resource)} ? ${optionsText(options)}`
}

describe('names of a model', () => {
  it.each([
    ['Orders(1)/Customer/Orders', '$filter=ID eq 1', 'entitySet Orders<positional Int64:1> / navigation Customer / navigation Orders ? filter (ID eq Int64:1)'],
    ['Orders/Acme.Sales.Rush', '$select=Deadline,ID', 'entitySet Orders / cast Acme.Sales.Rush ? select Deadline, ID'],
    ['Orders/S.Rush', '$orderby=Deadline', 'entitySet Orders / cast S.Rush ? orderby Deadline'],
    ['Orders', "$filter=Lines/any(l:l/Quantity gt 1) and Colour eq S.Colour'Red'", 'entitySet Orders ? filter (Lines/any{l: (var l/Quantity gt Int64:1)} and (Colour eq enum<S.Colour>:Red))'],
    ['Orders/Acme.Sales.Open()/$count', '', 'entitySet Orders / operation Acme.Sales.Open{} / count ? '],
    ['Main/Orders', '$expand=Customer', 'singleton Main / navigation Orders ? expand ->Customer'],
    ['NewestOrder()/Customer', '', 'operation NewestOrder{} / navigation Customer ? '],
    ['Orders/Rush', '', 'entitySet Orders / unknown Rush ? '],
    ['Orders', '$filter=Custmer/Code eq Colour', 'entitySet Orders ? filter (?Custmer/?Code eq Colour)'],
    ['Order', '', 'unknown Order ? '],
    ['Orders', '$filter=Customer/ID eq 1', 'entitySet Orders ? filter (->Customer/?ID eq Int64:1)'],
  ])('%s?%s', (path, query, tree) => expect(read(path, query)).toBe(tree))

  it.each([
    ['Orders/Rush', '', 'entitySet Orders / cast Rush ? '],
    ['Orders/Open', '', 'entitySet Orders / operation Open{} ? '],
    ['Orders', '$filter=Rush/Deadline gt 2024-01-01', 'entitySet Orders ? filter (as Rush/Deadline gt Date:2024-01-01)'],
    ['Customers/NL/7/Orders/3/Customer', '', 'entitySet Customers<segment String:NL, String:7> / navigation Orders<segment String:3> / navigation Customer ? '],
    ['Customers/NL/Acme/Nmae', '', 'entitySet Customers<segment String:NL, String:Acme> / unknown Nmae ? '],
  ])('of a default namespace come unqualified: %s?%s', (path, query, tree) => expect(read(path, query, unqualified)).toBe(tree))

  it('give one handle to one type', () => {
    const orders = plain.container('Orders')
    expect(orders?.type).toEqual({ name: 'Acme.Sales.Order', collection: true, structured: true })
    expect(plain.container('Orders')?.type).toBe(orders?.type)
    expect(plain.type('S.Colour')).toEqual({ name: 'Acme.Sales.Colour', collection: false, structured: false })
    expect(plain.type('Edm.String')).toEqual({ name: 'Edm.String', collection: false, structured: false })
    expect(plain.type('Acme.Sales.Nothing')).toBeUndefined()
    expect(plain.member(undefined, 'ID')).toBeUndefined()
  })

  it('know what the aggregation vocabulary names', () => {
    const names = namesOf(readCsdl(schema(`
      <Annotations Target="Acme.Sales.Container/Orders"><Annotation Term="Org.OData.Aggregation.V1.CustomAggregate" Qualifier="Forecast" String="Edm.Decimal"/></Annotations>
      <Annotations Target="Acme.Sales.Container"><Annotation Term="Org.OData.Aggregation.V1.CustomAggregate" Qualifier="Budget" String="Edm.Decimal"/></Annotations>
      <Annotations Target="Acme.Sales.Customer"><Annotation Term="Org.OData.Aggregation.V1.LeveledHierarchy" Qualifier="Places"><Collection/></Annotation></Annotations>`)))
    expect(read('Orders', '$apply=aggregate(Forecast,Budget,Customer/Orders/Forecast)', names)).toBe(
      'entitySet Orders ? apply aggregate custom Forecast, custom Budget, ->Customer/->Orders/custom Forecast')
    expect(read('Orders/Acme.Sales.Rush', '$apply=groupby((rollup(Customer/Places)),aggregate(Forecast))', names)).toBe(
      'entitySet Orders / cast Acme.Sales.Rush ? apply group [levels ->Customer # Places] {aggregate custom Forecast}')
    expect([names.customAggregate?.(undefined, 'Budget'), names.customAggregate?.(undefined, 'Forecast'), names.customAggregate?.(names.type('S.Customer'), 'Forecast')]).toEqual([true, false, false])
    expect(names.leveledHierarchy?.(names.type('S.Order'), 'Places')).toBe(false)
  })

  it('know the parameters that functions without parentheses have', () => {
    const names = namesOf(readCsdl(schema(`
      <Function Name="Best" IsBound="true"><Parameter Name="orders" Type="Collection(S.Order)"/><Parameter Name="amount" Type="Edm.Int32"/><ReturnType Type="S.Order"/></Function>
      <Action Name="Ship" IsBound="true"><Parameter Name="orders" Type="Collection(S.Order)"/><Parameter Name="amount" Type="Edm.Int32"/></Action>`)))
    expect(read('Orders/Acme.Sales.Best', 'amount=3&orders=4', names)).toBe('entitySet Orders / operation Acme.Sales.Best{} ? parameter amount=Int64:3; custom orders=4')
    expect(read('Orders/Acme.Sales.Ship', 'amount=3', names)).toBe('entitySet Orders / operation Acme.Sales.Ship{} ? custom amount=3')
  })
})
