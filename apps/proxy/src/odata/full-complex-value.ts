import type { EdmModel } from '@tributary/edm'
import type { Value } from '@tributary/plan'

/**
 * A complex value with everything said of it: its type, the types of its members that JSON does not tell apart, links to what it leads to.
 * @param type the declared type's qualified name; a value of a derived type says its own
 * @param address of the value; undefined: it has none, as members of collections
 * @see OData JSON Format 4.01, sections 4.6.3 and 4.6.9
 */
export function fullComplexValue(model: EdmModel, type: string, value: Value, address: string | undefined): Value {
  if (Array.isArray(value)) return value.map((one: Value) => fullComplexValue(model, type, one, undefined))
  if (typeof value !== 'object' || value === null) return value
  const { '@odata.type': told, ...members } = value as { readonly [name: string]: Value }
  const own = typeof told === 'string' ? told.replace(/^.*#/, '') : type
  const structured = model.structured(own)
  if (structured === undefined) return value
  const links = address === undefined ? [] : model.navigations(structured).flatMap(({ name }) => [[`${name}@odata.associationLink`, `${address}/${name}/$ref`], [`${name}@odata.navigationLink`, `${address}/${name}`]] as const)
  const full = Object.entries(members).flatMap(([name, member]): readonly (readonly [string, Value])[] => {
    const property = model.property(structured, name)
    if (property === undefined) return [[name, member]]
    const nested = model.structured(property.type.name) !== undefined
    const shown = nested ? fullComplexValue(model, property.type.name, member, address === undefined ? undefined : `${address}/${name}`) : member
    return member === null || !tells(property.type, nested) ? [[name, shown]] : [[`${name}@odata.type`, typeName(property.type)], [name, shown]]
  })
  return Object.fromEntries<Value>([['@odata.type', `#${own}`], ...links, ...full])
}

interface DeclaredType {
  readonly name: string
  readonly collection: boolean
}

/** True for what JSON itself does not tell apart. */
const tells = ({ name, collection }: DeclaredType, nested: boolean): boolean => collection || !(nested || ['Edm.String', 'Edm.Boolean', 'Edm.Double'].includes(name))

function typeName({ name, collection }: DeclaredType): string {
  const short = name.replace(/^Edm\./, '')
  return collection ? `#Collection(${short})` : `#${short}`
}
