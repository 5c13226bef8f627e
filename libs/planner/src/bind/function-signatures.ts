import {
  type BaseType, booleanType, cast, collectionOf, dateTimeOffsetType, dateType, decimalType, doubleType, durationType, type Expression, type FunctionName, int32Type, int64Type, isFloating, isNumeric, primitiveType, promote, stringType, timeOfDayType, type ValueType,
} from '@tributary/plan'

/** What an argument may be. `text` also takes a collection where the function works on both. */
export type Parameter = 'text' | 'whole' | 'number' | 'date' | 'time' | 'duration' | 'collection' | 'textOrCollection' | 'instant' | 'point' | 'line' | 'polygon'

/** One canonical function: its parameters, the last `optional` of which may be left out, and its result. */
export interface Signature {
  readonly parameters: readonly Parameter[]
  readonly optional: number
  readonly result: (given: readonly ValueType[]) => ValueType
}

const always = (type: ValueType) => (): ValueType => type
const sameAsFirst = (given: readonly ValueType[]): ValueType => given[0] ?? stringType
/** Two texts, or two collections of which one may be empty and so of no type of its own. */
const common = (given: readonly ValueType[]): ValueType => {
  const [first = stringType, second = first] = given
  return promote(first, second) ?? first
}
/** Rounding keeps floating types; integers and decimals give Decimal. */
const rounded = (given: readonly ValueType[]): ValueType => {
  const base = given[0]?.base ?? 'Edm.Decimal'
  return isFloating(base) ? primitiveType(base === 'Edm.Single' ? 'Edm.Single' : 'Edm.Double') : decimalType
}

const signature = (result: Signature['result'], parameters: readonly Parameter[], optional = 0): Signature => Object.freeze({ parameters, optional, result })

const isTrue = always(booleanType)
const both = ['textOrCollection', 'textOrCollection'] as const

/** The canonical functions. @see OData URL Conventions 4.01 section 5.1.1.5 to 5.1.1.14 */
export const signatures: ReadonlyMap<string, Signature> = new Map<FunctionName, Signature>([
  ['concat', signature(common, both)],
  ['contains', signature(isTrue, both)],
  ['endswith', signature(isTrue, both)],
  ['startswith', signature(isTrue, both)],
  ['indexof', signature(always(int32Type), both)],
  ['length', signature(always(int32Type), ['textOrCollection'])],
  ['substring', signature(sameAsFirst, ['textOrCollection', 'whole', 'whole'], 1)],
  ['matchesPattern', signature(isTrue, ['text', 'text'])],
  ['tolower', signature(always(stringType), ['text'])],
  ['toupper', signature(always(stringType), ['text'])],
  ['trim', signature(always(stringType), ['text'])],
  ['year', signature(always(int32Type), ['date'])],
  ['month', signature(always(int32Type), ['date'])],
  ['day', signature(always(int32Type), ['date'])],
  ['hour', signature(always(int32Type), ['time'])],
  ['minute', signature(always(int32Type), ['time'])],
  ['second', signature(always(int32Type), ['time'])],
  ['fractionalseconds', signature(always(decimalType), ['time'])],
  ['date', signature(always(dateType), ['instant'])],
  ['time', signature(always(timeOfDayType), ['instant'])],
  ['totaloffsetminutes', signature(always(int32Type), ['instant'])],
  ['totalseconds', signature(always(decimalType), ['duration'])],
  ['now', signature(always(dateTimeOffsetType), [])],
  ['mindatetime', signature(always(dateTimeOffsetType), [])],
  ['maxdatetime', signature(always(dateTimeOffsetType), [])],
  ['round', signature(rounded, ['number'])],
  ['floor', signature(rounded, ['number'])],
  ['ceiling', signature(rounded, ['number'])],
  ['hassubset', signature(isTrue, ['collection', 'collection'])],
  ['hassubsequence', signature(isTrue, ['collection', 'collection'])],
  ['geo.distance', signature(always(doubleType), ['point', 'point'])],
  ['geo.length', signature(always(doubleType), ['line'])],
  ['geo.intersects', signature(isTrue, ['point', 'polygon'])],
])

/** True if the name is one of the canonical functions that are computed. */
export const isFunctionName = (name: string): name is FunctionName => signatures.has(name)

const bases: Record<Exclude<Parameter, 'collection' | 'textOrCollection' | 'number' | 'whole' | Shape>, readonly BaseType[]> = {
  text: ['Edm.String'],
  date: ['Edm.Date', 'Edm.DateTimeOffset'],
  time: ['Edm.TimeOfDay', 'Edm.DateTimeOffset'],
  instant: ['Edm.DateTimeOffset'],
  duration: ['Edm.Duration'],
}

type Shape = 'point' | 'line' | 'polygon'

/** What the names of geographic types end with. */
const shapes: Record<Shape, RegExp> = { point: /Point$/, line: /LineString$/, polygon: /Polygon$/ }

const isShape = (parameter: Parameter): parameter is Shape => parameter in shapes

/** Abstract types may hold any shape: which one it is shows in the value. */
const fitsShape = (shape: Shape, { base, name }: ValueType): boolean =>
  (base === 'Edm.Geography' || base === 'Edm.Geometry') && (name === base || (shapes[shape].test(name) && (shape !== 'point' || !name.includes('Multi'))))

/** True if a value of the type may stand for the parameter; null may always, an empty array where a collection may. */
export function fits(parameter: Parameter, type: ValueType): boolean {
  if (type.base === 'null') return !type.collection || parameter === 'collection' || parameter === 'textOrCollection'
  if (parameter === 'collection') return type.collection
  if (parameter === 'textOrCollection') return type.collection || type.base === 'Edm.String'
  if (type.collection) return false
  if (isShape(parameter)) return fitsShape(parameter, type)
  if (parameter === 'number') return isNumeric(type.base)
  if (parameter === 'whole') return type.base === int32Type.base || type.base === int64Type.base || type.base === 'Edm.Int16' || type.base === 'Edm.Byte' || type.base === 'Edm.SByte'
  return bases[parameter].includes(type.base)
}

const names: Record<Parameter, string> = {
  text: 'Edm.String', whole: 'a whole number', number: 'a number', date: 'Edm.Date or Edm.DateTimeOffset', time: 'Edm.TimeOfDay or Edm.DateTimeOffset',
  instant: 'Edm.DateTimeOffset', duration: 'Edm.Duration', collection: 'a collection', textOrCollection: 'Edm.String or a collection',
  point: 'a geographic or geometric point', line: 'a line string', polygon: 'a polygon',
}

/** What a parameter takes, in words. */
export const describeParameter = (parameter: Parameter): string => names[parameter]

const needed: Partial<Record<Parameter, ValueType>> = {
  text: stringType, whole: int64Type, number: decimalType, date: dateTimeOffsetType, time: dateTimeOffsetType, instant: dateTimeOffsetType, duration: durationType,
}

/** An argument of no declared type as one the parameter takes; beside a collection it is one. */
export function untypedAs(parameter: Parameter, argument: Expression, other: ValueType | undefined): Expression {
  const type = needed[parameter]
  if (type !== undefined) return cast(argument, type)
  if (parameter === 'collection' || other?.collection === true) return cast(argument, other?.collection === true ? other : collectionOf(argument.type))
  return isShape(parameter) ? cast(argument, other ?? primitiveType('Edm.Geography')) : cast(argument, stringType)
}
