import { createModel, type Annotation, type EntitySet, type EntityType, type NavigationBinding, type NavigationProperty, type OperationImport, type Schema } from '@tributary/edm'
import type { EndpointNames, ExposedNavigation, ExposedSet, Endpoint, Exposure } from '../exposure.js'
import type { ProductDefinition } from '../products/definition.js'
import { derivedEntities, renamed, resolveEntities, type ResolvedEntity } from '../products/resolved-entity.js'
import { annotationsOf } from '../services/element-annotations.js'
import { aggregationOfSet, type ProductPaths } from './exposed-aggregation.js'
import { exposedImports } from './exposed-imports.js'
import { nameGiver, namespaceOf } from './exposed-names.js'
import { exposedKey } from './key-aliases.js'
import { exposedTypes, type ExposedTypes } from './exposed-types.js'
import { productNavigations, type ProductNavigation } from './product-navigations.js'

/** A product as its author wrote it, and the endpoints behind it by slug. */
export interface ProductSource {
  readonly slug: string
  readonly definition: ProductDefinition
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly revision: number
}

const containerName = 'Container'

/** Compiles a product without faults: a schema per service with copies of its types, and one with the container. @see docs/interfaces.md, section 2 */
export function productExposure({ slug, definition, endpoints, revision }: ProductSource): Exposure {
  const models = new Map([...endpoints].map(([service, { model }]) => [service, model]))
  const entities = resolveEntities(definition, models)
  const namespace = namespaceOf(slug)
  const paths: ProductPaths = { entities, relationships: definition.relationships }
  const services = [...new Set(entities.map(({ entity }) => entity.service))].map((service) => exposedTypes(namespace, service, { ...paths, published: definition.operations }))
  const entityTypes = new Map(services.flatMap((types) => [...types.entityTypes]))
  const navigations = productNavigations(definition, entities, entityTypes)
  const imported = exposedImports(services, nameGiver(...entities.map(({ entity }) => entity.name)))
  const sets = entities.map((resolved) => exposedSet(resolved, entityTypes, navigations.get(resolved.entity.name) ?? []))
  return Object.freeze({
    slug,
    kind: 'product',
    title: definition.name,
    revision,
    model: createModel({ version: '4.01', schemas: [...services.map((types) => typeSchema(types, navigations)), containerSchema(namespace, definition, { entities, entityTypes, navigations, imports: imported.imports })] }),
    sets: new Map(sets.map((set) => [set.name, set])),
    endpoints,
    named: new Map(services.map(({ service, typeNames, operationNames }): [string, EndpointNames] => [service, Object.freeze({ types: typeNames, operations: operationNames, imports: imported.names.get(service) ?? new Map<string, string>() })])),
  })
}

type Navigations = ReadonlyMap<string, readonly ProductNavigation[]>

const emptySchema = (namespace: string): Schema => ({
  namespace, types: new Map(), operations: new Map(), terms: new Map(), containers: new Map(), annotations: [], externalAnnotations: [],
})

function typeSchema({ namespace, types, entityTypes, operations }: ExposedTypes, navigations: Navigations): Schema {
  const entityOf = new Map([...entityTypes].map(([entity, type]) => [type.qualifiedName, entity]))
  const complete = types.map((type) => {
    if (type.kind !== 'entity') return type
    const own = navigations.get(entityOf.get(type.qualifiedName) ?? '') ?? []
    return Object.freeze({ ...type, navigation: new Map(own.map(({ property }): [string, NavigationProperty] => [property.name, property])) })
  })
  return Object.freeze({ ...emptySchema(namespace), types: new Map(complete.map((type) => [type.name, type])), operations })
}

interface Compiled {
  readonly entities: readonly ResolvedEntity[]
  readonly entityTypes: ReadonlyMap<string, EntityType>
  readonly navigations: Navigations
  readonly imports: readonly OperationImport[]
}

function containerSchema(namespace: string, { description, relationships }: ProductDefinition, { entities, entityTypes, navigations, imports }: Compiled): Schema {
  const entitySets = entities.map((resolved): EntitySet => {
    const { entity, model, set } = resolved
    const target = `${model.container?.qualifiedName ?? ''}/${set.name}`
    return Object.freeze({
      kind: 'entitySet',
      name: entity.name,
      entityType: entityTypes.get(entity.name)?.qualifiedName ?? '',
      includeInServiceDocument: true,
      bindings: (navigations.get(entity.name) ?? []).map(({ property, exposed }): NavigationBinding => ({ path: property.name, target: exposed.target ?? '' })),
      annotations: annotationsOf(model, target, set.annotations).flatMap((annotation) => carried(annotation, resolved)).concat(aggregationOfSet(resolved, { entities, relationships })),
    })
  })
  const container = Object.freeze({
    namespace,
    name: containerName,
    qualifiedName: `${namespace}.${containerName}`,
    entitySets: new Map(entitySets.map((set) => [set.name, set])),
    singletons: new Map(),
    operationImports: new Map(imports.map((one) => [one.name, one])),
    annotations: description === undefined ? [] : [{ term: descriptionTerm, value: { kind: 'string' as const, text: description }, annotations: [] }],
  })
  return Object.freeze({ ...emptySchema(namespace), containers: new Map([[containerName, container]]) })
}

const descriptionTerm = 'Org.OData.Core.V1.Description'
const concurrencyTerm = 'Org.OData.Core.V1.OptimisticConcurrency'

/** What a source says of a set that holds here, too: in words, and that changes are guarded by entity tags, by exposed properties as far as there are such. */
function carried(annotation: Annotation, { entity, columns }: ResolvedEntity): readonly Annotation[] {
  const { term, value } = annotation
  if (term === descriptionTerm) return value.kind === 'string' ? [annotation] : []
  if (term !== concurrencyTerm || value.kind !== 'collection') return []
  const items = value.items.flatMap((item) => {
    const [first = '', ...rest] = ('path' in item ? item.path : 'text' in item ? item.text : '').split('/')
    const exposed = columns.find(({ remote }) => remote === first)
    return exposed === undefined ? [] : [{ kind: 'propertyPath' as const, path: [renamed(entity, first), ...rest].join('/') }]
  })
  return [{ ...annotation, value: { ...value, items } }]
}

function exposedSet(resolved: ResolvedEntity, entityTypes: ReadonlyMap<string, EntityType>, navigations: readonly ProductNavigation[]): ExposedSet {
  const { entity, set, type, model } = resolved
  const columns = [...resolved.columns, ...derivedEntities(resolved).flatMap((derived) => derived.columns)]
  const exposedType = entityTypes.get(entity.name)
  return Object.freeze({
    name: entity.name,
    entityType: exposedType?.qualifiedName ?? '',
    endpoint: entity.service,
    remoteSet: set.name,
    remoteType: model.entityType(set.entityType)?.qualifiedName ?? type.qualifiedName,
    renamed: new Map(columns.filter(({ exposed, remote }) => exposed !== remote).map(({ exposed, remote }) => [exposed, remote])),
    ...exposedKey(exposedType?.key ?? []),
    navigations: new Map(navigations.map(({ exposed }): [string, ExposedNavigation] => [exposed.name, exposed])),
  })
}
