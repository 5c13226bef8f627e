import { productExposure, serviceExposure, type Endpoint, type ProductDefinition, type SealedConnection } from '@tributary/catalog'
import { readCsdl } from '@tributary/edm'
import { startODataServer, type Behaviour, type ODataServer, type Row, type ServedProperty, type ServedSets } from '../../../test/harness/odata-server.js'
import { openDoor, type DataDoor } from './data-door.js'

/**
 * The sales that the aggregation extension explains itself with, as data of three faces: `sales`, one service that has them all; `trade`, a data
 * product over two services, which have the facts and what they are about; and `umsatz`, the same under other names.
 * @see OData Extension for Data Aggregation 4.0 sections 2.2 and 2.3
 */
export interface Sales {
  readonly door: DataDoor
  readonly servers: Readonly<Record<'sales' | 'facts' | 'master', ODataServer>>
  stop(): Promise<void>
}

const rowsOf = (names: readonly string[], ...rows: readonly (readonly unknown[])[]): readonly Row[] => rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])))

export const saleRows = rowsOf(['ID', 'CustomerID', 'Date', 'ProductID', 'OrganizationID', 'Amount'],
  ['1', 'C1', '2022-01-03', 'P3', 'US West', '1'], ['2', 'C1', '2022-04-10', 'P1', 'US West', '2'], ['3', 'C1', '2022-08-07', 'P2', 'US West', '4'], ['4', 'C2', '2022-01-03', 'P2', 'US East', '8'],
  ['5', 'C2', '2022-11-09', 'P3', 'US East', '4'], ['6', 'C3', '2022-04-01', 'P1', 'EMEA Central', '2'], ['7', 'C3', '2022-08-06', 'P3', 'EMEA Central', '1'], ['8', 'C3', '2022-11-22', 'P3', 'EMEA Central', '2'])

const products = rowsOf(['ID', 'CategoryID', 'Name', 'Color', 'TaxRate', 'Rating', 'RatingClass', '@odata.type'],
  ['P1', 'PG1', 'Sugar', 'White', '0.06', 5, null, '#SalesModel.FoodProduct'], ['P2', 'PG1', 'Coffee', 'Brown', '0.06', null, null, '#SalesModel.FoodProduct'],
  ['P3', 'PG2', 'Paper', 'White', '0.14', null, 'average', '#SalesModel.NonFoodProduct'], ['P4', 'PG2', 'Pencil', 'Black', '0.14', null, null, '#SalesModel.NonFoodProduct'])

const organizations = rowsOf(['ID', 'SuperordinateID', 'Name'],
  ['Sales', null, 'Corporate Sales'], ['US', 'Sales', 'US'], ['US West', 'US', 'US West'], ['US East', 'US', 'US East'], ['EMEA', 'Sales', 'EMEA'], ['EMEA Central', 'EMEA', 'EMEA Central'])

const days = saleRows.map(({ Date: day }) => String(day)).concat('2022-01-01').filter((day, index, all) => all.indexOf(day) === index)
const times = rowsOf(['Date', 'Month', 'Quarter', 'Year'], ...days.map((day) => [day, day.slice(0, 7), `2022-${Math.ceil(Number(day.slice(5, 7)) / 3)}`, 2022]))

const text = (...names: readonly string[]): readonly ServedProperty[] => names.map((name) => ({ name, type: 'Edm.String' }))
const id: ServedProperty = { name: 'ID', type: 'Edm.String', nullable: false }
const date: ServedProperty = { name: 'Date', type: 'Edm.Date', nullable: false }

const facts: ServedSets = {
  Sales: { key: ['ID'], properties: [id, ...text('CustomerID'), { ...date, nullable: true }, ...text('ProductID', 'OrganizationID'), { name: 'Amount', type: 'Edm.Decimal' }], rows: saleRows },
  Time: { key: ['Date'], properties: [date, ...text('Month', 'Quarter'), { name: 'Year', type: 'Edm.Int16' }], rows: times },
  Products: { key: ['ID'], properties: [id, ...text('CategoryID', 'Name', 'Color'), { name: 'TaxRate', type: 'Edm.Decimal' }, { name: 'Rating', type: 'Edm.Byte' }, ...text('RatingClass', '@odata.type')], rows: products },
  Categories: { key: ['ID'], properties: [id, ...text('Name')], rows: rowsOf(['ID', 'Name'], ['PG1', 'Food'], ['PG2', 'Non-Food']) },
}

const master: ServedSets = {
  Customers: { key: ['ID'], properties: [id, ...text('Name', 'Country')], rows: rowsOf(['ID', 'Name', 'Country'], ['C1', 'Joe', 'USA'], ['C2', 'Sue', 'USA'], ['C3', 'Sue', 'Netherlands'], ['C4', 'Luc', 'France']) },
  SalesOrganizations: { key: ['ID'], properties: [id, ...text('SuperordinateID', 'Name')], rows: organizations },
}

const property = ({ name, type, nullable }: ServedProperty): string => `<Property Name="${name}" Type="${type}"${type === 'Edm.Decimal' ? ' Scale="variable"' : ''}${nullable === false ? ' Nullable="false"' : ''}/>`
const ofDerived = new Set(['Rating', 'RatingClass', '@odata.type'])

interface Link {
  readonly from: string
  readonly name: string
  readonly to: string
  readonly own?: string
  readonly partner?: string
}

/** To one by its column; to many as the way back. */
const links: readonly Link[] = [
  { from: 'Sales', name: 'Customer', to: 'Customers', own: 'CustomerID', partner: 'Sales' }, { from: 'Sales', name: 'Time', to: 'Time', own: 'Date' }, { from: 'Sales', name: 'Product', to: 'Products', own: 'ProductID', partner: 'Sales' },
  { from: 'Sales', name: 'SalesOrganization', to: 'SalesOrganizations', own: 'OrganizationID', partner: 'Sales' }, { from: 'Products', name: 'Category', to: 'Categories', own: 'CategoryID', partner: 'Products' },
  { from: 'SalesOrganizations', name: 'Superordinate', to: 'SalesOrganizations', own: 'SuperordinateID', partner: 'Subordinates' }, { from: 'SalesOrganizations', name: 'Subordinates', to: 'SalesOrganizations', partner: 'Superordinate' },
  { from: 'Customers', name: 'Sales', to: 'Sales', partner: 'Customer' }, { from: 'Products', name: 'Sales', to: 'Sales', partner: 'Product' }, { from: 'SalesOrganizations', name: 'Sales', to: 'Sales', partner: 'SalesOrganization' },
  { from: 'Categories', name: 'Products', to: 'Products', partner: 'Category' },
]

const typeNames: Readonly<Record<string, string>> = { Sales: 'Sale', Time: 'Time', Products: 'Product', Categories: 'Category', Customers: 'Customer', SalesOrganizations: 'SalesOrganization' }
const typeName = (set: string): string => typeNames[set] ?? set

function navigation({ name, to, own, partner }: Link, sets: ServedSets): string {
  const type = `SalesModel.${typeName(to)}`
  const constraint = own === undefined ? '' : `<ReferentialConstraint Property="${own}" ReferencedProperty="${sets[to]?.key[0] ?? 'ID'}"/>`
  return `<NavigationProperty Name="${name}" Type="${own === undefined ? `Collection(${type})` : type}"${partner === undefined ? '' : ` Partner="${partner}"`}>${constraint}</NavigationProperty>`
}

const paths = (...names: readonly string[]): string => `<Collection>${names.map((name) => `<PropertyPath>${name}</PropertyPath>`).join('')}</Collection>`

const annotations: Readonly<Record<string, string>> = {
  Products: `<Annotations Target="SalesModel.Product"><Annotation Term="Aggregation.LeveledHierarchy" Qualifier="ProductHierarchy">${paths('Category/Name', 'Name')}</Annotation></Annotations>`,
  Time: `<Annotations Target="SalesModel.Time"><Annotation Term="Aggregation.LeveledHierarchy" Qualifier="TimeHierarchy">${paths('Year', 'Quarter', 'Month')}</Annotation></Annotations>`,
  SalesOrganizations: `<Annotations Target="SalesModel.SalesOrganization"><Annotation Term="Aggregation.RecursiveHierarchy" Qualifier="SalesOrgHierarchy"><Record>
    <PropertyValue Property="NodeProperty" PropertyPath="ID"/><PropertyValue Property="ParentNavigationProperty" NavigationPropertyPath="Superordinate"/></Record></Annotation></Annotations>`,
  Sales: `<Annotations Target="SalesModel.SalesData/Sales"><Annotation Term="Aggregation.CustomAggregate" Qualifier="Forecast" String="Edm.Decimal"><Annotation Term="Aggregation.ContextDefiningProperties">${paths('ProductID')}</Annotation></Annotation>
      <Annotation Term="Aggregation.CustomAggregate" Qualifier="Amount" String="Edm.Decimal"/>
      <Annotation Term="Aggregation.ApplySupported"><Record><PropertyValue Property="CustomAggregationMethods"><Collection><String>Custom.concat</String></Collection></PropertyValue></Record></Annotation></Annotations>`,
}

const derived = `
  <EntityType Name="FoodProduct" BaseType="SalesModel.Product"><Property Name="Rating" Type="Edm.Byte"/></EntityType>
  <EntityType Name="NonFoodProduct" BaseType="SalesModel.Product"><Property Name="RatingClass" Type="Edm.String"/></EntityType>`

/** The contract of some of the sets. */
function contractOf(sets: ServedSets): string {
  const inside = links.filter(({ from, to }) => from in sets && to in sets)
  const types = Object.entries(sets).map(([name, { key, properties }]) => `
  <EntityType Name="${typeName(name)}"><Key>${key.map((one) => `<PropertyRef Name="${one}"/>`).join('')}</Key>${properties.filter((one) => !ofDerived.has(one.name)).map(property).join('')}
    ${inside.filter(({ from }) => from === name).map((link) => navigation(link, sets)).join('')}</EntityType>${name === 'Products' ? derived : ''}`)
  const entitySets = Object.keys(sets).map((name) => `<EntitySet Name="${name}" EntityType="SalesModel.${typeName(name)}">${inside.filter(({ from }) => from === name).map((link) => `<NavigationPropertyBinding Path="${link.name}" Target="${link.to}"/>`).join('')}</EntitySet>`)
  return `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:Reference Uri="https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Aggregation.V1.xml"><edmx:Include Namespace="Org.OData.Aggregation.V1" Alias="Aggregation"/></edmx:Reference>
  <edmx:DataServices><Schema Namespace="SalesModel" xmlns="http://docs.oasis-open.org/odata/ns/edm">${types.join('')}
  <EntityContainer Name="SalesData">${entitySets.join('')}</EntityContainer>${Object.keys(sets).map((name) => annotations[name] ?? '').join('')}</Schema></edmx:DataServices></edmx:Edmx>`
}

const endpoint = (slug: string, url: string, contract: string): Endpoint => {
  const model = readCsdl(contract)
  return { slug, kind: 'odata', url, model, connection: 'open' as SealedConnection, identity: `${slug}@${url}` }
}

/** All sets of both services, with the relationships that cross over. */
const definition = (name: string, rename: Readonly<Record<string, Readonly<Record<string, string>>>>): ProductDefinition => {
  const named = (set: string, column: string): string => rename[set]?.[column] ?? column
  return {
    name,
    entities: [...Object.keys(facts).map((set) => ({ service: 'facts', set })), ...Object.keys(master).map((set) => ({ service: 'master', set }))].map(({ service, set }) => ({ name: set, service, entitySet: set, ...(rename[set] === undefined ? {} : { rename: rename[set] }) })),
    relationships: [
      { from: 'Sales', to: 'Customers', name: 'Customer', inverse: 'Sales', on: [{ from: named('Sales', 'CustomerID'), to: named('Customers', 'ID') }] },
      { from: 'Sales', to: 'SalesOrganizations', name: 'SalesOrganization', inverse: 'Sales', on: [{ from: named('Sales', 'OrganizationID'), to: named('SalesOrganizations', 'ID') }] },
    ],
  }
}

export const renamedColumns = { Sales: { Amount: 'Betrag', ProductID: 'Ware' }, Products: { Name: 'Titel' }, SalesOrganizations: { ID: 'Kennung', Name: 'Titel' }, Customers: { Country: 'Land' } } as const

/** Starts the three services and exposes them. */
export async function openSales(behaviour: Behaviour = {}): Promise<Sales> {
  const all = { ...facts, ...master }
  const [sales, fact, mastered] = await Promise.all([all, facts, master].map((sets) => startODataServer({ sets, behaviour, namespace: 'SalesModel' })))
  if (sales === undefined || fact === undefined || mastered === undefined) throw new Error('three services are started')
  const door = await openDoor()
  const whole = endpoint('sales', sales.url, contractOf(all))
  const endpoints = new Map([['facts', endpoint('facts', fact.url, contractOf(facts))], ['master', endpoint('master', mastered.url, contractOf(master))]])
  door.catalog.put(serviceExposure({ slug: 'sales', name: 'Sales', revision: 1 }, whole))
  door.catalog.put(productExposure({ slug: 'trade', definition: definition('Trade', {}), endpoints, revision: 1 }))
  door.catalog.put(productExposure({ slug: 'umsatz', definition: definition('Umsatz', renamedColumns), endpoints, revision: 1 }))
  return {
    door, servers: { sales, facts: fact, master: mastered },
    async stop() {
      await door.stop()
      await Promise.all([sales, fact, mastered].map((server) => server.stop()))
    },
  }
}
