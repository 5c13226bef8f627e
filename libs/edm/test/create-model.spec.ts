import { createModel, readCsdl, type EdmModel, type Property, type Schema } from '@tributary/edm'
import { fixture, present, shop, v4 } from './csdl-files.js'

const property = (name: string): Property => ({ kind: 'property', name, type: { name: 'Edm.String', collection: false, nullable: true, facets: {} }, annotations: [] })

/** A schema of entity types, each with one property of its own, given as `Name` or `Name:Base`. */
function schemaOf(namespace: string, types: readonly string[], alias?: string): Schema {
  const made = types.map((each) => {
    const [name = '', base] = each.split(':')
    return [name, {
      kind: 'entity', namespace, name, qualifiedName: `${namespace}.${name}`, ...(base === undefined ? {} : { baseType: base }), abstract: false, open: false, hasStream: false,
      properties: new Map([[`of${name}`, property(`of${name}`)], ['shared', property('shared')]]), navigation: new Map(), key: base === undefined ? [{ path: `of${name}` }] : [], alternateKeys: [], annotations: [],
    }] as const
  })
  return { namespace, ...(alias === undefined ? {} : { alias }), types: new Map(made), operations: new Map(), terms: new Map(), containers: new Map(), annotations: [], externalAnnotations: [] }
}

describe('a model made of values', () => {
  const model = createModel({ version: '4.0', schemas: [schemaOf('A', ['Root', 'Middle:A.Root'], 'Alpha'), schemaOf('B', ['Leaf:Alpha.Middle', 'Lone:C.Elsewhere'])] })
  const leaf = present(model.entityType('B.Leaf'))

  it('inherits members and keys across schemas and aliases, the base first, the own in place of the inherited', () => {
    expect(model.properties(leaf).map(({ name }) => name)).toEqual(['ofRoot', 'shared', 'ofMiddle', 'ofLeaf'])
    expect(model.property(leaf, 'shared')).toBe(leaf.properties.get('shared'))
    expect(model.property(leaf, 'toString')).toBeUndefined()
    expect(model.key(leaf)).toEqual([{ path: 'ofRoot' }])
    expect(model.properties(leaf)).toBe(model.properties(leaf))
  })

  it('knows who derives from whom, and stops at types it does not hold', () => {
    expect(model.derivedTypes('A.Root')).toEqual(['A.Middle', 'B.Leaf'])
    expect(model.derivesFrom('B.Leaf', 'Alpha.Root')).toBe(true)
    expect(model.derivesFrom('B.Leaf', 'B.Leaf')).toBe(true)
    expect(model.derivesFrom('A.Root', 'B.Leaf')).toBe(false)
    expect(model.properties(present(model.entityType('B.Lone'))).map(({ name }) => name)).toEqual(['ofLone', 'shared'])
    expect(model.derivedTypes('C.Elsewhere')).toEqual([])
  })

  it('answers nothing for what is not there', () => {
    expect([model.type('A.None'), model.type('None'), model.structured('Edm.String'), model.entityType(''), model.container]).toEqual([undefined, undefined, undefined, undefined, undefined])
    expect(model.operations('A.None')).toEqual([])
    expect(model.underlying('A.None')).toBe('A.None')
    expect(model.bindingTarget('Set', 'Nav')).toBeUndefined()
  })

  it('cannot be changed', () => {
    expect(Object.isFrozen(model)).toBe(true)
    expect(Object.isFrozen(readCsdl(shop('<EntityType Name="T"/>')).entityType('Shop.T'))).toBe(true)
  })

  it.each([
    ['no schema', []],
    ['a namespace twice', [schemaOf('A', []), schemaOf('A', [])]],
    ['a type that is its own base', [schemaOf('A', ['T:A.T'])]],
    ['a circle of types', [schemaOf('A', ['T:B.U']), schemaOf('B', ['U:A.T'])]],
  ])('is refused with %s', (_what, schemas) => {
    expect(() => createModel({ version: '4.0', schemas })).toThrow(expect.objectContaining({ code: 'HUB_CONTRACT_INVALID' }))
  })
})

/** A document with two containers that says which one it serves. */
const twoContainers = (name: string): string => `{"$Version":"4.01","$EntityContainer":"S.${name}","S":{"A":{"$Kind":"EntityContainer"},"B":{"$Kind":"EntityContainer"}}}`

describe('the container', () => {
  it('includes what it extends, its own members first in right', () => {
    const model = readCsdl(v4(`<Schema Namespace="Base" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityContainer Name="C"><EntitySet Name="A" EntityType="Base.T"/><EntitySet Name="B" EntityType="Base.T"/></EntityContainer></Schema>
      <Schema Namespace="Top" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityContainer Name="C" Extends="Base.C"><EntitySet Name="B" EntityType="Top.T"/><Singleton Name="S" Type="Top.T"/></EntityContainer></Schema>`))
    expect(model.container?.qualifiedName).toBe('Top.C')
    expect([...present(model.container).entitySets].map(([name, { entityType }]) => `${name}:${entityType}`)).toEqual(['A:Base.T', 'B:Top.T'])
    expect(model.container?.singletons.has('S')).toBe(true)
    expect(model.schemas.get('Top')?.containers.get('C')?.entitySets.size).toBe(1)
  })

  it('may extend one that is not there', () => {
    expect(readCsdl(shop('<EntityContainer Name="C" Extends="Far.C"><EntitySet Name="A" EntityType="Shop.T"/></EntityContainer>')).container?.entitySets.size).toBe(1)
  })

  it('named by a JSON document is taken among several', () => {
    expect(['A', 'B'].map((name) => readCsdl(twoContainers(name)).container?.name)).toEqual(['A', 'B'])
  })
})

describe('the target of a navigation path', () => {
  const model: EdmModel = readCsdl(shop(`
    <ComplexType Name="Address"><NavigationProperty Name="Country" Type="Shop.Country"/></ComplexType>
    <EntityType Name="Country"/><EntityType Name="Person"/><EntityType Name="Worker" BaseType="Shop.Person"/><EntityType Name="Boss" BaseType="Shop.Worker"/>
    <EntityContainer Name="C">
      <EntitySet Name="People" EntityType="Shop.Person">
        <NavigationPropertyBinding Path="Home/Country" Target="Countries"/>
        <NavigationPropertyBinding Path="Shop.Worker/Office" Target="Offices"/>
        <NavigationPropertyBinding Path="Shop.Boss/Office" Target="Suites"/>
        <NavigationPropertyBinding Path="Friends" Target="People"/>
        <NavigationPropertyBinding Path="Trips/Stops" Target="Stops"/>
        <NavigationPropertyBinding Path="Far" Target="Other.Container/Fars"/>
      </EntitySet>
      <Singleton Name="Me" Type="Shop.Person"><NavigationPropertyBinding Path="Friends" Target="People"/></Singleton>
    </EntityContainer>`))

  it.each([
    ['People', 'Friends', 'People'],
    ['Me', 'Friends', 'People'],
    ['People', 'Home/Country', 'Countries'],
    ['People', 'Shop.Worker/Home/Country', 'Countries'],
    ['People', 'Home/Shop.Address/Country', 'Countries'],
    ['People', 'Shop.Worker/Office', 'Offices'],
    ['People', 'Self.Boss/Office', 'Suites'],
    ['People', 'Friends/Shop.Worker/Office', 'Offices'],
    ['People', 'Friends/Friends/Home/Country', 'Countries'],
    ['People', 'Friends/Shop.Worker', 'People'],
    ['People', 'Trips/Stops', 'Stops'],
    ['People', 'Far', 'Other.Container/Fars'],
    ['People', 'Office', undefined],
    ['People', 'Shop.Person/Office', undefined],
    ['People', 'Trips', undefined],
    ['People', 'Home', undefined],
    ['None', 'Friends', undefined],
  ])('%s, %s is %s', (set, path, target) => {
    expect(model.bindingTarget(set, path)).toBe(target)
  })
})

describe('a real model', () => {
  it('resolves every type a property, navigation or set names', () => {
    const model = readCsdl(fixture('trippin-rw.xml'))
    for (const schema of model.schemas.values()) {
      for (const type of schema.types.values()) {
        if (type.kind !== 'entity' && type.kind !== 'complex') continue
        for (const each of model.properties(type)) expect(each.type.name.startsWith('Edm.') || model.type(each.type.name) !== undefined).toBe(true)
        for (const each of model.navigations(type)) expect(model.entityType(each.target)).toBeDefined()
      }
    }
  })
})
