import type { DataDoor } from '../../apps/proxy/test/data-door.js'
import type { Row } from '../harness/odata-server.js'
import { entityShape, shapeOfSteps, type Field } from './applied.js'
import { crossedFields } from './crossed.js'
import { rowText } from './apply-reference.js'
import type { Model, ModelSet } from './model.js'
import { address, answeredSet, isCollection, leveled, type Options, type Query } from './query.js'
import type { Outcome } from './reference.js'
import { joinText, read } from './values.js'

/** A number as it was written: JSON's own numbers would lose digits. */
class Written {
  constructor(readonly text: string) {}
}

const reviver = (_: string, value: unknown, context?: { readonly source?: string }): unknown => (typeof value === 'number' ? new Written(context?.source ?? String(value)) : value)
const parsed = (text: string): Record<string, unknown> => JSON.parse(text, reviver as (this: unknown, key: string, value: unknown) => unknown) as Record<string, unknown>

/** What was answered: an outcome, or an error that was not expected. */
export type Answer = Outcome | { readonly kind: 'failed'; readonly status: number; readonly code: string; readonly message: string }

/** Asks the hub, following next links to the end. */
export async function ask(door: DataDoor, slug: string, model: Model, query: Query): Promise<Answer> {
  const headers: Record<string, string> = {
    ...(query.asText ? { accept: 'application/json;IEEE754Compatible=true' } : {}), ...(query.pageRows === undefined ? {} : { prefer: `odata.maxpagesize=${query.pageRows}` }),
  }
  const logged = door.log.length
  const rows: Row[] = []
  let count: number | undefined
  let pages = 0
  for (let next: string | undefined = `${door.origin}/odata/${slug}/${address(query, model)}`; next !== undefined;) {
    const { status, text, broken } = await received(door, next, headers)
    if (broken !== undefined) return brokenOff(door.log.slice(logged), status, broken)
    if (status === 204) return { kind: 'nothing' }
    if (status !== 200) return refusal(status, text)
    if (query.countOnly) return { kind: 'count', count: Number(text) }
    const body = parsed(text)
    if (query.property !== undefined) return { kind: 'value', value: body['value'] }
    if (!isCollection(query, model)) return { kind: 'row', row: body }
    const page = body['value'] as readonly Row[]
    if (query.pageRows !== undefined && page.length > query.pageRows) return { kind: 'failed', status, code: 'page too long', message: `${page.length} rows` }
    if (pages === 0 && body['@odata.count'] !== undefined) count = Number(plain(body['@odata.count']))
    rows.push(...page)
    pages += 1
    if (pages > 200) return { kind: 'failed', status, code: 'no end', message: 'more than 200 pages' }
    next = body['@odata.nextLink'] as string | undefined
  }
  return { kind: 'rows', rows, ...(count === undefined ? {} : { count }) }
}

async function received(door: DataDoor, url: string, headers: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly text: string; readonly broken?: string }> {
  let status = 0
  try {
    const response = await door.get(url, headers)
    status = response.status
    return { status, text: await response.text() }
  } catch (error) {
    return { status, text: '', broken: String(error) }
  }
}

/** An error behind the first row ends the connection, sometimes before the first bytes have left; which it was stands in the log. */
function brokenOff(lines: readonly string[], status: number, message: string): Answer {
  const code = lines.map((line) => /HUB_[A-Z_]+/.exec(line)?.[0]).find((found) => found !== undefined)
  return code === 'HUB_JOIN_NOT_UNIQUE' ? { kind: 'refused', code } : { kind: 'failed', status, code: `broken off ${code}`, message }
}

function refusal(status: number, text: string): Answer {
  const { error } = JSON.parse(text) as { readonly error: { readonly code: string; readonly message: string } }
  if (status === 404 && error.code === 'HUB_RESOURCE_NOT_FOUND') return { kind: 'missing' }
  if (error.code === 'HUB_JOIN_NOT_UNIQUE') return { kind: 'refused', code: error.code }
  return { kind: 'failed', status, code: error.code, message: error.message }
}

const plain = (value: unknown): string | null => (value === null || value === undefined ? null : value instanceof Written ? value.text : String(value))

/** A value by its type, spelt in one way: digits of exact numbers stay as they are, doubles are compared as doubles. */
function valueText(type: string, value: unknown): string | null {
  const text = plain(value)
  if (text === null) return null
  return (type === 'Edm.Double' || type === 'Edm.Single') && !/INF|NaN/.test(text) ? String(Number(text)) : text
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Where neither an order nor a cut is asked for, rows may come in any order. */
const isOrdered = ({ orderby, top, skip = 0 }: Options): boolean => orderby !== undefined || top !== undefined || skip > 0

/** Rows in a form that is equal exactly for answers that mean the same. */
function canonical(model: Model, set: ModelSet, options: Options, row: Row): readonly unknown[] {
  const names = new Set(set.properties.map(({ name }) => name))
  const own = Object.keys(row).filter((name) => names.has(name)).toSorted(byText).map((name) => [name, valueText(set.typeOf(name), row[name])])
  const computed = new Map((options.compute ?? []).map(({ alias, expression }) => [alias, expression.kind]))
  const marks = set.marks === undefined || row[set.marks.name] === undefined ? [] : [[set.marks.name, row[set.marks.name]]]
  const made = [...computed].filter(([name]) => row[name] !== undefined).map(([name, kind]) => [name, row[name] === null ? null : joinText(kind, read(kind, plain(row[name])))])
  const foreign = Object.keys(row).filter((name) => name !== set.marks?.name && !names.has(name) && !computed.has(name) && !computed.has(name.split('@')[0] ?? '') && !name.startsWith('@odata.') && !name.endsWith('@odata.context')).toSorted(byText)
  return [...own, ...marks, ...made, ...foreign.map((name) => {
    if (name.endsWith('@odata.count')) return [name, plain(row[name])]
    const one = options.expand?.find(({ navigation }) => navigation === name)
    const inner = one === undefined ? undefined : leveled(one)
    const value = row[name]
    if (inner === undefined || value === null) return [name, inner === undefined ? 'not asked for' : null]
    const target = model.set(set.navigation(name).target)
    if (!Array.isArray(value)) return [name, canonical(model, target, inner, value as Row)]
    const rows = (value as readonly Row[]).map((one) => JSON.stringify(canonical(model, target, inner, one)))
    return [name, isOrdered(inner) ? rows : rows.toSorted(byText)]
  })]
}

/** The fields of rows that are no entities of one set; undefined: they are. */
function tableFields(model: Model, { applied, crossed, set }: Query): readonly Field[] | undefined {
  if (crossed !== undefined) return crossedFields(crossed, model)
  return applied === undefined ? undefined : shapeOfSteps(applied.steps, entityShape(model.set(set)), model).fields
}

/** Rows of a result, as text that is equal for equal rows. */
function tableRows(fields: readonly Field[], answer: Answer): readonly string[] {
  if (answer.kind === 'table') return answer.rows
  if (answer.kind !== 'rows') return []
  return answer.rows.map((row) => rowText(fields, ({ path, kind }) => {
    const value = path.reduce<unknown>((at, name) => (at === null || at === undefined ? at : (at as Row)[name]), row)
    return value === undefined ? undefined : read(kind, plain(value))
  }))
}

/** What an answer says, as text to be compared. */
export function meaning(model: Model, query: Query, answer: Answer): string {
  const set = answeredSet(query, model)
  const fields = tableFields(model, query)
  if (fields !== undefined && (answer.kind === 'rows' || answer.kind === 'table')) {
    const rows = tableRows(fields, answer)
    return [`count ${answer.count ?? '-'}`, ...(query.applied?.orderby === undefined ? rows.toSorted(byText) : rows)].join('\n')
  }
  switch (answer.kind) {
    case 'table': return 'a table nobody asked for'
    case 'rows': {
      const rows = answer.rows.map((row) => JSON.stringify(canonical(model, set, query.options, row)))
      return [`count ${answer.count ?? '-'}`, ...(isOrdered(query.options) ? rows : rows.toSorted(byText))].join('\n')
    }
    case 'row': return JSON.stringify(canonical(model, set, query.options, answer.row))
    case 'value': return `value ${valueText(set.typeOf(query.property ?? ''), answer.value)}`
    case 'count': return `count ${answer.count}`
    case 'nothing': case 'missing': return answer.kind
    case 'refused': return answer.code
    case 'failed': return `failed ${answer.status} ${answer.code}: ${answer.message}`
  }
}

/** True if the answer holds at least one row. */
export const isFilled = (answer: Outcome): boolean => (answer.kind === 'rows' || answer.kind === 'table' ? answer.rows.length > 0 : answer.kind === 'row' || answer.kind === 'value' || (answer.kind === 'count' && answer.count > 0))
