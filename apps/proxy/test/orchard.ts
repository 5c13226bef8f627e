import { csdlOf } from '../../../test/harness/odata-server-contract.js'
import { startODataServer, type Behaviour, type ODataServer, type Row, type ServedSets } from '../../../test/harness/odata-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf, productExposure, type Relationship } from './exposures.js'

/**
 * Fruit that farms deliver, small enough to compute with a pencil: two services, joined by the product `orchard`.
 *
 * | No | farm       | fruit | crates | paid  | day   |
 * |----|------------|-------|--------|-------|-------|
 * | 1  | f1 Alm DE  | apple | 5      | 10.50 | 03-01 |
 * | 2  | f1 Alm DE  | plum  | 2      | 8.00  | 03-01 |
 * | 3  | f2 Berg DE | apple | 3      | 6.30  | 03-02 |
 * | 4  | f2 Berg DE | pear  | 4      | 9.20  | 03-02 |
 * | 5  | f3 Clos FR | plum  | 1      | 4.25  | 03-02 |
 * | 6  | f3 Clos FR | apple | 5      | 11.00 | 03-03 |
 * | 7  | f3 Clos FR | pear  | –      | –     | 03-03 |
 * | 8  | –          | plum  | 2      | 7.75  | 03-03 |
 */
export interface Orchard {
  readonly door: DataDoor
  stop(): Promise<void>
}

const delivery = (No: number, [FarmId, FruitCode]: readonly [string | null, string], numbers: readonly [number, string] | null, Day: string): Row => ({ No, FarmId, FruitCode, Crates: numbers?.[0] ?? null, Paid: numbers?.[1] ?? null, Day: `2024-${Day}` })

const farmsRows: readonly Row[] = [
  { Id: 'f1', Title: 'Alm', Land: 'DE', RegionCode: 'BY', Size: 10 },
  { Id: 'f2', Title: 'Berg', Land: 'DE', RegionCode: 'DE', Size: 20 },
  { Id: 'f3', Title: 'Clos', Land: 'FR', RegionCode: 'FR', Size: 30 },
  { Id: 'f4', Title: 'Dune', Land: null, RegionCode: null, Size: 40 },
]

export const deliveries: readonly Row[] = [
  delivery(1, ['f1', 'apple'], [5, '10.50'], '03-01'), delivery(2, ['f1', 'plum'], [2, '8.00'], '03-01'), delivery(3, ['f2', 'apple'], [3, '6.30'], '03-02'), delivery(4, ['f2', 'pear'], [4, '9.20'], '03-02'),
  delivery(5, ['f3', 'plum'], [1, '4.25'], '03-02'), delivery(6, ['f3', 'apple'], [5, '11.00'], '03-03'), delivery(7, ['f3', 'pear'], null, '03-03'), delivery(8, [null, 'plum'], [2, '7.75'], '03-03'),
]

const text = 'Edm.String'

const growers: ServedSets = {
  Regions: {
    entityType: 'Region', key: ['Code'], properties: [{ name: 'Code', type: text, nullable: false }, { name: 'Label', type: text }, { name: 'ParentCode', type: text }],
    rows: [['EU', 'Europe', null], ['DE', 'Germany', 'EU'], ['BY', 'Bavaria', 'DE'], ['FR', 'France', 'EU'], ['AS', 'Asia', null]].map(([Code, Label, ParentCode]) => ({ Code, Label, ParentCode })),
  },
  Farms: {
    entityType: 'Farm', key: ['Id'], rows: farmsRows,
    properties: [{ name: 'Id', type: text, nullable: false }, { name: 'Title', type: text }, { name: 'Land', type: text }, { name: 'RegionCode', type: text }, { name: 'Size', type: 'Edm.Int32' }],
  },
}

const market: ServedSets = {
  Kinds: { entityType: 'Kind', key: ['Code'], properties: [{ name: 'Code', type: text, nullable: false }, { name: 'Name', type: text }], rows: [{ Code: 'S', Name: 'Stone' }, { Code: 'P', Name: 'Pome' }] },
  Fruits: {
    entityType: 'Fruit', key: ['Code'],
    properties: [{ name: 'Code', type: text, nullable: false }, { name: 'Name', type: text }, { name: 'KindCode', type: text }, { name: 'Vat', type: 'Edm.Decimal' }],
    rows: [['apple', 'Apple', 'P', '0.07'], ['pear', 'Pear', 'P', '0.07'], ['plum', 'Plum', 'S', '0.19'], ['fig', 'Fig', null, '0.19']].map(([Code, Name, KindCode, Vat]) => ({ Code, Name, KindCode, Vat })),
  },
  Deliveries: {
    entityType: 'Delivery', key: ['No'],
    properties: [
      { name: 'No', type: 'Edm.Int32', nullable: false }, { name: 'FarmId', type: text }, { name: 'FruitCode', type: text }, { name: 'Crates', type: 'Edm.Int32' }, { name: 'Paid', type: 'Edm.Decimal' }, { name: 'Day', type: 'Edm.Date' },
    ],
    rows: deliveries,
  },
}

const toOne = (from: string, name: string, to: string, [own, other]: readonly [string, string]): Relationship => ({ from, name, to, toMany: false, on: [{ from: own, to: other }] })
const toMany = (from: string, name: string, to: string, [own, other]: readonly [string, string]): Relationship => ({ from, name, to, toMany: true, on: [{ from: own, to: other }] })

const relationships: readonly Relationship[] = [
  toOne('Regions', 'Parent', 'Regions', ['ParentCode', 'Code']), toMany('Regions', 'Farms', 'Farms', ['Code', 'RegionCode']), toOne('Farms', 'Region', 'Regions', ['RegionCode', 'Code']),
  toMany('Farms', 'Deliveries', 'Deliveries', ['Id', 'FarmId']), toOne('Deliveries', 'Farm', 'Farms', ['FarmId', 'Id']), toOne('Deliveries', 'Fruit', 'Fruits', ['FruitCode', 'Code']),
  toMany('Fruits', 'Deliveries', 'Deliveries', ['Code', 'FruitCode']), toOne('Fruits', 'Kind', 'Kinds', ['KindCode', 'Code']),
]

const paths = (names: readonly string[]): string => `<Collection>${names.map((name) => `<PropertyPath>${name}</PropertyPath>`).join('')}</Collection>`

/** What the contract says beyond names and types: hierarchies, and an aggregate that only the source knows how to compute. */
const annotations = `
      <Annotations Target="Orchard.Farm"><Annotation Term="Org.OData.Aggregation.V1.LeveledHierarchy" Qualifier="Place">${paths(['Land', 'Title'])}</Annotation></Annotations>
      <Annotations Target="Orchard.Fruit"><Annotation Term="Org.OData.Aggregation.V1.LeveledHierarchy" Qualifier="Assortment">${paths(['Kind/Name', 'Name'])}</Annotation></Annotations>
      <Annotations Target="Orchard.Delivery"><Annotation Term="Org.OData.Aggregation.V1.CustomAggregate" Qualifier="Forecast" String="Edm.Decimal"/></Annotations>
      <Annotations Target="Orchard.Region"><Annotation Term="Org.OData.Aggregation.V1.RecursiveHierarchy" Qualifier="Geo"><Record>
        <PropertyValue Property="NodeProperty" PropertyPath="Code"/><PropertyValue Property="ParentNavigationProperty" NavigationPropertyPath="Parent"/></Record></Annotation></Annotations>`

/** Opens both services and the product over them. */
export async function openOrchard(behaviour: Behaviour = {}): Promise<Orchard> {
  const servers: readonly ODataServer[] = await Promise.all([startODataServer({ sets: growers, behaviour, namespace: 'Growers' }), startODataServer({ sets: market, behaviour, namespace: 'Market' })])
  const door = await openDoor()
  const [one, two] = servers.map((server, index) => endpointOf(index === 0 ? 'growers' : 'market', server.url, csdlOf(index === 0 ? growers : market, index === 0 ? 'Growers' : 'Market')))
  if (one === undefined || two === undefined) throw new Error('two services are opened')
  const all: ServedSets = Object.fromEntries(Object.entries({ ...growers, ...market }).map(([name, set]) => [
    name, { ...set, navigation: relationships.filter(({ from }) => from === name).map((relationship) => ({ name: relationship.name, target: relationship.to, collection: relationship.toMany })) },
  ]))
  const endpointOfSet = Object.fromEntries([...Object.keys(growers).map((name) => [name, one] as const), ...Object.keys(market).map((name) => [name, two] as const)])
  door.catalog.put(productExposure('orchard', csdlOf(all, 'Orchard').replace('<EntityContainer', `${annotations}\n      <EntityContainer`), { endpointOfSet, relationships }))
  return {
    door,
    async stop() {
      await door.stop()
      await Promise.all(servers.map((server) => server.stop()))
    },
  }
}
