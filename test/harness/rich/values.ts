import type { EdmModel, TypeRef } from '@tributary/edm'
import type { Value, ValueType } from '@tributary/plan'
import { enumType, primitiveType, structuredType, type BaseType } from '@tributary/plan'

/** An answer that is no success. */
export class Refusal extends Error {
  constructor(readonly status: number, message: string, readonly code = String(status)) {
    super(message)
  }
}

/** A JSON number as it was written: no digit is lost. */
export class NumberText {
  constructor(readonly text: string) {}
}

/** JSON whose numbers keep their digits. */
export type Json = null | boolean | string | NumberText | readonly Json[] | { readonly [name: string]: Json }
export type JsonObject = { readonly [name: string]: Json }

export const isObject = (json: Json | undefined): json is JsonObject => typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof NumberText)

type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown

const keepDigits: Reviver = (_, value, { source }) => (typeof value === 'number' ? new NumberText(source ?? String(value)) : value)

/** @throws Refusal 400 where the text is no JSON */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text, keepDigits as (this: unknown, name: string, value: unknown) => unknown) as Json
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${String(error)}`)
  }
}

export function printJson(json: Json): string {
  if (json instanceof NumberText) return json.text
  if (Array.isArray(json)) return `[${json.map(printJson).join(',')}]`
  if (isObject(json)) return `{${Object.entries(json).map(([name, value]) => `${JSON.stringify(name)}:${printJson(value)}`).join(',')}}`
  return JSON.stringify(json)
}

/** The name of a complex value's own type, where it is a derived one. */
export const typeMember = '@type'
/** Where a complex value keeps the types of what was computed for it, by name. */
export const computedMember = '@computed'

/** What expressions go by for a type of the model. */
export function valueTypeOf(model: EdmModel, name: string, collection = false): ValueType {
  const type = model.type(name)
  const single = type?.kind === 'enum'
    ? enumType(name, new Map(type.members.map((member) => [member.name, member.value])))
    : type?.kind === 'complex' || type?.kind === 'entity' ? structuredType(name) : { ...primitiveType(baseOf(model.underlying(name))), name }
  return collection ? { ...single, collection: true } : single
}

function baseOf(name: string): Exclude<BaseType, 'enum' | 'structured' | 'null'> {
  if (name.startsWith('Edm.Geography')) return 'Edm.Geography'
  if (name.startsWith('Edm.Geometry')) return 'Edm.Geometry'
  return name as Exclude<BaseType, 'enum' | 'structured' | 'null'>
}

const wholeRanges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  'Edm.SByte': [-128n, 127n], 'Edm.Byte': [0n, 255n], 'Edm.Int16': [-32768n, 32767n], 'Edm.Int32': [-2147483648n, 2147483647n], 'Edm.Int64': [-(2n ** 63n), 2n ** 63n - 1n],
}

const patterns: Readonly<Record<string, RegExp>> = {
  'Edm.Date': /^-?\d{4,}-\d\d-\d\d$/, 'Edm.TimeOfDay': /^\d\d:\d\d(:\d\d(\.\d+)?)?$/, 'Edm.DateTimeOffset': /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/,
  'Edm.Duration': /^-?P(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/, 'Edm.Guid': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'Edm.Binary': /^[\w-]*={0,2}$/,
}

const wrong = (type: string, json: Json): Refusal => new Refusal(400, `${printJson(json)} is no value of ${type}`)

/** A primitive or enumeration value out of JSON; Int64 and Decimal are kept as text. @throws Refusal 400 */
export function readScalar(model: EdmModel, type: TypeRef, json: Json): Value {
  const edm = model.type(type.name)
  if (edm?.kind === 'enum') return readEnum(model, type.name, json)
  const base = model.underlying(type.name)
  const range = wholeRanges[base]
  if (range !== undefined) return readWhole(base, range, json)
  if (base === 'Edm.Decimal') return readDecimal(type, json)
  if (base === 'Edm.Double' || base === 'Edm.Single') return readFloat(base, json)
  if (base === 'Edm.Boolean') return typeof json === 'boolean' ? json : fail(base, json)
  if (base.startsWith('Edm.Geo')) return isObject(json) ? plain(json) as Value : fail(base, json)
  if (typeof json !== 'string' || patterns[base]?.test(json) === false) throw wrong(base, json)
  if (type.facets.maxLength !== undefined && type.facets.maxLength !== 'max' && base === 'Edm.String' && json.length > type.facets.maxLength) throw new Refusal(400, `${json} is longer than ${type.facets.maxLength}`)
  return json
}

function fail(type: string, json: Json): never {
  throw wrong(type, json)
}

function readEnum(model: EdmModel, name: string, json: Json): Value {
  const type = model.type(name)
  if (type?.kind !== 'enum' || typeof json !== 'string') throw wrong(name, json)
  const members = json.split(',').map((one) => one.trim())
  if (members.some((one) => !/^-?\d+$/.test(one) && !type.members.some((member) => member.name === one))) throw wrong(name, json)
  const total = members.reduce((sum, one) => sum | (/^-?\d+$/.test(one) ? BigInt(one) : type.members.find((member) => member.name === one)?.value ?? 0n), 0n)
  const exact = type.members.find(({ value }) => value === total)
  if (exact !== undefined) return exact.name
  const parts = type.isFlags ? type.members.filter(({ value }) => value !== 0n && (total & value) === value) : []
  return parts.length > 0 && parts.reduce((sum, { value }) => sum | value, 0n) === total ? parts.map((part) => part.name).join(',') : String(total)
}

function readWhole(base: string, [least, most]: readonly [bigint, bigint], json: Json): Value {
  const text = json instanceof NumberText ? json.text : base === 'Edm.Int64' && typeof json === 'string' ? json : fail(base, json)
  if (!/^-?\d+$/.test(text) || BigInt(text) < least || BigInt(text) > most) throw wrong(base, json)
  return base === 'Edm.Int64' ? text : Number(text)
}

function readDecimal({ facets: { precision, scale } }: TypeRef, json: Json): Value {
  const text = json instanceof NumberText ? json.text : typeof json === 'string' ? json : fail('Edm.Decimal', json)
  const [, whole, fraction = ''] = /^-?(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === undefined) throw wrong('Edm.Decimal', json)
  if (typeof scale === 'number' && fraction.length > scale) throw new Refusal(400, `${text} has more than ${scale} decimal places`)
  if (precision !== undefined && whole.replace(/^0+/, '').length + fraction.length > precision) throw new Refusal(400, `${text} has more than ${precision} digits`)
  return text
}

function readFloat(base: string, json: Json): Value {
  const special: Readonly<Record<string, number>> = { 'INF': Infinity, '-INF': -Infinity, 'NaN': NaN }
  if (json instanceof NumberText) return base === 'Edm.Single' ? Math.fround(Number(json.text)) : Number(json.text)
  return typeof json === 'string' && json in special ? special[json] : fail(base, json)
}

/** JSON as values: numbers are doubles. */
export function plain(json: Json): unknown {
  if (json instanceof NumberText) return Number(json.text)
  if (Array.isArray(json)) return json.map(plain)
  return isObject(json) ? Object.fromEntries(Object.entries(json).map(([name, value]) => [name, plain(value)])) : json
}

const float = (value: number): Json => (Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? new NumberText(singleText(value)) : value > 0 ? 'INF' : '-INF')
const singleText = (value: number): string => String(value)

/** The fewest digits that are the same Single. */
function shortSingle(value: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === Math.fround(value)) return short
  }
  return value
}

/** A primitive or enumeration value as JSON. */
export function writeScalar(base: string, value: Value, ieee754: boolean): Json {
  if (value === null || value === undefined) return null
  if (base === 'Edm.Int64' || base === 'Edm.Decimal') return ieee754 ? String(value) : new NumberText(String(value))
  if (typeof value === 'number') return float(base === 'Edm.Single' ? shortSingle(value) : value)
  if (typeof value === 'object') return fromPlain(value)
  return value
}

/** Values whose numbers are doubles, as JSON. */
export function fromPlain(value: unknown): Json {
  if (typeof value === 'number') return float(value)
  if (Array.isArray(value)) return value.map(fromPlain)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fromPlain(inner)]))
  return typeof value === 'string' || typeof value === 'boolean' ? value : null
}

/** A primitive value as the text of `$value`. */
export function rawText(given: Value, base?: string): string {
  const value = typeof given === 'number' && base === 'Edm.Single' && Number.isFinite(given) ? shortSingle(given) : given
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'INF' : '-INF'
  return typeof value === 'object' && value !== null ? printJson(fromPlain(value)) : String(value)
}
