import { promote, type BinaryExpression, type CallExpression, type Expression, type InExpression, type ValueType } from '@tributary/plan'
import type { Capabilities, Feature, Trust } from '@tributary/source'
import { isConstant } from './print-filter.js'
import type { Restrictions } from './restrictions.js'

/** What a predicate needs of a remote, and what may be expected of the answer. */
export interface Judgement {
  readonly trust: Trust
  readonly features: readonly Feature[]
}

/** Most comparisons in an or-chain that stands for an `in`. */
export const OR_LIMIT = 25

/**
 * Whether a predicate may be given to the remote. exact: every feature it needs is proven. inexact: nothing is disproved, and whatever
 * the remote does with case, collation or rounding, its answer holds all the right rows. unsupported: it stays with us.
 */
export function judgeFilter(expression: Expression, able: Capabilities, declared: Restrictions): Judgement {
  if (!declared.filterable) return UNSUPPORTED
  const needs = needsOf(expression)
  if (needs === undefined || forbidden(expression, declared)) return UNSUPPORTED
  const features = [...new Set(['filter', ...needs.features])]
  const trusts = features.map((feature) => able.fact(feature).trust)
  if (trusts.includes('unsupported')) return { trust: 'unsupported', features }
  if (trusts.every((trust) => trust === 'exact')) return { trust: 'exact', features }
  return { trust: needs.superset && !onlyProven(able) ? 'inexact' : 'unsupported', features }
}

/** Whether the remote was caught losing rows: what is not proven of it is nothing it may be given. */
export const onlyProven = (able: Capabilities): boolean => able.fact('filter:unproven').trust === 'unsupported'

const UNSUPPORTED: Judgement = { trust: 'unsupported', features: [] }

interface Needs {
  readonly features: readonly Feature[]
  /** Even a remote that is lax about case, blanks or precision answers with all the right rows. */
  readonly superset: boolean
}

/** Undefined: never given away (it has no portable meaning, or depends on our clock). */
function needsOf(expression: Expression): Needs | undefined {
  switch (expression.kind) {
    case 'binary': return expression.operator === 'and' || expression.operator === 'or' ? junction(expression) : comparison(expression)
    case 'unary': return expression.operator === 'not' ? negation(expression.operand) : undefined
    case 'in': return membership(expression)
    case 'call': return expression.type.base === 'Edm.Boolean' ? textSearch(expression) : undefined
    default: return undefined
  }
}

function junction({ operator, left, right }: BinaryExpression): Needs | undefined {
  const [a, b] = [needsOf(left), needsOf(right)]
  return a === undefined || b === undefined ? undefined : { features: [...a.features, ...b.features, `filter:${operator}`], superset: a.superset && b.superset }
}

function negation(operand: Expression): Needs | undefined {
  const needs = needsOf(operand)
  return needs === undefined ? undefined : { features: [...needs.features, 'filter:not'], superset: false }
}

const LAX_TEXT: ReadonlySet<string> = new Set(['contains', 'startswith', 'endswith'])

function textSearch(expression: CallExpression): Needs | undefined {
  if (!LAX_TEXT.has(expression.name)) return undefined
  const [text, sought] = expression.arguments.map((argument) => operandNeeds(argument))
  if (text === undefined || sought === undefined) return undefined
  const plain = expression.arguments[0]?.kind === 'column' && expression.arguments[1]?.kind === 'literal'
  return { features: [...text, ...sought, `filter:${expression.name}`], superset: plain }
}

const COMPARABLE: ReadonlySet<string> = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge'])
/** Compared alike by every remote that honours the comparison at all. */
const PLAIN: ReadonlySet<string> = new Set([
  'Edm.Boolean', 'Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Double', 'Edm.Single', 'Edm.Date', 'Edm.TimeOfDay', 'Edm.DateTimeOffset', 'Edm.Guid',
])

function comparison({ operator, left, right }: BinaryExpression): Needs | undefined {
  if (!COMPARABLE.has(operator)) return undefined
  const [a, b] = [operandNeeds(left), operandNeeds(right)]
  if (a === undefined || b === undefined) return undefined
  const features = [...a, ...b]
  if (isNull(left) || isNull(right)) {
    const equality = operator === 'eq' || operator === 'ne'
    return equality ? { features: [...features, `filter:${operator}:null`], superset: true } : undefined
  }
  const type = promote(left.type, right.type)
  if (type === undefined || type.collection) return undefined
  const onColumns = [left, right].every(({ kind }) => kind === 'column' || kind === 'literal')
  return { features: [...features, `filter:${operator}:${typeFeature(type)}`], superset: onColumns && isLaxSafe(operator, type) && !(isStrict(operator) && (isLong(left) || isLong(right))) }
}

const isStrict = (operator: string): boolean => operator === 'gt' || operator === 'lt'
/** A number that a double cannot hold: a remote that computes with doubles would find it equal to its neighbours, and neither more nor less. */
const isLong = (expression: Expression): boolean => expression.kind === 'literal' && /^-?[\d.]+$/.test(String(expression.value)) && String(expression.value).replaceAll(/[-.]/g, '').length > 15

/** Equality of strings may be lax; order of strings and of guids may not, and `ne` loses nulls on many databases. */
function isLaxSafe(operator: string, { base }: ValueType): boolean {
  if (operator === 'ne') return false
  if (base === 'Edm.String' || base === 'enum') return operator === 'eq'
  if (base === 'Edm.Guid') return operator === 'eq'
  return PLAIN.has(base)
}

const isNull = (expression: Expression): boolean => expression.kind === 'literal' && expression.value === null
/** The part of a feature that names a type. */
export const typeFeature = ({ base }: ValueType): string => base

/** Functions that several types have, which a remote may compute by different rules. */
const OF_SEVERAL_TYPES: ReadonlySet<string> = new Set(['year', 'month', 'day', 'hour', 'minute', 'second', 'date', 'round', 'floor', 'ceiling'])

/** The feature of a function of a value: what is proven of dates says nothing of moments with offsets, nor of numbers with digits behind the point those of doubles. */
export const functionFeature = (name: string, type: ValueType | undefined): Feature => (type !== undefined && OF_SEVERAL_TYPES.has(name) ? `filter:${name}:${typeFeature(type)}` : `filter:${name}`)

function membership({ operand, items }: InExpression): Needs | undefined {
  const needs = operandNeeds(operand)
  if (needs === undefined || items.length === 0 || !isScalar(operand.type)) return undefined
  if (!items.every((item) => isConstant(item) && !isNull(item))) return undefined
  return { features: [...needs, `filter:in:${typeFeature(operand.type)}`], superset: operand.kind === 'column' }
}

/** Types whose constants every remote can be given. */
const isScalar = ({ base, collection }: ValueType): boolean => !collection && (PLAIN.has(base) || base === 'Edm.String' || base === 'enum' || base === 'Edm.Duration')

/** Undeclared properties, what a row says of itself, and our own columns have no name that a remote knows. */
const isNamed = ([first]: readonly [string, ...string[]]): boolean => !/^[*@~]/.test(first)

/** Functions of one row's values that may be proven by probes; those that depend on the clock or have no portable meaning are not here. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  'tolower', 'toupper', 'trim', 'length', 'indexof', 'substring', 'concat', 'year', 'month', 'day', 'hour', 'minute', 'second', 'date', 'round', 'floor', 'ceiling',
])
const ARITHMETIC: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'div', 'mod'])

/** Features an operand of a comparison needs; undefined: it cannot be given away. */
function operandNeeds(expression: Expression): readonly Feature[] | undefined {
  switch (expression.kind) {
    case 'literal': return expression.type.collection || (typeof expression.value === 'string' && !expression.value.isWellFormed()) || Number.isNaN(expression.value) ? undefined : []
    case 'column': return !isNamed(expression.path) ? undefined : expression.path.length > 1 ? ['filter:path'] : []
    case 'call': {
      if (!FUNCTIONS.has(expression.name)) return undefined
      return joined(expression.arguments, functionFeature(expression.name, expression.arguments[0]?.type))
    }
    case 'binary': return ARITHMETIC.has(expression.operator) ? joined([expression.left, expression.right], `filter:${expression.operator}:${typeFeature(expression.type)}`) : undefined
    default: return undefined
  }
}

function joined(operands: readonly Expression[], feature: Feature): readonly Feature[] | undefined {
  const needs = operands.map((operand) => operandNeeds(operand))
  return needs.includes(undefined) ? undefined : [...needs.flatMap((list) => list ?? []), feature]
}

/** Whether the contract rules the predicate out: a property that may not be filtered by, a function that is not offered. */
function forbidden(expression: Expression, declared: Restrictions): boolean {
  switch (expression.kind) {
    case 'column': return declared.nonFilterable.has(expression.path.join('/')) || declared.nonFilterable.has(expression.path[0])
    case 'call': return (declared.functions?.has(expression.name) === false) || expression.arguments.some((argument) => forbidden(argument, declared))
    case 'binary': return forbidden(expression.left, declared) || forbidden(expression.right, declared)
    case 'unary': return forbidden(expression.operand, declared)
    case 'in': return forbidden(expression.operand, declared)
    default: return false
  }
}
