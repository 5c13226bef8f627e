import { jsonContentType, propertyJson, rawValue, requireTextAccepted } from '@tributary/odata-wire'
import { geoText, type Value, type ValueType } from '@tributary/plan'
import { chooseItems, chooseValue, chosenColumn, fieldNarrowing, type BoundQuery, type PropertyTurn } from '@tributary/planner'
import { header } from '../http/exchange.js'
import { fullComplexValue } from './full-complex-value.js'
import { answerNothing, notFound, respondVersioned, type SingleRow } from './answer-single.js'
import { rowIds } from './row-ids.js'
import { madeType } from './type-text.js'
import { contextOf, dataHeaders, type QueryRun } from './query-run.js'

/** Answers a property, or with `/$value` its raw value: 204 where it is null, 404 where it is not there at all. */
export function answerProperty(run: QueryRun, row: SingleRow): void {
  const { bound, exchange, style } = run
  const found = valueAt(bound, row)
  if (found === undefined) throw notFound(run)
  const { value, count } = chosenOf(bound, found.value, row)
  const column = bound.shown === undefined || bound.items === undefined ? bound.shown : chosenColumn(bound.shown, [], bound.items)
  if (value === null || value === undefined || column === undefined) return answerNothing(run, row)
  if (bound.shape !== 'rawValue') {
    const body = propertyJson(column, style.metadata === 'full' ? toldValue(run, row, value) : value, { context: contextAt(run, row), ...(count === undefined ? {} : { count }) }, style)
    return respondVersioned(run, row, { headers: dataHeaders(run, jsonContentType(style, style)), body })
  }
  const raw = rawValue(column, textOfGeo(column.type, value))
  if (raw.contentType.startsWith('text/')) requireTextAccepted(header(exchange, 'accept'), undefined)
  respondVersioned(run, row, { headers: dataHeaders(run, raw.contentType), body: raw.body })
}

/** A place has a text, the well-known one with its system. @see OData Protocol 4.01, section 11.2.4.1 */
function textOfGeo({ base }: ValueType, value: Value): Value {
  if (base !== 'Edm.Geography' && base !== 'Edm.Geometry') return value
  return geoText(value, base === 'Edm.Geography' ? geographic : 0) ?? value
}

/** The coordinate system of geographies that name none: WGS 84. @see OData CSDL 4.01, section 7.2.6 */
const geographic = 4326

/** A complex value with its types and the links to what it leads to. */
function toldValue(run: QueryRun, row: SingleRow, value: Value): Value {
  const { shown, rows, columns, property = [] } = run.bound
  if (shown?.fields === undefined) return value
  const id = shown.type.collection ? undefined : rowIds(run.root, rows, columns)
  return fullComplexValue(run.exposure.model, shown.type.name, value, id === undefined ? undefined : [id(row), ...property].join('/'))
}

/** The context names the row that the property is of, where the path tells its key only by where it leads. */
function contextAt(run: QueryRun, row: SingleRow): string {
  const { behindRow, rows, columns } = run.bound
  const id = behindRow === undefined ? undefined : rowIds(run.root, rows, columns)
  return id === undefined ? contextOf(run) : `${run.root}$metadata#${id(row).slice(run.root.length)}${behindRow}`
}

/** How many items of a collection are meant; undefined where it is missing. */
export function countItems({ bound }: Pick<QueryRun, 'bound'>, row: SingleRow): number | undefined {
  const value = valueAt(bound, row)?.value
  if (!Array.isArray(value)) return undefined
  const all = value as readonly Value[]
  return bound.items === undefined ? all.length : chooseItems(bound.items, bound)(all, row).items.length
}

interface Chosen {
  readonly value: Value
  readonly count?: number
}

/** The items of a collection that were asked for, or the one at a position, with the fields that are shown. */
function chosenOf({ items, shown, whole, columns }: BoundQuery, value: Value, row: SingleRow): Chosen {
  if (items !== undefined) return chooseValue(items, { columns, told: madeType })(value, row)
  const narrow = shown === undefined ? undefined : fieldNarrowing(shown, whole)
  return { value: narrow === undefined ? value : narrow(value) }
}

/** The value a query's property has in a row; undefined: there is none, because one on the way is of another type or no member. */
function valueAt({ columns, property, turns = [] }: Pick<BoundQuery, 'columns' | 'property' | 'turns'>, row: SingleRow): { readonly value: Value } | undefined {
  const [name = '', ...rest] = property ?? []
  const index = columns.findIndex((column) => column.name === name)
  if (index < 0) return undefined
  let fields = columns[index]?.fields
  const turn = (value: Value, depth: number): Value => turned(value, turns.filter((one) => one.depth === depth), { columns, row })
  let value = turn(row[index] ?? null, 1)
  for (const [before, step] of rest.entries()) {
    const isDeclared = fields === undefined ? name !== '*' || before > 0 : fields.some((field) => field.name === step)
    const missing = isDeclared ? null : undefined
    fields = fields?.find((field) => field.name === step)?.fields
    const member = isRecord(value) ? (value[step] ?? missing) : value === undefined ? undefined : missing
    value = turn(member, before + 2)
  }
  return value === undefined ? undefined : { value }
}

/** Undefined: nothing is left of it. */
function turned(value: Value, turns: readonly PropertyTurn[], { columns, row }: Pick<BoundQuery, 'columns'> & { readonly row: SingleRow }): Value {
  return turns.reduce<Value>((before, turn) => {
    if ('types' in turn) return cast(before, turn.types)
    if ('items' in turn) return chooseValue(turn.items, { columns })(before, row).value
    return Array.isArray(before) ? (before as readonly Value[]).at(turn.ordinal) : undefined
  }, value)
}

/** A value of one of these types, or of a collection the items that are; what says no more than the context does is left out. */
function cast(value: Value, types: readonly string[]): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap((item): readonly Value[] => (isOf(item, types) ? [withoutType(item, types[0])] : []))
  return isOf(value, types) ? withoutType(value, types[0]) : undefined
}

const typeOf = (value: Value): string | undefined => {
  const said = isRecord(value) ? value['@odata.type'] : undefined
  return typeof said === 'string' ? said.slice(said.lastIndexOf('#') + 1) : undefined
}

const isOf = (value: Value, types: readonly string[]): boolean => types.includes(typeOf(value) ?? '')

const withoutType = (value: Value, type: string | undefined): Value =>
  isRecord(value) && typeOf(value) === type ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== '@odata.type')) : value

const isRecord = (value: Value): value is { readonly [name: string]: Value } => typeof value === 'object' && value !== null && !Array.isArray(value)
