import type { EdmModel, EntitySet, EntityType, NavigationProperty, Property } from '@tributary/edm'
import type { ProductDefinition, ProductEntity } from './definition.js'

/** A property of a product's entity: the service's name and the exposed one. */
export interface ExposedColumn {
  readonly remote: string
  readonly exposed: string
  readonly property: Property
}

/** An entity of a product with what its service's contract says of it. */
export interface ResolvedEntity {
  readonly entity: ProductEntity
  readonly model: EdmModel
  readonly set: EntitySet
  readonly type: EntityType
  /** The selected ones, in the contract's order. */
  readonly columns: readonly ExposedColumn[]
}

/** Undefined where the service or the entity set is not there. */
export function resolveEntity(entity: ProductEntity, models: ReadonlyMap<string, EdmModel>): ResolvedEntity | undefined {
  const model = models.get(entity.service)
  const set = model?.container?.entitySets.get(entity.entitySet)
  const type = set === undefined ? undefined : model?.entityType(set.entityType)
  if (model === undefined || set === undefined || type === undefined) return undefined
  const selected = entity.select === undefined ? undefined : new Set(entity.select)
  const columns = model
    .properties(type)
    .filter(({ name }) => selected === undefined || selected.has(name))
    .map((property) => ({ remote: property.name, exposed: renamed(entity, property.name), property }))
  return { entity, model, set, type, columns }
}

/** A type derived from that of an entity's set, with the properties it adds. */
export interface DerivedEntity {
  readonly type: EntityType
  readonly columns: readonly ExposedColumn[]
}

/**
 * The types derived from an entity's. Whoever selects properties says what the entity has, so it has no derived types then. What a derived
 * type adds under a name that is taken in the product is called by its type as well.
 */
export function derivedEntities({ entity, model, type, columns }: ResolvedEntity): readonly DerivedEntity[] {
  if (entity.select !== undefined) return []
  const taken = new Set(columns.map(({ exposed }) => exposed))
  return model.derivedTypes(type.qualifiedName).flatMap((name): readonly DerivedEntity[] => {
    const derived = model.entityType(name)
    if (derived === undefined) return []
    const added = [...derived.properties.values()].filter((property) => property.type.name !== 'Edm.Stream')
    return [{ type: derived, columns: added.map((property) => ({ remote: property.name, exposed: taken.has(property.name) ? `${derived.name}_${property.name}` : property.name, property })) }]
  })
}

/** The exposed name of a service's property. */
export const renamed = ({ rename }: ProductEntity, name: string): string => (rename !== undefined && Object.hasOwn(rename, name) ? (rename[name] ?? name) : name)

/** What the messages call it: `crm.Customers`. */
export const spokenEntity = ({ service, entitySet }: ProductEntity): string => `${service}.${entitySet}`

/** A navigation of the service that stays, because its target set is an entity of the product too. */
export interface KeptNavigation {
  readonly navigation: NavigationProperty
  readonly target: ResolvedEntity
}

/** The navigation properties of an entity that lead to another entity of the product. */
export function keptNavigations(source: ResolvedEntity, all: readonly ResolvedEntity[]): readonly KeptNavigation[] {
  return source.model.navigations(source.type).flatMap((navigation) => {
    const bound = source.model.bindingTarget(source.set.name, navigation.name)
    const target = all.find(({ entity }) => entity.service === source.entity.service && entity.entitySet === bound)
    return target === undefined ? [] : [{ navigation, target }]
  })
}

/** Every entity that can be resolved. */
export const resolveEntities = ({ entities }: ProductDefinition, models: ReadonlyMap<string, EdmModel>): readonly ResolvedEntity[] =>
  entities.map((entity) => resolveEntity(entity, models)).filter((resolved) => resolved !== undefined)
