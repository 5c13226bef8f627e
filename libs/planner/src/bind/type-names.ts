import type { ExposedSet } from '@tributary/catalog'
import type { EdmModel } from '@tributary/edm'
import type { Column } from '@tributary/plan'
import { columnsOfType } from './model-types.js'

/** True if a row may name the type of a value, which in a data product has another name than at its source. */
export const mayNameType = ({ name, type, fields }: Column): boolean =>
  name === '@odata.type' || name === '*' || type.base === 'Edm.Untyped' || (type.base === 'structured' && (fields === undefined || fields.some(mayNameType)))

/**
 * What the types of a set's values are called at its source, and what they are called here. Types of columns correspond as the columns do;
 * derived ones by their own name. A type that has no counterpart is not among them.
 */
export function exposedTypeNames(columns: readonly Column[], model: EdmModel, remote: EdmModel, set: ExposedSet): ReadonlyMap<string, string> {
  const type = remote.structured(set.remoteType)
  const known = new Map((type === undefined ? [] : columnsOfType(remote, type)).map((column) => [column.name, column]))
  const names = new Map<string, string>()
  for (const column of columns) pairColumns(column, known.get(set.renamed.get(column.name) ?? column.name), { model, remote, names })
  const derived = model.derivedTypes(set.entityType)
  for (const name of remote.derivedTypes(set.remoteType)) {
    const counterpart = derived.find((one) => ownName(one) === ownName(name)) ?? derived.find((one) => ownName(one) === `${set.name}_${ownName(name)}`)
    if (counterpart !== undefined) names.set(name, counterpart)
  }
  return names
}

interface Pairing {
  readonly model: EdmModel
  readonly remote: EdmModel
  readonly names: Map<string, string>
}

function pairColumns(exposed: Column, other: Column | undefined, pairing: Pairing): void {
  const { model, remote, names } = pairing
  if (other === undefined || (exposed.type.base !== 'structured' && exposed.type.base !== 'enum')) return
  names.set(other.type.name, exposed.type.name)
  const derived = new Map(model.derivedTypes(exposed.type.name).map((name) => [ownName(name), name]))
  for (const name of remote.derivedTypes(other.type.name)) {
    const counterpart = derived.get(ownName(name))
    if (counterpart !== undefined) names.set(name, counterpart)
  }
  const fields = new Map((other.fields ?? []).map((field) => [field.name, field]))
  for (const field of exposed.fields ?? []) pairColumns(field, fields.get(field.name), pairing)
}

const ownName = (qualified: string): string => qualified.slice(qualified.lastIndexOf('.') + 1)
