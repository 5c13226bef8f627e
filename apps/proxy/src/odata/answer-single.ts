import { hubError } from '@tributary/errors'
import { entityJson, jsonContentType, propertyJson, rawValue, requireTextAccepted } from '@tributary/odata-wire'
import type { Column, Value } from '@tributary/plan'
import { narrowPage } from '@tributary/planner'
import { header } from '../http/exchange.js'
import { respond } from '../http/respond.js'
import { fullMetadata } from './full-metadata.js'
import { contextOf, dataHeaders, type QueryRun } from './query-run.js'

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

/** Answers one entity. */
export function answerEntity(run: QueryRun, row: SingleRow): void {
  const { bound, style } = run
  const whole = { kind: 'rows' as const, columns: bound.columns, rows: [row] }
  const narrowed = narrowPage(bound)?.(whole) ?? whole
  const page = style.metadata === 'full' && narrowed.kind === 'rows' ? fullMetadata(run, bound)(narrowed) : narrowed
  respond(run.exchange, 200, { headers: dataHeaders(run, jsonContentType(style, style)), body: entityJson({ page, row: 0 }, bound.visible, contextOf(run), style) })
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
  const { column, value } = found
  if (value === null || value === undefined) return answerNothing(run)
  if (bound.shape !== 'rawValue') return respond(exchange, 200, { headers: dataHeaders(run, jsonContentType(style, style)), body: propertyJson(column, value, contextOf(run), style) })
  const raw = rawValue(column, value)
  respond(exchange, 200, { headers: dataHeaders(run, raw.contentType), body: raw.body })
}

function follow(columns: readonly Column[], values: SingleRow, [name, ...rest]: readonly [string, ...string[]]): { readonly column: Column; readonly value: Value } | undefined {
  const index = columns.findIndex((one) => one.name === name)
  const column = columns[index]
  if (column === undefined) return undefined
  return rest.reduce<{ readonly column: Column; readonly value: Value } | undefined>((at, step) => {
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
