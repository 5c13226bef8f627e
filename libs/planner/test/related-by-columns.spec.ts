import { serviceExposure, type Endpoint, type Exposure, type SealedConnection } from '@tributary/catalog'
import { readCsdl } from '@tributary/edm'
import { namesOf, parseODataUrl } from '@tributary/odata-url'
import { printPlan } from '@tributary/plan'
import { bind, optimize } from '@tributary/planner'

/** Books with parts whose key begins with the book's, and texts in many languages, of which the contract names one by a part of its key. */
const model = readCsdl(`<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
  <Schema Namespace="T" xmlns="http://docs.oasis-open.org/odata/ns/edm">
    <EntityType Name="Book"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Int32" Nullable="false"/><Property Name="Isbn" Type="Edm.String"/>
      <NavigationProperty Name="Chapters" Type="Collection(T.Chapter)" Partner="Book"/>
      <NavigationProperty Name="Texts" Type="Collection(T.Text)" Partner="Of"/>
      <NavigationProperty Name="Localized" Type="T.Text"><ReferentialConstraint Property="Id" ReferencedProperty="Id"/></NavigationProperty></EntityType>
    <EntityType Name="Chapter"><Key><PropertyRef Name="BookId"/><PropertyRef Name="No"/></Key><Property Name="BookId" Type="Edm.Int32" Nullable="false"/><Property Name="No" Type="Edm.Int32" Nullable="false"/>
      <NavigationProperty Name="Book" Type="T.Book" Partner="Chapters"><ReferentialConstraint Property="BookId" ReferencedProperty="Id"/></NavigationProperty>
      <NavigationProperty Name="Notes" Type="Collection(T.Note)" Partner="Chapter"/></EntityType>
    <EntityType Name="Note"><Key><PropertyRef Name="BookId"/><PropertyRef Name="No"/></Key><Property Name="BookId" Type="Edm.Int32" Nullable="false"/><Property Name="No" Type="Edm.Int32" Nullable="false"/>
      <NavigationProperty Name="Chapter" Type="T.Chapter" Partner="Notes"><ReferentialConstraint Property="BookId" ReferencedProperty="BookId"/></NavigationProperty>
      <NavigationProperty Name="About" Type="T.Book"><ReferentialConstraint Property="No" ReferencedProperty="Isbn"/></NavigationProperty></EntityType>
    <EntityType Name="Text"><Key><PropertyRef Name="Locale"/><PropertyRef Name="Id"/></Key><Property Name="Locale" Type="Edm.String" Nullable="false"/><Property Name="Id" Type="Edm.Int32" Nullable="false"/>
      <NavigationProperty Name="Of" Type="T.Book" Partner="Texts"><ReferentialConstraint Property="Id" ReferencedProperty="Id"/></NavigationProperty></EntityType>
    <EntityContainer Name="C">
      <EntitySet Name="Books" EntityType="T.Book"><NavigationPropertyBinding Path="Chapters" Target="Chapters"/><NavigationPropertyBinding Path="Texts" Target="Texts"/><NavigationPropertyBinding Path="Localized" Target="Texts"/></EntitySet>
      <EntitySet Name="Chapters" EntityType="T.Chapter"><NavigationPropertyBinding Path="Book" Target="Books"/><NavigationPropertyBinding Path="Notes" Target="Notes"/></EntitySet>
      <EntitySet Name="Notes" EntityType="T.Note"><NavigationPropertyBinding Path="Chapter" Target="Chapters"/><NavigationPropertyBinding Path="About" Target="Books"/></EntitySet><EntitySet Name="Texts" EntityType="T.Text"><NavigationPropertyBinding Path="Of" Target="Books"/></EntitySet>
    </EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`)
const endpoint: Endpoint = { slug: 't', kind: 'odata', url: 'http://127.0.0.1/t/', model, connection: '' as SealedConnection, identity: 't' }
const exposure = serviceExposure({ slug: 't', name: 'T', revision: 1 }, endpoint)

function lines(url: string, seen: Exposure = exposure): readonly string[] {
  const [path = '', query = ''] = url.split('?')
  return printPlan(optimize(bind(parseODataUrl(path, query, namesOf(model)), seen, { pageRows: 0 })).plan).split('\n')
}

describe('a navigation with a referential constraint', () => {
  it('is followed by its columns', () => {
    expect(lines('Books?$select=Id&$expand=Chapters($select=No)')).toEqual(['Expand Chapters on Id = BookId', '├ Scan t.Books (Id)', '└ Scan t.Chapters (BookId, No)'])
    expect(lines('Notes?$select=No&$expand=About($select=Id)').at(0)).toBe('Expand About on No = Isbn')
  })
  it('is followed by its links where the constraint names a part of the key only: which of the rows is meant is the source\'s to say', () => {
    expect(lines('Books?$select=Id&$expand=Localized($select=Locale)')).toEqual(['Expand Localized on Id = ~0', '├ Scan t.Books (Id)', '└ Scan t.Books(Id)/Localized (Locale, ~0)'])
    expect(lines('Chapters?$select=No&$expand=Notes($select=No)').at(-1)).toBe('└ Scan t.Chapters(BookId,No)/Notes (No, ~0, ~1)')
    expect(lines('Books?$select=Id&$expand=Texts($select=Locale)').at(0)).toBe('Expand Texts on Id = Id')
  })
})

describe('a set that cannot be read', () => {
  const hidden: Exposure = { ...exposure, readable: ({ name }) => name !== 'Chapters' && name !== 'Texts' }
  it('is reached from the rows its rows belong to, and so is what follows from there', () => {
    expect(lines('Books?$select=Id&$expand=Chapters($select=No)', hidden)).toEqual(['Expand Chapters on Id = ~0', '├ Scan t.Books (Id)', '└ Scan t.Books(Id)/Chapters (No, ~0)'])
    expect(lines('Books(1)/Chapters(BookId=1,No=2)/Notes?$select=No', hidden).at(-1)).toBe('  └ Scan t.Books(Id)/Chapters(BookId,No)/Notes (No, ~0, ~1, ~2)')
    expect(lines('Books?$select=Id&$filter=Chapters/any(c:c/No gt 1)', hidden).at(-1)).toBe('  └ Scan t.Books(Id)/Chapters (No, ~0)')
  })
  it('is asked for all the same where nothing else leads to it', () => {
    expect(lines('Texts?$select=Id', hidden)).toEqual(['Scan t.Texts (Id)'])
  })
})

describe('the key of a related row', () => {
  it('may leave out what the row before tells', () => {
    const whole = lines('Books(1)/Chapters(BookId=1,No=2)?$select=No').map((line) => line.replace('BookId eq 1 and ', ''))
    expect(lines('Books(1)/Chapters(2)?$select=No')).toEqual(whole)
    expect(lines('Books(1)/Chapters(No=2)?$select=No')).toEqual(whole)
    expect(lines("Books(1)/Texts('de')?$select=Id").join(' ')).toContain("Filter Locale eq 'de'")
  })
  it('may not leave out more', () => {
    expect(() => lines('Books(1)/Texts(Id=1)')).toThrow(/is no key of Texts/)
    expect(() => lines('Chapters(2)')).toThrow(/has 2 parts, and 1 are given/)
    expect(() => lines('Chapters(No=2)')).toThrow(/is no key of Chapters/)
  })
})
