import { productExposure, serviceExposure, type Endpoint, type SealedConnection } from '@tributary/catalog'
import { readCsdl } from '@tributary/edm'
import type { Connection } from '@tributary/source'
import { openDoor, type DataDoor } from './data-door.js'
import { startRecorder, type Recorder } from './recorder.js'

const declared = ['Insert', 'Update', 'Delete'].map((kind) => `<Annotation Term="Org.OData.Capabilities.V1.${kind}Restrictions"><Record><PropertyValue Property="${kind === 'Insert' ? 'Insertable' : kind === 'Update' ? 'Updatable' : 'Deletable'}" Bool="true"/>${kind === 'Update' ? '<PropertyValue Property="DeltaUpdateSupported" Bool="true"/>' : ''}</Record></Annotation>`).join('')

const schema = (namespace: string, content: string, version = '4.0'): string =>
  `<edmx:Edmx Version="${version}" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices><Schema Namespace="${namespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">${content}</Schema></edmx:DataServices></edmx:Edmx>`

/** Orders with lines, files and addresses: what a source may declare of changes. */
export const salesContract = (annotations = declared, version = '4.0', ofContainer = '', outside = ''): string => schema('Sales', `
  <EnumType Name="State"><Member Name="Open" Value="0"/><Member Name="Paid" Value="1"/></EnumType>
  <ComplexType Name="Address"><Property Name="Street" Type="Edm.String"/><Property Name="City" Type="Edm.String"/></ComplexType>
  <EntityType Name="Order"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="CustomerID" Type="Edm.String"/><Property Name="Freight" Type="Edm.Decimal" Scale="2"/>
    <Property Name="Big" Type="Edm.Int64"><Annotation Term="Org.OData.Core.V1.Permissions" EnumMember="Org.OData.Core.V1.Permission/Read"/></Property><Property Name="Paid" Type="Edm.Boolean"/><Property Name="State" Type="Sales.State"/><Property Name="Token" Type="Edm.Guid"/><Property Name="Secret" Type="Edm.String"/>
    <Property Name="Ship" Type="Sales.Address"/><Property Name="Stops" Type="Collection(Sales.Address)" Nullable="false"/><Property Name="Tags" Type="Collection(Edm.String)" Nullable="false"/><Property Name="Scan" Type="Edm.Stream"/>
    <NavigationProperty Name="Lines" Type="Collection(Sales.Line)" Partner="Order"/><NavigationProperty Name="Parent" Type="Sales.Order"/><NavigationProperty Name="Notes" Type="Collection(Sales.Note)" ContainsTarget="true"/>
  </EntityType>
  <EntityType Name="Rush" BaseType="Sales.Order"><Property Name="Hours" Type="Edm.Byte"/></EntityType>
  <EntityType Name="Line"><Key><PropertyRef Name="OrderID"/><PropertyRef Name="No"/></Key>
    <Property Name="OrderID" Type="Edm.Int32" Nullable="false"/><Property Name="No" Type="Edm.Int16" Nullable="false"/><Property Name="Price" Type="Edm.Decimal" Scale="variable"/>
    <NavigationProperty Name="Order" Type="Sales.Order" Partner="Lines"/></EntityType>
  <EntityType Name="Note"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/><Property Name="Text" Type="Edm.String"/></EntityType>
  <EntityType Name="File" HasStream="true"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="Title" Type="Edm.String"/></EntityType>
  <EntityType Name="Picture" BaseType="Sales.File"/>
  <EntityType Name="Bag" OpenType="true"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
  <EntityContainer Name="Container">${ofContainer}
    <EntitySet Name="Orders" EntityType="Sales.Order"><NavigationPropertyBinding Path="Lines" Target="Lines"/><NavigationPropertyBinding Path="Parent" Target="Orders"/>${annotations}</EntitySet>
    <EntitySet Name="Lines" EntityType="Sales.Line"><NavigationPropertyBinding Path="Order" Target="Orders"/>${annotations}</EntitySet>
    <EntitySet Name="Files" EntityType="Sales.File">${annotations}</EntitySet><EntitySet Name="Bags" EntityType="Sales.Bag">${annotations}</EntitySet>
    <Singleton Name="Head" Type="Sales.Order">${annotations}</Singleton>
  </EntityContainer>${outside}`, version)

const crmContract = schema('Crm', `
  <EntityType Name="Customer"><Key><PropertyRef Name="CustomerID"/></Key><Property Name="CustomerID" Type="Edm.String" Nullable="false"/><Property Name="Name" Type="Edm.String"/></EntityType>
  <EntityContainer Name="Container"><EntitySet Name="Customers" EntityType="Crm.Customer">${declared}</EntitySet></EntityContainer>`)

/** Two sources that record what they get, their services, and the product `yard` over both, in which `Orders` is cut and renamed. */
export interface Yard {
  readonly door: DataDoor
  readonly sales: Recorder
  readonly crm: Recorder
  /** Sends a request; the body is JSON unless it is text. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  stop(): Promise<void>
}

export interface YardOptions {
  readonly connection?: Partial<Connection>
  /** Of the sets of `sales`. */
  readonly annotations?: string
  /** Given outside of the elements they speak of, in the contract of `sales`. */
  readonly outside?: string
  /** Of the container of `sales`. */
  readonly ofContainer?: string
  readonly version?: '4.0' | '4.01'
  readonly environment?: Readonly<Record<string, string>>
}

const endpoint = (slug: string, url: string, contract: string): Endpoint => ({ slug, kind: 'odata', url, model: readCsdl(contract), connection: 'open' as SealedConnection, identity: `${slug}@${url}` })

export async function openYard({ connection, annotations, ofContainer, outside, version, environment = {} }: YardOptions = {}): Promise<Yard> {
  const [sales, crm] = [await startRecorder(), await startRecorder()]
  const door = await openDoor({ environment, ...(connection === undefined ? {} : { connection }) })
  const endpoints = new Map([endpoint('sales', sales.url, salesContract(annotations, version, ofContainer, outside)), endpoint('crm', crm.url, crmContract)].map((one) => [one.slug, one]))
  for (const one of endpoints.values()) door.catalog.put(serviceExposure({ slug: one.slug, name: one.slug, revision: 1 }, one))
  door.catalog.put(productExposure({
    slug: 'yard', revision: 1, endpoints,
    definition: {
      name: 'Yard',
      entities: [
        { name: 'Jobs', service: 'sales', entitySet: 'Orders', select: ['ID', 'CustomerID', 'Freight', 'Big', 'Ship', 'State'], rename: { ID: 'Number', Freight: 'Cost' } },
        { name: 'Items', service: 'sales', entitySet: 'Lines' },
        { name: 'Clients', service: 'crm', entitySet: 'Customers' },
      ],
      relationships: [{ from: 'Jobs', to: 'Clients', name: 'Client', inverse: 'Jobs', on: [{ from: 'CustomerID', to: 'CustomerID' }] }],
    },
  }))
  return {
    door, sales, crm,
    send: (method, path, body, headers = {}) => fetch(path.startsWith('http') ? path : `${door.origin}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
    stop: async () => {
      await door.stop()
      await Promise.all([sales.stop(), crm.stop()])
    },
  }
}
