import { readCsdl } from '@tributary/edm'
import { compareContracts } from '../src/services/compare-contracts.js'

const base = `
  <EntityType Name="Order"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
    <Property Name="Note" Type="Edm.String" MaxLength="20"/>
    <Property Name="Price" Type="Edm.Decimal" Precision="10" Scale="2" Nullable="false"/>
    <Property Name="Status" Type="Shop.Status"/>
    <NavigationProperty Name="Lines" Type="Collection(Shop.Line)"/>
  </EntityType>
  <EntityType Name="Line"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
  <EnumType Name="Status"><Member Name="Open" Value="0"/><Member Name="Done" Value="1"/></EnumType>
  <TypeDefinition Name="Code" UnderlyingType="Edm.String"/>
  <EntityContainer Name="Container"><EntitySet Name="Orders" EntityType="Shop.Order"/><EntitySet Name="Lines" EntityType="Shop.Line"/></EntityContainer>`

const modelOf = (body: string) =>
  readCsdl(`<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="Shop" xmlns="http://docs.oasis-open.org/odata/ns/edm">${body}</Schema></edmx:DataServices></edmx:Edmx>`)

const compare = (from: string, to: string) => compareContracts(modelOf(base), modelOf(base.replace(from, to)))

describe('comparing contracts', () => {
  it('finds a contract identical with itself', () => {
    expect(compareContracts(modelOf(base), modelOf(base))).toEqual({ verdict: 'identical', list: [] })
  })

  it.each<[string, string, string, string, string, string]>([
    ['breaking', 'a set removed', '<EntitySet Name="Lines" EntityType="Shop.Line"/>', '', 'Lines', 'The entity set was removed.'],
    ['breaking', 'a set over another type', '<EntitySet Name="Lines" EntityType="Shop.Line"/>', '<EntitySet Name="Lines" EntityType="Shop.Order"/>', 'Lines', 'The entity type changed from Shop.Line to Shop.Order.'],
    ['compatible', 'a set added', '<EntitySet Name="Lines"', '<EntitySet Name="More" EntityType="Shop.Line"/><EntitySet Name="Lines"', 'More', 'The entity set was added.'],
    ['breaking', 'a property removed', '<Property Name="Note" Type="Edm.String" MaxLength="20"/>', '', 'Shop.Order/Note', 'The property was removed.'],
    ['compatible', 'a property added', '<Property Name="Note"', '<Property Name="More" Type="Edm.String"/><Property Name="Note"', 'Shop.Order/More', 'The property was added.'],
    ['breaking', 'another type', 'Name="Note" Type="Edm.String" MaxLength="20"', 'Name="Note" Type="Edm.Int32"', 'Shop.Order/Note', 'The type changed from Edm.String to Edm.Int32.'],
    ['breaking', 'a collection instead', 'Type="Edm.String" MaxLength="20"', 'Type="Collection(Edm.String)" MaxLength="20"', 'Shop.Order/Note', 'The type changed from Edm.String to Collection(Edm.String).'],
    ['breaking', 'null where there was none', 'Scale="2" Nullable="false"', 'Scale="2"', 'Shop.Order/Price', 'The property may be null now.'],
    ['compatible', 'no null any more', 'MaxLength="20"', 'MaxLength="20" Nullable="false"', 'Shop.Order/Note', 'The property is never null any more.'],
    ['breaking', 'longer texts', 'MaxLength="20"', 'MaxLength="40"', 'Shop.Order/Note', 'maxLength changed from 20 to 40.'],
    ['breaking', 'texts of any length', ' MaxLength="20"', '', 'Shop.Order/Note', 'maxLength changed from 20 to none.'],
    ['compatible', 'shorter texts', 'MaxLength="20"', 'MaxLength="10"', 'Shop.Order/Note', 'maxLength changed from 20 to 10.'],
    ['breaking', 'more digits', 'Scale="2"', 'Scale="4"', 'Shop.Order/Price', 'scale changed from 2 to 4.'],
    ['breaking', 'a member removed', '<Member Name="Done" Value="1"/>', '', 'Shop.Status/Done', 'The member was removed.'],
    ['breaking', 'a member of another value', 'Name="Done" Value="1"', 'Name="Done" Value="2"', 'Shop.Status/Done', 'The value changed from 1 to 2.'],
    ['compatible', 'a member added', '<Member Name="Done"', '<Member Name="Lost" Value="2"/><Member Name="Done"', 'Shop.Status/Lost', 'The member was added.'],
    ['breaking', 'a definition of another type', 'UnderlyingType="Edm.String"', 'UnderlyingType="Edm.Int32"', 'Shop.Code', 'The underlying type changed from Edm.String to Edm.Int32.'],
    ['breaking', 'a navigation removed', '<NavigationProperty Name="Lines" Type="Collection(Shop.Line)"/>', '', 'Shop.Order/Lines', 'The navigation property was removed.'],
    ['breaking', 'a navigation to one', 'Collection(Shop.Line)', 'Shop.Line', 'Shop.Order/Lines', 'The navigation changed from Collection(Shop.Line) to Shop.Line.'],
    ['breaking', 'another key', '<EntityType Name="Order"><Key><PropertyRef Name="ID"/></Key>', '<EntityType Name="Order"><Key><PropertyRef Name="ID"/><PropertyRef Name="Note"/></Key>', 'Shop.Order', 'The key changed from (ID) to (ID, Note).'],
  ])('calls it %s: %s', (severity, _what, ...[from, to, path, message]) => {
    expect(compare(from, to)).toEqual({ verdict: severity, list: [{ severity, path, message }] })
  })

  it('is breaking if one of several changes is', () => {
    const both = compareContracts(modelOf(base), modelOf(base.replace('<Property Name="Note" Type="Edm.String" MaxLength="20"/>', '<Property Name="More" Type="Edm.String"/>')))
    expect(both.verdict).toBe('breaking')
    expect(both.list.map(({ severity, path }) => [severity, path])).toEqual([['breaking', 'Shop.Order/Note'], ['compatible', 'Shop.Order/More']])
  })
})
