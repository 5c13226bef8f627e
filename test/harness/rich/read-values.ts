import type { EdmModel, StructuredType, TypeRef } from '@tributary/edm'
import type { Value } from '@tributary/plan'
import { structuredOf } from './store.js'
import { isObject, plain, readScalar, Refusal, typeMember, type Json, type JsonObject } from './values.js'

/** A control name without its prefix: `type` of `@odata.type` and `@type`; undefined where the name is none. */
export function controlOf(name: string): { readonly of: string; readonly control: string } | undefined {
  const at = name.indexOf('@')
  return at < 0 ? undefined : { of: name.slice(0, at), control: name.slice(at + 1).replace(/^odata\./, '') }
}

/** The text of a control of an object, whichever way it is written. */
export function controlText(json: JsonObject, control: string): string | undefined {
  const value = json[`@odata.${control}`] ?? json[`@${control}`]
  return typeof value === 'string' ? value : undefined
}

/** A value of a declared type out of JSON. @throws Refusal 400 */
export function readTyped(model: EdmModel, type: TypeRef, json: Json): Value {
  if (type.collection) {
    if (!Array.isArray(json)) throw new Refusal(400, `a collection of ${type.name} is an array`)
    return json.map((one: Json) => readTyped(model, { ...type, collection: false }, one))
  }
  if (json === null) {
    if (!type.nullable) throw new Refusal(400, `null is no value of ${type.name} here`)
    return null
  }
  const structured = model.structured(type.name)
  return structured === undefined ? readScalar(model, type, json) : readComplex(model, structured, json)
}

function readComplex(model: EdmModel, declared: StructuredType, json: Json): Value {
  if (!isObject(json)) throw new Refusal(400, `a ${declared.name} is an object`)
  const type = namedType(model, declared, json)
  const given = readMembers(model, type, json)
  const values = Object.fromEntries(model.properties(type).map((property) => [property.name, property.type.collection ? [] : null] as const))
  requireMembers(model, type, given)
  return { ...(type === declared ? {} : { [typeMember]: type.qualifiedName }), ...values, ...given }
}

/** The type an object says it has, or the declared one. */
export function namedType(model: EdmModel, declared: StructuredType, json: JsonObject): StructuredType {
  const named = controlText(json, 'type')?.replace(/^.*#/, '')
  if (named === undefined) return declared
  if (model.structured(named) === undefined || !model.derivesFrom(named, declared.qualifiedName)) throw new Refusal(400, `${named} is no ${declared.qualifiedName}`)
  return structuredOf(model, named)
}

/** Properties that may not be null and have no default must be there. */
export function requireMembers(model: EdmModel, type: StructuredType, given: Readonly<Record<string, Value>>): void {
  for (const { name, type: { nullable, collection }, defaultValue, annotations } of model.properties(type)) {
    const computed = annotations.some(({ term }) => term === 'Org.OData.Core.V1.Computed')
    if (!nullable && !collection && defaultValue === undefined && !computed && (given[name] === undefined || given[name] === null)) throw new Refusal(400, `${name} is missing`)
  }
}

/** The structural properties an object gives, declared and (of an open type) undeclared. @throws Refusal 400 */
export function readMembers(model: EdmModel, type: StructuredType, json: JsonObject, dynamic: Record<string, string> = {}): Record<string, Value> {
  const values: Record<string, Value> = {}
  for (const [name, value] of Object.entries(json)) {
    if (controlOf(name) !== undefined || model.navigation(type, name) !== undefined) continue
    const property = model.property(type, name)
    if (property !== undefined) values[name] = readTyped(model, property.type, value)
    else if (type.open) values[name] = undeclared(model, { json, name, value, dynamic })
    else throw new Refusal(400, `${type.name} has no property ${name}`)
  }
  return values
}

function undeclared(model: EdmModel, { json, name, value, dynamic }: { readonly json: JsonObject; readonly name: string; readonly value: Json; readonly dynamic: Record<string, string> }): Value {
  const told = controlText(Object.fromEntries(Object.entries(json).filter(([key]) => key.startsWith(`${name}@`)).map(([key, text]) => [key.slice(name.length), text])), 'type')
  if (told === undefined || value === null || Array.isArray(value)) return plain(value) as Value
  const type = told.replace(/^#/, '')
  const qualified = type.includes('.') ? type : `Edm.${type}`
  dynamic[name] = qualified
  return readTyped(model, { name: qualified, collection: false, nullable: true, facets: {} }, value)
}
