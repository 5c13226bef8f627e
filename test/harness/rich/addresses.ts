import type { EdmModel } from '@tributary/edm'
import type { Value } from '@tributary/plan'
import { encodeSegmentText } from '@tributary/odata-url'
import { entityTypeOf, keyNames, type Entity } from './store.js'
import { rawText } from './values.js'

/** The name of the set that holds entities of a type. */
export function setOf(model: EdmModel, type: string): string | undefined {
  return [...(model.container?.entitySets.values() ?? [])].find((set) => model.derivesFrom(type, set.entityType))?.name
}

function keyLiteral(model: EdmModel, type: string, value: Value): string {
  const text = rawText(value)
  return model.underlying(type) === 'Edm.String' ? `'${encodeSegmentText(text.replaceAll("'", "''"))}'` : encodeSegmentText(text)
}

/** `('AMBER')`, `(VesselCode='AMBER',Number=1)`. */
export function keyText(model: EdmModel, one: Entity): string {
  const type = entityTypeOf(model, one.type)
  const parts = keyNames(model, one.type).map((name) => [name, keyLiteral(model, model.property(type, name)?.type.name ?? 'Edm.String', one.values[name])] as const)
  return `(${parts.length === 1 ? parts[0]?.[1] : parts.map(([name, text]) => `${name}=${text}`).join(',')})`
}

/** The canonical address of an entity below the service root. */
export function addressOf(model: EdmModel, one: Entity): string {
  const { home } = one
  if ('name' in home) return model.container?.singletons.has(home.name) === true ? home.name : `${home.name}${keyText(model, one)}`
  return `${addressOf(model, home.parent)}/${home.path}${home.many ? keyText(model, one) : ''}`
}
