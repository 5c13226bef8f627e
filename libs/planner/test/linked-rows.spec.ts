import { serviceExposure, type Endpoint, type SealedConnection } from '@tributary/catalog'
import { readCsdl } from '@tributary/edm'
import { namesOf, parseODataUrl } from '@tributary/odata-url'
import { printPlan } from '@tributary/plan'
import { bind, optimize, type BoundQuery } from '@tributary/planner'

/** Trips contained in people, a singleton, navigation that no columns join, of complex values and of derived types. */
const model = readCsdl(`<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
  <Schema Namespace="T" xmlns="http://docs.oasis-open.org/odata/ns/edm">
    <ComplexType Name="Home"><Property Name="City" Type="Edm.String"/><NavigationProperty Name="Land" Type="T.Land"/></ComplexType>
    <EntityType Name="Person"><Key><PropertyRef Name="Name"/></Key><Property Name="Name" Type="Edm.String" Nullable="false"/><Property Name="Home" Type="T.Home"/><Property Name="Tags" Type="Collection(Edm.String)"/>
      <NavigationProperty Name="Trips" Type="Collection(T.Trip)" ContainsTarget="true"/><NavigationProperty Name="Friends" Type="Collection(T.Person)"/></EntityType>
    <EntityType Name="Boss" BaseType="T.Person"><Property Name="Rank" Type="Edm.Int32"/><NavigationProperty Name="Deputy" Type="T.Person"/></EntityType>
    <EntityType Name="Trip"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/><Property Name="Cost" Type="Edm.Decimal"/>
      <NavigationProperty Name="Stops" Type="Collection(T.Stop)" ContainsTarget="true"/></EntityType>
    <EntityType Name="Stop"><Key><PropertyRef Name="Day"/><PropertyRef Name="Place"/></Key><Property Name="Day" Type="Edm.Date" Nullable="false"/><Property Name="Place" Type="Edm.String" Nullable="false"/></EntityType>
    <EntityType Name="Land"><Key><PropertyRef Name="Code"/></Key><Property Name="Code" Type="Edm.String" Nullable="false"/></EntityType>
    <EntityType Name="Note"><Property Name="Text" Type="Edm.String"/><NavigationProperty Name="By" Type="T.Person"/></EntityType>
    <EntityContainer Name="C">
      <EntitySet Name="People" EntityType="T.Person"><NavigationPropertyBinding Path="Friends" Target="People"/><NavigationPropertyBinding Path="Home/Land" Target="Lands"/><NavigationPropertyBinding Path="T.Boss/Deputy" Target="People"/></EntitySet>
      <EntitySet Name="Lands" EntityType="T.Land"/><EntitySet Name="Notes" EntityType="T.Note"><NavigationPropertyBinding Path="By" Target="People"/></EntitySet>
      <Singleton Name="Me" Type="T.Boss"><NavigationPropertyBinding Path="Friends" Target="People"/></Singleton>
    </EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`)
const endpoint: Endpoint = { slug: 't', kind: 'odata', url: 'http://127.0.0.1/t/', model, connection: '' as SealedConnection, identity: 't' }
const exposure = serviceExposure({ slug: 't', name: 'T', revision: 1 }, endpoint)

const bound = (url: string, pageRows = 0): BoundQuery => {
  const [path = '', query = ''] = url.split('?')
  return optimize(bind(parseODataUrl(path, query, namesOf(model, { keyAsSegment: true })), exposure, { pageRows }))
}
const lines = (url: string): readonly string[] => printPlan(bound(url).plan).split('\n')
const contextOf = (url: string): string => bound(url).contextFragment

describe('rows that no columns join', () => {
  it('are read from the link of each row, with the keys that fill it', () => {
    expect(lines('People?$select=Name&$expand=Friends($select=Name)')).toEqual(['Expand Friends on Name = ~0', '├ Scan t.People (Name, @odata.type)', '└ Scan t.People(Name)/Friends (Name, @odata.type, ~0)'])
  })
  it('contained in contained rows need the keys of both', () => {
    expect(lines("People('A')/Trips(1)/Stops?$filter=Place eq 'x'&$select=Day")).toEqual([
      'Expand Trips on Name = ~0', "├ Filter Name eq 'A'", '│ └ Scan t.People (Name)',
      '└ Expand Stops on ~0 = ~0 and No = ~1', '  ├ Filter No eq 1', '  │ └ Scan t.People(Name)/Trips (No, ~0)', "  └ Filter Place eq 'x'", '    └ Scan t.People(Name)/Trips(No)/Stops (Day, Place, ~0, ~1)',
    ])
  })
  it('of a singleton, of complex values and of derived types have their own paths', () => {
    expect(lines('Me?$select=Rank&$expand=Friends($select=Name)')).toEqual(['Expand Friends on Name = ~0', '├ Scan t.Me (Name, Rank)', '└ Scan t.Me/Friends (Name, @odata.type, ~0)'])
    expect(lines("People('A')/Home/Land").at(-1)).toBe('└ Scan t.People(Name)/Home/Land (Code, ~0)')
    expect(lines('People?$select=Name&$expand=T.Boss/Deputy($select=Name)').at(-1)).toBe('└ Scan t.People(Name)/T.Boss/Deputy (Name, @odata.type, ~0)')
  })
  it('never become semi-joins, for nothing reads all of them', () => {
    expect(lines('People?$select=Name&$filter=Trips/any(t:t/Cost gt 5)')).toEqual(['Filter ~Trips/any(t:t/Cost gt 5)', '└ Expand ~Trips on Name = ~0', '  ├ Scan t.People (Name, @odata.type)', '  └ Scan t.People(Name)/Trips (Cost, ~0)'])
  })
  it('cannot be read from rows without a key', () => expect(() => bound('Notes?$expand=By')).toThrow(/Notes.*no key/))
})

describe('contexts', () => {
  it.each([
    ['Me', 'Me'], ['Me/Rank', 'Me/Rank'], ['Me/Friends', 'People'], ["Me/Friends('A')", 'People/$entity'], ["People('A')/Trips", "People('A')/Trips"], ["People('A')/Trips(1)", "People('A')/Trips/$entity"],
    ["People('A')/Trips(1)/Stops", "People('A')/Trips(1)/Stops"], ["People('A')/Trips(1)/Cost", "People('A')/Trips(1)/Cost"], ['People/T.Boss', 'People/T.Boss'], ["People('A')/T.Boss/Rank", "People('A')/T.Boss/Rank"],
    ["People('A')/Home/Land", 'Lands/$entity'], ['People/$ref', 'Collection($ref)'], ["People('A')/$ref", '$ref'], ["People('A')/Tags/-1", "People('A')/Tags/-1"], ['People?$expand=Trips($levels=1)', 'People(Trips())'], ['People?$expand=Friends($levels=3;$select=Name)', 'People(Friends+(Name))'],
    ['$crossjoin(People,Lands)?$expand=Lands', 'Collection(Edm.ComplexType)(Lands())'],
  ])('of %s', (url, expected) => expect(contextOf(url)).toBe(expected))
})

describe('cross joins', () => {
  it('join by equalities where null means nothing, with conditions over one set on its own rows', () => {
    expect(lines("$crossjoin(Lands,People)?$filter=Lands/Code eq People/Home/City and Lands/Code eq People/Name and startswith(People/Name,'A') and Lands/Code ne 'x'&$select=Lands/Code")).toEqual([
      'Filter Lands/Code eq People/Home/City', '└ Unnest ~People as People', '  └ Expand ~People on ~1 = Name each order Name', '    ├ Compute Lands/Code as ~1', '    │ └ Wrap as Lands', '    │   └ Sort Code',
      "    │     └ Filter Code ne 'x'", '    │       └ Scan t.Lands (Code)', "    └ Filter startswith(Name,'A')", '      └ Scan t.People (Name, Home, Tags, Rank, @odata.type)',
    ])
  })
})
