import { csdlOf } from '../../../test/harness/odata-server-contract.js'
import { startODataServer, type ODataServer, type ServedSets } from '../../../test/harness/odata-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf, serviceExposure } from './exposures.js'

/**
 * Units, some of which stand below two others: Atlantis below US and EMEA, with a child of its own.
 * @see OData Extension for Data Aggregation 4.0 section 6.2.2.2
 */
const text = (name: string, nullable = true): { readonly name: string; readonly type: string; readonly nullable: boolean } => ({ name, type: 'Edm.String', nullable })
const links = [['US', 'Sales'], ['EMEA', 'Sales'], ['Atlantis', 'US'], ['Atlantis', 'EMEA'], ['Child', 'Atlantis'], ['Phobos', 'Mars']] as const
const units: ServedSets = {
  Units: {
    entityType: 'Unit', key: ['ID'], properties: [text('ID', false), text('Name')], rows: ['Sales', 'US', 'EMEA', 'Atlantis', 'Child', 'Mars', 'Phobos'].map((ID) => ({ ID, Name: ID })),
    navigation: [{ name: 'Relations', target: 'Relations', collection: true, partner: 'Unit' }],
  },
  Relations: {
    entityType: 'Relation', key: ['UnitID', 'AboveID'], properties: [text('UnitID', false), text('AboveID', false)], rows: links.map(([UnitID, AboveID]) => ({ UnitID, AboveID })),
    navigation: [{ name: 'Superordinate', target: 'Units', collection: false, on: [{ from: 'AboveID', to: 'ID' }] }, { name: 'Unit', target: 'Units', collection: false, partner: 'Relations', on: [{ from: 'UnitID', to: 'ID' }] }],
  },
  Sales: {
    entityType: 'Sale', key: ['ID'], properties: [text('ID', false), text('UnitID'), { name: 'Amount', type: 'Edm.Int32' }],
    rows: [['1', 'Atlantis', 10], ['2', 'US', 3], ['3', 'Child', 1], ['4', 'Phobos', 7]].map(([ID, UnitID, Amount]) => ({ ID, UnitID, Amount })),
    navigation: [{ name: 'Unit', target: 'Units', collection: false, on: [{ from: 'UnitID', to: 'ID' }] }],
  },
}
const annotations = `<Annotations Target="Test.Unit"><Annotation Term="Org.OData.Aggregation.V1.RecursiveHierarchy" Qualifier="Many"><Record>
  <PropertyValue Property="NodeProperty" PropertyPath="ID"/><PropertyValue Property="ParentNavigationProperty" NavigationPropertyPath="Relations/Superordinate"/></Record></Annotation></Annotations>`

describe('a hierarchy whose nodes have several parents', () => {
  let server: ODataServer
  let door: DataDoor
  beforeAll(async () => {
    server = await startODataServer({ sets: units, behaviour: { pageSize: 3 } })
    door = await openDoor()
    const relations = [{ from: 'Units', name: 'Relations', to: 'Relations', toMany: true, on: [{ from: 'ID', to: 'UnitID' }] }]
    door.catalog.put(serviceExposure(endpointOf('units', server.url, csdlOf(units, 'Test').replace('<EntityContainer', `${annotations}<EntityContainer`)), relations))
  })
  afterAll(async () => {
    await door.stop()
    await server.stop()
  })
  const rows = async (query: string): Promise<unknown> => (await door.json(`/odata/units/${query}`.replaceAll(' ', '%20')))['value']
  const tree = '$root/Units,Many'
  const up = '@Aggregation.UpPath#Many'

  it('is traversed along every way, and each row tells its way up', async () => {
    expect(await rows(`Units?$apply=traverse(${tree},ID,preorder,Name desc)&$select=ID`)).toEqual([
      { ID: 'Sales', [up]: [] }, { ID: 'US', [up]: ['Sales'] }, { ID: 'Atlantis', [up]: ['US', 'Sales'] }, { ID: 'Child', [up]: ['Atlantis', 'US', 'Sales'] },
      { ID: 'EMEA', [up]: ['Sales'] }, { ID: 'Atlantis', [up]: ['EMEA', 'Sales'] }, { ID: 'Child', [up]: ['Atlantis', 'EMEA', 'Sales'] }, { ID: 'Mars', [up]: [] }, { ID: 'Phobos', [up]: ['Mars'] },
    ])
  })

  it('begins where it is told, and leaves out what cannot be reached', async () => {
    expect(await rows(`Units?$apply=traverse(${tree},ID,postorder,filter(ID eq 'EMEA'),Name)&$select=ID`)).toEqual([{ ID: 'Child', [up]: ['Atlantis', 'EMEA'] }, { ID: 'Atlantis', [up]: ['EMEA'] }, { ID: 'EMEA', [up]: [] }])
  })

  it('rolls each row up to every node above, once', async () => {
    const sums = (await rows(`Sales?$apply=groupby((rolluprecursive(${tree},Unit/ID)),aggregate(Amount with sum as T))&$orderby=T desc,Unit/ID`)) as readonly { readonly Unit: { readonly ID: string }; readonly T: number }[]
    expect(sums.map(({ Unit, T }) => [Unit.ID, T])).toEqual([['Sales', 14], ['US', 14], ['Atlantis', 11], ['EMEA', 11], ['Mars', 7], ['Phobos', 7], ['Child', 1]])
  })

  it('rolls up to the nodes of a traversal as often as they are met, in its order', async () => {
    const sums = (await rows(`Sales?$apply=groupby((rolluprecursive(${tree},Unit/ID,traverse(${tree},ID,preorder,filter(ID eq 'Sales'),Name))),aggregate(Amount with sum as T))`)) as readonly { readonly Unit: Readonly<Record<string, unknown>>; readonly T: number }[]
    expect(sums.map(({ Unit, T }) => [Unit['ID'], Unit[up], T])).toEqual([
      ['Sales', [], 14], ['EMEA', ['Sales'], 11], ['Atlantis', ['EMEA', 'Sales'], 11], ['Child', ['Atlantis', 'EMEA', 'Sales'], 1], ['US', ['Sales'], 14], ['Atlantis', ['US', 'Sales'], 11], ['Child', ['Atlantis', 'US', 'Sales'], 1],
    ])
  })

  it('has ancestors, descendants and positions', async () => {
    expect(await rows(`Units?$apply=ancestors(${tree},ID,filter(ID eq 'Child'),2)&$select=ID&$orderby=ID`)).toEqual([{ ID: 'Atlantis' }, { ID: 'EMEA' }, { ID: 'US' }])
    expect(await rows(`Units?$apply=descendants(${tree},ID,filter(ID eq 'US'),keep start)&$select=ID&$orderby=ID`)).toEqual([{ ID: 'Atlantis' }, { ID: 'Child' }, { ID: 'US' }])
    expect(await rows("Units?$filter=Aggregation.issibling(HierarchyNodes=$root/Units,HierarchyQualifier='Many',Node=ID,Other='US')&$select=ID")).toEqual([{ ID: 'EMEA' }])
  })
})
