import type { ExposedSet, Exposure } from '@tributary/catalog'
import { annotationsOf, createModel, type Annotation, type AnnotationValue, type EdmModel, type EntityContainer, type EntitySet, type Reference, type Schema, type Singleton } from '@tributary/edm'
import { customMethods } from '@tributary/planner'
import { isReadOnly, shownNavigation, shownWritesOf, shownWritesOfSingleton, shownWriteTerms, type OpenEndpointOf } from '../change/shown-writes.js'

const capabilities = 'Org.OData.Capabilities.V1'
const core = 'Org.OData.Core.V1'
const aggregation = 'Org.OData.Aggregation.V1'

const vocabulary = (namespace: string): Reference => ({
  uri: `https://oasis-tcs.github.io/odata-vocabularies/vocabularies/${namespace}.xml`, includes: [{ namespace }], includeAnnotations: [], annotations: [],
})

const bool = (value: boolean): AnnotationValue => ({ kind: 'bool', text: String(value) })
const texts = (items: readonly string[]): AnnotationValue => ({ kind: 'collection', items: items.map((text) => ({ kind: 'string', text })) })
const record = (properties: Readonly<Record<string, AnnotationValue>>): AnnotationValue => ({ kind: 'record', properties: new Map(Object.entries(properties)), annotations: [] })
const annotation = (term: string, value: AnnotationValue): Annotation => ({ term, value, annotations: [] })
const capability = (name: string, value: AnnotationValue): Annotation => annotation(`${capabilities}.${name}`, value)

/** Functions of `$filter` and `$orderby` that are computed here where a source cannot. */
const filterFunctions = [
  'contains', 'endswith', 'startswith', 'length', 'indexof', 'substring', 'tolower', 'toupper', 'trim', 'concat', 'matchesPattern',
  'year', 'month', 'day', 'hour', 'minute', 'second', 'fractionalseconds', 'date', 'time', 'totaloffsetminutes', 'totalseconds', 'now', 'mindatetime', 'maxdatetime',
  'round', 'floor', 'ceiling', 'cast', 'isof', 'case', 'hassubset', 'hassubsequence', 'geo.distance', 'geo.intersects', 'geo.length',
]

/** Set transformations of `$apply` that are done here. @see OData Extension for Data Aggregation 4.0 section 5.1 */
const transformations = [
  'aggregate', 'groupby', 'concat', 'identity', 'filter', 'search', 'orderby', 'top', 'skip', 'topcount', 'topsum', 'toppercent', 'bottomcount', 'bottomsum', 'bottompercent',
  'compute', 'addnested', 'join', 'outerjoin', 'nest', 'ancestors', 'descendants', 'traverse',
]

/** What is offered here by some processes and addresses, not by all. */
export interface Offered {
  /** Answers may be fetched later: `Prefer: respond-async`. */
  readonly answersLater: boolean
}

/** What holds for everything served here, whatever its source can do: what a source lacks is done by us. */
const ofContainers = ({ answersLater }: Offered): readonly Annotation[] => [
  annotation(`${core}.ODataVersions`, { kind: 'string', text: '4.0 4.01' }),
  capability('SupportedFormats', texts([
    'application/json;odata.metadata=minimal', 'application/json;odata.metadata=full', 'application/json;odata.metadata=none', 'application/json;IEEE754Compatible=true',
    'text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ])),
  capability('AcceptableEncodings', texts(['gzip', 'br', 'zstd'])),
  capability('AsynchronousRequestsSupported', bool(answersLater)),
  capability('BatchSupported', bool(true)),
  capability('BatchContinueOnErrorSupported', bool(true)),
  capability('BatchSupport', record({
    Supported: bool(true), ContinueOnErrorSupported: bool(true), ReferencesInRequestBodiesSupported: bool(true), ReferencesAcrossChangeSetsSupported: bool(true),
    EtagReferencesSupported: bool(true), RequestDependencyConditionsSupported: bool(true), SupportedFormats: texts(['multipart/mixed', 'application/json']),
  })),
  capability('FilterFunctions', texts(filterFunctions)),
  capability('AnnotationValuesInQuerySupported', bool(false)),
  capability('QuerySegmentSupported', bool(true)),
  capability('CrossJoinSupported', bool(true)),
  capability('KeyAsSegmentSupported', bool(true)),
  annotation(`${aggregation}.ApplySupportedDefaults`, record({ Transformations: texts(transformations), Rollup: { kind: 'enumMember', text: `${aggregation}.RollupType/MultipleHierarchies` } })),
]

const applySupportedTerm = `${aggregation}.ApplySupported`

const ofSets: readonly Annotation[] = [
  capability('TopSupported', bool(true)),
  capability('SkipSupported', bool(true)),
  capability('CountRestrictions', record({ Countable: bool(true) })),
  capability('SortRestrictions', record({ Sortable: bool(true) })),
  capability('ExpandRestrictions', record({ Expandable: bool(true) })),
]

/** Custom aggregation methods are the source's, and passed on. */
function applySupported(exposed: ExposedSet | undefined, { endpoints }: Exposure): Annotation {
  const model = exposed === undefined ? undefined : endpoints.get(exposed.endpoint)?.model
  const methods = model === undefined || exposed === undefined ? [] : [...customMethods(model, exposed.remoteSet)]
  return annotation(applySupportedTerm, record(methods.length === 0 ? {} : { CustomAggregationMethods: texts(methods) }))
}

const filterTerm = `${capabilities}.FilterRestrictions`
const replaced: ReadonlySet<string> = new Set([...[...ofContainers({ answersLater: true }), ...ofSets].map(({ term }) => term), applySupportedTerm, ...shownWriteTerms])
const withoutReplaced = (annotations: readonly Annotation[]): readonly Annotation[] => annotations.filter(({ term }) => !replaced.has(term))

/** A filter that a source demands is demanded here as well; what it cannot filter by, we can. */
function filterRestrictions(annotations: readonly Annotation[]): Annotation {
  const given = annotations.find(({ term }) => term === filterTerm)?.value
  const demanded = given?.kind === 'record' ? [...given.properties].filter(([name]) => name === 'RequiresFilter' || name === 'RequiredProperties') : []
  return capability('FilterRestrictions', record({ Filterable: bool(true), ...Object.fromEntries(demanded) }))
}

/** Some contracts have sets whose names are no names; no URL leads to them. @see OData CSDL XML 4.01, section 15.2 */
export const hasName = ({ name }: Pick<EntitySet, 'name'>): boolean => /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]{0,127}$/u.test(name)

/** What the model is shown for: whose changes go where. */
interface ShownFor extends Offered {
  readonly exposure: Exposure
  readonly endpointOf: OpenEndpointOf
  readonly readOnly: boolean
}

function kept(annotations: readonly Annotation[], { readOnly }: ShownFor): readonly Annotation[] {
  const others = withoutReplaced(annotations)
  return readOnly ? shownNavigation(others) : others
}

function shownSet(set: EntitySet, shown: ShownFor): EntitySet {
  const exposed = shown.exposure.sets.get(set.name)
  const writes = exposed === undefined ? [] : shownWritesOf(exposed, shown.exposure, shown.endpointOf)
  const { model } = shown.exposure
  const said = annotationsOf(model, `${model.container?.qualifiedName ?? ''}/${set.name}`)
  return { ...set, annotations: [...kept(set.annotations, shown).filter(({ term }) => term !== filterTerm), ...writes, ...ofSets, applySupported(exposed, shown.exposure), filterRestrictions(said)] }
}

const shownSingleton = (singleton: Singleton, shown: ShownFor): Singleton =>
  ({ ...singleton, annotations: [...kept(singleton.annotations, shown), ...shownWritesOfSingleton(singleton.name, shown.exposure, shown.endpointOf)] })

function shownContainer(container: EntityContainer, shown: ShownFor): EntityContainer {
  const sets = [...container.entitySets.values()].filter(hasName).map((set) => shownSet(set, shown))
  const singletons = [...container.singletons.values()].map((singleton) => shownSingleton(singleton, shown))
  return {
    ...container, entitySets: new Map(sets.map((set) => [set.name, set])), singletons: new Map(singletons.map((singleton) => [singleton.name, singleton])),
    annotations: [...withoutReplaced(container.annotations), ...ofContainers(shown)],
  }
}

function shownSchema(schema: Schema, shown: ShownFor): Schema {
  const containers = new Map([...schema.containers].map(([name, container]) => [name, shownContainer(container, shown)]))
  const externalAnnotations = schema.externalAnnotations
    .map((target) => ({ ...target, annotations: kept(target.annotations, shown).filter(({ term }) => term !== filterTerm) }))
    .filter(({ annotations }) => annotations.length > 0)
  return { ...schema, containers, externalAnnotations }
}

/** The model as `$metadata` shows it: what a source says of its abilities is replaced by what holds here. */
export function shownModel(exposure: Exposure, endpointOf: OpenEndpointOf, { answersLater }: Offered): EdmModel {
  const { model } = exposure
  const shown: ShownFor = { exposure, endpointOf, answersLater, readOnly: isReadOnly(exposure, endpointOf) }
  const known = new Set(model.references.flatMap(({ includes }) => includes.map(({ namespace }) => namespace)))
  const needed = [core, capabilities, aggregation].filter((namespace) => !known.has(namespace)).map(vocabulary)
  return createModel({ version: model.version, schemas: [...model.schemas.values()].map((schema) => shownSchema(schema, shown)), references: [...model.references, ...needed] })
}
