import { binary, booleanType, call, column as columnOf, compile, decimalType, inList, int32Type, isInteger, isNumeric, literal, not, nullType, stringType, dateType, type Column, type Expression, type FunctionName, type Value, type ValueType } from '@tributary/plan'
import type { Feature } from '@tributary/source'
import { functionFeature, typeFeature } from './judge-filter.js'

/** One experiment: a predicate over a known row. Whether the row comes back tells whether the remote agrees with us on it. */
export interface Instance {
  readonly feature: Feature
  /** Index of the row. */
  readonly row: number
  readonly predicate: Expression
  readonly expected: boolean
}

export interface Sample {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Value[])[]
}

type Make = (column: Expression, other: Value, own: Value) => Expression | undefined

/** Experiments by group, the most useful first: groups are not mixed in a request, since a remote that lacks one of them refuses it whole. */
export function instancesOf(given: Sample): Readonly<Record<'equality' | 'everyday' | 'special', readonly (readonly Instance[])[]>> {
  const sample: Spread = { ...given, turn: turns(given.rows.length) }
  const columns = representative(given)
  const nullable = columns.toSorted((a, b) => nullsAt(given, b) - nullsAt(given, a)).slice(0, 2)
  return {
    equality: [columns.flatMap((at) => equality(sample, at))],
    everyday: [
      columns.flatMap((at) => ranges(sample, at)), columns.flatMap((at) => textSearch(sample, at)), columns.flatMap((at) => membership(sample, at)),
      [...nullable.flatMap((at) => nulls(sample, at)), ...columns.flatMap((at) => inequality(sample, at))],
    ],
    special: [nullable.flatMap((at) => negations(sample, at)), columns.flatMap((at) => functions(sample, at)), columns.flatMap((at) => arithmetic(sample, at))],
  }
}

const nullsAt = ({ rows }: Sample, at: number): number => rows.filter((row) => row[at] === null).length

/** A sample whose experiments take turns with the rows, so that many of them fit one request. */
interface Spread extends Sample {
  readonly turn: () => readonly number[]
}

/** The indexes of all rows, each time beginning with the next one. */
function turns(count: number): () => readonly number[] {
  let next = 0
  const all = Array.from({ length: count }, (_, index) => index)
  return () => {
    const from = next++ % Math.max(1, count)
    return [...all.slice(from), ...all.slice(0, from)]
  }
}

/** For each type the column that shows most: letters, many different values, some of them null. */
function representative({ columns, rows }: Sample): readonly number[] {
  const best = new Map<string, { readonly at: number; readonly score: number }>()
  for (const [at, { type }] of columns.entries()) {
    const values = rows.map((row) => row[at])
    const letters = type.base === 'Edm.String' ? values.reduce<number>((sum, value) => sum + Math.min(12, lettersIn(value)), 0) : 0
    const score = new Set(values.filter((value) => value !== null)).size + (values.includes(null) ? rows.length : 0) + letters
    if (score > (best.get(type.base)?.score ?? 1)) best.set(type.base, { at, score })
  }
  return [...best.values()].map(({ at }) => at)
}

const isPresent = (value: Value): boolean => value !== null && value !== undefined

const lettersIn = (value: Value): number => (typeof value === 'string' ? [...value].filter((sign) => sign.toLowerCase() !== sign.toUpperCase()).length : 0)

/** Rows for which the made predicate is true and false, one of each as far as they exist. */
function pairs(sample: Spread, at: number, feature: Feature, make: Make): readonly Instance[] {
  return [true, false].flatMap((wanted) => {
    const found = experiment(sample, at, make, { feature, wanted })
    return found === undefined ? [] : [found]
  })
}

/** The first row in turn with a value for which the predicate is as wanted. */
function experiment(sample: Spread, at: number, make: Make, { feature, wanted }: { readonly feature: Feature; readonly wanted?: boolean }): Instance | undefined {
  const column = sample.columns[at]
  if (column === undefined) return undefined
  const present = sample.turn().filter((index) => isPresent(sample.rows[index]?.[at]))
  for (const [step, row] of present.entries()) {
    const other = sample.rows[present[(step + 1) % present.length] ?? row]?.[at]
    const predicate = make(columnOf(column.type, column.name), other, sample.rows[row]?.[at])
    if (predicate === undefined) continue
    const expected = compile(predicate, sample.columns)(sample.rows[row] ?? []) === true
    if (wanted === undefined || expected === wanted) return { feature, row, predicate, expected }
  }
  return undefined
}

/** The experiment that `make` builds of a row's own text, whatever it is expected to show. */
function twins(sample: Spread, at: number, feature: Feature, make: (column: Expression, own: string) => Expression | undefined): readonly Instance[] {
  const found = experiment(sample, at, (column, _, own) => (typeof own === 'string' ? make(column, own) : undefined), { feature })
  return found === undefined ? [] : [found]
}

const typeAt = ({ columns }: Sample, at: number): ValueType => columns[at]?.type ?? stringType
const isText = (sample: Sample, at: number): boolean => typeAt(sample, at).base === 'Edm.String'

/** The same letters in the other case; undefined where there are none. */
function otherCase(text: string): string | undefined {
  const swapped = text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
  return swapped === text || swapped.length !== text.length ? undefined : swapped
}

const padded = (text: string): string | undefined => (text === '' ? undefined : `${text} `)
const unlessSame = (text: string, changed: string): string | undefined => (text === changed || text.length !== changed.length ? undefined : changed)

/**
 * Experiments with text that only differs in case or trailing blanks. Without one nothing is proven about text: most remotes that are
 * wrong about it are wrong just there.
 */
function withTwins(sample: Spread, at: number, given: { readonly feature: Feature; readonly instances: readonly Instance[] }, make: (column: Expression, own: string) => readonly (Expression | undefined)[]): readonly Instance[] {
  if (!isText(sample, at)) return given.instances
  const [cased, ...others] = [0, 1].map((index) => twins(sample, at, given.feature, (column, own) => make(column, own)[index]))
  return cased === undefined || cased.length === 0 ? [] : [...given.instances, ...cased, ...others.flat()]
}

/** Numbers with digits behind the point: some remotes read none in what they are sent. */
const hasFraction = (value: Value): boolean => /^-?\d+\.\d*[1-9]/.test(String(value))

function equality(sample: Spread, at: number): readonly Instance[] {
  const type = typeAt(sample, at)
  const feature = `filter:eq:${typeFeature(type)}`
  const itself = experiment(sample, at, (column, _, own) => binary('eq', column, literal(type, own)), { feature, wanted: true })
  const another = experiment(sample, at, (column, other) => binary('eq', column, literal(type, other)), { feature, wanted: false })
  const respelled = type.base === 'Edm.Guid' ? twins(sample, at, feature, (column, own) => (otherCase(own) === undefined ? undefined : binary('eq', column, literal(type, otherCase(own))))) : []
  const fractional = experiment(sample, at, (column, _, own) => (hasFraction(own) ? binary('eq', column, literal(type, own)) : undefined), { feature, wanted: true })
  const instances = [itself, another, ...(fractional?.row === itself?.row ? [] : [fractional]), ...respelled].filter((instance) => instance !== undefined)
  return withTwins(sample, at, { feature, instances }, (column, own) => [otherCase(own), padded(own)].map((text) => (text === undefined ? undefined : binary('eq', column, literal(type, text)))))
}

/** The boundary, where the operators differ, and a value on the other side of it; for text the case in which letters and code points disagree. */
function ranges(sample: Spread, at: number): readonly Instance[] {
  const type = typeAt(sample, at)
  if (type.base === 'Edm.Boolean') return []
  return (['gt', 'lt', 'ge', 'le'] as const).flatMap((operator) => {
    const feature = `filter:${operator}:${typeFeature(type)}`
    const boundary = experiment(sample, at, (column, _, own) => binary(operator, column, literal(type, own)), { feature })
    const beyond = experiment(sample, at, (column, other) => binary(operator, column, literal(type, other)), { feature, wanted: !(boundary?.expected ?? false) })
    const instances = [boundary, beyond].filter((instance) => instance !== undefined)
    const telling = (own: string): string | undefined => unlessSame(own, operator === 'gt' || operator === 'le' ? own.toUpperCase() : own.toLowerCase())
    return withTwins(sample, at, { feature, instances }, (column, own) => {
      const text = telling(own)
      return text === undefined ? [] : [binary(operator, column, literal(type, text))]
    })
  })
}

function inequality(sample: Spread, at: number): readonly Instance[] {
  const type = typeAt(sample, at)
  const some = sample.rows.find((row) => isPresent(row[at]))?.[at]
  const feature = `filter:ne:${typeFeature(type)}`
  if (some === undefined) return []
  const make = (column: Expression): Expression => binary('ne', column, literal(type, some))
  const instances = [...pairs(sample, at, feature, make), ...onNull(sample, at, feature, make)]
  return withTwins(sample, at, { feature, instances }, (column, own) => [otherCase(own), padded(own)].map((text) => (text === undefined ? undefined : binary('ne', column, literal(type, text)))))
}

function nulls(sample: Spread, at: number): readonly Instance[] {
  return (['eq', 'ne'] as const).flatMap((operator) => {
    const make = (column: Expression): Expression => binary(operator, column, literal(nullType, null))
    return [...onNull(sample, at, `filter:${operator}:null`, make), ...pairs(sample, at, `filter:${operator}:null`, make)]
  })
}

/** The predicate over a row whose value is null, if there is one. */
function onNull(sample: Spread, at: number, feature: Feature, make: (column: Expression) => Expression): readonly Instance[] {
  const row = sample.turn().find((index) => sample.rows[index]?.[at] === null)
  if (row === undefined) return []
  const predicate = make(columnOf(typeAt(sample, at), sample.columns[at]?.name ?? ''))
  return [{ feature, row, predicate, expected: compile(predicate, sample.columns)(sample.rows[row] ?? []) === true }]
}

function membership(sample: Spread, at: number): readonly Instance[] {
  const type = typeAt(sample, at)
  if (type.base === 'Edm.Boolean') return []
  const feature = `filter:in:${typeFeature(type)}`
  const others = [...new Set(sample.rows.map((row) => row[at]).filter((value) => isPresent(value)))].slice(0, 2)
  const list = (values: readonly Value[]): readonly Expression[] => values.map((value) => literal(type, value))
  const instances = [
    ...pairs(sample, at, feature, (column, other) => inList(column, list([other, ...others]))),
    ...pairs(sample, at, feature, (column, other) => inList(column, list([other]))),
  ]
  return withTwins(sample, at, { feature, instances }, (column, own) => [otherCase(own), padded(own)].map((text) => (text === undefined ? undefined : inList(column, list([text])))))
}

const middle = (text: string): string => [...text].slice(1, 4).join('')
const first = (text: string): string => [...text].slice(0, 3).join('')
const last = (text: string): string => [...text].slice(-3).join('')

function textSearch(sample: Spread, at: number): readonly Instance[] {
  if (!isText(sample, at)) return []
  return ([['contains', middle], ['startswith', first], ['endswith', last]] as const).flatMap(([name, part]) => {
    const feature = `filter:${name}`
    const search = (column: Expression, sought: string | undefined): Expression | undefined =>
      sought === undefined || sought.trim() === '' || !sought.isWellFormed() ? undefined : call(name, booleanType, column, literal(stringType, sought))
    const instances = [...twins(sample, at, feature, (column, own) => search(column, part(own))), ...twins(sample, at, feature, (column) => search(column, '~no such text~'))]
    return withTwins(sample, at, { feature, instances }, (column, own) => [search(column, otherCase(part(own)))])
  })
}

function negations(sample: Spread, at: number): readonly Instance[] {
  const type = typeAt(sample, at)
  const some = sample.rows.find((row) => isPresent(row[at]))?.[at]
  if (some === undefined) return []
  const make = (column: Expression): Expression => not(binary('eq', column, literal(type, some)))
  return [...pairs(sample, at, 'filter:not', make), ...onNull(sample, at, 'filter:not', make)]
}

interface Computed {
  readonly feature: Feature
  readonly of: (column: Expression) => Expression
  /** Whether a value shows if the remote goes by other rules: where one is among those seen, only that proves anything. */
  readonly tells?: (own: Value) => boolean
  /** Whether a value is of those that other rules are about. Without any, all values tell. */
  readonly concerns?: (own: Value) => boolean
}

const made = (name: FunctionName, result: ValueType, ...rest: readonly Expression[]): ((type: ValueType) => Computed) => (type) => ({ feature: functionFeature(name, type), of: (column) => call(name, result, column, ...rest) })

/**
 * A part of a moment as its own offset has it. A remote that computes in UTC answers alike for most values, so that only one whose part is
 * another in UTC tells; where all values are in UTC, as with remotes that keep nothing else, there is nothing to tell.
 */
const partOfMoment = (name: FunctionName, result: ValueType): ((type: ValueType) => Computed) => (type) => {
  const part = (own: Value): Value => compile(call(name, result, literal(type, own)), [])([])
  return {
    ...made(name, result)(type), concerns: hasOffset,
    tells: (own) => {
      const moment = new Date(String(own))
      return !Number.isNaN(moment.getTime()) && part(own) !== part(moment.toISOString())
    },
  }
}

const hasOffset = (own: Value): boolean => /[+-](?!00:00)\d\d:\d\d$/.test(String(own))
/** Half way between two whole numbers, the nearer one to zero even: some remotes round to the even one. */
const isTie = (own: Value): boolean => /^-?\d*[02468]\.50*$/.test(String(own))
const small = (value: number): Expression => literal(int32Type, value)

function functions(sample: Spread, at: number): readonly Instance[] {
  const type = typeAt(sample, at)
  const byType: Readonly<Record<string, readonly ((type: ValueType) => Computed)[]>> = {
    'Edm.String': [made('tolower', stringType), made('toupper', stringType), made('trim', stringType), made('length', int32Type), made('substring', stringType, small(1)), made('indexof', int32Type, literal(stringType, 'e')), made('concat', stringType, literal(stringType, '-'))],
    'Edm.Date': [made('year', int32Type), made('month', int32Type), made('day', int32Type)],
    'Edm.DateTimeOffset': [...(['year', 'month', 'day', 'hour', 'minute'] as const).map((name) => partOfMoment(name, int32Type)), made('second', int32Type), partOfMoment('date', dateType)],
    'Edm.TimeOfDay': [made('hour', int32Type), made('minute', int32Type), made('second', int32Type)],
    'Edm.Decimal': [(decimal) => ({ ...made('round', decimalType)(decimal), concerns: hasFraction, tells: isTie }), made('floor', decimalType), made('ceiling', decimalType)],
  }
  return (byType[type.base] ?? []).flatMap((computed) => computedInstances(sample, at, computed(type)))
}

function arithmetic(sample: Spread, at: number): readonly Instance[] {
  const type = typeAt(sample, at)
  if (!isNumeric(type.base) || type.base === 'Edm.Double' || type.base === 'Edm.Single') return []
  const three = literal(isInteger(type.base) ? int32Type : decimalType, isInteger(type.base) ? 3 : '3')
  const result = isInteger(type.base) && type.base !== 'Edm.Int64' ? int32Type : type
  const operators = isInteger(type.base) ? (['add', 'sub', 'mul', 'div', 'mod'] as const) : (['add', 'sub', 'mul'] as const)
  return operators.flatMap((operator) => computedInstances(sample, at, { feature: `filter:${operator}:${typeFeature(result)}`, of: (column) => binary(operator, column, three, result) }))
}

/** `f(X) eq value`: with the value of the row itself, and with that of another row. None where values that would tell are lacking. */
function computedInstances(sample: Spread, at: number, { feature, of, tells, concerns }: Computed): readonly Instance[] {
  const column = sample.columns[at]
  if (column === undefined) return []
  const computed = of(columnOf(column.type, column.name))
  const value = compile(computed, sample.columns)
  const present = sample.turn().flatMap((index) => (isPresent(sample.rows[index]?.[at]) ? [{ index, own: value(sample.rows[index] ?? []) }] : [])).filter(({ own }) => isPresent(own))
  const isConcerned = concerns !== undefined && sample.rows.some((row) => concerns(row[at]))
  const some = isConcerned ? present.find(({ index }) => tells?.(sample.rows[index]?.[at])) : present[0]
  const different = present.find(({ own }) => own !== some?.own)
  if (some === undefined || different === undefined) return []
  const predicate = binary('eq', computed, literal(computed.type, some.own))
  return [{ feature, row: some.index, predicate, expected: true }, { feature, row: different.index, predicate, expected: false }]
}
