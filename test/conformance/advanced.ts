import { readCsdl } from '@tributary/edm'
import { expectRefused, ids, idsOf, rowsOf, type ClauseTest, type ClauseTests } from './support.js'

const batches: ClauseTest = async (hub) => {
  const json = await hub.ask('store/$batch', { 'content-type': 'application/json' }, { method: 'POST', body: JSON.stringify({ requests: [{ id: 'x', method: 'get', url: 'Products/$count' }] }) })
  expect(json.json).toMatchObject({ responses: [{ id: 'x', status: 200, body: '4' }] })
  const part = '--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET Products(1)?$select=Name HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n--b--\r\n'
  const mixed = await hub.ask('store/$batch', { 'content-type': 'multipart/mixed; boundary=b' }, { method: 'POST', body: part })
  expect(mixed.text).toMatch(/HTTP\/1\.1 200 OK\r\n[\s\S]*"Name":"Bread"/)
}
const computes: ClauseTest = async (hub) => {
  expect((await hub.rows('store/Products?$compute=Price mul 2 as Twice&$select=ID,Twice&$filter=Twice gt 5&$orderby=Twice desc')).map(({ ID, Twice }) => [ID, Twice])).toEqual([[3, 39.98], [2, 7.5]])
}
const codes = async (hub: Parameters<ClauseTest>[0], filter: string): Promise<readonly unknown[]> => (await hub.rows(`store/Categories?$filter=${filter}&$orderby=Code`)).map(({ Code }) => Code)
const filteredCounts: ClauseTest = async (hub) => {
  expect(await codes(hub, 'Products/$count($filter=Price gt 3) gt 0')).toEqual(['F', 'T'])
  expect(await codes(hub, 'Products/$count($filter=Price gt 3 and $it/Code eq CategoryCode) eq 0')).toEqual(['A/B'])
  expect(await idsOf(hub, "$filter=Tags/$count($filter=$this ne 'food') eq 1")).toEqual([1, 4])
}
const searchedCounts: ClauseTest = async (hub) => {
  expect(await codes(hub, 'Products/$count($search=Milk OR hammer) gt 0')).toEqual(['F', 'T'])
  expect(await codes(hub, 'Products/$count($filter=Price gt 3;$search=NOT milk) eq 1')).toEqual(['T'])
  expect(await idsOf(hub, '$filter=Tags/$count($search=foo) eq 1')).toEqual([1, 2])
}
const structuredEquality: ClauseTest = async (hub) => {
  expect(await idsOf(hub, '$filter=Origin eq {"Street":"Main","City":"Bern"}')).toEqual([1])
  expect(await idsOf(hub, '$filter=Origin eq @o&@o={"City":"Basel","Street":"Side"}')).toEqual([2])
  expect(await idsOf(hub, '$filter=Origin ne {"Street":"Main","City":"Bern"}&$orderby=ID')).toEqual([2, 3, 4])
  expect(await idsOf(hub, '$filter=Tags eq ["fresh","food"] or Tags eq []')).toEqual([1, 3])
  expect(await idsOf(hub, '$filter=Origin in [{"Street":"Main","City":"Basel"},{"Street":"Side","City":"Basel"}]')).toEqual([2, 4])
  await expectRefused(hub, ['store/Products?$filter=Origin eq {"Town":"Bern"}', 'store/Products?$filter=Origin lt {"City":"Bern"}'], 400)
}
const filterSegments: ClauseTest = async (hub) => {
  expect(ids(await hub.rows('store/Products/$filter(@f)?@f=ID gt 2'))).toEqual([3, 4])
  expect(ids(await hub.rows("store/Products/$filter(Price gt 1)/$filter(Category/Title eq 'Food')?$filter=ID ne 1"))).toEqual([2])
  expect((await hub.ask('store/Products/$filter(ID gt 2)/$count')).text).toBe('2')
  expect([(await hub.ask('store/Products/$filter(ID gt 2)(3)')).status, (await hub.ask('store/Products/$filter(ID gt 2)(1)')).status]).toEqual([200, 404])
}
const selectOptions: ClauseTest = async (hub) => {
  const tags = (query: string) => hub.rows(`store/Products?$select=${query}&$filter=ID lt 3&$orderby=ID`)
  expect(await tags("Tags($filter=$this ne 'food')")).toEqual([{ Tags: ['fresh'] }, { Tags: [] }])
  expect(await tags('ID,Tags($count=true;$orderby=$this desc;$top=1)')).toEqual([{ 'ID': 1, 'Tags@odata.count': 2, 'Tags': ['fresh'] }, { 'ID': 2, 'Tags@odata.count': 1, 'Tags': ['food'] }])
  expect(await tags('Tags($skip=1)')).toEqual([{ Tags: ['fresh'] }, { Tags: [] }])
  const lots = await hub.rows("port/Vessels?$select=Lots($filter=Weight gt 10;$select=Label)&$filter=Code eq 'AMBER'")
  expect(lots).toEqual([expect.objectContaining({ Lots: [{ Label: 'A-1' }] })])
}
const jsonMetadata: ClauseTest = async (hub) => {
  const answer = await hub.ask('store/$metadata?$format=json')
  expect(answer.json).toMatchObject({ $Version: expect.stringMatching(/^4\.0/), $EntityContainer: 'Store.Container', Store: { Product: { $Kind: 'EntityType', $Key: ['ID'] } } })
}

/** The clauses of the advanced level and of 4.01. */
export const advanced: ClauseTests = {
  A11: batches,
  A12: async (hub) => {
    const found = await Promise.all(['store/Products(1)', 'store/Products(ID=1)', "store/Categories('F')/Products", 'store/Products(1)/Category', 'store/Products(1)/Category/Title', 'store/Products(1)/Origin/City', 'store/Products(1)/Tags', "store/Categories('A%2FB')"].map(async (path) => (await hub.ask(path)).status))
    expect(found).toEqual(Array.from({ length: 8 }, () => 200))
    for (const id of ['Products(2)', `${hub.origin}/odata/store/Products(2)`, encodeURIComponent(`${hub.origin}/odata/store/Products(2)`)]) {
      expect((await hub.ask(`store/$entity?$id=${id}&$select=Name`)).json).toMatchObject({ Name: 'Milk' })
    }
    await expectRefused(hub, ['store/$entity', `store/$entity?$id=${hub.origin}/odata/shop/Orders(1)`], 400)
    // References, singletons, containment, casts, members by position, key segments, filters, streams, every entity, every combination.
    const port = ['Office', 'Office/Seat/City', 'Office/Notices(1)/Words', 'Office/Notices/$count', 'Harbours(1)/Berths(2)', 'Harbours(1)/Pilotage/Fee', 'Harbours(1)/Berths(1)/Vessel/Calls', 'Vessels/Port.Ferry', "Vessels('DAWN')/Port.Ferry/Sister/Name/$value",
      "Vessels('CORAL')/Moored/Port.QuayAddress/Quay", "Vessels('AMBER')/Log/-1", "Vessels('AMBER')/Log/$count", 'Vessels/AMBER/Name', "Sailors(Papers='P-100')/Name", 'Vessels/$filter(Weight gt 1000)', 'Harbours/$ref', "Vessels('AMBER')/Home/$ref", "Vessels('AMBER')/Moored/Authority", 'Photos(1)/$value',
      'Photos(1)/Thumbnail', '$all', '$all/Port.Ferry', '$crossjoin(Harbours,Tides)', "$entity?$id=Vessels('AMBER')", "$entity/Port.Ferry?$id=Vessels('DAWN')"]
    const answered = await Promise.all(port.map(async (path) => [path, (await hub.ask(`port/${path}`)).status]))
    expect(answered).toEqual(port.map((path) => [path, 200]))
    for (const [path, body, expected] of [["port/Vessels/Port.Ferry/$query", '$select=Code&$filter=Passengers gt 200', 'DAWN'], ["port/Harbours(1)/Berths/$query", '$top=1&$orderby=Number desc&$select=Number', 3]] as const) {
      const found = await hub.ask(path, { 'content-type': 'text/plain' }, { method: 'POST', body: encodeURI(body) })
      expect(Object.values(rowsOf(found.json)[0] ?? {})).toContain(expected)
    }
    const posted = await hub.ask('store/Products/$query', { 'content-type': 'text/plain' }, { method: 'POST', body: '$filter=ID%20eq%202' })
    expect(ids(rowsOf(posted.json))).toEqual([2])
  },
  A14: (hub) => expectRefused(hub, ['store/Products?$deltatoken=x']),
  A15: async (hub) => {
    const root = `${hub.origin}/odata/store/`
    const found = await hub.ask("store/$crossjoin(Products,Categories)?$filter=Products/CategoryCode eq Categories/Code and Categories/Title eq 'Food'")
    expect(found.json).toEqual({
      '@odata.context': `${root}$metadata#Collection(Edm.ComplexType)`,
      'value': [1, 2].map((id) => ({ 'Products@odata.navigationLink': `${root}Products(${id})`, 'Categories@odata.navigationLink': `${root}Categories('F')` })),
    })
    const across = await hub.rows("shop/$crossjoin(Orders,Customers)?$filter=Orders/CustomerID eq Customers/CustomerID&$expand=Orders($select=OrderID),Customers($select=CustomerID)&$count=true")
    expect(across).toHaveLength((await hub.rows('shop/Orders?$filter=Customer ne null&$select=OrderID')).length)
    expect(across.length).toBeGreaterThan(50)
  },
  A16: computes,
  N2: async (hub) => {
    const { json } = await hub.ask('store/Products?$count=true&$top=1', { 'odata-maxversion': '4.01', 'prefer': 'maxpagesize=1' })
    expect(Object.keys(json ?? {})).toEqual(['@context', '@count', 'value'])
  },
  N4: async (hub) => {
    for (const prefer of ['maxpagesize=3', 'odata.maxpagesize=3']) {
      const answer = await hub.ask('store/Products', { prefer })
      expect([rowsOf(answer.json).length, answer.headers.get('preference-applied')]).toEqual([3, prefer])
    }
  },
  N5: async (hub) => {
    expect((await hub.ask('store/$metadata')).text).not.toContain('SchemaVersion')
    await expectRefused(hub, ['store/Products?$schemaversion=2'])
    for (const path of ['store/Products?$schemaversion=*&$top=1', 'store/$metadata?$schemaversion=%2A', 'store/?schemaversion=*']) expect([path, (await hub.ask(path)).status]).toEqual([path, 200])
  },
  N6: async (hub) => expect(await idsOf(hub, 'filter=ID gt 1&top=1&orderby=ID desc&select=ID')).toEqual([4]),
  N7: async (hub) => expect(await idsOf(hub, "$FILTER=CONTAINS(ToLower(Name),'ilk') AND ID EQ 2 OR ID In (4)&$OrderBy=ID DESC")).toEqual([4, 2]),
  N8: async (hub) => {
    const [row] = await hub.rows('store/Products?$select=Name,Origin&$top=1')
    expect(Object.keys(row ?? {})).toEqual(['Name', 'Origin'])
  },
  N9: async (hub) => {
    for (const version of ['4.0', '4.01']) {
      const found = async (query: string) => ids(await hub.rows(`store/Products?${query}`, { 'odata-maxversion': version }))
      expect(await found("$filter=Paint eq 'Yellow' or Lasting eq 'P7D'")).toEqual([1, 2])
      expect(await found("$filter=substring(Name,-2) eq 'lk' or Rating divby 2 eq 2.5")).toEqual([2, 3])
      expect((await hub.ask("store/Categories(@c)?@c='A/B'", { 'odata-maxversion': version })).json).toMatchObject({ Title: 'Slashed' })
      const called = async (path: string, init: RequestInit = {}) => {
        const { status, json } = await hub.ask(`port/${path}`, { 'odata-maxversion': version, 'content-type': 'application/json' }, init)
        return [status, json?.['value'] ?? json?.['Code']]
      }
      expect(await called('Greeting')).toEqual([200, "Ahoy, 'port'!"])
      expect(await called('LoadedAt?harbour=1')).toEqual([200, 431.75])
      expect(await called("Vessels('AMBER')/TotalLoaded")).toEqual(await called("Vessels('AMBER')/Port.TotalLoaded()"))
      expect(await called('Vessels/Heaviest()')).toEqual([200, 'CORAL'])
      expect(await called('ClearLogs', { method: 'POST' })).toEqual([204, undefined])
    }
  },
  N10: jsonMetadata,
  N11: async (hub) => {
    for (const service of ['store', 'port', 'shop']) {
      const model = readCsdl((await hub.ask(`${service}/$metadata`)).text)
      const scopes = [...model.schemas.values()].flatMap(({ types, containers }) => [[...types.keys()], ...[...containers.values()].map((container) => [...container.entitySets.keys()]),
        ...[...types.values()].flatMap((type) => ('properties' in type ? [[...type.properties.keys(), ...type.navigation.keys()]] : []))])
      for (const names of scopes) expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    }
  },
  N12: async (hub) => expect((await hub.ask('store/$metadata')).text).toContain('Term="Org.OData.Core.V1.ODataVersions" String="4.0 4.01"'),
  N13: async (hub) => {
    const { text } = await hub.ask('store/$metadata')
    for (const term of ['FilterFunctions', 'TopSupported', 'CountRestrictions', 'ExpandRestrictions', 'BatchSupport', 'CrossJoinSupported', 'KeyAsSegmentSupported']) expect(text).toContain(`Term="Org.OData.Capabilities.V1.${term}"`)
  },
  P3: async (hub) => {
    expect(await idsOf(hub, '$filter=Category eq null')).toEqual([4])
    expect(await idsOf(hub, '$filter=Category ne null')).toEqual([1, 2, 3])
  },
  P4: async (hub) => expect(await idsOf(hub, "$filter=Name in ('Milk','Orphan') or ID in (1)")).toEqual([1, 2, 4]),
  P5: async (hub) => expect((await hub.rows('store/Products?$select=Origin($select=City)&$top=2')).map(({ Origin }) => Origin)).toEqual([{ City: 'Bern' }, { City: 'Basel' }]),
  P6: filteredCounts, P7: searchedCounts,
  P8: structuredEquality,
  P9: computes, P10: selectOptions, P11: filterSegments,
  Q3: async (hub) => {
    await filteredCounts(hub)
    await searchedCounts(hub)
  },
  Q4: computes, Q5: selectOptions, Q6: jsonMetadata, Q7: batches, Q8: filterSegments,
  Q9: async (hub) => expect(await idsOf(hub, "$filter=@f&@f=Name eq @n&@n='Milk'")).toEqual([2]),
  Q10: async (hub) => {
    const answer = await hub.ask('store/products')
    expect([answer.status, answer.text]).toEqual([404, expect.stringContaining('Did you mean Products?')])
  },
}
