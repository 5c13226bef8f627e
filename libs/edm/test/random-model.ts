import * as fc from 'fast-check'
import { createModel, type Annotation, type AnnotationValue, type EdmModel, type EdmType, type EntityContainer, type Facets, type NavigationProperty, type Operation, type Property, type Reference, type Schema, type Term, type TypeRef } from '@tributary/edm'

const identifier = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'Größe', '名前', 'Ünï_1') },
)
/** Text XML can hold: no control characters, no lone surrogates. */
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((each) => each.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''))
const awkward = fc.oneof(text, fc.constantFrom('', ' ', '<a href="x">&amp;</a>', ']]>', 'a\r\n\tb', '"\'`', '\u2028', '{"$Path":"x"}', '@x', '#'))

const namespaces = ['Shop', 'Shop.Model', 'org.example.data'] as const
const terms = ['Org.OData.Core.V1.Description', 'org.example.Term', 'Shop.Rated'] as const

const qualified = fc.tuple(fc.constantFrom(...namespaces), identifier).map(([namespace, name]) => `${namespace}.${name}`)
const path = fc.array(fc.oneof(identifier, qualified), { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'))
const integer = fc.maxSafeInteger().map(String)

const qualifier = fc.option(identifier, { nil: undefined })

const constant: fc.Arbitrary<AnnotationValue> = fc.oneof(
  awkward.map((each) => ({ kind: 'string', text: each }) as const),
  fc.boolean().map((each) => ({ kind: 'bool', text: String(each) }) as const),
  integer.map((each) => ({ kind: 'int', text: each }) as const),
  fc.tuple(integer, fc.stringMatching(/^\d{1,20}$/)).map(([whole, fraction]) => ({ kind: 'decimal', text: `${whole}.${fraction}` }) as const),
  fc.constantFrom('1.5E300', 'INF', '-INF', 'NaN', '0').map((each) => ({ kind: 'float', text: each }) as const),
  fc.constantFrom(
    { kind: 'date', text: '2026-11-22' } as const,
    { kind: 'dateTimeOffset', text: '2026-11-22T10:00:00.125Z' } as const,
    { kind: 'duration', text: 'P1DT2H' } as const,
    { kind: 'guid', text: '21ec2020-3aea-1069-a2dd-08002b30309d' } as const,
    { kind: 'timeOfDay', text: '23:59:59' } as const,
    { kind: 'binary', text: 'T0RhdGE' } as const,
    { kind: 'enumMember', text: 'Shop.Colour/Red Shop.Colour/Blue' } as const,
    { kind: 'null' } as const,
  ),
  fc.tuple(fc.constantFrom('path', 'propertyPath', 'navigationPropertyPath', 'annotationPath', 'modelElementPath', 'anyPropertyPath'), path).map(([kind, each]) => ({ kind, path: each }) as const),
)

const { value } = fc.letrec<{ value: AnnotationValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: constant },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }).map((items) => ({ kind: 'collection', items }) as const) },
    { weight: 1, arbitrary: fc.tuple(fc.option(qualified, { nil: undefined }), fc.array(fc.tuple(identifier, tie('value')), { maxLength: 3 }), annotationsOf(constant)).map(([type, entries, annotations]) => ({ kind: 'record', ...(type === undefined ? {} : { type }), properties: new Map(entries), annotations }) as const) },
    { weight: 1, arbitrary: fc.array(tie('value'), { minLength: 1, maxLength: 3 }).map((list) => ({ kind: 'apply', function: 'odata.concat', arguments: list }) as const) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('And', 'Eq', 'In', 'DivBy'), tie('value'), tie('value')).map(([operator, a, b]) => ({ kind: 'operator', operator, arguments: [a, b] }) as const) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('Not', 'Neg'), tie('value')).map(([operator, each]) => ({ kind: 'operator', operator, arguments: [each] }) as const) },
    { weight: 1, arbitrary: fc.array(tie('value'), { minLength: 2, maxLength: 3 }).map((list) => ({ kind: 'if', arguments: list }) as const) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('cast', 'isOf'), qualified, fc.boolean(), tie('value')).map(([kind, type, collection, argument]) => ({ kind, type, collection, argument }) as const) },
    { weight: 1, arbitrary: fc.tuple(identifier, tie('value')).map(([name, each]) => ({ kind: 'labeled', name, value: each }) as const) },
    { weight: 1, arbitrary: qualified.map((name) => ({ kind: 'labeledReference', name }) as const) },
    { weight: 1, arbitrary: tie('value').map((each) => ({ kind: 'urlRef', value: each }) as const) },
  ),
}))

function annotationsOf(values: fc.Arbitrary<AnnotationValue>): fc.Arbitrary<readonly Annotation[]> {
  const plain = fc.record({ term: fc.constantFrom(...terms), mark: qualifier, value: values }).map(({ term, mark, value: each }): Annotation => ({ term, ...(mark === undefined ? {} : { qualifier: mark }), value: each, annotations: [] }))
  const nested = fc.tuple(plain, fc.uniqueArray(plain, { maxLength: 1 })).map(([outer, inner]): Annotation => ({ ...outer, annotations: inner }))
  return fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: plain }, nested), { maxLength: 2, selector: (each) => `${each.term}#${each.qualifier ?? ''}` })
}

const annotations = annotationsOf(value)
const few = <T extends { readonly name: string }>(arbitrary: fc.Arbitrary<T>, maxLength = 3): fc.Arbitrary<readonly T[]> => fc.uniqueArray(arbitrary, { maxLength, selector: ({ name }) => name })
const byName = <T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> => new Map(list.map((each) => [each.name, each]))
const compact = <T extends object>(object: T): T => Object.fromEntries(Object.entries(object).filter(([, each]) => each !== undefined)) as T
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })

const facets: fc.Arbitrary<Facets> = fc.record({
  maxLength: optional(fc.oneof(fc.integer({ min: 1, max: 4000 }), fc.constant('max'))),
  precision: optional(fc.integer({ min: 0, max: 38 })),
  scale: optional(fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom('variable', 'floating'))),
  unicode: optional(fc.boolean()),
  srid: optional(fc.oneof(fc.integer({ min: 0, max: 9000 }), fc.constant('variable'))),
}).map(compact) as fc.Arbitrary<Facets>

const typeRef: fc.Arbitrary<TypeRef> = fc.record({
  name: fc.oneof(fc.constantFrom('Edm.String', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Boolean', 'Edm.Guid', 'Edm.Untyped'), qualified),
  collection: fc.boolean(),
  nullable: fc.boolean(),
  facets,
})

const property: fc.Arbitrary<Property> = fc.record({ kind: fc.constant('property' as const), name: identifier, type: typeRef, defaultValue: optional(fc.oneof(awkward, integer, fc.constantFrom('true', '1.50'))), annotations }).map(compact) as fc.Arbitrary<Property>

const navigation: fc.Arbitrary<NavigationProperty> = fc.record({
  kind: fc.constant('navigation' as const),
  name: identifier,
  target: qualified,
  collection: fc.boolean(),
  nullable: fc.boolean(),
  partner: optional(path),
  containsTarget: fc.boolean(),
  constraints: fc.uniqueArray(fc.record({ property: path, referencedProperty: path }), { maxLength: 2, selector: (each) => each.property }),
  onDelete: optional(fc.constantFrom('Cascade', 'None', 'SetNull', 'SetDefault')),
  annotations,
}).map((each) => compact({ ...each, nullable: each.nullable && !each.collection })) as fc.Arbitrary<NavigationProperty>

const members = fc.tuple(few(property), few(navigation, 2)).map(([properties, navigations]) => {
  const own = byName(properties)
  return { properties: own, navigation: byName(navigations.filter(({ name }) => !own.has(name))) }
})

type Named = { readonly namespace: string; readonly name: string; readonly qualifiedName: string }

const type = (names: Named): fc.Arbitrary<EdmType> => fc.oneof(
  fc.record({ abstract: fc.boolean(), open: fc.boolean(), hasStream: fc.boolean(), members, annotations, key: fc.uniqueArray(fc.record({ path, alias: optional(identifier) }).map(compact), { maxLength: 2, selector: (each) => each.path }) })
    .map(({ members: own, ...rest }) => ({ kind: 'entity', ...names, ...rest, ...own, alternateKeys: [] }) as EdmType),
  fc.record({ abstract: fc.boolean(), open: fc.boolean(), members, annotations }).map(({ members: own, ...rest }) => ({ kind: 'complex', ...names, ...rest, ...own }) as EdmType),
  fc.record({ isFlags: fc.boolean(), underlyingType: fc.constantFrom('Edm.Int32', 'Edm.Int64', 'Edm.Byte'), members: few(fc.record({ name: identifier, value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), annotations })), annotations }).map((rest) => ({ kind: 'enum', ...names, ...rest }) as EdmType),
  fc.record({ underlyingType: fc.constantFrom('Edm.String', 'Edm.Decimal'), facets, annotations }).map((rest) => ({ kind: 'typeDefinition', ...names, ...rest }) as EdmType),
)

const operation = (names: Named, kind: Operation['kind']): fc.Arbitrary<Operation> => fc.record({
  bound: fc.boolean(), composable: kind === 'function' ? fc.boolean() : fc.constant(false), entitySetPath: optional(path), returnType: optional(typeRef), returnAnnotations: annotations, annotations,
  parameters: few(fc.record({ name: identifier, type: typeRef, annotations })),
}).map(({ returnAnnotations, ...rest }) => compact({ kind, ...names, ...rest, returnTypeAnnotations: rest.returnType === undefined || returnAnnotations.length === 0 ? undefined : returnAnnotations }) as Operation)

const term = (names: Named): fc.Arbitrary<Term> => fc.record({ type: typeRef, baseTerm: optional(qualified), appliesTo: fc.uniqueArray(fc.constantFrom('Property', 'EntitySet', 'EntityType')), defaultValue: optional(awkward), annotations }).map((rest) => compact({ ...names, ...rest }) as Term)

const bindings = fc.uniqueArray(fc.record({ path, target: identifier }), { maxLength: 2, selector: (each) => each.path })

const container = (names: Named): fc.Arbitrary<EntityContainer> => fc.record({
  sets: few(fc.record({ kind: fc.constant('entitySet' as const), name: identifier, entityType: qualified, includeInServiceDocument: fc.boolean(), bindings, annotations })),
  singles: few(fc.record({ kind: fc.constant('singleton' as const), name: identifier, entityType: qualified, nullable: fc.boolean(), bindings, annotations }), 2),
  imports: few(fc.record({ kind: fc.constantFrom('actionImport', 'functionImport'), name: identifier, operation: qualified, entitySet: optional(identifier), includeInServiceDocument: fc.boolean(), annotations }).map((each) => compact({ ...each, includeInServiceDocument: each.includeInServiceDocument && each.kind === 'functionImport' })), 2),
  annotations,
}).map(({ sets, singles, imports, annotations: own }) => {
  const entitySets = byName(sets)
  const singletons = byName(singles.filter(({ name }) => !entitySets.has(name)))
  return { ...names, entitySets, singletons, operationImports: byName(imports.filter(({ name }) => !entitySets.has(name) && !singletons.has(name))), annotations: own } as EntityContainer
})

const schema = (namespace: string, alias: string | undefined): fc.Arbitrary<Schema> =>
  fc.uniqueArray(identifier, { minLength: 8, maxLength: 8 }).chain((names) => {
    const named = names.map((name): Named => ({ namespace, name, qualifiedName: `${namespace}.${name}` }))
    const at = (index: number): Named => named[index] as Named
    return fc.record({
      types: fc.tuple(type(at(0)), type(at(1)), type(at(2))),
      actions: fc.array(operation(at(3), 'action'), { maxLength: 2 }),
      functions: fc.array(operation(at(4), 'function'), { maxLength: 2 }),
      terms: fc.array(term(at(5)), { maxLength: 1 }),
      containers: fc.array(container(at(6)), { maxLength: 1 }),
      annotations,
      externalAnnotations: fc.uniqueArray(fc.record({ target: path, annotations: annotations.filter((list) => list.length > 0) }), { maxLength: 2, selector: (each) => each.target }),
    }).map(({ types, actions, functions, terms: all, containers, ...rest }): Schema => ({
      namespace,
      ...(alias === undefined ? {} : { alias }),
      types: byName(types),
      operations: new Map([actions, functions].filter((list) => list.length > 0).map((list) => [(list[0] as Operation).name, list])),
      terms: byName(all),
      containers: byName(containers),
      ...rest,
    }))
  })

const reference: fc.Arbitrary<Reference> = fc.record({
  uri: fc.webUrl(),
  includes: fc.array(fc.record({ namespace: fc.constantFrom('Org.OData.Core.V1', 'org.other'), alias: optional(fc.constantFrom('Core', 'Other')) }).map(compact), { minLength: 1, maxLength: 2 }),
  includeAnnotations: fc.array(fc.record({ termNamespace: fc.constantFrom('org.terms'), qualifier, targetNamespace: optional(fc.constant('org.target')) }).map(compact), { maxLength: 1 }),
  annotations,
}) as fc.Arbitrary<Reference>

/** Any model that a version 4 contract can describe; names in it need not resolve. */
export const anyModel: fc.Arbitrary<EdmModel> = fc.record({
  schemas: fc.tuple(schema('Shop', 'Self'), schema('Shop.Model', undefined)).chain((both) => fc.constantFrom(both, both.slice(0, 1))),
  references: fc.uniqueArray(reference, { maxLength: 2, selector: ({ uri }) => uri }),
}).map(({ schemas, references }) => createModel({ version: '4.01', schemas, references }))
