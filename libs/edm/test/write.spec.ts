import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { createModel, firstDifference, readCsdl, writeCsdlJson, writeCsdlXml, type Schema } from '@tributary/edm'
import { contracts, shop, shopV2 } from './csdl-files.js'

const schemas = new URL('../../../../shared/data/odata-schemas/', import.meta.url)

/** A model with one property that has a default. */
const withDefault = (defaultValue: string) => createModel({
  version: '4.0',
  schemas: [{
    namespace: 'S', operations: new Map(), terms: new Map(), containers: new Map(), annotations: [], externalAnnotations: [],
    types: new Map([['T', { kind: 'complex', namespace: 'S', name: 'T', qualifiedName: 'S.T', abstract: false, open: false, navigation: new Map(), annotations: [], properties: new Map([['P', { kind: 'property', name: 'P', defaultValue, annotations: [], type: { name: 'Edm.String', collection: false, nullable: true, facets: {} } }]]) }]]),
  } satisfies Schema],
})
/** The version a model is written in. */
const versionOf = (inside: string, options = {}): string | undefined => /Version="([^"]*)"/.exec(writeCsdlXml(readCsdl(shop(inside)), options))?.[1]

describe('CSDL XML', () => {
  it('is written in full names, indented, the same every time', () => {
    const model = readCsdl(shop(`<EntityType Name="T"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int32" Nullable="false"/><Property Name="Tags" Type="Collection(Edm.String)" MaxLength="5"/>
      <NavigationProperty Name="Next" Type="Self.T" Partner="Previous"/></EntityType>
      <EntityContainer Name="C"><EntitySet Name="Ts" EntityType="Self.T"><NavigationPropertyBinding Path="Next" Target="Ts"/></EntitySet></EntityContainer>`))
    expect(writeCsdlXml(model)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="Shop" Alias="Self" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <EntityType Name="T">
        <Key>
          <PropertyRef Name="ID"/>
        </Key>
        <Property Name="ID" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Tags" Type="Collection(Edm.String)" MaxLength="5"/>
        <NavigationProperty Name="Next" Type="Shop.T" Partner="Previous"/>
      </EntityType>
      <EntityContainer Name="C">
        <EntitySet Name="Ts" EntityType="Shop.T">
          <NavigationPropertyBinding Path="Next" Target="Ts"/>
        </EntitySet>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
`)
  })

  it('escapes what has to be, and refuses what XML cannot hold', () => {
    expect(writeCsdlXml(withDefault('<&"\'>\r\n\t]]>'))).toContain('DefaultValue="&lt;&amp;&quot;\'&gt;&#xD;&#xA;&#x9;]]&gt;"')
    expect(writeCsdlXml(withDefault('𝒳'))).toContain('DefaultValue="𝒳"')
    for (const [character, code] of [['\u0000', '0000'], ['\u001b', '001B'], ['\ud800', 'D800'], ['\uffff', 'FFFF']] as const) {
      expect(() => writeCsdlXml(withDefault(`a${character}b`))).toThrow(`the character U+${code} cannot be written in XML`)
      const model = withDefault(`a${character}b`)
      expect(firstDifference(model, readCsdl(writeCsdlJson(model)))).toBeUndefined()
    }
  })

  it('is of version 4.0 unless it needs 4.01, or is told', () => {
    expect(versionOf('<ComplexType Name="T"><Annotation Term="X.Y"><Not><Path>A</Path></Not></Annotation></ComplexType>')).toBe('4.0')
    expect(versionOf('<ComplexType Name="T"/>', { version: '4.01' })).toBe('4.01')
    for (const later of [
      '<ComplexType Name="T"><Property Name="P" Type="Edm.Untyped"/></ComplexType>',
      '<ComplexType Name="T"><Property Name="P" Type="Edm.Decimal" Scale="floating"/></ComplexType>',
      '<ComplexType Name="T"><Property Name="P" Type="Edm.Decimal"><Annotation Term="X.Y"><Record><PropertyValue Property="A"><Collection><Neg><Int>1</Int></Neg></Collection></PropertyValue></Record></Annotation></Property></ComplexType>',
      '<EnumType Name="E"><Member Name="A"><Annotation Term="X.Y" ModelElementPath="S.T"/></Member></EnumType>',
      '<EntityContainer Name="C"><Singleton Name="S" Type="Shop.T" Nullable="true"/></EntityContainer>',
      '<Function Name="F"><ReturnType Type="Edm.String"><Annotation Term="X.Y" Int="1"/></ReturnType></Function>',
      '<Annotations Target="Shop.T"><Annotation Term="X.Y"><If><In><Path>A</Path><Path>B</Path></In><Int>1</Int></If></Annotation></Annotations>',
    ]) expect(versionOf(later)).toBe('4.01')
  })

  it('of an older contract is a version 4 contract', () => {
    const text = writeCsdlXml(readCsdl(shopV2('<EntityType Name="T"><Key><PropertyRef Name="At"/></Key><Property Name="At" Type="Edm.DateTime" Nullable="false"/></EntityType>')))
    expect(text).toContain('<edmx:Edmx Version="4.0"')
    expect(text).toContain('Type="Edm.DateTimeOffset"')
    expect(readCsdl(text).version).toBe('4.0')
  })

  it('names the namespace of annotations outside a schema', () => {
    const model = readCsdl(`<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" xmlns="http://docs.oasis-open.org/odata/ns/edm"><edmx:Reference Uri="u"><edmx:Include Namespace="N"/><Annotation Term="X.Y" Int="1"/></edmx:Reference><edmx:DataServices><Schema Namespace="S"/></edmx:DataServices></edmx:Edmx>`)
    expect(writeCsdlXml(model)).toContain('<edmx:Reference Uri="u" xmlns="http://docs.oasis-open.org/odata/ns/edm">')
    expect(readCsdl(writeCsdlXml(model)).references).toEqual(model.references)
  })
})

describe('CSDL JSON', () => {
  it('is written as the specification has it', () => {
    const model = readCsdl(shop(`<EntityType Name="T"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Int64" Nullable="false" DefaultValue="9007199254740993"/><Property Name="Name" Type="Edm.String" MaxLength="max"/></EntityType>
      <EntityContainer Name="C"><EntitySet Name="Ts" EntityType="Self.T"><Annotation Term="X.Y" Qualifier="q"><Record Type="Self.R"><PropertyValue Property="P" Decimal="1.50"/><Annotation Term="X.Z"/></Record></Annotation></EntitySet></EntityContainer>`))
    expect(writeCsdlJson(model)).toBe(`{
  "$Version": "4.01",
  "$EntityContainer": "Shop.C",
  "Shop": {
    "$Alias": "Self",
    "T": {
      "$Kind": "EntityType",
      "$Key": [
        "ID"
      ],
      "ID": {
        "$Type": "Edm.Int64",
        "$DefaultValue": 9007199254740993
      },
      "Name": {
        "$Nullable": true
      }
    },
    "C": {
      "$Kind": "EntityContainer",
      "Ts": {
        "$Collection": true,
        "$Type": "Shop.T",
        "@X.Y#q": {
          "@type": "#Shop.R",
          "P": 1.50,
          "@X.Z": true
        }
      }
    }
  }
}
`)
  })

  it('brings references to one document together', () => {
    const model = createModel({
      version: '4.01',
      schemas: [{ namespace: 'S', types: new Map(), operations: new Map(), terms: new Map(), containers: new Map(), annotations: [], externalAnnotations: [] }],
      references: ['A', 'B'].map((namespace) => ({ uri: 'u', includes: [{ namespace }], includeAnnotations: [], annotations: [] })),
    })
    expect(readCsdl(writeCsdlJson(model)).references).toEqual([{ uri: 'u', includes: [{ namespace: 'A' }, { namespace: 'B' }], includeAnnotations: [], annotations: [] }])
  })
})

/** One source names an entity set `prefix/project2`, which the standard refuses. */
const legal = contracts().filter(({ bytes }) => !/<EntitySet Name="[^"]*\//.test(new TextDecoder().decode(bytes)))

const withSchemas = existsSync(schemas) ? describe : describe.skip
if (!existsSync(schemas)) console.info('skipped: the schemas of ../shared/data/odata-schemas are not there')

withSchemas('against the schemas of the standard', () => {
  it.each(legal)('$name is valid CSDL JSON', ({ bytes }) => {
    const validate = new Ajv({ strict: false, allErrors: true, logger: false }).compile(JSON.parse(readFileSync(new URL('csdl.schema.json', schemas), 'utf8')))
    validate(JSON.parse(writeCsdlJson(readCsdl(bytes))))
    expect(validate.errors).toBeNull()
  })
})

const xmllint = existsSync(schemas) && spawnSync('xmllint', ['--version']).status === 0
const withXmllint = xmllint ? describe : describe.skip
if (!xmllint) console.info('skipped: xmllint is not installed, or the schemas are not there')

withXmllint('against the XML schemas of the standard', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'csdl-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  it.each(legal)('$name is valid CSDL XML', ({ name, bytes }) => {
    const file = join(directory, name)
    writeFileSync(file, writeCsdlXml(readCsdl(bytes)))
    const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '--schema', fileURLToPath(new URL('edmx.xsd', schemas)), file], { encoding: 'utf8' })
    expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
  })
})
