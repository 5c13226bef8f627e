import { annotationValue, findAnnotation, originTerms, readCsdl, textOf, type EdmModel } from '@tributary/edm'
import { fixture, present, shopV2 } from './csdl-files.js'

const navigation = (model: EdmModel, type: string, name: string) => model.navigation(present(model.entityType(type)), name)

describe('a version 3 contract', () => {
  const model = readCsdl(fixture('connectedservice-v3.xml'))

  it('turns associations into navigation with target, cardinality and partner', () => {
    expect(model.version).toBe('3.0')
    expect(navigation(model, 'ODataDemo.Product', 'Categories')).toMatchObject({ target: 'ODataDemo.Category', collection: true, nullable: false, partner: 'Products' })
    expect(navigation(model, 'ODataDemo.Product', 'Supplier')).toMatchObject({ target: 'ODataDemo.Supplier', collection: false, nullable: true, partner: 'Products' })
  })

  it('turns association sets into bindings, those of derived types with a cast', () => {
    expect(model.container?.entitySets.get('Products')?.bindings).toEqual([
      { path: 'Categories', target: 'Categories' },
      { path: 'Supplier', target: 'Suppliers' },
      { path: 'ProductDetail', target: 'ProductDetails' },
      { path: 'ODataDemo.FeaturedProduct/Advertisement', target: 'Advertisements' },
    ])
  })

  it('turns function imports into operations: bound ones without an import, side effects into actions', () => {
    const [byRating] = model.operations('ODataDemo.GetProductsByRating')
    expect(byRating).toMatchObject({ kind: 'function', bound: false, returnType: { name: 'ODataDemo.Product', collection: true } })
    const imported = present(model.container?.operationImports.get('GetProductsByRating'))
    expect(imported).toMatchObject({ kind: 'functionImport', operation: 'ODataDemo.GetProductsByRating', entitySet: 'Products' })
    expect(textOf(annotationValue(imported.annotations, originTerms.httpMethod))).toBe('GET')
    expect(model.operations('ODataDemo.Discount')[0]).toMatchObject({ kind: 'action', bound: true })
    expect(model.container?.operationImports.has('Discount')).toBe(false)
    expect(model.container?.operationImports.get('IncreaseSalaries')?.kind).toBe('actionImport')
  })

  it('maps times and remembers what they were', () => {
    const property = present(model.property(present(model.entityType('ODataDemo.Product')), 'ReleaseDate'))
    expect(property.type.name).toBe('Edm.DateTimeOffset')
    expect(textOf(annotationValue(property.annotations, originTerms.originalType))).toBe('Edm.DateTime')
  })

  it('keeps media types, open types and concurrency', () => {
    expect(model.entityType('ODataDemo.Advertisement')?.hasStream).toBe(true)
    expect(model.entityType('ODataDemo.Category')?.open).toBe(true)
    expect(annotationValue(present(model.container?.entitySets.get('Suppliers')).annotations, 'Org.OData.Core.V1.OptimisticConcurrency')).toEqual({ kind: 'collection', items: [{ kind: 'propertyPath', path: 'Concurrency' }] })
  })

  it('reads value annotations and warns of feed customisation', () => {
    expect(model.schemas.get('ODataDemo')?.externalAnnotations.find(({ target }) => target === 'ODataDemo.Product/Name')?.annotations[0]?.value).toEqual({ kind: 'string', text: 'Product Name' })
    expect(model.warnings.map(({ message }) => message)).toEqual(['The feed customisation (m:FC_…) of Name is skipped.', 'The feed customisation (m:FC_…) of Description is skipped.'])
  })
})

describe('an Entity Framework contract', () => {
  const model = readCsdl(fixture('simple-odata-Northwind3.xml'))

  it('puts constraints on the side of the foreign key only', () => {
    expect(navigation(model, 'NorthwindModel.Order', 'Customer')?.constraints).toEqual([{ property: 'CustomerID', referencedProperty: 'CustomerID' }])
    expect(navigation(model, 'NorthwindModel.Customer', 'Orders')?.constraints).toEqual([])
  })

  it('tells the two ends of a type associated with itself apart', () => {
    expect(navigation(model, 'NorthwindModel.Employee', 'Superior')).toMatchObject({ collection: false, partner: 'Subordinates', constraints: [{ property: 'ReportsTo', referencedProperty: 'EmployeeID' }] })
    expect(navigation(model, 'NorthwindModel.Employee', 'Subordinates')).toMatchObject({ collection: true, partner: 'Superior', constraints: [] })
  })

  it('finds the container in another schema, and types across schemas', () => {
    expect(model.container?.namespace).toBe('Simple.OData.Tests.Shared.NorthwindModel')
    expect(model.bindingTarget('Orders', 'Customer')).toBe('Customers')
    expect(findAnnotation(present(model.property(present(model.entityType('NorthwindModel.Category')), 'CategoryID')).annotations, 'Org.OData.Core.V1.Computed')).toBeDefined()
  })
})

const paths = (...names: readonly string[]): unknown => ({ kind: 'collection', items: names.map((path) => ({ kind: 'propertyPath', path })) })
const bool = (text: string): unknown => ({ kind: 'bool', text })

describe('sap: attributes', () => {
  const model = readCsdl(shopV2(`
    <EntityType Name="Item" sap:label="Item">
      <Key><PropertyRef Name="ID"/></Key>
      <Property Name="ID" Type="Edm.String" Nullable="false" sap:filter-restriction="single-value" sap:required-in-filter="true"/>
      <Property Name="Amount" Type="Edm.Decimal" Precision="9" Scale="2" sap:unit="Currency" sap:label="Amount &amp; more" sap:filterable="false" sap:sortable="false"/>
      <Property Name="Currency" Type="Edm.String" sap:semantics="currency-code" sap:creatable="false" sap:updatable="false"/>
      <Property Name="Mass" Type="Edm.Decimal" sap:unit="MassUnit" sap:creatable="false"/>
      <Property Name="MassUnit" Type="Edm.String" sap:semantics="unit-of-measure" sap:updatable="false" sap:visible="false"/>
      <Property Name="At" Type="Edm.Time" ConcurrencyMode="Fixed" sap:text="ID" sap:oddity="1"/>
    </EntityType>
    <EntityContainer Name="C">
      <EntitySet Name="Items" EntityType="Shop.Item" sap:creatable="false" sap:updatable-path="ID" sap:deletable="true" sap:searchable="true" sap:requires-filter="true" sap:pageable="false" sap:addressable="false"/>
      <EntitySet Name="Others" EntityType="Shop.Item" sap:topable="false"/>
    </EntityContainer>`))
  const items = present(model.container?.entitySets.get('Items')).annotations
  const capability = (term: string): unknown => {
    const value = annotationValue(items, `Org.OData.Capabilities.V1.${term}`)
    return value?.kind === 'record' ? Object.fromEntries(value.properties) : value
  }

  it('become capabilities of the entity set', () => {
    expect(capability('FilterRestrictions')).toEqual({
      RequiresFilter: bool('true'),
      RequiredProperties: paths('ID'),
      NonFilterableProperties: paths('Amount'),
      FilterExpressionRestrictions: { kind: 'collection', items: [{ kind: 'record', annotations: [], properties: new Map([['Property', { kind: 'propertyPath', path: 'ID' }], ['AllowedExpressions', { kind: 'string', text: 'SingleValue' }]]) }] },
    })
    expect(capability('SortRestrictions')).toEqual({ NonSortableProperties: paths('Amount') })
    expect(capability('InsertRestrictions')).toEqual({ Insertable: bool('false'), NonInsertableProperties: paths('Mass') })
    expect(capability('UpdateRestrictions')).toEqual({ Updatable: { kind: 'path', path: 'ID' } })
    expect(capability('DeleteRestrictions')).toEqual({ Deletable: bool('true') })
    expect(capability('SearchRestrictions')).toEqual({ Searchable: bool('true') })
    expect(capability('ReadRestrictions')).toEqual({ Readable: bool('false') })
    expect([capability('TopSupported'), capability('SkipSupported')]).toEqual([bool('false'), bool('false')])
    const others = present(model.container?.entitySets.get('Others')).annotations
    expect([annotationValue(others, 'Org.OData.Capabilities.V1.TopSupported'), annotationValue(others, 'Org.OData.Capabilities.V1.SkipSupported')]).toEqual([bool('false'), undefined])
    expect(annotationValue(items, 'Org.OData.Core.V1.OptimisticConcurrency')).toEqual(paths('At'))
  })

  it('become labels, units and tags of properties', () => {
    const terms = Object.fromEntries(model.properties(present(model.entityType('Shop.Item'))).map(({ name, annotations }) => [name, annotations.map((each) => `${each.term}=${textOf(each.value) ?? ''}`)]))
    expect(terms).toEqual({
      ID: [],
      Amount: ['com.sap.vocabularies.Common.v1.Label=Amount & more', 'Org.OData.Measures.V1.ISOCurrency=Currency'],
      Currency: ['com.sap.vocabularies.Common.v1.IsCurrency=true', 'Org.OData.Core.V1.Computed=true'],
      Mass: ['Org.OData.Measures.V1.Unit=MassUnit'],
      MassUnit: ['com.sap.vocabularies.Common.v1.IsUnit=true', 'com.sap.vocabularies.UI.v1.Hidden=true', 'Org.OData.Core.V1.Immutable=true'],
      At: ['io.tributary.v1.OriginalType=Edm.Time', 'com.sap.vocabularies.Common.v1.Text=ID'],
    })
    expect(textOf(annotationValue(present(model.entityType('Shop.Item')).annotations, 'com.sap.vocabularies.Common.v1.Label'))).toBe('Item')
    expect(model.warnings.map(({ message }) => message)).toEqual(['The attribute sap:oddity="1" has no counterpart and is skipped.'])
  })
})

describe('older constructs', () => {
  it('gives operations names that no type has taken, and keeps the original of parameters and results', () => {
    const model = readCsdl(shopV2(`<EntityType Name="Copy"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Int32" Nullable="false"/></EntityType>
      <EntityContainer Name="C" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><FunctionImport Name="Copy" ReturnType="Edm.DateTime" m:HttpMethod="POST"><Parameter Name="at" Type="Edm.Time" Mode="In"/><Parameter Name="out" Type="Edm.Int32" Mode="Out"/></FunctionImport>
      <FunctionImport Name="Touch" m:HttpMethod="GET"/></EntityContainer>`))
    expect(model.container?.operationImports.get('Copy')).toMatchObject({ kind: 'actionImport', operation: 'Shop.Copy_' })
    const [copy] = model.operations('Shop.Copy_')
    expect(copy).toMatchObject({ returnType: { name: 'Edm.DateTimeOffset' }, returnTypeAnnotations: [{ term: originTerms.originalType }] })
    expect(copy?.parameters.map(({ name, type }) => [name, type.name])).toEqual([['at', 'Edm.TimeOfDay']])
    // A function has to give something back: what is fetched and gives nothing is an action.
    expect(model.operations('Shop.Touch')[0]?.kind).toBe('action')
    expect(model.property(present(model.entityType('Shop.Copy')), 'ID')?.type.name).toBe('Edm.Int32')
    expect(model.warnings.map(({ message }) => message)).toEqual(['The parameter out has the mode Out, which has no counterpart, and is skipped.'])
  })

  it('takes the container marked as default, and documentation for descriptions', () => {
    const model = readCsdl(shopV2(`<EntityContainer Name="A"/><EntityContainer Name="B" m:IsDefaultEntityContainer="true" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"/>
      <ComplexType Name="T"><Documentation><Summary> Short. </Summary><LongDescription>Long.</LongDescription></Documentation></ComplexType>`))
    expect(model.container?.name).toBe('B')
    expect(model.structured('Shop.T')?.annotations.map((each) => [each.term, textOf(each.value)])).toEqual([['Org.OData.Core.V1.Description', 'Short.'], ['Org.OData.Core.V1.LongDescription', 'Long.']])
  })

  it('skips a navigation property without its association, and says so', () => {
    const model = readCsdl(shopV2('<EntityType Name="T"><NavigationProperty Name="N" Relationship="Shop.Gone" FromRole="A" ToRole="B"/></EntityType>'))
    expect(model.navigations(present(model.entityType('Shop.T')))).toEqual([])
    expect(model.warnings.map(({ message }) => message)).toEqual(['The navigation property N has no association Shop.Gone with an end B; it is skipped.'])
  })

  it('gives the deletion to the end whose deletion it is', () => {
    const model = readCsdl(shopV2(`<EntityType Name="Head"><NavigationProperty Name="Lines" Relationship="Shop.HL" FromRole="H" ToRole="L"/></EntityType>
      <EntityType Name="Line"><NavigationProperty Name="Head" Relationship="Shop.HL" FromRole="L" ToRole="H"/></EntityType>
      <Association Name="HL"><End Role="H" Type="Shop.Head" Multiplicity="1"><OnDelete Action="Cascade"/></End><End Role="L" Type="Shop.Line" Multiplicity="*"/></Association>`))
    expect(navigation(model, 'Shop.Head', 'Lines')?.onDelete).toBe('Cascade')
    expect(navigation(model, 'Shop.Line', 'Head')).toMatchObject({ nullable: false })
    expect(navigation(model, 'Shop.Line', 'Head')?.onDelete).toBeUndefined()
  })
})
