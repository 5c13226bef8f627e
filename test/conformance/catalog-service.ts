import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

/** A rich model: derived types, an enumeration, durations, complex and collection properties, exact numbers, a relationship. */
export const contract = `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="Store" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <EnumType Name="Color"><Member Name="Red" Value="0"/><Member Name="Green" Value="1"/><Member Name="Yellow" Value="2"/></EnumType>
      <ComplexType Name="Address"><Property Name="Street" Type="Edm.String"/><Property Name="City" Type="Edm.String"/></ComplexType>
      <EntityType Name="Product">
        <Key><PropertyRef Name="ID"/></Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Name" Type="Edm.String"/>
        <Property Name="Price" Type="Edm.Decimal" Scale="variable"/>
        <Property Name="Serial" Type="Edm.Int64"/>
        <Property Name="Released" Type="Edm.Date"/>
        <Property Name="Rating" Type="Edm.Int32"/>
        <Property Name="Paint" Type="Store.Color"/>
        <Property Name="Lasting" Type="Edm.Duration"/>
        <Property Name="Origin" Type="Store.Address"/>
        <Property Name="Tags" Type="Collection(Edm.String)"/>
        <Property Name="CategoryCode" Type="Edm.String"/>
        <NavigationProperty Name="Category" Type="Store.Category" Partner="Products"><ReferentialConstraint Property="CategoryCode" ReferencedProperty="Code"/></NavigationProperty>
      </EntityType>
      <EntityType Name="SpecialProduct" BaseType="Store.Product"><Property Name="Discount" Type="Edm.Decimal" Scale="variable"/></EntityType>
      <EntityType Name="Category">
        <Key><PropertyRef Name="Code"/></Key>
        <Property Name="Code" Type="Edm.String" Nullable="false"/>
        <Property Name="Title" Type="Edm.String"/>
        <NavigationProperty Name="Products" Type="Collection(Store.Product)" Partner="Category"/>
      </EntityType>
      <EntityContainer Name="Container">
        <EntitySet Name="Products" EntityType="Store.Product"><NavigationPropertyBinding Path="Category" Target="Categories"/></EntitySet>
        <EntitySet Name="Categories" EntityType="Store.Category"><NavigationPropertyBinding Path="Products" Target="Products"/></EntitySet>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>`

const address = (Street: string, City: string) => ({ Street, City })

/** The service's rows as it sends them: Int64 and Decimal as text, so that no digit is lost. */
export const rows: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  Products: [
    { ID: 1, Name: 'Bread', Price: '2.50', Serial: '9007199254740993', Released: '2024-01-01', Rating: 4, Paint: 'Yellow', Lasting: 'P2D', Origin: address('Main', 'Bern'), Tags: ['food', 'fresh'], CategoryCode: 'F' },
    { ID: 2, Name: 'Milk', Price: '3.75', Serial: '2', Released: '2024-02-29', Rating: null, Paint: 'Green', Lasting: 'P7D', Origin: address('Side', 'Basel'), Tags: ['food'], CategoryCode: 'F' },
    { '@odata.type': '#Store.SpecialProduct', 'ID': 3, 'Name': "O'Neil's Blue Hammer", 'Price': '19.99', 'Serial': '3', 'Released': '2023-06-01', 'Rating': 5, 'Paint': 'Red', 'Lasting': 'P3650D', 'Origin': null, 'Tags': [], 'CategoryCode': 'T', 'Discount': '0.10' },
    { ID: 4, Name: 'Orphan', Price: '0.1234567890123456789', Serial: null, Released: null, Rating: 1, Paint: null, Lasting: null, Origin: address('Main', 'Basel'), Tags: ['odd'], CategoryCode: null },
  ],
  Categories: [{ Code: 'F', Title: 'Food' }, { Code: 'T', Title: 'Tools' }, { Code: 'A/B', Title: 'Slashed' }],
}

/** A server that knows no option: whatever is asked of a set, all of it is sent. */
export async function startCatalogService(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const set = rows[decodeURIComponent(path.replace('/store/', ''))]
    const refused = query !== '' || set === undefined
    response.writeHead(refused ? 501 : 200, { 'content-type': 'application/json;IEEE754Compatible=true', 'odata-version': '4.0' })
    response.end(JSON.stringify(refused ? { error: { code: '501', message: 'only whole entity sets are served' } } : { value: set }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/store/`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
