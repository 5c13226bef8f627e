import type { Expression as Syntax, JsonLiteral, Literal, Span } from '@tributary/odata-url'
import {
  castValue, collectionOf, type Expression, itemOf, literal, makeArray, makeObject, nullType, promote, stringType, untypedType, type Value, type ValueType,
} from '@tributary/plan'
import { typeError, unknownProperty } from './refusal.js'

/** How items and members are bound: an expression, and the type its context needs. */
type BindItem = (item: Syntax, type?: ValueType) => Expression

/**
 * An array as one collection: a constant where its items are, otherwise made of computed ones. Its type is the expected one, otherwise that of its items.
 * @throws HUB_QUERY_TYPE for items that are not of one type
 */
export function bindArray(items: readonly Syntax[], bind: BindItem, expected?: ValueType): Expression {
  const itemType = expected?.collection === true && expected.base !== 'null' ? itemOf(expected) : undefined
  const first = itemType ?? items.map((item) => bind(item).type).find(({ base }) => base !== 'null')
  const bound = items.map((item) => bind(item, first?.collection === true ? undefined : first))
  const type = collectionOf(itemType ?? commonType(bound.map((item) => item.type)))
  const constants = bound.flatMap((item) => (item.kind === 'literal' ? [item.value] : []))
  return constants.length === bound.length ? literal(type, Object.freeze(constants)) : makeArray(type, bound)
}

/** One type for all; values of several are untyped. */
export function commonType(types: readonly ValueType[]): ValueType {
  return types.reduce((common, type) => promote(common, type) ?? untypedType, nullType)
}

/** An object some of whose members are computed. */
export function bindObject(members: NonNullable<JsonLiteral['members']>, bind: BindItem, expected?: ValueType): Expression {
  const known = expected?.base === 'structured' && !expected.collection ? expected.properties?.() : undefined
  const computed = new Map(members.map(({ name, value }) => [name, bind(value, known?.get(name))] as const))
  return makeObject(known === undefined || expected === undefined ? untypedType : expected, computed)
}

/** What JSON is read for: where it stands, and whether a type takes names it does not declare. */
export interface JsonContext {
  readonly span: Span
  readonly isOpen: (typeName: string) => boolean
}

/**
 * JSON as a constant of the type its context needs: members by the names and types of their properties, numbers with all their digits.
 * @throws HUB_QUERY_TYPE, HUB_QUERY_UNKNOWN_PROPERTY
 * @see OData URL Conventions 4.01 section 5.1.1.14.2
 */
export function bindJson(syntax: JsonLiteral, expected: ValueType | undefined, isOpen: JsonContext['isOpen']): Expression {
  const json = parseJson(syntax.text)
  const type = expected === undefined || expected.base === 'null' || (expected.base === 'structured' && expected.properties === undefined) ? typeOfJson(json) : expected
  return literal(type, valueOf(json, type, { span: syntax.span, isOpen }))
}

/** Digits of a number as they stand in the text. */
interface Digits {
  readonly digits: string
}

type Json = string | boolean | null | Digits | readonly Json[] | { readonly members: ReadonlyMap<string, Json> }

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown
/** Node gives revivers the source text of numbers, which the library types do not know yet. */
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => Json

const parseJson = (text: string): Json => parseWithSource(text, (_, value, { source }) => {
  if (typeof value === 'number') return { digits: source ?? String(value) }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !('digits' in value && Object.keys(value).length === 1 && typeof value.digits === 'string')
  return isObject ? { members: new Map(Object.entries(value)) } : value
})

const isList = (json: Json): json is readonly Json[] => Array.isArray(json)

/** Without a type around: what the form shows. */
function typeOfJson(json: Json): ValueType {
  if (json === null) return nullType
  if (isList(json)) return collectionOf(commonType(json.map(typeOfJson)))
  return typeof json === 'string' ? stringType : untypedType
}

function valueOf(json: Json, type: ValueType, context: JsonContext): Value {
  if (json === null) return null
  if (type.base === 'Edm.Untyped') return untypedOf(json)
  if (type.collection !== isList(json)) throw mismatch(json, type, context)
  if (isList(json)) return Object.freeze(json.map((item) => valueOf(item, itemOf(type), context)))
  if (typeof json === 'object' && 'members' in json) return structureOf(json.members, type, context)
  const value = scalarOf(json, type)
  if (value === null) throw mismatch(json, type, context)
  return value
}

function scalarOf(json: string | boolean | Digits, type: ValueType): Value {
  if (typeof json === 'boolean') return type.base === 'Edm.Boolean' ? json : null
  if (typeof json === 'string') return type.base === 'Edm.Boolean' ? null : castValue(json, stringType, type)
  return type.base === 'Edm.String' || type.base === 'Edm.Boolean' || type.base === 'structured' ? null : castValue(json.digits, stringType, type)
}

function structureOf(members: ReadonlyMap<string, Json>, type: ValueType, context: JsonContext): Value {
  if (type.base === 'Edm.Geography' || type.base === 'Edm.Geometry') return untypedOf({ members })
  const properties = type.base === 'structured' ? type.properties?.() : undefined
  if (properties === undefined) throw mismatch({ members }, type, context)
  return Object.freeze(Object.fromEntries([...members].map(([name, value]) => {
    const property = properties.get(name)
    if (property === undefined && !name.includes('@') && !context.isOpen(type.name)) throw unknownProperty(type.name, name, properties.keys())
    return [name, valueOf(value, property ?? untypedType, context)]
  })))
}

/** Numbers that a double does not hold stay text, as they do in rows. */
function untypedOf(json: Json): Value {
  if (json === null || typeof json !== 'object') return json
  if (isList(json)) return Object.freeze(json.map(untypedOf))
  if ('members' in json) return Object.freeze(Object.fromEntries([...json.members].map(([name, value]) => [name, untypedOf(value)])))
  const number = Number(json.digits)
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? json.digits : number
}

function mismatch(json: Json, type: ValueType, { span }: JsonContext): Error {
  const found = json === null || typeof json !== 'object' ? JSON.stringify(json) : isList(json) ? 'an array' : 'digits' in json ? json.digits : 'an object'
  return typeError({ what: 'JSON', span, found, expected: type.collection ? `Collection(${type.name})` : type.name })
}

/** The items of a JSON array of scalars as literals, which their context gives a type. Undefined for any other JSON. */
export function jsonScalars(syntax: JsonLiteral): readonly Literal[] | undefined {
  const json = syntax.members === undefined ? parseJson(syntax.text) : undefined
  if (json === undefined || !isList(json)) return undefined
  const items = json.map((item) => literalOf(item, syntax.span))
  return items.every((item) => item !== undefined) ? items : undefined
}

function literalOf(json: Json, span: Span): Literal | undefined {
  if (json === null) return { kind: 'literal', span, type: 'null', text: '' }
  if (typeof json === 'boolean') return { kind: 'literal', span, type: 'Edm.Boolean', text: String(json) }
  if (typeof json === 'string') return { kind: 'literal', span, type: 'Edm.String', text: json }
  if (!('digits' in json)) return undefined
  const type = /[eE]/.test(json.digits) ? 'Edm.Double' : json.digits.includes('.') ? 'Edm.Decimal' : 'Edm.Int64'
  return { kind: 'literal', span, type, text: json.digits }
}

/** The items of a JSON array that holds objects or arrays, each as JSON of its own. Undefined for any other JSON. */
export function jsonParts(syntax: JsonLiteral): readonly JsonLiteral[] | undefined {
  const json = syntax.members === undefined ? parseJson(syntax.text) : undefined
  return json === undefined || !isList(json) ? undefined : json.map((item) => ({ kind: 'json', span: syntax.span, text: textOf(item) }))
}

function textOf(json: Json): string {
  if (json === null || typeof json !== 'object') return JSON.stringify(json)
  if (isList(json)) return `[${json.map(textOf).join(',')}]`
  return 'digits' in json ? json.digits : `{${[...json.members].map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`).join(',')}}`
}
