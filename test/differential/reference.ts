import type { Row } from '../harness/odata-server.js'
import { tableOf } from './apply-reference.js'
import { crossedTable } from './crossed.js'
import type { Expression, Lambda, Start } from './expression.js'
import { apply, calculate, negated } from './functions.js'
import type { Model, ModelSet, Navigation } from './model.js'
import { isCollection, leveled, type Options, type OrderItem, type Query } from './query.js'
import { finds, type Search } from './search.js'
import { joinText, kindOf, order, read, type Datum, type Kind } from './values.js'

/** What is right to answer. Related rows without an order may come in any. */
export type Outcome =
  | { readonly kind: 'rows'; readonly rows: readonly Row[]; readonly count?: number }
  | { readonly kind: 'row'; readonly row: Row }
  /** Results of `$apply`, each as text that is equal for equal rows. */
  | { readonly kind: 'table'; readonly rows: readonly string[]; readonly count?: number }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly code: string }

class NotUnique extends Error {}

interface Place {
  readonly set: ModelSet
  readonly row: Row
  readonly variables: ReadonlyMap<string, { readonly set: ModelSet; readonly row: Row }>
}

const compareNullable = (kind: Kind, a: Datum, b: Datum): number => (a === null || b === null ? Number(b === null) - Number(a === null) : order(kind, a, b))

const single = ({ unique }: Navigation, rows: readonly Row[]): readonly Row[] => {
  if (rows.length > 1 && !unique) throw new NotUnique()
  return rows
}

/** Computes answers from the rows of a model, one expression tree at a time. */
export function referenceOf(model: Model): (query: Query) => Outcome {
  const relations = relationsOf(model)
  const valueOf = evaluatorOf(model, relations)
  const matches = (set: ModelSet, rows: readonly Row[], filter: Expression | undefined): readonly Row[] =>
    filter === undefined ? rows : rows.filter((row) => valueOf(filter, { set, row, variables: new Map() }) === true)

  const ordered = (set: ModelSet, rows: readonly Row[], items: readonly OrderItem[]): readonly Row[] => {
    const keys = [...items.map(({ by, descending }) => ({ by, sign: descending ? -1 : 1 })), ...set.key.map((name) => ({ by: { node: 'property', from: { through: [] }, name, kind: kindOf(set.typeOf(name)) } as const, sign: 1 }))]
    const decorated = rows.map((row) => ({ row, values: keys.map(({ by }) => valueOf(by, { set, row, variables: new Map() })) }))
    return decorated.toSorted((a, b) => {
      for (const [index, { by, sign }] of keys.entries()) {
        const found = sign * compareNullable(by.kind, a.values[index] ?? null, b.values[index] ?? null)
        if (found !== 0) return found
      }
      return 0
    }).map(({ row }) => row)
  }

  /** Rows filtered, ordered and cut. */
  const taken = (set: ModelSet, rows: readonly Row[], options: Options): readonly Row[] => {
    const { orderby = [], skip = 0, top = Infinity } = options
    return ordered(set, matches(set, rows, options.filter), orderby).slice(skip, skip + top)
  }

  const shaped = (set: ModelSet, rows: readonly Row[], { select, expand = [], compute = [] }: Options): readonly Row[] => {
    return rows.map((row) => {
      const own = Object.fromEntries(set.properties.filter(({ name }) => select === undefined || select.includes(name)).map(({ name }) => [name, row[name]]))
      const marks = set.marks !== undefined && (select === undefined || select.includes(set.marks.name)) ? { [set.marks.name]: row[set.marks.name] } : {}
      const made = Object.fromEntries(compute.filter(({ alias }) => select === undefined || select.includes(alias)).map(({ alias, expression }) => [alias, told(expression.kind, valueOf(expression, { set, row, variables: new Map() }))]))
      return Object.assign(own, marks, made, ...expand.map((one) => expandedOf(set, row, { navigation: set.navigation(one.navigation), options: leveled(one) })))
    })
  }

  interface Inner {
    readonly navigation: Navigation
    readonly options: Options
  }
  const expandedOf = (set: ModelSet, row: Row, { navigation, options }: Inner): Row => {
    const target = model.set(navigation.target)
    const related = relations.relatedTo(set, navigation, row)
    const { name } = navigation
    if (!navigation.toMany) {
      const [one] = single(navigation, matches(target, related, options.filter))
      return { [name]: one === undefined ? null : shaped(target, [one], options)[0] }
    }
    const rows = taken(target, related, options)
    return { ...(options.count === true ? { [`${name}@odata.count`]: matches(target, related, options.filter).length } : {}), [name]: shaped(target, rows, options) }
  }

  /** The rows a path leads to, before the options. */
  const reached = (query: Query): { readonly set: ModelSet; readonly rows: readonly Row[] } | undefined => {
    let set = model.set(query.set)
    let rows = query.key === undefined ? set.rows : withKey(set, query.key)
    for (const name of query.path) {
      const [row] = rows
      if (row === undefined) return undefined
      const navigation = set.navigation(name)
      rows = relations.relatedTo(set, navigation, row)
      if (!navigation.toMany) rows = single(navigation, rows)
      set = model.set(navigation.target)
    }
    return query.key !== undefined && query.path.length === 0 && rows.length === 0 ? undefined : { set, rows }
  }

  const answer = (query: Query): Outcome => {
    if (query.crossed !== undefined) return crossedTable(query.crossed, model, (condition, set, row) => valueOf(condition, { set, row, variables: new Map() }) === true)
    if (query.applied !== undefined) {
      const set = model.set(query.set)
      return tableOf(query.applied, { model, set, valueOf: (expression, row, of = set) => valueOf(expression, { set: of, row, variables: new Map() }), relatedTo: (from, name, row) => relations.relatedTo(from, from.navigation(name), row) })
    }
    const found = reached(query)
    if (found === undefined) return { kind: 'missing' }
    const { set, rows } = found
    if (query.countOnly) return { kind: 'count', count: matches(set, searched(set, rows, query.options.search), query.options.filter).length }
    if (!isCollection(query, model)) return ofOne(query, set, rows)
    const meant = searched(set, rows, query.options.search)
    const count = query.options.count === true ? { count: matches(set, meant, query.options.filter).length } : {}
    const all = taken(set, meant, query.options)
    return { kind: 'rows', rows: shaped(set, all, query.options), ...count }
  }
  const ofOne = (query: Query, set: ModelSet, rows: readonly Row[]): Outcome => {
    const [row] = rows
    if (row === undefined) return { kind: query.property === undefined ? 'nothing' : 'missing' }
    if (query.property === undefined) return { kind: 'row', row: shaped(set, [row], query.options)[0] ?? {} }
    const value = row[query.property]
    return value === null || value === undefined ? { kind: 'nothing' } : { kind: 'value', value }
  }

  return (query) => {
    try {
      return answer(query)
    } catch (error) {
      if (error instanceof NotUnique) return { kind: 'refused', code: 'HUB_JOIN_NOT_UNIQUE' }
      throw error
    }
  }
}

const keyText = (set: ModelSet, property: string, row: Row): string => {
  const kind = kindOf(set.typeOf(property))
  const value = read(kind, row[property])
  return joinText(kind, value)
}

const integerText = /^(?:0|-?[1-9]\d*)$/
const guidText = /^(?:[\da-f-]{36}|\{[\da-f-]{36}\})$/i

/** What a column joins by: text that stands for numbers or guids by what it is written of; undefined: by nothing. */
function joinedText(set: ModelSet, property: string, row: Row, partner: string): string | undefined {
  const text = row[property]
  if (text === null || text === undefined) return undefined
  if (set.typeOf(property) !== 'Edm.String' || partner === 'Edm.String' || typeof text !== 'string') return keyText(set, property, row)
  if (partner === 'Edm.Guid') return guidText.test(text) ? joinText('guid', text.replaceAll(/[{}]/g, '').toLowerCase()) : undefined
  return integerText.test(text) ? joinText('integer', BigInt(text)) : undefined
}

function textOf(set: ModelSet, columns: readonly (readonly [string, string])[], row: Row): string | undefined {
  const texts = columns.map(([name, partner]) => joinedText(set, name, row, partner))
  return texts.includes(undefined) ? undefined : JSON.stringify(texts)
}

const withKey = (set: ModelSet, key: Row): readonly Row[] => set.rows.filter((row) => set.key.every((name) => keyText(set, name, row) === keyText(set, name, key))).slice(0, 1)

interface Relations {
  relatedTo(set: ModelSet, navigation: Navigation, row: Row): readonly Row[]
}

function relationsOf(model: Model): Relations {
  const indexes = new Map<Navigation, ReadonlyMap<string, readonly Row[]>>()
  const indexOf = (set: ModelSet, navigation: Navigation): ReadonlyMap<string, readonly Row[]> => {
    const target = model.set(navigation.target)
    const columns = navigation.on.map(({ from, to }) => [to, set.typeOf(from)] as const)
    const made = Map.groupBy(target.rows.filter((row) => textOf(target, columns, row) !== undefined), (row) => textOf(target, columns, row) ?? '')
    indexes.set(navigation, made)
    return made
  }
  return {
    relatedTo: (set, navigation, row) => {
      const target = model.set(navigation.target)
      const text = textOf(set, navigation.on.map(({ from, to }) => [from, target.typeOf(to)]), row)
      return text === undefined ? [] : (indexes.get(navigation) ?? indexOf(set, navigation)).get(text) ?? []
    },
  }
}

const compared = (operator: string, kind: Kind, a: Datum, b: Datum): Datum => {
  if (a === null || b === null) return operator === 'eq' ? a === b : operator === 'ne' ? a !== b : false
  if (Number.isNaN(a) || Number.isNaN(b)) return operator === 'ne'
  const found = order(kind, a, b)
  return holdsFor[operator]?.(found) ?? false
}

function evaluatorOf(model: Model, relations: Relations): (expression: Expression, place: Place) => Datum {
  const startOf = ({ variable, through }: Start, place: Place): { readonly set: ModelSet; readonly row: Row | undefined } => {
    const ranged = variable === undefined ? place : place.variables.get(variable)
    if (ranged === undefined) throw new Error(`no variable ${variable}`)
    let at: { readonly set: ModelSet; readonly row: Row | undefined } = { set: ranged.set, row: ranged.row }
    for (const name of through) {
      const navigation = at.set.navigation(name)
      at = { set: model.set(navigation.target), row: at.row === undefined ? undefined : relations.relatedTo(at.set, navigation, at.row)[0] }
    }
    return at
  }
  const relatedAt = (from: Start, name: string, place: Place): { readonly set: ModelSet; readonly rows: readonly Row[] | undefined } => {
    const { set, row } = startOf(from, place)
    const navigation = set.navigation(name)
    return { set: model.set(navigation.target), rows: row === undefined ? undefined : relations.relatedTo(set, navigation, row) }
  }
  const lambda = ({ operator, from, navigation, variable, body }: Lambda, place: Place): Datum => {
    const { set, rows = [] } = relatedAt(from, navigation, place)
    if (body === undefined) return rows.length > 0
    const holds = (row: Row): boolean => value(body, { ...place, variables: new Map([...place.variables, [variable, { set, row }]]) }) === true
    return operator === 'any' ? rows.some(holds) : rows.every(holds)
  }
  const binary = (operator: string, left: Expression, right: Expression, place: Place): Datum => {
    const a = value(left, place)
    const b = value(right, place)
    if (operator === 'and') return a === false || b === false ? false : a === null || b === null ? null : true
    if (operator === 'or') return a === true || b === true ? true : a === null || b === null ? null : false
    return logical(operator) ? compared(operator, commonKind(left.kind, right.kind), a, b) : a === null || b === null ? null : calculate(operator, commonKind(left.kind, right.kind), a, b)
  }
  const typed = ({ test, kind, operand, type }: Extract<Expression, { node: 'typed' }>, place: Place): Datum => {
    const given = value(operand, place)
    if (test === 'cast') return castTo(kind, given)
    return given !== null && operand.node === 'property' && startOf(operand.from, place).set.typeOf(operand.name) === type
  }
  const value = (expression: Expression, place: Place): Datum => {
    switch (expression.node) {
      case 'literal': return read(expression.kind, expression.raw)
      case 'property': return read(expression.kind, startOf(expression.from, place).row?.[expression.name])
      case 'not': {
        const operand = value(expression.operand, place)
        return operand === null ? null : operand !== true
      }
      case 'negate': {
        const operand = value(expression.operand, place)
        return operand === null ? null : negated(expression.kind, operand)
      }
      case 'in': {
        const operand = value(expression.operand, place)
        return expression.items.some((item) => compared('eq', expression.operand.kind, operand, value(item, place)) === true)
      }
      case 'has': {
        const [bits, flags] = [value(expression.operand, place), value(expression.flags, place)]
        return bits === null || flags === null ? null : ((bits as bigint) & (flags as bigint)) === flags
      }
      case 'typed': return typed(expression, place)
      case 'computed': return value(expression.expression, place)
      case 'marks': return marked(expression, startOf(expression.from, place).row)
      case 'call': {
        const given = expression.given.map((one) => value(one, place))
        return given.includes(null) ? null : apply(expression.name, expression.given[0]?.kind ?? 'string', given)
      }
      case 'lambda': return lambda(expression, place)
      case 'count': return nullable(relatedAt(expression.from, expression.navigation, place).rows?.length)
      case 'related': return ((relatedAt(expression.from, expression.navigation, place).rows?.length ?? 0) === 0) === (expression.operator === 'eq')
      case 'binary': return binary(expression.operator, expression.left, expression.right, place)
    }
  }
  return value
}

/** Integers as text or as decimals, moments as dates of their own clock. */
function castTo(kind: Kind, value: Datum): Datum {
  if (value === null) return null
  if (kind === 'string') return String(value)
  return kind === 'date' ? apply('date', 'moment', [value]) : value
}

const searched = (set: ModelSet, rows: readonly Row[], search: Search | undefined): readonly Row[] => (search === undefined ? rows : rows.filter((row) => finds(search, set, row)))

/** What is true of the texts a row holds; a row that is missing holds none, and no number of them. */
function marked({ name, operator, test }: Extract<Expression, { node: 'marks' }>, row: Row | undefined): Datum {
  const texts = (row?.[name] ?? []) as readonly string[]
  if (operator === 'count') return row === undefined ? null : BigInt(texts.length)
  if (test === undefined) return texts.length > 0
  const holds = (text: string): boolean => holdsFor[test.operator]?.(order('string', text, read('string', test.value.raw))) ?? false
  return operator === 'any' ? texts.some(holds) : texts.every(holds)
}

/** A computed value as JSON text could say it. */
const told = (kind: Kind, value: Datum): unknown => (value !== null && (kind === 'integer' || kind === 'decimal') ? joinText(kind, value) : value)

const nullable = (count: number | undefined): Datum => (count === undefined ? null : BigInt(count))
const logical = (operator: string): boolean => operator in holdsFor
const commonKind = (a: Kind, b: Kind): Kind => (a === 'decimal' || b === 'decimal' ? 'decimal' : a)

const holdsFor: Readonly<Record<string, ((found: number) => boolean) | undefined>> = {
  eq: (found) => found === 0, ne: (found) => found !== 0, lt: (found) => found < 0, le: (found) => found <= 0, gt: (found) => found > 0, ge: (found) => found >= 0,
}
