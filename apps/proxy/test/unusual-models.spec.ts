import { serviceExposure } from '@tributary/catalog'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf } from './exposures.js'
import { startTableSource, type TableSource } from './table-source.js'

/** A depot: keys within complex values, a singleton without key, navigation that derived types add, the same numbers in different crates. */
const contract = `<edmx:Edmx Version="4.01" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
  <Schema Namespace="Depot.Base" Alias="Base" xmlns="http://docs.oasis-open.org/odata/ns/edm">
    <EnumType Name="Care"  IsFlags="true"><Member Name="None" Value="0"/><Member Name="Cold" Value="1"/><Member Name="Dry" Value="2"/><Member Name="Soft" Value="4"/></EnumType>
    <ComplexType Name="Place"><Property Name="Code" Type="Edm.String" Nullable="false"/></ComplexType>
  </Schema>
  <Schema Namespace="Depot" xmlns="http://docs.oasis-open.org/odata/ns/edm">
    <EntityType Name="Bin"><Key><PropertyRef Name="Place/Code" Alias="Code"/><PropertyRef Name="Number"/></Key>
      <Property Name="Place" Type="Depot.Base.Place" Nullable="false"/><Property Name="Number" Type="Edm.Int32" Nullable="false"/><Property Name="Care" Type="Depot.Base.Care"/></EntityType>
    <EntityType Name="Item"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Int32" Nullable="false"/>
      <NavigationProperty Name="Parts" Type="Collection(Depot.Part)" ContainsTarget="true"/></EntityType>
    <EntityType Name="Crate" BaseType="Depot.Item"><Property Name="Load" Type="Edm.Int32"/><Property Name="Photo" Type="Edm.Stream"/><NavigationProperty Name="Visits" Type="Collection(Depot.Visit)"/></EntityType>
    <EntityType Name="Visit"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Int32" Nullable="false"/></EntityType>
    <EntityType Name="Part"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/><Property Name="Weight" Type="Edm.Int32"/></EntityType>
    <EntityType Name="Policy"><Property Name="Text" Type="Edm.String"/><NavigationProperty Name="Rules" Type="Collection(Depot.Part)" ContainsTarget="true"/><NavigationProperty Name="Last" Type="Depot.Visit"/></EntityType>
    <Function Name="Fullest"><ReturnType Type="Depot.Item"/></Function>
    <Function Name="Sum"><Parameter Name="a" Type="Edm.Int32" Nullable="false"/><Parameter Name="b" Type="Edm.Int32" Nullable="false"/><ReturnType Type="Edm.Int32"/></Function>
    <Function Name="Twin"><Parameter Name="of" Type="Depot.Item" Nullable="false"/><ReturnType Type="Depot.Item"/></Function>
    ${['Item', 'Crate'].map((type) => `<Function Name="Label" IsBound="true"><Parameter Name="of" Type="Depot.${type}" Nullable="false"/><ReturnType Type="Edm.String"/></Function>`).join('')}
    <Function Name="Lids" IsBound="true"><Parameter Name="of" Type="Depot.Crate" Nullable="false"/><ReturnType Type="Edm.Int32"/></Function>
    <EntityContainer Name="Container">
      <FunctionImport Name="Fullest" Function="Depot.Fullest" EntitySet="Items"/><FunctionImport Name="Sum" Function="Depot.Sum"/><FunctionImport Name="Twin" Function="Depot.Twin" EntitySet="Items"/>
      <EntitySet Name="Bins" EntityType="Depot.Bin"/><EntitySet Name="Visits" EntityType="Depot.Visit"/>
      <EntitySet Name="Items" EntityType="Depot.Item"><NavigationPropertyBinding Path="Depot.Crate/Visits" Target="Visits"/></EntitySet>
      <Singleton Name="Policy" Type="Depot.Policy"><NavigationPropertyBinding Path="Last" Target="Visits"/></Singleton>
    </EntityContainer>
  </Schema></edmx:DataServices></edmx:Edmx>`

const table = {
  'Bins': { value: [{ Place: { Code: 'B/1' }, Number: 2, Care: 'Cold' }, { Place: { Code: 'A' }, Number: 1, Care: 'Dry,Soft' }, { Place: { Code: "B/1" }, Number: 1, Care: null }] },
  'Items': { value: [{ Id: 1 }, { '@odata.type': '#Depot.Crate', 'Id': 2, 'Load': 40, 'Photo@odata.mediaContentType': 'image/png' }, { '@odata.type': '#Depot.Crate', 'Id': 4, 'Load': 2 }, { Id: 3 }] },
  'Items/Depot.Crate': { value: [{ Id: 2, Load: 40 }, { Id: 4, Load: 2 }] },
  'Items(1)/Parts': { value: [{ No: 1, Weight: 10 }, { No: 2, Weight: 5 }] },
  'Items(2)/Parts': { value: [{ No: 1, Weight: 20 }] },
  'Items(4)/Parts': { value: [] },
  'Items(4)/Depot.Crate/Visits': { value: [] },
  'Items(3)/Parts': { value: [{ No: 1, Weight: 10 }] },
  'Items(2)/Depot.Crate/Visits': { value: [{ Id: 7 }, { Id: 8 }] },
  'Visits': { value: [{ Id: 7 }, { Id: 8 }, { Id: 9 }] },
  'Policy': { Text: 'no smoking' },
  'Policy/Rules': { value: [{ No: 1, Weight: 3 }, { No: 2, Weight: 4 }] },
  'Policy/Last': { Id: 9 },
  'Fullest()': undefined,
  'Sum(a=1,b=2)': { value: 3 },
  'Twin(of=@p1)': { Id: 3 },
}

/** The names of all members of a JSON text, in their order. */
const membersOf = (text: string): readonly string[] => [...text.matchAll(/"((?:[^"\\]|\\.)*)":/g)].map(([, name = '']) => name)

describe('models that are unusual', () => {
  let source: TableSource
  let door: DataDoor
  beforeAll(async () => {
    source = await startTableSource(table)
    door = await openDoor()
    door.catalog.put(serviceExposure({ slug: 'depot', name: 'depot', revision: 1 }, endpointOf('depot', source.url, contract)))
  })
  afterAll(async () => {
    await door.stop()
    await source.stop()
  })

  const get = async (path: string): Promise<unknown> => {
    const response = await door.get(`/odata/depot/${path}`)
    const text = await response.text()
    return response.status === 200 ? JSON.parse(text.replaceAll(`${door.origin}/odata/depot/`, '')) : `${response.status} ${text}`
  }
  const rows = async (path: string): Promise<unknown> => (await get(path) as { readonly value?: unknown }).value

  const bare = async (path: string): Promise<unknown> => (await door.get(`/odata/depot/${path}`, { accept: 'application/json;odata.metadata=none' })).json()
  const full = async (path: string): Promise<string> => {
    const text = await (await door.get(`/odata/depot/${path}`, { accept: 'application/json;odata.metadata=full' })).text()
    return text.replaceAll(`${door.origin}/odata/depot/`, '')
  }

  describe('a key that stands within a complex value', () => {
    const bin = { Place: { Code: 'B/1' }, Number: 2, Care: 'Cold' }

    it.each(["Bins(Code='B%2F1',Number=2)", "Bins(Number=2,Code='B%2F1')", "Bins(Code=@c,Number=2)?@c='B/1'"])('is addressed by its alias: %s', async (path) => {
      expect(await get(path)).toEqual({ '@odata.context': '$metadata#Bins/$entity', ...bin })
    })

    it('is addressed by its alias within expressions, and before properties', async () => {
      expect(await get("Bins(Code='B%2F1',Number=2)/Care")).toEqual({ '@odata.context': "$metadata#Bins(Code='B%2F1',Number=2)/Care", value: 'Cold' })
      expect(await rows("Visits?$filter=$root/Bins(Code='A',Number=1)/Number eq Id sub 6")).toEqual([{ Id: 7 }])
    })

    it('is written by its alias in ids, and orders the rows of pages', async () => {
      expect(await get('Bins/$ref?$skip=0')).toEqual({ '@odata.context': '$metadata#Collection($ref)', value: [{ '@odata.id': "Bins(Code='A',Number=1)" }, { '@odata.id': "Bins(Code='B%2F1',Number=1)" }, { '@odata.id': "Bins(Code='B%2F1',Number=2)" }] })
      expect(await rows('Bins?$top=1&$skip=2')).toEqual([bin])
    })

    it('is told from a name that is none', async () => {
      expect(await get("Bins(Kode='A',Number=1)")).toMatch(/^400 .*Did you mean Code/)
      expect(await get("Bins('A',1)")).toMatch(/^400 /)
    })
  })

  describe('a singleton without key', () => {
    it('leads on: to what it contains, one of that, and to related rows', async () => {
      expect(await rows('Policy/Rules?$filter=Weight gt 3')).toEqual([{ No: 2, Weight: 4 }])
      expect(await get('Policy/Rules(1)/Weight/$value')).toBe(3)
      expect(await get('Policy/Last')).toEqual({ '@odata.context': '$metadata#Visits/$entity', Id: 9 })
    })

    it('is read with what belongs to it', async () => {
      expect(await get('Policy?$expand=Rules($orderby=No desc;$select=No),Last')).toEqual({ '@odata.context': '$metadata#Policy(Rules(No),Last())', Text: 'no smoking', Rules: [{ No: 2 }, { No: 1 }], Last: { Id: 9 } })
      expect(await get('Policy?$select=Text')).toEqual({ '@odata.context': '$metadata#Policy(Text)', Text: 'no smoking' })
    })
  })

  describe('navigation that a derived type adds', () => {
    it('is followed from rows of that type alone', async () => {
      source.asked.length = 0
      expect(await rows('Items?$expand=Depot.Crate/Visits&$orderby=Id')).toEqual([{ Id: 1 }, expect.objectContaining({ Id: 2, Visits: [{ Id: 7 }, { Id: 8 }] }), { Id: 3 }, expect.objectContaining({ Id: 4, Visits: [] })])
      expect(await rows('Items?$filter=Depot.Crate/Visits/any(v:v/Id eq 8)&$select=Id')).toEqual([{ '@odata.type': '#Depot.Crate', Id: 2 }])
      expect(source.asked.filter((path) => path.includes('Visits'))).toEqual([2, 4, 2, 4].map((id) => `Items(${id})/Depot.Crate/Visits`))
    })
  })

  describe('what only a derived type has', () => {
    it('may be a stream, which is selected like any property', async () => {
      expect(await rows('Items?$select=Id,Depot.Crate/Photo&$filter=Id eq 2')).toEqual([{ '@odata.type': '#Depot.Crate', 'Id': 2, 'Photo@odata.mediaContentType': 'image/png' }])
      expect(await rows('Items?$select=Id&$filter=Id eq 2')).toEqual([{ '@odata.type': '#Depot.Crate', Id: 2 }])
    })

    it('is aggregated, over navigation as well', async () => {
      expect(await rows('Items?$apply=aggregate(Depot.Crate/Load with sum as Total,Depot.Crate/Visits/Id with max as Last)')).toEqual([expect.objectContaining({ Total: 42, Last: 8 })])
      expect(await rows('Items?$apply=groupby((Id),aggregate(Depot.Crate/Load with max as Most))/filter(Most ne null)/aggregate($count as Crates)')).toEqual([expect.objectContaining({ Crates: 2 })])
      expect(await get('Items?$apply=aggregate(Parts/Depot.Crate/Load with sum as Total)')).toMatch(/^400 /)
    })
  })

  describe('full metadata', () => {
    it('says what an entity is before all else, and nothing twice', async () => {
      const members = membersOf(await full('Items?$filter=Id eq 2')).filter((name) => name !== 'title' && name !== 'target')
      expect(members.slice(0, 4)).toEqual(['@odata.context', 'value', '@odata.type', '@odata.id'])
      expect(members).toHaveLength(new Set(members).size)
    })

    it('links to what only derived types have behind a cast, and calls the overload of the entity', async () => {
      const [item, crate] = (JSON.parse(await full('Items?$orderby=Id&$top=2')) as { readonly value: readonly Readonly<Record<string, unknown>>[] }).value
      expect(crate).toMatchObject({
        'Photo@odata.mediaReadLink': 'Items(2)/Depot.Crate/Photo', 'Visits@odata.navigationLink': 'Items(2)/Depot.Crate/Visits',
        '#Depot.Label': { target: 'Items(2)/Depot.Crate/Depot.Label' }, '#Depot.Lids': { target: 'Items(2)/Depot.Crate/Depot.Lids' },
      })
      expect(item).toMatchObject({ '#Depot.Label': { target: 'Items(1)/Depot.Label' } })
      expect(Object.keys(item ?? {}).filter((name) => /Photo|Visits|Lids/.test(name))).toEqual([])
      expect(JSON.parse(await full('Items/Depot.Crate?$filter=Id eq 2'))).toMatchObject({ value: [{ 'Photo@odata.mediaReadLink': 'Items(2)/Depot.Crate/Photo', '#Depot.Label': { target: 'Items(2)/Depot.Crate/Depot.Label' } }] })
    })
  })

  describe('counts', () => {
    it('are told where nothing else is', async () => {
      expect(await bare('Items?$expand=Parts/$count&$select=Id&$filter=Id lt 3&$orderby=Id')).toEqual({ value: [{ 'Id': 1, 'Parts@odata.count': 2 }, { 'Id': 2, 'Parts@odata.count': 1 }] })
      expect(await bare('Items?$expand=Parts($count=true;$top=0)&$select=Id&$filter=Id eq 1&$count=true')).toEqual({ '@odata.count': 1, 'value': [{ 'Id': 1, 'Parts@odata.count': 2, 'Parts': [] }] })
    })
  })

  describe('a slash at the end of a path', () => {
    it.each(['Policy/', 'Items/', 'Policy/Rules(1)/', 'Policy/Rules/$count/', '$metadata/', '$entity/?$id=Policy/Last'])('says nothing more: %s', async (path) => {
      expect((await door.get(`/odata/depot/${path}`)).status).toBe(200)
    })

    it.each(['Items//', '/Items', 'Policy//Rules'])('is one slash, and at the end: %s', async (path) => {
      expect((await door.get(`/odata/depot/${path}`)).status).toBe(400)
    })
  })

  describe('functions', () => {
    it('may give no entity', async () => {
      expect(await get('Fullest()')).toBe('204 ')
      expect(await get('Fullest()/Id')).toMatch(/^404 /)
    })

    it('have their arguments from aliases that are called like their parameters', async () => {
      expect(await get('Sum?@a=1&@b=2')).toMatchObject({ value: 3 })
      expect(await get('Sum?@a=1&@c=2')).toMatch(/^404 /)
    })

    it('are told of our entities by their place', async () => {
      const reference = encodeURIComponent(JSON.stringify({ '@id': `${door.origin}/odata/depot/Items(1)` }))
      expect(await get(`Twin(of=@item)?@item=${reference}`)).toMatchObject({ Id: 3 })
      expect(source.queries.at(-1)).toBe('@p1={"@id":"Items(1)"}')
    })
  })

  describe('dates', () => {
    it.each(['2023-02-29', '1900-02-29', '2024-04-31', '2024-02-30T00:00:00Z'])('that are none are refused: %s', async (literal) => {
      expect(await get(`Visits?$filter=year(${literal}) eq 2024`)).toMatch(/^400 .*No such day/)
    })

    it.each(['2024-02-29', '2000-02-29', '0000-02-29', '-0004-02-29', '2024-12-31T23:59:60Z'])('that are some are taken: %s', async (literal) => {
      expect(await rows(`Visits?$filter=year(${literal}) ne 1&$top=0`)).toEqual([])
    })
  })

  describe('what cannot be expanded', () => {
    it.each(['Items?$expand=Id', 'Items?$expand=Parts/No', 'Items?$id=1', '$entity?$id='])('is a mistake of the caller: %s', async (path) => {
      expect(await get(path)).toMatch(/^400 .*HUB_QUERY_INVALID/)
    })
  })

  describe('contained rows whose keys repeat', () => {
    it('are aggregated each', async () => {
      expect(await rows('Items?$apply=aggregate(Parts/Weight with sum as Total,Parts/$count as Parts)')).toEqual([expect.objectContaining({ Total: 45, Parts: 4 })])
      expect(await rows('Items?$apply=aggregate(Parts/Weight with countdistinct as Kinds)')).toEqual([expect.objectContaining({ Kinds: 3 })])
    })
  })

  describe('an enumeration named by the alias of its schema', () => {
    it.each([["Base.Care'Cold'", [2]], ["Depot.Base.Care'Dry,Soft'", [1]], ["Base.Care'6'", [1]], ["Base.Care'1'", [2]]])('%s', async (literal, numbers) => {
      expect((await rows(`Bins?$filter=Care eq ${literal}`) as readonly { readonly Number: number }[]).map(({ Number: number }) => number)).toEqual(numbers)
    })

    it('is not mistaken for another one', async () => {
      expect(await get("Bins?$filter=Care eq Base.Other'Cold'")).toMatch(/^400 /)
      expect(await get("Bins?$filter=Care eq Base.Care'8'")).toMatch(/^400 .*HUB_QUERY_TYPE/)
    })
  })
})
