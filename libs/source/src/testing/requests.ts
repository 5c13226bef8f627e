import * as fc from 'fast-check'
import {
  binary, booleanType, call, column as columnOf, conjunction, inList, int32Type, isInteger, isNumeric, literal, not, nullType, orderKey, stringType, type Column, type Expression, type OrderKey, type Value,
} from '@tributary/plan'

/** Rows requests are made from: their literals are values that occur, and values that nearly do. */
export interface Population {
  readonly columns: readonly Column[]
  readonly key: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

export interface WantedRows {
  readonly filter?: Expression
  readonly order: readonly OrderKey[]
  readonly skip: number
  readonly top?: number
  readonly count: boolean
}

const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const

/** Every operator and function over every column, with values of the rows, their case twins and null. */
export function leafFilters({ columns, rows }: Population): readonly Expression[] {
  return columns.flatMap((column, at) => {
    const operand = columnOf(column.type, column.name)
    const values = valuesOf(rows, at)
    const some = values[Math.floor(values.length / 2)]
    if (some === undefined) return []
    const compared = COMPARISONS.map((operator) => binary(operator, operand, literal(column.type, some)))
    const nulls = (['eq', 'ne'] as const).map((operator) => binary(operator, operand, literal(nullType, null)))
    const listed = inList(operand, [...values.slice(0, 3), some].map((value) => literal(column.type, value)))
    const negated = (['eq', 'gt'] as const).map((operator) => not(binary(operator, operand, literal(column.type, some))))
    return [...compared, ...nulls, listed, not(listed), ...negated, ...(typeof some === 'string' && column.type.base === 'Edm.String' ? textFilters(operand, some) : []), ...arithmetic(column, operand, some)]
  })
}

const valuesOf = (rows: readonly (readonly Value[])[], at: number): readonly Value[] => [...new Set(rows.map((row) => row[at]))].filter((value) => value !== null && value !== undefined)

const swapCase = (text: string): string => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase())

function textFilters(operand: Expression, some: string): readonly Expression[] {
  const part = [...some].slice(0, 3).join('')
  const searches = (['contains', 'startswith', 'endswith'] as const).flatMap((name) => [part, swapCase(part), [...some].slice(-2).join('')].map((sought) => call(name, booleanType, operand, literal(stringType, sought))))
  return [
    ...searches, not(searches[0] ?? literal(booleanType, true)),
    binary('eq', operand, literal(stringType, swapCase(some))), binary('eq', operand, literal(stringType, `${some} `)), inList(operand, [literal(stringType, swapCase(some))]),
    binary('eq', call('tolower', stringType, operand), literal(stringType, some.toLowerCase())), binary('gt', call('length', int32Type, operand), literal(int32Type, 9)),
  ]
}

function arithmetic({ type }: Column, operand: Expression, some: Value): readonly Expression[] {
  if (!isInteger(type.base) || !isNumeric(type.base) || type.base === 'Edm.Int64') return []
  return (['add', 'sub', 'mul', 'mod', 'div'] as const).map((operator) => binary('gt', binary(operator, operand, literal(int32Type, 3), int32Type), literal(type, some)))
}

/** Random requests: trees of `and`, `or`, `not` over the leaves, orders that the key makes total, skip, top, count. */
export function requests(population: Population): fc.Arbitrary<WantedRows> {
  const leaf = fc.constantFrom(...leafFilters(population))
  const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
    tree: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaf, fc.tuple(fc.constantFrom('and' as const, 'or' as const), tie('tree'), tie('tree')).map(([operator, left, right]) => binary(operator, left, right)), tie('tree').map((operand) => not(operand))),
  }))
  const filter = fc.option(fc.array(tree, { minLength: 1, maxLength: 3 }).map((parts) => conjunction(parts)), { nil: undefined, freq: 5 })
  const order = fc.option(fc.tuple(fc.constantFrom(...population.columns), fc.boolean(), fc.boolean()), { nil: undefined }).map((chosen) => (chosen === undefined ? [] : totalOrder(population, ...chosen)))
  return fc.record({ filter, order, skip: fc.constantFrom(0, 0, 0, 1, 7), top: fc.option(fc.constantFrom(0, 1, 5, 40), { nil: undefined }), count: fc.boolean() })
    .map(({ filter: given, top, ...rest }) => ({ ...rest, ...(given === undefined ? {} : { filter: given }), ...(top === undefined ? {} : { top }) }))
}

/** By a column, then by the key. */
export function totalOrder({ columns, key }: Population, by: Column, descending: boolean, keyDescending: boolean): readonly OrderKey[] {
  const keys = columns.filter(({ name }) => key.includes(name) && name !== by.name).map((column) => orderKey(columnOf(column.type, column.name), keyDescending))
  return [orderKey(columnOf(by.type, by.name), descending), ...keys]
}
