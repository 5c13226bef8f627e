import { type EdmModel, nearest } from '@tributary/edm'
import type { Literal } from '@tributary/odata-url'
import {
  type BaseType, castValue, decimalType, doubleType, enumText, type Expression, int32Type, int64Type, isFloating, isInteger, isNumeric, literal, nullType, parseGeo, primitiveType, stringType, type Value, type ValueType,
} from '@tributary/plan'
import { valueType } from './model-types.js'
import { typeError } from './refusal.js'

/**
 * A literal as a constant of the type its context needs, where it can be one exactly: integers and decimals widen or narrow, quoted
 * text becomes a guid, date, time, duration or enumeration member. Without a context it has the type its form shows.
 * @throws HUB_QUERY_TYPE where it cannot
 */
export function bindLiteral(syntax: Literal, model: EdmModel, expected?: ValueType): Expression {
  switch (syntax.type) {
    case 'null': return literal(nullType, null)
    case 'Edm.Int64': case 'Edm.Decimal': case 'Edm.Double': return bindNumber(syntax, expected)
    case 'Edm.String': return bindText(syntax, expected)
    case 'enum': return bindEnum(syntax, model, expected)
    case 'Edm.Geography': case 'Edm.Geometry': return bindGeo(syntax, syntax.type)
    case 'Edm.Boolean': return checked(syntax, literal(primitiveType('Edm.Boolean'), syntax.text.toLowerCase() === 'true'), expected)
    case 'Edm.Date': case 'Edm.DateTimeOffset': return checked(syntax, literal(primitiveType(syntax.type), existing(syntax)), expected)
    default: return checked(syntax, literal(primitiveType(syntax.type), syntax.text), expected)
  }
}

/** The text of a date that there is: the grammar knows 30 February. */
function existing(syntax: Literal): string {
  const [, year = '', month = '', day = ''] = /^(-?\d+)-(\d\d)-(\d\d)/.exec(syntax.text) ?? []
  // The calendar repeats itself every 400 years.
  const days = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate()
  if (Number(day) > days) throw typeError({ what: 'No such day', span: syntax.span, found: syntax.text, expected: `a day from 01 to ${days}` })
  return syntax.text
}

function checked(syntax: Literal, constant: Expression, expected: ValueType | undefined): Expression {
  if (expected === undefined || expected.base === constant.type.base || expected.base === 'null' || expected.base === 'Edm.Untyped') return constant
  throw mismatch(syntax, expected)
}

/** The type ends with the shape: `Edm.GeographyPoint`. */
function bindGeo(syntax: Literal, base: 'Edm.Geography' | 'Edm.Geometry'): Expression {
  const value = parseGeo(syntax.text)
  if (value === undefined) throw typeError({ what: 'A geographic literal', span: syntax.span, found: `'${syntax.text}'`, expected: 'well-known text such as SRID=4326;Point(4.9 52.4)' })
  const shape = value['type'] === 'GeometryCollection' ? 'Collection' : String(value['type'])
  return literal(Object.freeze({ name: `${base}${shape}`, collection: false, base }), value)
}

const examples: Partial<Record<BaseType, string>> = {
  'Edm.DateTimeOffset': 'such as 1996-07-04T00:00:00Z', 'Edm.Date': 'such as 1996-07-04', 'Edm.TimeOfDay': 'such as 07:30:00', 'Edm.String': "such as 'text'",
  'Edm.Duration': "such as duration'PT1H'", 'Edm.Guid': 'such as 01234567-89ab-cdef-0123-456789abcdef', 'Edm.Boolean': 'true or false',
}

function mismatch(syntax: Literal, expected: ValueType): Error {
  const example = examples[expected.base]
  const found = syntax.type === 'Edm.String' ? `'${syntax.text}'` : syntax.text
  return typeError({ what: 'Type mismatch', span: syntax.span, found: `${found} (${syntax.type})`, expected: example === undefined ? expected.name : `${expected.name}, ${example},` })
}

function bindNumber(syntax: Literal, expected: ValueType | undefined): Expression {
  const special = /^-?INF$|^NaN$/.test(syntax.text)
  if (expected === undefined || expected.base === 'null' || expected.base === 'Edm.Untyped') return numberByForm(syntax, special)
  if (!isNumeric(expected.base) || expected.collection) throw mismatch(syntax, expected)
  if (isFloating(expected.base)) return literal(expected, castValue(syntax.text, stringType, primitiveType('Edm.Double')))
  if (special) return numberByForm(syntax, special)
  if (isInteger(expected.base) && syntax.type === 'Edm.Int64') {
    const value = castValue(syntax.text, stringType, { ...expected, name: expected.base })
    if (value !== null) return literal(expected, value)
  }
  return isInteger(expected.base) ? numberByForm(syntax, special) : literal(expected, decimalOf(syntax.text))
}

const decimalOf = (text: string): Value => castValue(text, stringType, decimalType)

function numberByForm(syntax: Literal, special: boolean): Expression {
  if (special || syntax.type === 'Edm.Double') return literal(doubleType, castValue(syntax.text, stringType, doubleType))
  if (syntax.type === 'Edm.Decimal') return literal(decimalType, decimalOf(syntax.text))
  for (const type of [int32Type, int64Type]) {
    const value = castValue(syntax.text, stringType, type)
    if (value !== null) return literal(type, value)
  }
  return literal(decimalType, decimalOf(syntax.text))
}

/** Types whose literals 4.01 also takes as quoted text. */
const quotable: ReadonlySet<BaseType> = new Set<BaseType>(['Edm.Guid', 'Edm.Date', 'Edm.DateTimeOffset', 'Edm.TimeOfDay', 'Edm.Duration'])

function bindText(syntax: Literal, expected: ValueType | undefined): Expression {
  if (expected?.base === 'enum') return enumConstant(syntax, expected)
  if (expected !== undefined && quotable.has(expected.base)) {
    const value = castValue(syntax.text, stringType, { ...expected, collection: false })
    if (value === null) throw mismatch(syntax, expected)
    return literal(expected, value)
  }
  return checked(syntax, literal(stringType, syntax.text), expected)
}

function bindEnum(syntax: Literal, model: EdmModel, context: ValueType | undefined): Expression {
  const told = context === undefined || context.base === 'null' || context.base === 'Edm.Untyped'
  const expected = told && syntax.enumType !== undefined ? valueType(model, { name: syntax.enumType, collection: false }) : context
  if (expected?.base !== 'enum') throw mismatch(syntax, expected ?? stringType)
  // The name may begin with the alias of its schema.
  if (syntax.enumType !== undefined && syntax.enumType !== expected.name && model.type(syntax.enumType)?.qualifiedName !== expected.name) {
    throw typeError({ what: 'Type mismatch', span: syntax.span, found: syntax.enumType, expected: expected.name })
  }
  return enumConstant(syntax, expected)
}

/** A constant of an enumeration; numbers become the member's name. @throws HUB_QUERY_TYPE for a name that is no member */
function enumConstant(syntax: Literal, type: ValueType): Expression {
  const members = type.members ?? new Map<string, bigint>()
  const names = syntax.text.split(',').map((part) => {
    const name = part.trim()
    const member = memberOf(name, type)
    if (member !== undefined) return member
    const near = nearest(name, members.keys())
    throw typeError({ what: `No member of ${type.name}`, span: syntax.span, found: `'${name}'`, expected: near === undefined ? [...members.keys()].join(', ') : `a member such as ${near}` })
  })
  return literal(type, names.join(','))
}

/** The member that a name or a number stands for. */
function memberOf(text: string, type: ValueType): string | undefined {
  if (type.members?.has(text) === true) return text
  return /^-?\d+$/.test(text) ? namesOf(BigInt(text), type) : undefined
}

/** The member of this value; of flags, the members that it is made of. */
function namesOf(value: bigint, type: ValueType): string | undefined {
  const text = enumText(type, value)
  return text === undefined || /^-?\d/.test(text) ? undefined : text
}

/** A raw key segment (`/Orders/10248`) as a constant of the key's type; undefined: it is none. */
export function bindKeySegment(syntax: Literal, expected: ValueType): Expression | undefined {
  if (expected.base === 'enum') {
    const names = syntax.text.split(',').map((part) => memberOf(part.trim(), expected))
    return names.includes(undefined) ? undefined : literal(expected, names.join(','))
  }
  const value = castValue(syntax.text, stringType, { ...expected, name: expected.base })
  return value === null ? undefined : literal(expected, value)
}
