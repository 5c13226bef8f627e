import type { EdmModel } from '@tributary/edm'
import type { ProductDefinition, ProductEntity } from './definition.js'
import { caseFaults, faultAt, hint, identifierFaults, twinFaults, type Faults } from './fault-list.js'
import { relationshipFaults } from './relationship-faults.js'
import { keptNavigations, renamed, resolveEntities, resolveEntity, spokenEntity, type ResolvedEntity } from './resolved-entity.js'

const longestName = 200
const longestDescription = 10_000

/**
 * Everything that is wrong with a product, each fault with its field; empty: it can be served.
 * @param models of the services by slug; a service that is missing is not registered
 * @param known slugs of services, to propose one of
 */
export function productFaults(slug: string, definition: ProductDefinition, models: ReadonlyMap<string, EdmModel>, known: readonly string[] = []): Faults {
  const names = definition.entities.map(({ name }, index) => ({ field: `entities[${index}].name`, name }))
  return [
    ...wordFaults(definition),
    ...(definition.entities.length === 0 ? [faultAt('entities', 'a data product needs at least one')] : []),
    ...names.flatMap(({ field, name }) => identifierFaults(field, name)),
    ...twinFaults(names, (name) => `${name} is there twice`),
    ...caseFaults(names),
    ...definition.entities.flatMap((entity, index) => (models.has(entity.service) ? entityFaults(entity, `entities[${index}]`, models) : [serviceFault(slug, entity, `entities[${index}].service`, known)])),
    ...relationshipFaults(definition, models),
    ...memberFaults(definition, models),
  ]
}

function wordFaults({ name, description = '' }: ProductDefinition): Faults {
  return [
    ...(name.trim() === '' || name.length > longestName ? [faultAt('name', `must have 1 to ${longestName} characters`)] : []),
    ...(description.length > longestDescription ? [faultAt('description', `must have at most ${longestDescription} characters`)] : []),
    ...(`${name}${description}`.includes('\u0000') ? [faultAt('name', 'must not hold a null character')] : []),
  ]
}

const serviceFault = (slug: string, { service }: ProductEntity, field: string, known: readonly string[]) =>
  faultAt(field, service === slug ? 'a data product cannot be made of itself' : `there is no service ${service}${hint(service, known)}`)

function entityFaults(entity: ProductEntity, field: string, models: ReadonlyMap<string, EdmModel>): Faults {
  const sets = models.get(entity.service)?.container?.entitySets ?? new Map<string, unknown>()
  const resolved = resolveEntity(entity, models)
  if (resolved === undefined) return [faultAt(`${field}.entitySet`, `${entity.service} has no entity set ${entity.entitySet}${hint(entity.entitySet, sets.keys())}`)]
  return [...selectFaults(resolved, field), ...renameFaults(resolved, field)]
}

function selectFaults({ entity, model, type }: ResolvedEntity, field: string): Faults {
  const { select } = entity
  if (select === undefined) return []
  const known = model.properties(type).map(({ name }) => name)
  const chosen = select.map((name, index) => ({ field: `${field}.select[${index}]`, name }))
  const missingKeys = model.key(type).map(({ path }) => path.split('/')[0] ?? path).filter((name) => !select.includes(name))
  return [
    ...(select.length === 0 ? [faultAt(`${field}.select`, 'names no property; leave it out to take all')] : []),
    ...chosen.filter(({ name }) => !known.includes(name)).map((one) => faultAt(one.field, `${spokenEntity(entity)} has no property ${one.name}${hint(one.name, known)}`)),
    ...twinFaults(chosen, (name) => `${name} is there twice`),
    ...missingKeys.map((name) => faultAt(`${field}.select`, `lacks ${name}, which belongs to the key of ${spokenEntity(entity)}`)),
  ]
}

function renameFaults({ entity, model, type, columns }: ResolvedEntity, field: string): Faults {
  const known = model.properties(type).map(({ name }) => name)
  const renames = Object.entries(entity.rename ?? {}).map(([from, to]) => ({ field: `${field}.rename.${from}`, from, to }))
  const unknown = renames.filter(({ from }) => !columns.some(({ remote }) => remote === from))
  return [
    ...unknown.map((one) =>
      known.includes(one.from)
        ? faultAt(one.field, `${one.from} is not in the select of ${spokenEntity(entity)}`)
        : faultAt(one.field, `${spokenEntity(entity)} has no property ${one.from}${hint(one.from, known)}`),
    ),
    ...renames.flatMap((one) => identifierFaults(one.field, one.to)),
    ...caseFaults(renames.map(({ field: at, to }) => ({ field: at, name: to })), columns.filter(({ remote, exposed }) => remote === exposed).map(({ exposed }) => exposed)),
    ...columns
      .filter(({ exposed }, index) => columns.findIndex((other) => other.exposed === exposed) < index)
      .map(({ remote, exposed }) => faultAt(renamed(entity, remote) === remote ? `${field}.rename` : `${field}.rename.${remote}`, `two properties of ${spokenEntity(entity)} would be named ${exposed}`)),
  ]
}

/** A navigation, of the service or a relationship, must not be named like a property or another navigation of its entity. */
function memberFaults(definition: ProductDefinition, models: ReadonlyMap<string, EdmModel>): Faults {
  const all = resolveEntities(definition, models)
  return all.flatMap((resolved) => {
    const { entity, columns } = resolved
    const index = definition.entities.indexOf(entity)
    const properties = new Set(columns.map(({ exposed }) => exposed))
    const kept = keptNavigations(resolved, all).map(({ navigation }) => navigation.name)
    const added = definition.relationships.flatMap((relationship, at) => [
      ...(relationship.from === entity.name ? [{ field: `relationships[${at}].name`, name: relationship.name }] : []),
      ...(relationship.to === entity.name && relationship.inverse !== undefined ? [{ field: `relationships[${at}].inverse`, name: relationship.inverse }] : []),
    ])
    return [
      ...kept.filter((name) => properties.has(name)).map((name) => faultAt(`entities[${index}].rename`, `a property of ${entity.name} would be named like its navigation property ${name}`)),
      ...added.filter(({ name }) => properties.has(name)).map((one) => faultAt(one.field, `${entity.name} has a property ${one.name}`)),
      ...added.filter(({ name }) => kept.includes(name)).map((one) => faultAt(one.field, `${spokenEntity(entity)} has a navigation property ${one.name} of its own`)),
      ...twinFaults(added, (name) => `${entity.name} has two navigation properties ${name}`),
      ...caseFaults(added, [...properties, ...kept]),
    ]
  })
}
