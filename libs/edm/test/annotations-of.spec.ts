import { annotationsOf, annotationValue, findAnnotation, readCsdl, textOf } from '@tributary/edm'
import { shop } from './csdl-files.js'

const model = readCsdl(shop(`
  <EntityType Name="Base"><Property Name="P" Type="Edm.String"><Annotation Term="X.In" String="property"/></Property></EntityType>
  <EntityType Name="T" BaseType="Self.Base"><NavigationProperty Name="N" Type="Self.T"><Annotation Term="X.In" String="navigation"/></NavigationProperty><Annotation Term="X.In" String="type"/></EntityType>
  <EnumType Name="E"><Member Name="M"><Annotation Term="X.In" String="member"/></Member></EnumType>
  <Function Name="F"><Parameter Name="a" Type="Self.T"><Annotation Term="X.In" String="parameter"/></Parameter><ReturnType Type="Edm.String"><Annotation Term="X.In" String="result"/></ReturnType><Annotation Term="X.In" String="one"/></Function>
  <Function Name="F"><Parameter Name="a" Type="Collection(Edm.String)"/><Parameter Name="b" Type="Edm.Int32"/><ReturnType Type="Edm.String"/><Annotation Term="X.In" String="two"/></Function>
  <Term Name="Tm" Type="Edm.String"><Annotation Term="X.In" String="term"/></Term>
  <EntityContainer Name="C"><EntitySet Name="S" EntityType="Self.T"><Annotation Term="X.In" String="set"/></EntitySet><FunctionImport Name="I" Function="Self.F"><Annotation Term="X.In" String="import"/></FunctionImport><Annotation Term="X.In" String="container"/></EntityContainer>
  ${['Self.T', 'Self.Base/P', 'Self.T/P', 'Self.T/N', 'Self.E/M', 'Self.F', 'Self.F(Self.T)', 'Self.F/a', 'Self.F(Collection(Edm.String),Edm.Int32)/b', 'Self.C/S', 'Self.C', 'Self.Tm', 'Self.C/S/P']
    .map((target) => `<Annotations Target="${target}"><Annotation Term="X.Out" String="${target}"/></Annotations>`).join('')}`))

describe('annotationsOf', () => {
  it.each([
    ['Shop.T', ['type', 'Self.T']],
    ['Shop.Base/P', ['property', 'Self.Base/P']],
    ['Shop.T/P', ['property', 'Self.T/P', 'Self.Base/P']],
    ['Shop.T/N', ['navigation', 'Self.T/N']],
    ['Shop.E/M', ['member', 'Self.E/M']],
    ['Shop.F', ['one', 'two', 'Self.F']],
    ['Shop.F(Shop.T)', ['one', 'Self.F(Self.T)', 'Self.F']],
    ['Shop.F/a', ['parameter', 'Self.F/a']],
    ['Shop.F(Shop.T)/$ReturnType', ['result']],
    ['Shop.F(Collection(Edm.String),Edm.Int32)/b', ['Self.F(Collection(Edm.String),Edm.Int32)/b']],
    ['Shop.C', ['container', 'Self.C']],
    ['Shop.C/S', ['set', 'Self.C/S']],
    ['Shop.C/I', ['import']],
    ['Shop.C/S/P', ['Self.C/S/P']],
    ['Shop.Tm', ['term', 'Self.Tm']],
    ['Shop.None', []],
    ['Shop.T/None', []],
  ])('of %s', (target, expected) => {
    expect(annotationsOf(model, target).map((each) => textOf(each.value))).toEqual(expected)
  })
})

describe('findAnnotation', () => {
  it('tells qualifiers apart', () => {
    const annotations = [
      { term: 'X.Y', value: { kind: 'int', text: '1' }, annotations: [] },
      { term: 'X.Y', qualifier: 'q', value: { kind: 'path', path: 'A/B' }, annotations: [] },
    ] as const
    expect(findAnnotation(annotations, 'X.Y')).toBe(annotations[0])
    expect(textOf(annotationValue(annotations, 'X.Y', 'q'))).toBe('A/B')
    expect(findAnnotation(annotations, 'X.Y', 'other')).toBeUndefined()
    expect(annotationValue(annotations, 'X.Z')).toBeUndefined()
    expect([textOf(undefined), textOf({ kind: 'null' })]).toEqual([undefined, undefined])
  })
})
