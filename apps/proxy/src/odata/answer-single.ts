import { hubError } from '@tributary/errors'
import { entityJson, jsonContentType, requireTextAccepted } from '@tributary/odata-wire'
import { parseRows, type Column, type Value } from '@tributary/plan'
import { narrowPage } from '@tributary/planner'
import { header } from '../http/exchange.js'
import { respond, respondWithStream, type Headers } from '../http/respond.js'
import { inlineStreams } from './inline-streams.js'
import { presenter } from './present-rows.js'
import { contextOf, dataHeaders, isPartial, type QueryRun } from './query-run.js'
import { retryLinks } from './retry-links.js'
import { toldRows } from './told-rows.js'

/** One row, by the query's columns. */
export type SingleRow = readonly Value[]

const text = 'text/plain;charset=utf-8'

/** There is nothing under this address. */
export const notFound = ({ exchange, root }: Pick<QueryRun, 'exchange' | 'root'>): Error =>
  hubError('HUB_RESOURCE_NOT_FOUND', { what: addressed({ exchange, root }), hint: 'No entity has this key.' })

/** The path below the service root, for people. */
const addressed = ({ exchange, root }: Pick<QueryRun, 'exchange' | 'root'>): string => decodePath(`${exchange.origin}${exchange.path}`.slice(root.length))

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Answers one entity, or a reference to it. */
export async function answerEntity(run: QueryRun, row: SingleRow): Promise<void> {
  const { bound, style } = run
  const whole = { kind: 'rows' as const, columns: bound.columns, rows: [row] }
  const narrow = narrowPage(bound)?.(whole) ?? whole
  const values = narrow.kind === 'rows' ? narrow : parseRows(narrow)
  const linked = retryLinks(run)?.(values) ?? values
  const rows = await inlineStreams({ ...run, signal: run.exchange.signal, partial: isPartial(run) }, bound.rows)?.(linked) ?? linked
  const told = toldRows(run)?.(rows) ?? rows
  const present = presenter(run)
  const page = present === undefined ? told : present.page(told)
  const body = entityJson({ page, row: 0 }, present?.visible ?? bound.visible, contextOf(run), style)
  const headers = (): Headers => dataHeaders(run, jsonContentType(style, style))
  if (Buffer.isBuffer(body)) return respondVersioned(run, row, { headers: headers(), body })
  const version = etagOf(bound.columns, row)
  requireMatch(run, version)
  if (version !== undefined && isHeld(header(run.exchange, 'if-none-match'), version)) return respondVersioned(run, row, { headers: headers() })
  await respondWithStream(run.exchange, body, () => ({ ...headers(), ...(version === undefined ? {} : { etag: version }) }))
}

/**
 * Answers with the version of the row, or tells a caller who has that version already that nothing is new.
 * @throws HUB_PRECONDITION_FAILED where the caller asks for a version that the row has not
 * @see OData Protocol 4.01, sections 8.2.5 and 8.2.6
 */
export function respondVersioned(run: QueryRun, row: SingleRow, answer: Parameters<typeof respond>[2]): void {
  const { bound, exchange, protocol } = run
  const version = etagOf(bound.columns, row)
  requireMatch(run, version)
  if (version === undefined) return respond(exchange, 200, answer)
  if (isHeld(header(exchange, 'if-none-match'), version)) return respond(exchange, 304, { headers: { etag: version, 'odata-version': protocol.version } })
  respond(exchange, 200, { ...answer, headers: { ...answer.headers, etag: version } })
}

/** The version of the entity, where its source tells one. */
function etagOf(columns: readonly Column[], row: SingleRow): string | undefined {
  const etag = row[columns.findIndex(({ name }) => name === '@odata.etag')]
  return typeof etag === 'string' ? etag : undefined
}

const weak = (tag: string): string => tag.trim().replace(/^W\//, '')

/** That what is read has a version the caller names, where it names some. @throws HUB_PRECONDITION_FAILED @see OData Protocol 4.01, section 8.2.5 */
function requireMatch({ exchange, root }: Pick<QueryRun, 'exchange' | 'root'>, version: string | undefined): void {
  const wanted = header(exchange, 'if-match')
  if (wanted === undefined || wanted.trim() === '*' || (version !== undefined && isHeld(wanted, version))) return
  throw hubError('HUB_PRECONDITION_FAILED', { what: addressed({ exchange, root }) })
}

/** Whether the caller has this version already; reading compares weakly. @see RFC 9110, section 13.1.2 */
function isHeld(held: string | undefined, etag: string): boolean {
  return held !== undefined && (held.trim() === '*' || held.split(',').some((tag) => weak(tag) === weak(etag)))
}

/** Nothing stands where a value could: a to-one navigation that leads nowhere, a property that is null. @throws HUB_PRECONDITION_FAILED */
export function answerNothing(run: QueryRun, row: SingleRow = []): void {
  const { 'content-type': _, ...headers } = dataHeaders(run, '')
  const version = etagOf(run.bound.columns, row)
  requireMatch(run, version)
  respond(run.exchange, 204, { headers: { ...headers, ...(version === undefined ? {} : { etag: version }) } })
}

/** Answers the number of rows as plain text. @throws HUB_FORMAT_UNSUPPORTED */
export function answerCount(run: QueryRun, count: number, format: string | undefined): void {
  requireTextAccepted(header(run.exchange, 'accept'), format)
  respond(run.exchange, 200, { headers: dataHeaders(run, text), body: String(count) })
}
