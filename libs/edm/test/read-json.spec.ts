import { annotationValue, readCsdl, textOf } from '@tributary/edm'
import { present } from './csdl-files.js'

const document = `{
  "$Version": "4.01",
  "$EntityContainer": "org.shop.Main",
  "$Reference": { "https://vocabularies/core.json": { "$Include": [{ "$Namespace": "Org.OData.Core.V1", "$Alias": "Core" }], "$IncludeAnnotations": [{ "$TermNamespace": "org.terms", "$Qualifier": "Phone" }] } },
  "org.shop": {
    "$Alias": "self",
    "@Core.Description": "A shop",
    "Product": {
      "$Kind": "EntityType", "$HasStream": true, "$Key": ["ID", { "Code": "Maker/Code" }],
      "ID": { "$Type": "Edm.Int64" },
      "Name": { "$MaxLength": 40, "$Nullable": true, "@Core.Description": "Its name", "@Core.Description#de": "Sein Name", "@Core.Description@Core.IsLanguageDependent": true },
      "Price": { "$Type": "Edm.Decimal", "$Precision": 9, "$DefaultValue": 12345678901234567890.10 },
      "Weight": { "$Type": "Edm.Decimal", "$Scale": 3 },
      "Tags": { "$Collection": true, "$MaxLength": 10 },
      "Category": { "$Kind": "NavigationProperty", "$Type": "self.Category", "$Nullable": true, "$Partner": "Products", "$ReferentialConstraint": { "CategoryID": "ID" }, "$OnDelete": "Cascade" }
    },
    "Toy": { "$Kind": "EntityType", "$BaseType": "self.Product", "$Abstract": true, "$OpenType": true },
    "Category": { "$Kind": "EntityType", "$Key": ["ID"], "ID": { "$Type": "Edm.Int32" }, "Products": { "$Kind": "NavigationProperty", "$Type": "self.Product", "$Collection": true, "$ContainsTarget": true } },
    "Colour": { "$Kind": "EnumType", "$UnderlyingType": "Edm.Int64", "$IsFlags": true, "Red": 1, "Blue": 9007199254740993, "Red@Core.Description": "warm" },
    "Mass": { "$Kind": "TypeDefinition", "$UnderlyingType": "Edm.Decimal", "$Precision": 5, "$Scale": "floating" },
    "Rated": { "$Kind": "Term", "$Type": "Edm.Boolean", "$AppliesTo": ["EntityType", "Property"], "$DefaultValue": true },
    "Cheapest": [
      { "$Kind": "Function", "$IsBound": true, "$IsComposable": true, "$EntitySetPath": "in", "$Parameter": [{ "$Name": "in", "$Type": "self.Product", "$Collection": true }], "$ReturnType": { "$Type": "self.Product", "$Nullable": true } },
      { "$Kind": "Function", "$ReturnType": {} }
    ],
    "Sell": [{ "$Kind": "Action" }],
    "Main": {
      "$Kind": "EntityContainer",
      "Products": { "$Collection": true, "$Type": "self.Product", "$NavigationPropertyBinding": { "Category": "Categories", "self.Toy/Category": "self.Main/Categories" }, "@Capabilities.FilterRestrictions": { "NonFilterableProperties": ["Price"], "@type": "https://x#self.R" } },
      "Categories": { "$Collection": true, "$Type": "self.Category", "$IncludeInServiceDocument": false },
      "Top": { "$Type": "self.Product", "$Nullable": true },
      "Sell": { "$Action": "self.Sell" },
      "Cheapest": { "$Function": "self.Cheapest", "$EntitySet": "Products", "$IncludeInServiceDocument": true }
    },
    "$Annotations": { "self.Product/Price": { "@self.Rated": { "$Not": { "$Eq": [{ "$Path": "self.Toy/Price" }, 0.50] } } } }
  }
}`

describe('CSDL JSON', () => {
  const model = readCsdl(document)
  const product = present(model.entityType('org.shop.Product'))

  it('gives types with its own defaults: strings, not nullable, variable scale', () => {
    expect(model.warnings).toEqual([])
    expect(model.version).toBe('4.01')
    expect([product.hasStream, product.key]).toEqual([true, [{ path: 'ID' }, { path: 'Maker/Code', alias: 'Code' }]])
    expect(Object.fromEntries(model.properties(product).map(({ name, type }) => [name, type]))).toEqual({
      ID: { name: 'Edm.Int64', collection: false, nullable: false, facets: {} },
      Name: { name: 'Edm.String', collection: false, nullable: true, facets: { maxLength: 40 } },
      Price: { name: 'Edm.Decimal', collection: false, nullable: false, facets: { precision: 9, scale: 'variable' } },
      Weight: { name: 'Edm.Decimal', collection: false, nullable: false, facets: { scale: 3 } },
      Tags: { name: 'Edm.String', collection: true, nullable: false, facets: { maxLength: 10 } },
    })
    expect(model.entityType('org.shop.Toy')).toMatchObject({ baseType: 'org.shop.Product', abstract: true, open: true })
  })

  it('keeps the digits of numbers', () => {
    expect(model.property(product, 'Price')?.defaultValue).toBe('12345678901234567890.10')
    const colour = model.type('org.shop.Colour')
    expect(colour?.kind === 'enum' ? colour.members.map(({ value }) => value) : []).toEqual([1n, 9007199254740993n])
  })

  it('gives navigation, containers and operations', () => {
    expect(model.navigation(product, 'Category')).toMatchObject({ target: 'org.shop.Category', nullable: true, partner: 'Products', constraints: [{ property: 'CategoryID', referencedProperty: 'ID' }], onDelete: 'Cascade' })
    expect(model.container?.entitySets.get('Products')?.bindings).toEqual([{ path: 'Category', target: 'Categories' }, { path: 'org.shop.Toy/Category', target: 'Categories' }])
    expect(model.container?.entitySets.get('Categories')?.includeInServiceDocument).toBe(false)
    expect(model.container?.singletons.get('Top')?.nullable).toBe(true)
    expect(model.container?.operationImports.get('Cheapest')).toMatchObject({ kind: 'functionImport', entitySet: 'Products', includeInServiceDocument: true })
    expect(model.operations('self.Cheapest')).toMatchObject([{ bound: true, composable: true, entitySetPath: 'in' }, { bound: false, returnType: { name: 'Edm.String', nullable: false } }])
    expect(model.schemas.get('org.shop')?.terms.get('Rated')).toMatchObject({ appliesTo: ['EntityType', 'Property'], defaultValue: 'true' })
  })

  it('gives annotations: of the schema, with qualifiers, of annotations, of members, from outside', () => {
    const schema = present(model.schemas.get('org.shop'))
    expect(textOf(annotationValue(schema.annotations, 'Org.OData.Core.V1.Description'))).toBe('A shop')
    const name = present(model.property(product, 'Name')).annotations
    expect(textOf(annotationValue(name, 'Org.OData.Core.V1.Description', 'de'))).toBe('Sein Name')
    expect(name[0]?.annotations.map(({ term }) => term)).toEqual(['Org.OData.Core.V1.IsLanguageDependent'])
    const colour = model.type('org.shop.Colour')
    expect(colour?.kind === 'enum' ? textOf(colour.members[0]?.annotations[0]?.value) : '').toBe('warm')
    expect(schema.externalAnnotations).toEqual([{ target: 'org.shop.Product/Price', annotations: [{ term: 'org.shop.Rated', annotations: [], value: {
      kind: 'operator', operator: 'Not', arguments: [{ kind: 'operator', operator: 'Eq', arguments: [{ kind: 'path', path: 'org.shop.Toy/Price' }, { kind: 'decimal', text: '0.50' }] }],
    } }] }])
    expect(model.references).toEqual([{ uri: 'https://vocabularies/core.json', annotations: [], includes: [{ namespace: 'Org.OData.Core.V1', alias: 'Core' }], includeAnnotations: [{ termNamespace: 'org.terms', qualifier: 'Phone' }] }])
  })

  it('skips what it does not know, with its place', () => {
    const odd = readCsdl('{ "$Version": "9", "@X.Y": 1,\n "S": { "$New": 1, "T": { "$Kind": "Thing" }, "U": 5,\n  "V": { "$Kind": "ComplexType", "P": 1, "$Odd": 2, "N": { "$Kind": "NavigationProperty" }, "@X.Y@X.Z": 1 } } }')
    expect(odd.structured('S.V')).toMatchObject({ kind: 'complex' })
    expect(odd.warnings.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '1 The version 9 is not known; 4.01 is assumed.',
      '1 The member @X.Y is not a schema and is skipped.',
      '2 The member $New is not known here and is skipped.',
      '2 The member T is of the unknown kind Thing and is skipped.',
      '2 The member U is neither an object nor an array and is skipped.',
      '3 The member $Odd is not known here and is skipped.',
      '3 The member P is not an object and is skipped.',
      '3 An object has no $Type and is skipped.',
      '3 The annotation @X.Y@X.Z has nothing to annotate and is skipped.',
    ])
  })
})
