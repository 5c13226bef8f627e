import { hubError } from '@tributary/errors'
import type { CallExpression, Expression, FunctionName } from '../expression.js'
import type { Value, ValueType } from '../value.js'
import { itemOf } from '../value-type.js'
import { hashKey } from '../values/hash-key.js'
import type { Compiled } from './compiled.js'
import { dateFunctions, maxDateTime, minDateTime } from './date-functions.js'
import { geoFunction } from './geo-functions.js'
import { rounding } from './number-functions.js'
import { compilePattern, hasSubsequence, hasSubset, indexOf, lengthOf, matchesPattern, requireCount, substringOf, trimmed } from './text-functions.js'

type Implementation = (given: readonly Value[]) => Value

const text = (value: Value): string => String(value)

/** Functions of texts; none is called with a null argument. */
const textFunctions: Partial<Record<FunctionName, Implementation>> = {
  contains: ([a, b]) => text(a).includes(text(b)),
  startswith: ([a, b]) => text(a).startsWith(text(b)),
  endswith: ([a, b]) => text(a).endsWith(text(b)),
  indexof: ([a, b]) => indexOf(text(a), text(b)),
  length: ([a]) => lengthOf(text(a)),
  substring: ([a, start, count]) => substringOf(text(a), Number(start), count === undefined ? undefined : Number(count)),
  tolower: ([a]) => text(a).toLowerCase(),
  toupper: ([a]) => text(a).toUpperCase(),
  trim: ([a]) => trimmed(text(a)),
  concat: ([a, b]) => text(a) + text(b),
  matchesPattern: ([a, pattern]) => matchesPattern(text(a), text(pattern)),
}

/** The same names over collections. */
const collectionFunctions: Partial<Record<FunctionName, (given: readonly (readonly Value[])[], key: (value: Value) => string) => Value>> = {
  contains: ([a = [], b = []], key) => a.some((_, start) => startsWithItems(a.slice(start), b, key)) || b.length === 0,
  startswith: ([a = [], b = []], key) => startsWithItems(a, b, key),
  endswith: ([a = [], b = []], key) => b.length <= a.length && startsWithItems(a.slice(a.length - b.length), b, key),
  indexof: ([a = [], b = []], key) => (b.length === 0 ? 0 : a.findIndex((_, start) => startsWithItems(a.slice(start), b, key))),
  length: ([a = []]) => a.length,
  concat: ([a = [], b = []]) => [...a, ...b],
  hassubset: ([a = [], b = []], key) => hasSubset(a, b, key),
  hassubsequence: ([a = [], b = []], key) => hasSubsequence(a, b, key),
}

const startsWithItems = (whole: readonly Value[], part: readonly Value[], key: (value: Value) => string): boolean =>
  part.length <= whole.length && part.every((item, index) => key(item) === key(whole[index]))

/**
 * A function call made ready to run: null if an argument is null.
 * @throws HUB_QUERY_INVALID for a pattern that is none
 */
export function compileCall(expression: CallExpression, compileOperand: (operand: Expression) => Compiled): Compiled {
  const given = expression.arguments.map(compileOperand)
  if (expression.name === 'case') return compileCase(given)
  // null is of no type that a function could be defined for
  if (expression.arguments.some(({ type }) => type.base === 'null' && !type.collection)) return () => null
  const implementation = implementationOf(expression)
  const pattern = expression.name === 'matchesPattern' ? expression.arguments[1] : undefined
  if (pattern?.kind === 'literal' && pattern.value !== null) compilePattern(String(pattern.value))
  if (given.length === 0) return () => implementation([])
  return (row) => {
    const values: Value[] = []
    for (const argument of given) {
      const value = argument(row)
      if (value === null || value === undefined) return null
      values.push(value)
    }
    return implementation(values)
  }
}

/** The result of the first condition that is true; later ones are not computed. */
function compileCase(given: readonly Compiled[]): Compiled {
  return (row) => {
    for (let index = 0; index + 1 < given.length; index += 2) {
      if (given[index]?.(row) === true) return given[index + 1]?.(row) ?? null
    }
    return null
  }
}

function implementationOf(expression: CallExpression): Implementation {
  const { name } = expression
  const type: ValueType | undefined = expression.arguments[0]?.type
  if (type?.collection === true) return collectionImplementation(expression, type)
  const ofText = textFunctions[name]
  if (ofText !== undefined) return ofText
  const ofDate = dateFunctions[name]
  if (ofDate !== undefined && type !== undefined) return ([value]) => ofDate(type, String(value))
  switch (name) {
    case 'round': case 'floor': case 'ceiling': {
      const round = rounding(name, type ?? expression.type)
      return ([value]) => round(value)
    }
    case 'now': return oneMoment()
    case 'mindatetime': return () => minDateTime
    case 'maxdatetime': return () => maxDateTime
    default: {
      const ofGeo = geoFunction(name, type ?? expression.type)
      if (ofGeo === undefined) throw undefinedOver(name, type ?? expression.type)
      return ofGeo
    }
  }
}

/** All rows see the same moment, that of the first. */
function oneMoment(): () => string {
  let moment: string | undefined
  return () => (moment ??= new Date().toISOString())
}

function collectionImplementation(expression: CallExpression, type: ValueType): Implementation {
  if (expression.name === 'substring') return ([items, start, count]) => sliceItems(asItems(items), Number(start), count === undefined ? undefined : Number(count))
  const ofItems = collectionFunctions[expression.name]
  if (ofItems === undefined) throw undefinedOver(expression.name, type)
  const item = itemOf(type)
  return (given) => ofItems(given.map(asItems), (value) => hashKey([item], [value]))
}

const asItems = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [])

function sliceItems(items: readonly Value[], start: number, count?: number): readonly Value[] {
  const from = start < 0 ? Math.max(0, items.length + start) : start
  return items.slice(from, count === undefined ? undefined : from + requireCount(count))
}

const undefinedOver = (name: string, type: ValueType): Error =>
  hubError('HUB_QUERY_TYPE', { what: `The function ${name}`, position: 0, found: type.name, expected: 'a type it is defined for' })
