import { annotationValue, findAnnotation, readCsdl, textOf, type EdmModel } from '@tributary/edm'
import { fixture, present, shop, v4 } from './csdl-files.js'

describe('a version 4 contract', () => {
  const model = readCsdl(fixture('trippin-rw.xml'))
  const ns = 'Microsoft.OData.SampleService.Models.TripPin'

  it('gives entity types with keys, facets, nullability and inheritance', () => {
    const photo = present(model.entityType(`${ns}.Photo`))
    expect(photo.hasStream).toBe(true)
    expect(model.key(photo)).toEqual([{ path: 'Id' }])
    const flight = present(model.entityType(`${ns}.Flight`))
    expect(flight.baseType).toBe(`${ns}.PublicTransportation`)
    expect(model.key(flight)).toEqual([{ path: 'PlanItemId' }])
    expect(model.properties(flight).map(({ name }) => name)).toEqual(['PlanItemId', 'ConfirmationCode', 'StartsAt', 'EndsAt', 'Duration', 'SeatNumber', 'FlightNumber'])
    expect(model.property(flight, 'PlanItemId')?.type).toEqual({ name: 'Edm.Int32', collection: false, nullable: false, facets: {} })
    expect(model.derivesFrom(`${ns}.Flight`, `${ns}.PlanItem`)).toBe(true)
    expect(model.derivesFrom(`${ns}.PlanItem`, `${ns}.Flight`)).toBe(false)
    expect(new Set(model.derivedTypes(`${ns}.PlanItem`))).toEqual(new Set([`${ns}.PublicTransportation`, `${ns}.Flight`, `${ns}.Event`]))
  })

  it('gives navigation, sets with bindings, singletons and imports', () => {
    const person = present(model.entityType(`${ns}.Person`))
    expect(model.navigation(person, 'Friends')).toMatchObject({ target: `${ns}.Person`, collection: true, containsTarget: false })
    expect(model.navigation(person, 'Trips')?.containsTarget).toBe(true)
    const { container } = model
    expect([...present(container).entitySets.keys()]).toEqual(['Photos', 'People', 'Airlines', 'Airports'])
    expect(container?.singletons.get('Me')?.entityType).toBe(`${ns}.Person`)
    expect(container?.operationImports.get('GetNearestAirport')).toMatchObject({ kind: 'functionImport', operation: `${ns}.GetNearestAirport`, entitySet: 'Airports', includeInServiceDocument: true })
    expect(model.bindingTarget('People', 'Friends')).toBe('People')
  })

  it('gives operations with parameters and results', () => {
    const [operation] = model.operations(`${ns}.GetFriendsTrips`)
    expect(operation).toMatchObject({ kind: 'function', bound: true, composable: true, entitySetPath: 'person/Friends/Trips', returnType: { name: `${ns}.Trip`, collection: true } })
    expect(operation?.parameters.map(({ name, type }) => [name, type.name])).toEqual([['person', `${ns}.Person`], ['userName', 'Edm.String']])
    expect(model.operations(`${ns}.ResetDataSource`)[0]).toMatchObject({ kind: 'action', bound: false })
  })

  it('keeps annotations typed and resolves their terms', () => {
    const concurrency = annotationValue(present(model.container?.entitySets.get('People')).annotations, 'Org.OData.Core.V1.OptimisticConcurrency')
    expect(concurrency).toEqual({ kind: 'collection', items: [{ kind: 'propertyPath', path: 'Concurrency' }] })
    expect(model.warnings).toEqual([])
  })
})

const type = (model: EdmModel) => present(model.structured('Shop.T'))

describe('aliases', () => {
  it('are resolved in types, terms, paths, targets and bindings', () => {
    const model = readCsdl(
      v4(
        `<Schema Namespace="Shop.Model" Alias="Self" xmlns="http://docs.oasis-open.org/odata/ns/edm">
          <EntityType Name="Base"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/></EntityType>
          <EntityType Name="Heir" BaseType="Self.Base"><NavigationProperty Name="All" Type="Collection(Self.Base)"/></EntityType>
          <EntityContainer Name="C"><EntitySet Name="Bases" EntityType="Self.Base"><NavigationPropertyBinding Path="Self.Heir/All" Target="Self.C/Bases"/></EntitySet></EntityContainer>
          <Annotations Target="Self.Base/ID"><Annotation Term="Core.Permissions"><EnumMember>Core.Permission/Read Core.Permission/Write</EnumMember></Annotation>
            <Annotation Term="UI.Line" AnnotationPath="All/@UI.Item#q"/></Annotations>
        </Schema>`,
        `<edmx:Reference Uri="core.xml"><edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/></edmx:Reference>
         <edmx:Reference Uri="ui.xml"><edmx:Include Namespace="com.vocabularies.UI" Alias="UI"/></edmx:Reference>`,
      ),
    )
    expect(model.entityType('Self.Heir')?.baseType).toBe('Shop.Model.Base')
    expect(model.navigation(present(model.entityType('Shop.Model.Heir')), 'All')?.target).toBe('Shop.Model.Base')
    expect(model.container?.entitySets.get('Bases')?.bindings).toEqual([{ path: 'Shop.Model.Heir/All', target: 'Bases' }])
    const [external] = present(model.schemas.get('Shop.Model')).externalAnnotations
    expect(external?.target).toBe('Shop.Model.Base/ID')
    expect(external?.annotations.map(({ value }) => textOf(value))).toEqual(['Org.OData.Core.V1.Permission/Read Org.OData.Core.V1.Permission/Write', 'All/@com.vocabularies.UI.Item#q'])
    expect(model.references).toHaveLength(2)
  })

  it('leave names alone that only look like one', () => {
    const model = readCsdl(shop('<EntityType Name="T"><Property Name="P" Type="Edm.String"><Annotation Term="Other.Self.Term" String="Self.Text"/></Property></EntityType>'))
    expect(model.property(type(model), 'P')?.annotations).toEqual([{ term: 'Other.Self.Term', value: { kind: 'string', text: 'Self.Text' }, annotations: [] }])
  })
})

const alternateKey = (name: string): string =>
  `<Annotation Term="Org.OData.Core.V1.AlternateKeys"><Collection><Record><PropertyValue Property="Key"><Collection><Record><PropertyValue Property="Name" PropertyPath="${name}"/><PropertyValue Property="Alias" String="${name}"/></Record></Collection></PropertyValue></Record></Collection></Annotation>`

describe('details', () => {
  it('reads every facet, and warns of those that are none', () => {
    const model = readCsdl(shop(`<ComplexType Name="T">
      <Property Name="A" Type="Edm.String" MaxLength="max" Unicode="false"/>
      <Property Name="B" Type="Edm.Decimal" Precision="12" Scale="Variable"/>
      <Property Name="C" Type="Collection(Edm.GeographyPoint)" SRID="4326" Nullable="false"/>
      <Property Name="D" Type="Edm.String" MaxLength="many" DefaultValue=""/>
    </ComplexType>`))
    const facets = model.properties(type(model)).map((each) => each.type.facets)
    expect(facets).toEqual([{ maxLength: 'max', unicode: false }, { precision: 12, scale: 'variable' }, { srid: 4326 }, {}])
    expect(model.property(type(model), 'C')?.type).toMatchObject({ collection: true, nullable: false })
    expect(model.property(type(model), 'D')?.defaultValue).toBe('')
    expect(model.warnings).toEqual([{ line: 5, column: 7, message: 'The facet MaxLength cannot be many and is skipped.' }])
  })

  it('numbers enumeration members that have no value', () => {
    const model = readCsdl(shop('<EnumType Name="E" UnderlyingType="Edm.Int64" IsFlags="true"><Member Name="A" Value="9223372036854775807"/><Member Name="B" Value="-3"/><Member Name="C"/></EnumType>'))
    const found = model.type('Shop.E')
    expect(found?.kind === 'enum' ? found.members.map(({ value }) => value) : []).toEqual([9223372036854775807n, -3n, -2n])
    expect(model.underlying('Shop.E')).toBe('Edm.Int64')
    expect(model.underlying('Edm.Guid')).toBe('Edm.Guid')
  })

  it('reads aliased key parts, partners, constraints and deletion', () => {
    const model = readCsdl(shop(`<EntityType Name="T"><Key><PropertyRef Name="Address/Code" Alias="Code"/></Key>
      <NavigationProperty Name="N" Type="Self.T" Nullable="false" Partner="M" ContainsTarget="true"><ReferentialConstraint Property="A" ReferencedProperty="B"/><OnDelete Action="SetNull"/></NavigationProperty></EntityType>`))
    expect(model.entityType('Shop.T')?.key).toEqual([{ path: 'Address/Code', alias: 'Code' }])
    expect(model.navigation(type(model), 'N')).toMatchObject({ target: 'Shop.T', nullable: false, partner: 'M', containsTarget: true, constraints: [{ property: 'A', referencedProperty: 'B' }], onDelete: 'SetNull' })
  })

  it('reads overloads apart and parameters with annotations', () => {
    const model = readCsdl(shop(`<Function Name="F"><Parameter Name="a" Type="Edm.Int32"/><ReturnType Type="Edm.String" Nullable="false"><Annotation Term="Core.X" Int="1"/></ReturnType></Function>
      <Function Name="F"><Parameter Name="a" Type="Edm.Int32"/><Parameter Name="b" Type="Edm.Int32"><Annotation Term="Org.OData.Core.V1.OptionalParameter"/></Parameter><ReturnType Type="Collection(Edm.String)"/></Function>`))
    const overloads = model.operations('Self.F')
    expect(overloads.map(({ parameters }) => parameters.length)).toEqual([1, 2])
    expect(overloads[0]).toMatchObject({ returnType: { nullable: false }, returnTypeAnnotations: [{ term: 'Core.X' }] })
    expect(findAnnotation(present(overloads[1]?.parameters[1]).annotations, 'Org.OData.Core.V1.OptionalParameter')?.value).toEqual({ kind: 'bool', text: 'true' })
  })

  it('derives alternate keys from annotations inside and outside the type', () => {
    const inside = readCsdl(shop(`<EntityType Name="T"><Property Name="SSN" Type="Edm.String"/>${alternateKey('SSN')}</EntityType>`))
    const outside = readCsdl(shop(`<EntityType Name="T"><Property Name="SSN" Type="Edm.String"/></EntityType><Annotations Target="Self.T">${alternateKey('SSN')}</Annotations>`))
    for (const model of [inside, outside]) expect(model.entityType('Shop.T')?.alternateKeys).toEqual([[{ path: 'SSN' }]])
  })

  it('reads every kind of annotation expression', () => {
    const model = readCsdl(shop(`<ComplexType Name="T"><Annotation Term="X.All" Qualifier="q"><Record Type="Self.R">
      <PropertyValue Property="A"><Apply Function="odata.concat"><String>a &amp; b</String><Path>Self.T/P</Path></Apply></PropertyValue>
      <PropertyValue Property="B"><If><And><Not><Bool>1</Bool></Not><Ge><Path>P</Path><Decimal>1.50</Decimal></Ge></And><Null/><Cast Type="Collection(Self.E)"><Int>1</Int></Cast></If></PropertyValue>
      <PropertyValue Property="C" EnumMember="Self.E/A  Self.E/B"/>
      <PropertyValue Property="D"><LabeledElement Name="L" Path="P"/></PropertyValue>
      <PropertyValue Property="E"><LabeledElementReference>Self.L</LabeledElementReference></PropertyValue>
      <PropertyValue Property="F"><UrlRef><String>http://x/</String></UrlRef></PropertyValue>
      <PropertyValue Property="G"><IsOf Type="Edm.Date"><Path>P</Path></IsOf></PropertyValue>
      <PropertyValue Property="H"><Collection><Date>2026-11-22</Date><NavigationPropertyPath>N</NavigationPropertyPath></Collection></PropertyValue>
      <Annotation Term="X.On" TimeOfDay="12:00:00"/></Record><Annotation Term="X.Nested" Duration="PT1S"/></Annotation></ComplexType>`))
    const [annotation] = type(model).annotations
    expect(annotation).toMatchObject({ term: 'X.All', qualifier: 'q', annotations: [{ term: 'X.Nested', value: { kind: 'duration', text: 'PT1S' } }] })
    const record = present(annotation).value
    expect(record.kind === 'record' ? [record.type, record.annotations.length, Object.fromEntries(record.properties)] : []).toEqual(['Shop.R', 1, {
      A: { kind: 'apply', function: 'odata.concat', arguments: [{ kind: 'string', text: 'a & b' }, { kind: 'path', path: 'Shop.T/P' }] },
      B: { kind: 'if', arguments: [
        { kind: 'operator', operator: 'And', arguments: [
          { kind: 'operator', operator: 'Not', arguments: [{ kind: 'bool', text: 'true' }] },
          { kind: 'operator', operator: 'Ge', arguments: [{ kind: 'path', path: 'P' }, { kind: 'decimal', text: '1.50' }] },
        ] },
        { kind: 'null' },
        { kind: 'cast', type: 'Shop.E', collection: true, argument: { kind: 'int', text: '1' } },
      ] },
      C: { kind: 'enumMember', text: 'Shop.E/A Shop.E/B' },
      D: { kind: 'labeled', name: 'L', value: { kind: 'path', path: 'P' } },
      E: { kind: 'labeledReference', name: 'Shop.L' },
      F: { kind: 'urlRef', value: { kind: 'string', text: 'http://x/' } },
      G: { kind: 'isOf', type: 'Edm.Date', collection: false, argument: { kind: 'path', path: 'P' } },
      H: { kind: 'collection', items: [{ kind: 'date', text: '2026-11-22' }, { kind: 'navigationPropertyPath', path: 'N' }] },
    }])
  })

  it('takes the default of the term where an annotation has no expression', () => {
    const model = readCsdl(shop(`<ComplexType Name="T"><Annotation Term="Self.Level"/><Annotation Term="Self.Text"/><Annotation Term="Elsewhere.Tag"/><Annotation Term="Self.Level" Qualifier="q" Int="7"/></ComplexType>
      <Term Name="Level" Type="Edm.Int32" DefaultValue="3"/><Term Name="Text" Type="Edm.String" DefaultValue="x"/>`))
    expect(type(model).annotations.map(({ value }) => value)).toEqual([{ kind: 'int', text: '3' }, { kind: 'string', text: 'x' }, { kind: 'bool', text: 'true' }, { kind: 'int', text: '7' }])
  })

  it('gives the qualifier of an Annotations element to what is inside', () => {
    const model = readCsdl(shop('<Annotations Target="Self.T" Qualifier="Q"><Annotation Term="X.A" Int="1"/><Annotation Term="X.B" Qualifier="own" Int="2"/></Annotations>'))
    expect(model.schemas.get('Shop')?.externalAnnotations).toEqual([{ target: 'Shop.T', annotations: [
      { term: 'X.A', qualifier: 'Q', value: { kind: 'int', text: '1' }, annotations: [] },
      { term: 'X.B', qualifier: 'own', value: { kind: 'int', text: '2' }, annotations: [] },
    ] }])
  })
})

describe('what is not known', () => {
  it('is skipped with its place, and the rest is read', () => {
    const model = readCsdl(shop(`
<EntityType Name="T" Colour="red" x:hint="1" xmlns:x="urn:x">
  <Property Name="P" Type="Edm.String"><Surprise/></Property>
  <x:Foreign/>
  <Property Type="Edm.String"/>
  <Property Name="P" Type="Edm.Int32"/>
</EntityType>
<ComplexType Name="T"/><Novelty/>`))
    expect(model.properties(type(model)).map((each) => [each.name, each.type.name])).toEqual([['P', 'Edm.String']])
    expect(model.entityType('Shop.T')).toBeDefined()
    expect(model.warnings.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      '2:1 The attribute Colour is not known on EntityType and is skipped.',
      '2:1 The attribute hint of urn:x is skipped.',
      '4:3 The element Foreign of urn:x is skipped.',
      '3:40 The element Surprise is not known in Property and is skipped.',
      '5:3 An element Property has no Name and is skipped.',
      '6:3 There is a second Property named P; it is skipped.',
      '8:1 The name Shop.T is given twice; the second is skipped.',
      '8:24 The element Novelty is not known in Schema and is skipped.',
    ])
  })

  it('stops listing after five hundred kinds and says how many more', () => {
    const model = readCsdl(shop(Array.from({ length: 600 }, (_, index) => `<Odd${index}/>`).join('')))
    expect(model.warnings).toHaveLength(501)
    expect(model.warnings.at(-1)?.message).toBe('100 further warnings are left out')
  })

  it('takes a bare Schema element for a document', () => {
    expect(readCsdl('<Schema Namespace="S" xmlns="http://docs.oasis-open.org/odata/ns/edm"/>').version).toBe('4.0')
  })
})
