import type { EntityType, NavigationProperty } from '@tributary/edm'
import type { ExposedNavigation } from '../exposure.js'
import type { ProductDefinition, ProductRelationship } from '../products/definition.js'
import { keptNavigations, renamed, type ResolvedEntity } from '../products/resolved-entity.js'
import { joinColumns, type JoinColumn } from './join-columns.js'

/** A navigation of a product's entity, as the model says it and as it is followed. */
export interface ProductNavigation {
  readonly property: NavigationProperty
  readonly exposed: ExposedNavigation
}

type EntityTypes = ReadonlyMap<string, EntityType>

/** Navigations by entity: those of the services that stay inside the product, and the relationships with their inverses. */
export function productNavigations(definition: ProductDefinition, entities: readonly ResolvedEntity[], entityTypes: EntityTypes): ReadonlyMap<string, readonly ProductNavigation[]> {
  return new Map(
    entities.map((resolved) => {
      const { name } = resolved.entity
      const outward = definition.relationships.filter(({ from }) => from === name).map((relationship) => fromRelationship(outwardEnd(relationship), entityTypes))
      const back = definition.relationships.filter(({ to }) => to === name).flatMap((relationship) => {
        const end = backwardEnd(relationship)
        return end === undefined ? [] : [fromRelationship(end, entityTypes)]
      })
      return [name, [...innerNavigations(resolved, entities, entityTypes), ...outward, ...back]]
    }),
  )
}

function innerNavigations(source: ResolvedEntity, all: readonly ResolvedEntity[], entityTypes: EntityTypes): readonly ProductNavigation[] {
  return keptNavigations(source, all).map(({ navigation, target }) => {
    const on = exposedColumns(source, target, joinColumns(source.model, source.type, navigation))
    const partner = partnerOf(source, target, navigation, all)
    const property: NavigationProperty = Object.freeze({
      kind: 'navigation',
      name: navigation.name,
      target: entityTypes.get(target.entity.name)?.qualifiedName ?? '',
      collection: navigation.collection,
      nullable: navigation.nullable,
      ...(partner === undefined ? {} : { partner }),
      containsTarget: false,
      constraints: navigation.constraints.length === on.length ? constraintsOf(navigation.collection, on) : [],
      annotations: [],
    })
    const exposed: ExposedNavigation = Object.freeze({ name: navigation.name, target: target.entity.name, toMany: navigation.collection, on, remoteNavigation: navigation.name })
    return { property, exposed }
  })
}

/** Named only where it leads back to this very entity. */
function partnerOf(source: ResolvedEntity, target: ResolvedEntity, { partner }: NavigationProperty, all: readonly ResolvedEntity[]): string | undefined {
  if (partner === undefined) return undefined
  const back = keptNavigations(target, all).find(({ navigation }) => navigation.name === partner)
  return back?.target === source ? partner : undefined
}

const isSelected = ({ columns }: ResolvedEntity, name: string): boolean => columns.some(({ remote }) => remote === name)

/** In exposed names; none if one of them is not selected. */
function exposedColumns(source: ResolvedEntity, target: ResolvedEntity, columns: readonly JoinColumn[]): readonly JoinColumn[] {
  if (!columns.every(({ from, to }) => isSelected(source, from) && isSelected(target, to))) return []
  return columns.map(({ from, to }) => Object.freeze({ from: renamed(source.entity, from), to: renamed(target.entity, to) }))
}

interface End {
  readonly name: string
  readonly target: string
  readonly partner: string | undefined
  readonly toMany: boolean
  readonly on: readonly JoinColumn[]
}

const outwardEnd = ({ name, to, inverse, multiplicity, on }: ProductRelationship): End => ({ name, target: to, partner: inverse, toMany: multiplicity === '*', on })

const backwardEnd = ({ name, from, inverse, inverseMultiplicity = '*', on }: ProductRelationship): End | undefined =>
  inverse === undefined
    ? undefined
    : { name: inverse, target: from, partner: name, toMany: inverseMultiplicity === '*', on: on.map((pair) => ({ from: pair.to, to: pair.from })) }

/** A row that is missing is null, whatever the author expects: to-one is nullable. */
function fromRelationship({ name, target, partner, toMany, on }: End, entityTypes: EntityTypes): ProductNavigation {
  const property: NavigationProperty = Object.freeze({
    kind: 'navigation',
    name,
    target: entityTypes.get(target)?.qualifiedName ?? '',
    collection: toMany,
    nullable: !toMany,
    ...(partner === undefined ? {} : { partner }),
    containsTarget: false,
    constraints: constraintsOf(toMany, on),
    annotations: [],
  })
  return { property, exposed: Object.freeze({ name, target, toMany, on }) }
}

/** Only a to-one depends on the row it leads to. @see OData CSDL XML 4.01, section 8.5 */
const constraintsOf = (toMany: boolean, on: readonly JoinColumn[]) => (toMany ? [] : on.map(({ from, to }) => ({ property: from, referencedProperty: to })))
