import { fieldName, printHaving, printSteps } from './applied.js'
import type { AppliedQuery } from './apply-queries.js'
import { crossedPath, crossedTexts, type Crossed } from './crossed.js'
import { print, printLiteral, type Expression } from './expression.js'
import type { Model, ModelSet } from './model.js'
import { printSearch, type Search } from './search.js'
import { kindOf } from './values.js'

export interface OrderItem {
  readonly by: Expression
  readonly descending: boolean
}

export interface Options {
  readonly filter?: Expression
  readonly search?: Search
  readonly compute?: readonly { readonly alias: string; readonly expression: Expression }[]
  /** Of an expand that leads back to its own set. */
  readonly levels?: number
  readonly orderby?: readonly OrderItem[]
  readonly top?: number
  readonly skip?: number
  readonly count?: boolean
  readonly select?: readonly string[]
  readonly expand?: readonly Expanded[]
}

export interface Expanded {
  readonly navigation: string
  readonly options: Options
}

/** A request: rows of a set, one of them by key, what navigation leads to from there, one property, or how many there are. */
export interface Query {
  readonly set: string
  /** A row as exposed, whose key is meant. */
  readonly key?: Readonly<Record<string, unknown>>
  /** Navigations from the row with the key; only the last may lead to many. */
  readonly path: readonly string[]
  readonly property?: string
  readonly countOnly: boolean
  readonly options: Options
  /** Instead of options: what `$apply` makes of the set's rows, and what follows it. */
  readonly applied?: AppliedQuery
  /** Instead of a set and options. */
  readonly crossed?: Crossed
  readonly pageRows?: number
  /** Whether 64-bit integers and decimals are asked for as text. */
  readonly asText: boolean
}

const encoded = (text: string): string => encodeURIComponent(text).replaceAll('%24', '$').replaceAll('%2C', ',').replaceAll('%3A', ':')

/** The options as name and text. */
function optionTexts(options: Options): readonly string[] {
  const { filter, orderby, top, skip, count, select, expand, search, compute, levels } = options
  return [
    ...(search === undefined ? [] : [`$search=${printSearch(search)}`]),
    ...(compute === undefined ? [] : [`$compute=${compute.map(({ alias, expression }) => `${print(expression)} as ${alias}`).join(',')}`]),
    ...(levels === undefined ? [] : [`$levels=${levels}`]),
    ...(filter === undefined ? [] : [`$filter=${print(filter)}`]),
    ...(orderby === undefined ? [] : [`$orderby=${orderby.map(({ by, descending }) => `${print(by)}${descending ? ' desc' : ''}`).join(',')}`]),
    ...(top === undefined ? [] : [`$top=${top}`]),
    ...(skip === undefined ? [] : [`$skip=${skip}`]),
    ...(count === undefined ? [] : [`$count=${count}`]),
    ...(select === undefined ? [] : [`$select=${select.join(',')}`]),
    ...(expand === undefined ? [] : [`$expand=${expand.map(printExpanded).join(',')}`]),
  ]
}

/** The options of expanded rows; while levels are left, the same is expanded of them again. */
export function leveled({ navigation, options }: Expanded): Options {
  const { levels = 1, expand = [], ...rest } = options
  if (levels <= 1) return options
  return { ...rest, levels: levels - 1, expand: [...expand, { navigation, options: { ...options, levels: levels - 1 } }] }
}

function printExpanded({ navigation, options }: Expanded): string {
  const inner = optionTexts(options)
  return inner.length === 0 ? navigation : `${navigation}(${inner.join(';')})`
}

function printKey(set: ModelSet, key: Readonly<Record<string, unknown>>): string {
  const [only, ...more] = set.key
  const value = (name: string): string => printLiteral(kindOf(set.typeOf(name)), key[name])
  return only !== undefined && more.length === 0 ? value(only) : set.key.map((name) => `${name}=${value(name)}`).join(',')
}

/** The request as people read it. */
export function readable(query: Query, model: Model): string {
  return print_(query, model, (text) => text)
}

/** The request below the service root, percent-encoded. */
export const address = (query: Query, model: Model): string => print_(query, model, encoded)

function print_(query: Query, model: Model, encode: (text: string) => string): string {
  const set = model.set(query.set)
  const key = query.key === undefined ? '' : `(${encode(printKey(set, query.key))})`
  const path = [query.crossed === undefined ? `${query.set}${key}` : crossedPath(query.crossed), ...query.path, ...(query.property === undefined ? [] : [query.property]), ...(query.countOnly ? ['$count'] : [])].join('/')
  const options = [...(query.crossed === undefined ? [] : crossedTexts(query.crossed)), ...appliedTexts(query), ...optionTexts(query.options)].map((option) => {
    const at = option.indexOf('=')
    return `${option.slice(0, at)}=${encode(option.slice(at + 1))}`
  })
  return options.length === 0 ? path : `${path}?${options.join('&')}`
}

function appliedTexts({ applied }: Query): readonly string[] {
  if (applied === undefined) return []
  const { steps, having, orderby, top, skip, count } = applied
  return [
    `$apply=${printSteps(steps)}`, ...(having === undefined ? [] : [`$filter=${printHaving(having)}`]),
    ...(orderby === undefined ? [] : [`$orderby=${orderby.map(({ field, descending }) => `${fieldName(field)}${descending ? ' desc' : ''}`).join(',')}`]),
    ...(top === undefined ? [] : [`$top=${top}`]), ...(skip === undefined ? [] : [`$skip=${skip}`]), ...(count === undefined ? [] : [`$count=${count}`]),
  ]
}

/** The set whose rows the request answers. */
export const answeredSet = (query: Query, model: Model): ModelSet =>
  query.path.reduce((set, name) => model.set(set.navigation(name).target), model.set(query.set))

/** True if rows are answered, not one row, property or number. */
export function isCollection(query: Query, model: Model): boolean {
  if (query.countOnly || query.property !== undefined) return false
  if (query.key === undefined) return true
  const steps = query.path.slice(0, -1).reduce((set, name) => model.set(set.navigation(name).target), model.set(query.set))
  const last = query.path.at(-1)
  return last !== undefined && steps.navigation(last).toMany
}
