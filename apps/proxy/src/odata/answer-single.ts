import { hubError } from '@tributary/errors'
import { entityJson, jsonContentType, propertyJson, rawValue, requireTextAccepted } from '@tributary/odata-wire'
import { itemOf, parseRows, type Column, type Value } from '@tributary/plan'
import { chooseItems, narrowPage, type BoundQuery } from '@tributary/planner'
import { header } from '../http/exchange.js'
import { respond } from '../http/respond.js'
import { presenter } from './present-rows.js'
import { contextOf, dataHeaders, type QueryRun } from './query-run.js'
import { toldRows } from './told-rows.js'

/** One row, by the query's columns. */
export type SingleRow = readonly Value[]

const text = 'text/plain;charset=utf-8'

/** There is nothing under this address. */
export const notFound = ({ exchange, root }: Pick<QueryRun, 'exchange' | 'root'>): Error =>
  hubError('HUB_RESOURCE_NOT_FOUND', { what: decodePath(`${exchange.origin}${exchange.path}`.slice(root.length)), hint: 'No entity has this key.' })

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Answers one entity, or a reference to it. */
export function answerEntity(run: QueryRun, row: SingleRow): void {
  const { bound, style } = run
  const whole = { kind: 'rows' as const, columns: bound.columns, rows: [row] }
  const narrow = narrowPage(bound)?.(whole) ?? whole
  const rows = narrow.kind === 'rows' ? narrow : parseRows(narrow)
  const told = toldRows(run)?.(rows) ?? rows
  const present = presenter(run)
  const page = present === undefined ? told : present.page(told)
  const version = etagOf(bound.columns, row)
  if (version !== undefined && isHeld(header(run.exchange, 'if-none-match'), version)) return respond(run.exchange, 304, { headers: { etag: version, 'odata-version': run.protocol.version } })
  const headers = { ...dataHeaders(run, jsonContentType(style, style)), ...(version === undefined ? {} : { etag: version }) }
  respond(run.exchange, 200, { headers, body: entityJson({ page, row: 0 }, present?.visible ?? bound.visible, contextOf(run), style) })
}

/** The version of the entity, where its source tells one. */
function etagOf(columns: readonly Column[], row: SingleRow): string | undefined {
  const etag = row[columns.findIndex(({ name }) => name === '@odata.etag')]
  return typeof etag === 'string' ? etag : undefined
}

/** Whether the caller has this version already; reading compares weakly. @see RFC 9110, section 13.1.2 */
function isHeld(held: string | undefined, etag: string): boolean {
  const weak = (tag: string): string => tag.trim().replace(/^W\//, '')
  return held !== undefined && (held.trim() === '*' || held.split(',').some((tag) => weak(tag) === weak(etag)))
}

/** Nothing stands where a value could: a to-one navigation that leads nowhere, a property that is null. */
export function answerNothing(run: QueryRun): void {
  const { 'content-type': _, ...headers } = dataHeaders(run, '')
  respond(run.exchange, 204, { headers })
}

/** Answers a property, or with `/$value` its raw value. */
export function answerProperty(run: QueryRun, row: SingleRow): void {
  const { bound, exchange, style } = run
  const found = follow(bound.columns, row, bound.property ?? [''])
  if (found === undefined) throw notFound(run)
  const column = bound.shown ?? found.column
  const { value, count } = chosenOf(bound, narrowed(column, found))
  if (value === undefined && bound.ordinal !== undefined) throw notFound(run)
  if (value === null || value === undefined) return answerNothing(run)
  const shown = bound.ordinal === undefined ? column : { ...column, type: itemOf(column.type) }
  if (bound.shape !== 'rawValue') return respond(exchange, 200, { headers: dataHeaders(run, jsonContentType(style, style)), body: propertyJson(shown, value, { context: contextOf(run), ...(count === undefined ? {} : { count }) }, style) })
  const raw = rawValue(shown, value)
  if (raw.contentType.startsWith('text/')) requireTextAccepted(header(exchange, 'accept'), undefined)
  respond(exchange, 200, { headers: dataHeaders(run, raw.contentType), body: raw.body })
}

interface Chosen {
  readonly value: Value
  readonly count?: number
}

/** The items of a collection that were asked for, or the one at a position. */
function chosenOf({ items, ordinal }: BoundQuery, value: Value): Chosen {
  if (!Array.isArray(value)) return { value }
  const all = value as readonly Value[]
  if (ordinal !== undefined) return { value: all.at(ordinal) }
  if (items === undefined) return { value }
  const { items: found, count } = chooseItems(items)(all)
  return { value: found as Value, ...(count === undefined ? {} : { count }) }
}

/** How many items of a collection are meant; undefined where it is missing. */
export function countItems({ bound }: Pick<QueryRun, 'bound'>, row: SingleRow): number | undefined {
  const value = follow(bound.columns, row, bound.property ?? [''])?.value
  if (!Array.isArray(value)) return undefined
  const all = value as readonly Value[]
  return bound.items === undefined ? all.length : chooseItems(bound.items)(all).items.length
}

interface Found {
  readonly column: Column
  readonly value: Value
}

/** Complex values keep the fields that are shown of them. */
function narrowed(shown: Column, { column, value }: Found): Value {
  if (shown.fields === undefined || shown.fields === column.fields) return value
  const fields = new Map(shown.fields.map((field) => [field.name, field]))
  const whole = new Map((column.fields ?? []).map((field) => [field.name, field]))
  const one = (item: Value): Value => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
    const kept = Object.entries(item).filter(([name]) => fields.has(name) || name.includes('@'))
    return Object.fromEntries(kept.map(([name, inner]): [string, Value] => {
      const field = fields.get(name)
      const outer = whole.get(name)
      return [name, field === undefined || outer === undefined ? inner : narrowed(field, { column: outer, value: inner })]
    }))
  }
  return Array.isArray(value) ? (value as readonly Value[]).map(one) : one(value)
}

function follow(columns: readonly Column[], values: SingleRow, [name, ...rest]: readonly [string, ...string[]]): Found | undefined {
  const index = columns.findIndex((one) => one.name === name)
  const column = columns[index]
  if (column === undefined) return undefined
  return rest.reduce<Found | undefined>((at, step) => {
    const field = at?.column.fields?.find((one) => one.name === step)
    return at === undefined || field === undefined ? undefined : { column: field, value: memberOf(at.value, step) }
  }, { column, value: values[index] })
}

const memberOf = (value: Value, name: string): Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Value>>)[name] ?? null : null

/** Answers the number of rows as plain text. @throws HUB_FORMAT_UNSUPPORTED */
export function answerCount(run: QueryRun, count: number, format: string | undefined): void {
  requireTextAccepted(header(run.exchange, 'accept'), format)
  respond(run.exchange, 200, { headers: dataHeaders(run, text), body: String(count) })
}
