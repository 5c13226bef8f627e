const schema = (namespace: string, inner: string) => `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="${namespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">${inner}</Schema></edmx:DataServices></edmx:Edmx>`

/** Orders that name a customer; `more` is put among the properties. */
export const orders = (more = '') => schema('Shop', `
<EntityType Name="Order"><Key><PropertyRef Name="OrderID"/></Key><Property Name="OrderID" Type="Edm.Int32" Nullable="false"/><Property Name="CustomerID" Type="Edm.String" MaxLength="5"/>${more}</EntityType>
<EntityContainer Name="Container"><EntitySet Name="Orders" EntityType="Shop.Order"/></EntityContainer>`)

export const customers = schema('Crm', `
<EntityType Name="Customer"><Key><PropertyRef Name="CustomerID"/></Key><Property Name="CustomerID" Type="Edm.String" Nullable="false" MaxLength="5"/><Property Name="CompanyName" Type="Edm.String"/></EntityType>
<EntityContainer Name="Container"><EntitySet Name="Customers" EntityType="Crm.Customer"/></EntityContainer>`)
