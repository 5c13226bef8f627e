import type { EdmModel, Operation } from '@tributary/edm'
import { ownParameters } from '@tributary/planner'
import { relays, type OpenEndpoint } from '@tributary/source'

/** An operation that can be called on an entity, as `metadata=full` tells of it. @see OData JSON Format 4.01, sections 17 and 18 */
export interface AdvertisedOperation {
  /** `#Port.Rename`, `#Port.TotalLoaded(since)`. */
  readonly label: string
  readonly title: string
  readonly kind: Operation['kind']
  /** Behind the id of the entity. */
  readonly path: string
  /** Qualified names of the types whose entities have it. */
  readonly of: ReadonlySet<string>
}

/** Whether calls of this kind go to a source: functions where it carries calls, actions where its connection does not refuse changes. */
export function isCallable(kind: Operation['kind'], { source, target: { model, connection } }: OpenEndpoint): boolean {
  if (!relays(source) || ['1.0', '2.0', '3.0'].includes(model.version)) return false
  return kind === 'function' || connection.writes !== 'refused'
}

const known = new WeakMap<EdmModel, Map<string, readonly AdvertisedOperation[]>>()

/**
 * The operations that are bound to single entities of a type, its base types or types derived from it.
 * @param addressed qualified name of the type that the entities' ids lead to: what only narrower types have is called behind a cast
 */
export function advertisedOperations(model: EdmModel, entityType: string, addressed: string): readonly AdvertisedOperation[] {
  const ofModel = known.get(model) ?? new Map<string, readonly AdvertisedOperation[]>()
  known.set(model, ofModel)
  const key = `${entityType} ${addressed}`
  const found = ofModel.get(key) ?? narrowest([...model.schemas.values()].flatMap(({ operations }) => [...operations.values()].flat()).flatMap((operation) => advertised(model, operation, { entityType, addressed })))
  ofModel.set(key, found)
  return found
}

/** Of overloads of one name each type has the one that is bound nearest to it. */
function narrowest(operations: readonly AdvertisedOperation[]): readonly AdvertisedOperation[] {
  const byLabel = Map.groupBy(operations, ({ label }) => label)
  return operations.map((one) => {
    const narrower = (byLabel.get(one.label) ?? []).filter((other) => other.of.size < one.of.size && [...other.of].every((type) => one.of.has(type)))
    return narrower.length === 0 ? one : { ...one, of: new Set([...one.of].filter((type) => !narrower.some(({ of }) => of.has(type)))) }
  })
}

interface Seen {
  readonly entityType: string
  readonly addressed: string
}

function advertised(model: EdmModel, operation: Operation, { entityType, addressed }: Seen): readonly AdvertisedOperation[] {
  const [binding] = operation.parameters
  if (!operation.bound || binding === undefined || binding.type.collection) return []
  const bound = model.entityType(binding.type.name)?.qualifiedName
  if (bound === undefined || !(model.derivesFrom(entityType, bound) || model.derivesFrom(bound, entityType))) return []
  const names = ownParameters(operation).map(({ name }) => name)
  const overload = operation.kind === 'action' || names.length === 0 ? '' : `(${names.join(',')})`
  return [{ label: `#${operation.qualifiedName}${overload}`, title: operation.name, kind: operation.kind, path: `${model.derivesFrom(addressed, bound) ? '' : `/${bound}`}/${operation.qualifiedName}`, of: new Set([bound, ...model.derivedTypes(bound)]) }]
}
