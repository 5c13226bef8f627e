import type { Endpoint, ExposedNavigation, ExposedSet, Exposure, SealedConnection } from '@tributary/catalog'
import { type EdmModel, readCsdl } from '@tributary/edm'
import { namesOf, parseODataUrl } from '@tributary/odata-url'
import { type BindOptions, type BoundQuery, bind } from '@tributary/planner'

/** A shop: orders with lines and a customer, an open and a derived type, types of every kind. */
const shopModel = (namespace: string): EdmModel =>
  readCsdl(`<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
    <Schema Namespace="${namespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EnumType Name="Color" IsFlags="true"><Member Name="Red" Value="1"/><Member Name="Green" Value="2"/><Member Name="Blue" Value="4"/></EnumType>
  <ComplexType Name="Address"><Property Name="Street" Type="Edm.String"/><Property Name="City" Type="Edm.String"/><Property Name="Geo" Type="${namespace}.Place"/></ComplexType>
  <ComplexType Name="Place"><Property Name="Lat" Type="Edm.Double"/><Property Name="Inner" Type="${namespace}.Place"/></ComplexType>
  <EntityType Name="Order"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="CustomerID" Type="Edm.String"/><Property Name="Freight" Type="Edm.Decimal" Scale="4"><Annotation Term="Org.OData.Measures.V1.ISOCurrency" Path="Address/City"/></Property>
    <Property Name="Weight" Type="Edm.Double"><Annotation Term="Org.OData.Measures.V1.Unit" String="kg"/><Annotation Term="Org.OData.Measures.V1.Unit" Qualifier="US" String="lb"/><Annotation Term="Org.OData.Measures.V1.Scale" Int="3"/></Property><Property Name="OrderDate" Type="Edm.DateTimeOffset"/><Property Name="Day" Type="Edm.Date"/><Property Name="Token" Type="Edm.Guid"/>
    <Property Name="ShipName" Type="Edm.String"/><Property Name="Big" Type="Edm.Int64"/><Property Name="Took" Type="Edm.Duration"/><Property Name="Paid" Type="Edm.Boolean"/>
    <Property Name="Color" Type="${namespace}.Color"/><Property Name="Address" Type="${namespace}.Address"/><Property Name="Tags" Type="Collection(Edm.String)"/>
    <Property Name="Stops" Type="Collection(${namespace}.Address)"/><Property Name="Scan" Type="Edm.Stream"/>
    <NavigationProperty Name="Customer" Type="${namespace}.Customer"/><NavigationProperty Name="Lines" Type="Collection(${namespace}.Line)"/><NavigationProperty Name="Loose" Type="${namespace}.Customer"/>
  </EntityType>
  <EntityType Name="Customer"><Key><PropertyRef Name="ID"/></Key>
    <Property Name="ID" Type="Edm.String" Nullable="false"/><Property Name="Name" Type="Edm.String"/><Property Name="Mail" Type="Edm.String"/><Property Name="Country" Type="Edm.String"/>
    <NavigationProperty Name="Orders" Type="Collection(${namespace}.Order)" Partner="Customer"/><NavigationProperty Name="Referrer" Type="${namespace}.Customer"/>
    <Annotation Term="Org.OData.Core.V1.AlternateKeys"><Collection><Record><PropertyValue Property="Key"><Collection><Record>
      <PropertyValue Property="Name" PropertyPath="Mail"/><PropertyValue Property="Alias" String="EMail"/></Record></Collection></PropertyValue></Record></Collection></Annotation>
  </EntityType>
  <EntityType Name="Line"><Key><PropertyRef Name="OrderID"/><PropertyRef Name="No"/></Key>
    <Property Name="OrderID" Type="Edm.Int32" Nullable="false"/><Property Name="No" Type="Edm.Int16" Nullable="false"/><Property Name="Quantity" Type="Edm.Int32"/>
  </EntityType>
  <EntityType Name="Vehicle"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
  <EntityType Name="Car" BaseType="${namespace}.Vehicle"><Property Name="Doors" Type="Edm.Int32"/></EntityType>
  <EntityType Name="Bag" OpenType="true"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
  <EntityType Name="Log"><Property Name="Text" Type="Edm.String"/></EntityType>
  <EntityContainer Name="Container">
    <EntitySet Name="Orders" EntityType="${namespace}.Order"><NavigationPropertyBinding Path="Customer" Target="Customers"/><NavigationPropertyBinding Path="Lines" Target="Lines"/></EntitySet>
    <EntitySet Name="Customers" EntityType="${namespace}.Customer"/><EntitySet Name="Lines" EntityType="${namespace}.Line"/>
    <EntitySet Name="Vehicles" EntityType="${namespace}.Vehicle"/><EntitySet Name="Bags" EntityType="${namespace}.Bag"/><EntitySet Name="Logs" EntityType="${namespace}.Log"/>
    <Singleton Name="Me" Type="${namespace}.Customer"/>
  </EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`)

export const shop: EdmModel = shopModel('Shop')


const toOne = (name: string, target: string, on: ExposedNavigation['on']): ExposedNavigation => ({ name, target, toMany: false, on })
const toMany = (name: string, target: string, on: ExposedNavigation['on']): ExposedNavigation => ({ name, target, toMany: true, on })

const navigations: Readonly<Record<string, readonly ExposedNavigation[]>> = {
  Orders: [
    toOne('Customer', 'Customers', [{ from: 'CustomerID', to: 'ID' }]),
    toMany('Lines', 'Lines', [{ from: 'ID', to: 'OrderID' }]),
    { ...toOne('Loose', 'Customers', []), remoteNavigation: 'Loose' },
  ],
  Customers: [toMany('Orders', 'Orders', [{ from: 'ID', to: 'CustomerID' }]), toOne('Referrer', 'Customers', [{ from: 'Mail', to: 'ID' }])],
}

const slugs: Readonly<Record<string, string>> = { Customers: 'crm' }

const exposedSets = (model: EdmModel, remote = model): ReadonlyMap<string, ExposedSet> =>
  new Map([...(model.container?.entitySets.values() ?? [])].map((set) => {
    const type = model.entityType(set.entityType)
    const exposed: ExposedSet = {
      name: set.name, entityType: set.entityType, endpoint: slugs[set.name] ?? 'erp', remoteSet: set.name, remoteType: remote.container?.entitySets.get(set.name)?.entityType ?? set.entityType, renamed: new Map(),
      key: type === undefined ? [] : model.key(type).map(({ path }) => path), navigations: new Map((navigations[set.name] ?? []).map((item) => [item.name, item])),
    }
    return [set.name, exposed] as const
  }))

const endpoint = (slug: string): Endpoint => ({ slug, kind: 'odata', url: `http://127.0.0.1/${slug}/`, model: shop, connection: '' as SealedConnection, identity: slug })

/** The shop as one service whose customers live at another endpoint. */
export const shopExposure: Exposure = {
  slug: 'shop', kind: 'service', title: 'Shop', revision: 1, model: shop, sets: exposedSets(shop), endpoints: new Map(['erp', 'crm'].map((slug) => [slug, endpoint(slug)])),
}

const copies = shopModel('mix.erp')

/** A data product over the shop: its types are copies of other names. */
export const productExposure: Exposure = { ...shopExposure, slug: 'mix', kind: 'product', model: copies, sets: exposedSets(copies, shop) }

/** Parses and binds a URL below the shop's root. */
export function bindUrl(url: string, options: Partial<BindOptions> = {}, exposure: Exposure = shopExposure): BoundQuery {
  const [path = '', query = ''] = url.split('?')
  return bind(parseODataUrl(path, query, namesOf(exposure.model, { keyAsSegment: true })), exposure, { pageRows: 0, ...options })
}
