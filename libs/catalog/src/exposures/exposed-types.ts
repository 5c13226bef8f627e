import type { Annotation, AnnotationValue, EdmModel, EdmType, EntityType, KeyPart, Property, TypeRef } from '@tributary/edm'
import { derivedEntities, renamed, type DerivedEntity, type ExposedColumn, type ResolvedEntity } from '../products/resolved-entity.js'
import { annotationsOf } from '../services/element-annotations.js'
import { aggregationOfEntity, contextOfProperty, type ProductPaths } from './exposed-aggregation.js'
import { nameGiver, reachableTypes } from './exposed-names.js'

/** The types a product takes from one service: its own copies, under its own names. */
export interface ExposedTypes {
  readonly namespace: string
  /** Without navigation properties, in the order they are declared. */
  readonly types: readonly EdmType[]
  /** Exposed entity types by the product's entity name. */
  readonly entityTypes: ReadonlyMap<string, EntityType>
}

/** What a source says of its own abilities does not hold for the hub, which does what the source cannot. What it computes itself, and what cannot be changed, holds for changes here as well. */
const sourcesOwn = /^(?:Org\.OData\.(?:Capabilities|Aggregation)\.V1\.|Org\.OData\.Core\.V1\.(?:AlternateKeys|OptimisticConcurrency)$)/

/** Copies the types of a service that its entities need. */
export function exposedTypes(namespace: string, model: EdmModel, entities: readonly ResolvedEntity[], paths: ProductPaths): ExposedTypes {
  const give = nameGiver()
  const entityNames = new Map(entities.map(({ entity, type }) => [entity.name, give(type.name, `${entity.name}_${type.name}`)]))
  const heirs = entities.flatMap((resolved) => derivedEntities(resolved).map((derived) => ({ resolved, derived, name: give(derived.type.name, `${resolved.entity.name}_${derived.type.name}`) })))
  const used = [...entities.flatMap(({ columns }) => columns), ...heirs.flatMap(({ derived }) => derived.columns)]
  const copied = reachableTypes(model, used.map(({ property }) => property.type.name))
  const names = new Map(copied.map((type) => [type.qualifiedName, `${namespace}.${give(type.name, `${type.namespace.split('.').at(-1) ?? ''}_${type.name}`)}`]))
  const copy = typeCopier(namespace, model, names)
  const entityTypes = new Map(entities.map((resolved) => [resolved.entity.name, entityTypeOf(resolved, { namespace, name: entityNames.get(resolved.entity.name) ?? '', paths }, copy)]))
  const nameOf = ({ entity }: ResolvedEntity, qualifiedName: string | undefined): string =>
    heirs.find((heir) => heir.resolved.entity === entity && heir.derived.type.qualifiedName === qualifiedName)?.name ?? entityNames.get(entity.name) ?? ''
  const derivedTypes = heirs.map(({ resolved, derived, name }) => derivedTypeOf(derived, { namespace, name, base: nameOf(resolved, model.entityType(derived.type.baseType ?? '')?.qualifiedName) }, copy))
  return { namespace, types: [...entityTypes.values(), ...derivedTypes, ...copied.map(copy.type)], entityTypes }
}

interface TypeCopier {
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
  return { type, property, annotations }
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
    baseType: `${namespace}.${base}`,
    open: false,
    hasStream: type.hasStream,
    properties: new Map(columns.map(({ exposed, property }) => [exposed, copy.property(type.qualifiedName, property, exposed)])),
    navigation: new Map(),
    annotations: copy.annotations(type.qualifiedName, type.annotations),
    key: [],
    alternateKeys: [],
  })
}

/** Words and units stay; what speaks of paths would speak of properties that may not be there. */
const isCarried = ({ term, value }: Annotation): boolean => !sourcesOwn.test(term) && isConstant(value)

function isConstant(value: AnnotationValue): boolean {
  switch (value.kind) {
    case 'collection':
      return value.items.every(isConstant)
    case 'record':
      return [...value.properties.values()].every(isConstant) && value.type === undefined
    case 'string': case 'bool': case 'int': case 'decimal': case 'float': case 'date': case 'dateTimeOffset': case 'duration': case 'guid': case 'timeOfDay': case 'binary': case 'null':
      return true
    // Members of the service's own enumerations are called otherwise here.
    case 'enumMember':
      return value.text.startsWith('Org.OData.')
    default:
      return false
  }
}
