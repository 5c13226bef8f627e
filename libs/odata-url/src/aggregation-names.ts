import { annotationsOf, type EdmModel } from '@tributary/edm'
import type { Names, TypeHandle } from './names.js'

const customAggregateTerm = 'Org.OData.Aggregation.V1.CustomAggregate'
const leveledHierarchyTerm = 'Org.OData.Aggregation.V1.LeveledHierarchy'

/** The qualifiers under which a term is applied, by the name of the type they hold for; `everywhere` for the container's. */
type Qualifiers = ReadonlyMap<string, ReadonlySet<string>>

const everywhere = '*'

/**
 * The names that annotations of the aggregation vocabulary define. An annotation of an entity set holds for its entity type, one of a
 * type for derived types too, one of the container for every type.
 * @see OData Extension for Data Aggregation 4.0, sections 5.1 and 5.5
 */
export function aggregationNames(model: EdmModel): Required<Pick<Names, 'customAggregate' | 'leveledHierarchy'>> {
  const aggregates = qualifiersOf(model, customAggregateTerm)
  const hierarchies = qualifiersOf(model, leveledHierarchyTerm)
  return {
    customAggregate: (type, name) => holds(model, aggregates, type, name),
    leveledHierarchy: (type, name) => holds(model, hierarchies, type, name),
  }
}

function holds(model: EdmModel, qualifiers: Qualifiers, type: TypeHandle | undefined, name: string): boolean {
  if (qualifiers.get(everywhere)?.has(name) === true) return true
  if (type === undefined) return false
  return [...qualifiers].some(([owner, names]) => names.has(name) && (owner === type.name || model.derivesFrom(type.name, owner)))
}

function qualifiersOf(model: EdmModel, term: string): Qualifiers {
  const found = new Map<string, Set<string>>()
  const add = (owner: string, target: string): void => {
    for (const { term: applied, qualifier } of annotationsOf(model, target)) {
      if (applied === term && qualifier !== undefined) found.set(owner, (found.get(owner) ?? new Set()).add(qualifier))
    }
  }
  for (const schema of model.schemas.values()) for (const type of schema.types.values()) add(type.qualifiedName, type.qualifiedName)
  const { container } = model
  if (container === undefined) return found
  add(everywhere, container.qualifiedName)
  for (const set of container.entitySets.values()) add(set.entityType, `${container.qualifiedName}/${set.name}`)
  return found
}
