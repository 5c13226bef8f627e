import type { Annotation, EdmModel, EdmType, EntityType, KeyPart, Operation, Property, TypeRef } from '@tributary/edm'
import type { PublishedOperations } from '../products/definition.js'
import { derivedEntities, renamed, type DerivedEntity, type ExposedColumn, type ResolvedEntity } from '../products/resolved-entity.js'
import { annotationsOf } from '../services/element-annotations.js'
import { aggregationOfEntity, contextOfProperty, type ProductPaths } from './exposed-aggregation.js'
import { isCarried } from './carried-annotations.js'
import { nameGiver, namespaceOf, reachableTypes } from './exposed-names.js'
import { exposedOperations, signatureTypes, takenOperations } from './exposed-operations.js'
import type { TypeFamily } from './type-family.js'

/** What a product takes from one service: its own copies, under its own names. */
export interface ExposedTypes {
  /** Slug. */
  readonly service: string
  readonly model: EdmModel
  readonly namespace: string
  /** Without navigation properties, in the order they are declared. */
  readonly types: readonly EdmType[]
  /** Exposed entity types by the product's entity name. */
  readonly entityTypes: ReadonlyMap<string, EntityType>
  readonly families: readonly TypeFamily[]
  /** Qualified names: the product's → the service's, of entity types too. */
  readonly typeNames: ReadonlyMap<string, string>
  /** Overloads by unqualified name. */
  readonly operations: ReadonlyMap<string, readonly Operation[]>
  /** Qualified names: the product's → the service's. */
  readonly operationNames: ReadonlyMap<string, string>
}

/** A type derived from an entity's, under its name in the product. */
interface Heir {
  readonly resolved: ResolvedEntity
  readonly derived: DerivedEntity
  readonly name: string
}

/** Copies what the product's entities of one service need: their types, those of their values, and the operations that speak of nothing else. */
export function exposedTypes(product: string, service: string, { published = 'all', ...paths }: ProductPaths & { readonly published?: PublishedOperations | undefined }): ExposedTypes {
  const namespace = `${product}.${namespaceOf(service)}`
  const entities = paths.entities.filter(({ entity }) => entity.service === service)
  const [model] = entities.map((one) => one.model)
  if (model === undefined) throw new Error(`no entity of ${service}`)
  const give = nameGiver()
  const entityNames = new Map(entities.map(({ entity, type }) => [entity.name, give(type.name, `${entity.name}_${type.name}`)]))
  const heirs = entities.flatMap((resolved) => derivedEntities(resolved).map((derived): Heir => ({ resolved, derived, name: give(derived.type.name, `${resolved.entity.name}_${derived.type.name}`) })))
  const families = entities.map((resolved) => familyOf(resolved, { namespace, name: entityNames.get(resolved.entity.name) ?? '', heirs }))
  const used = [...entities.flatMap(({ columns }) => columns), ...heirs.flatMap(({ derived }) => derived.columns)]
  const ofValues = reachableTypes(model, used.map(({ property }) => property.type.name))
  const place = { model, families, published, valueTypes: new Set(ofValues.map(({ qualifiedName }) => qualifiedName)) }
  const taken = takenOperations(place)
  const copied = [...ofValues, ...reachableTypes(model, signatureTypes(taken)).filter((type) => !ofValues.includes(type))]
  const names = new Map(copied.map((type) => [type.qualifiedName, `${namespace}.${give(type.name, `${type.namespace.split('.').at(-1) ?? ''}_${type.name}`)}`]))
  const copy = typeCopier(namespace, model, names)
  const { operations, names: operationNames } = exposedOperations(taken, { ...place, namespace, entities: paths.entities, valueType: copy.nameIn, give, isCarried })
  const entityTypes = new Map(entities.map((resolved) => [resolved.entity.name, entityTypeOf(resolved, { namespace, name: entityNames.get(resolved.entity.name) ?? '', paths }, copy)]))
  return {
    service, model, namespace, types: [...entityTypes.values(), ...heirTypes(heirs, { namespace, families }, copy), ...copied.map(copy.type)], entityTypes, families, operations, operationNames,
    typeNames: new Map([...families.flatMap(({ types }) => [...types]), ...names].map(([remote, exposed]) => [exposed, remote])),
  }
}

const familyOf = (resolved: ResolvedEntity, { namespace, name, heirs }: { readonly namespace: string; readonly name: string; readonly heirs: readonly Heir[] }): TypeFamily => ({
  resolved,
  types: new Map([[resolved.type.qualifiedName, `${namespace}.${name}`], ...heirs.filter((heir) => heir.resolved === resolved).map((heir): [string, string] => [heir.derived.type.qualifiedName, `${namespace}.${heir.name}`])]),
})

function heirTypes(heirs: readonly Heir[], { namespace, families }: Pick<ExposedTypes, 'namespace' | 'families'>, copy: TypeCopier): readonly EntityType[] {
  return heirs.map(({ resolved, derived, name }) => {
    const types = families.find((family) => family.resolved === resolved)?.types ?? new Map<string, string>()
    const base = types.get(resolved.model.entityType(derived.type.baseType ?? '')?.qualifiedName ?? '') ?? types.get(resolved.type.qualifiedName) ?? ''
    return derivedTypeOf(derived, { namespace, name, base }, copy)
  })
}

interface TypeCopier {
  nameIn(name: string): string
  type(type: Exclude<EdmType, { kind: 'entity' }>): EdmType
  property(owner: string, property: Property, name: string): Property
  annotations(target: string, own: readonly Annotation[]): readonly Annotation[]
}

function typeCopier(namespace: string, model: EdmModel, names: ReadonlyMap<string, string>): TypeCopier {
  const nameIn = (name: string): string => names.get(model.type(name)?.qualifiedName ?? name) ?? name
  const reference = (ref: TypeRef): TypeRef => Object.freeze({ ...ref, name: nameIn(ref.name) })
  const annotations = (target: string, own: readonly Annotation[]) => annotationsOf(model, target, own).filter(isCarried)
  const property = (owner: string, one: Property, name: string): Property =>
    Object.freeze({ ...one, name, type: reference(one.type), annotations: annotations(`${owner}/${one.name}`, one.annotations) })
  const type = (one: Exclude<EdmType, { kind: 'entity' }>): EdmType => {
    const qualifiedName = nameIn(one.qualifiedName)
    const named = { ...one, namespace, name: qualifiedName.slice(namespace.length + 1), qualifiedName, annotations: annotations(one.qualifiedName, one.annotations) }
    if (named.kind !== 'complex') return Object.freeze(named)
    return Object.freeze({
      ...named,
      ...(named.baseType === undefined ? {} : { baseType: nameIn(named.baseType) }),
      properties: new Map([...named.properties.values()].map((own) => [own.name, property(one.qualifiedName, own, own.name)])),
      navigation: new Map(),
    })
  }
  return { nameIn, type, property, annotations }
}

const withContext = (property: Property, context: readonly Annotation[]): Property => (context.length === 0 ? property : Object.freeze({ ...property, annotations: [...property.annotations, ...context] }))

/** Whether entities of a type, or of one of its base types, are streams. */
function isMedia(model: EdmModel, { hasStream, baseType }: EntityType): boolean {
  const base = baseType === undefined ? undefined : model.entityType(baseType)
  return hasStream || (base !== undefined && isMedia(model, base))
}

/** The type of one entity of the product: inherited properties become its own. */
function entityTypeOf(resolved: ResolvedEntity, { namespace, name, paths }: { readonly namespace: string; readonly name: string; readonly paths: ProductPaths }, copy: TypeCopier): EntityType {
  const { type, model, columns, entity } = resolved
  const { baseType: _base, ...own } = type
  const keyPart = ({ path, alias }: KeyPart): KeyPart => {
    const [first = '', ...rest] = path.split('/')
    return Object.freeze({ path: [renamed(entity, first), ...rest].join('/'), ...(alias === undefined ? {} : { alias }) })
  }
  const isSelected = ({ path }: KeyPart) => columns.some(({ remote }) => remote === path.split('/')[0])
  return Object.freeze({
    ...own,
    namespace, name,
    qualifiedName: `${namespace}.${name}`,
    abstract: false,
    open: false,
    // who says which properties an entity has leaves its stream out
    hasStream: entity.select === undefined && isMedia(model, type),
    properties: new Map(columns.map((column: ExposedColumn) => [column.exposed, withContext(copy.property(type.qualifiedName, column.property, column.exposed), contextOfProperty(column.remote, resolved, paths))])),
    navigation: new Map(),
    annotations: [...copy.annotations(type.qualifiedName, type.annotations), ...aggregationOfEntity(resolved, paths)],
    key: model.key(type).map(keyPart),
    alternateKeys: type.alternateKeys.filter((key) => key.every(isSelected)).map((key) => key.map(keyPart)),
  })
}

/** A type derived from that of an entity, with what it adds, under the names it has in the product. */
function derivedTypeOf({ type, columns }: DerivedEntity, { namespace, name, base }: { readonly namespace: string; readonly name: string; readonly base: string }, copy: TypeCopier): EntityType {
  return Object.freeze({
    ...type,
    namespace, name,
    qualifiedName: `${namespace}.${name}`,
    baseType: base,
    open: false,
    hasStream: type.hasStream,
    properties: new Map(columns.map(({ exposed, property }) => [exposed, copy.property(type.qualifiedName, property, exposed)])),
    navigation: new Map(),
    annotations: copy.annotations(type.qualifiedName, type.annotations),
    key: [],
    alternateKeys: [],
  })
}
