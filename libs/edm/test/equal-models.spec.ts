import * as fc from 'fast-check'
import { createModel, equalModels, firstDifference, readCsdl } from '@tributary/edm'
import { shop } from './csdl-files.js'
import { anyModel } from './random-model.js'

const text = `<EntityType Name="T"><Key><PropertyRef Name="A"/></Key><Property Name="A" Type="Edm.String" MaxLength="max"/><Property Name="B" Type="Edm.Decimal">
  <Annotation Term="X.Y" Qualifier="q"><Collection><PropertyPath>A</PropertyPath><Int>1</Int></Collection></Annotation></Property></EntityType>
  <EnumType Name="E"><Member Name="M" Value="1"/></EnumType><EntityContainer Name="C"><EntitySet Name="S" EntityType="Self.T"/></EntityContainer>`
const model = readCsdl(shop(text))

describe('firstDifference', () => {
  it.each([
    ['Type="Edm.Decimal"', 'Type="Edm.Decimal" Nullable="false"', 'schemas/Shop/types/T/properties/B/type/nullable: true, false'],
    ['Type="Edm.Decimal"', 'Type="Edm.Double"', 'schemas/Shop/types/T/properties/B/type/name: "Edm.Decimal", "Edm.Double"'],
    ['MaxLength="max"', 'MaxLength="9"', 'schemas/Shop/types/T/properties/A/type/facets/maxLength: "max", 9'],
    ['<Key><PropertyRef Name="A"/></Key>', '', 'schemas/Shop/types/T/key/length: 1, 0'],
    ['Qualifier="q"', '', 'schemas/Shop/types/T/properties/B/annotations/0/qualifier: "q", nothing'],
    ['<Int>1</Int>', '<Int>2</Int>', 'schemas/Shop/types/T/properties/B/annotations/0/value/items/1/text: "1", "2"'],
    ['<PropertyPath>A</PropertyPath>', '<String>A</String>', 'schemas/Shop/types/T/properties/B/annotations/0/value/items/0/kind: "propertyPath", "string"'],
    ['Value="1"', 'Value="2"', 'schemas/Shop/types/E/members/0/value: "1", "2"'],
    ['Name="S"', 'Name="Z"', 'schemas/Shop/containers/C/entitySets/S: {"kind":"entitySet","name":"S","entityType":"Shop.T","includeInServiceDocument":true,"bindings":[],"annotations":[]}, nothing'],
  ])('of %s and %s', (before, after, expected) => {
    const other = readCsdl(shop(text.replace(before, after)))
    expect(firstDifference(model, other)).toBe(expected)
    expect(equalModels(model, other)).toBe(false)
    expect(equalModels(other, model)).toBe(false)
  })

  it('shows long values shortened', () => {
    expect(firstDifference(model, readCsdl(shop(text.replace('EntityContainer Name="C"', 'EntityContainer Name="D"'))))).toMatch(/^schemas\/Shop\/containers\/C: \{.{199}…, nothing$/)
  })

  it('overlooks the order of names, warnings and the version', () => {
    const swapped = readCsdl(shop(text.replace(/(<EnumType.*<\/EnumType>)(<EntityContainer.*)$/s, '$2$1<Odd/>')))
    expect(swapped.warnings).toHaveLength(1)
    expect(equalModels(model, swapped)).toBe(true)
  })

  it('as JSON overlooks what JSON cannot tell, and nothing else', () => {
    const alike = readCsdl(shop(text.replace(' MaxLength="max"', '').replace('Type="Edm.Decimal"', 'Type="Edm.Decimal" Scale="variable"').replace('<PropertyPath>A</PropertyPath>', '<String>A</String>')))
    expect(equalModels(model, alike, { asJson: true })).toBe(true)
    expect(equalModels(model, alike)).toBe(false)
    for (const [before, after] of [['<PropertyPath>A', '<PropertyPath>B'], ['<PropertyPath>A</PropertyPath>', '<Path>A</Path>'], ['<Int>1</Int>', '<Bool>1</Bool>'], ['<Int>1</Int>', '<Null/>'], ['MaxLength="max"', 'MaxLength="5"']] as const) {
      expect(equalModels(model, readCsdl(shop(text.replace(before, after))), { asJson: true })).toBe(false)
    }
  })

  it('finds none between a model and itself, and one where a schema is missing', () => {
    fc.assert(fc.property(anyModel, (any) => {
      expect(firstDifference(any, any)).toBeUndefined()
      const renamed = [...any.schemas.values()].map((schema) => ({ ...schema, namespace: `${schema.namespace}2` }))
      expect(equalModels(any, createModel({ version: '4.01', schemas: renamed, references: any.references }))).toBe(false)
    }), { numRuns: 50 })
  })
})
