import { comparatorOf, type Value } from '@tributary/plan'
import type { Feature } from '@tributary/source'
import { printValue } from './print-filter.js'
import { typeFeature } from './judge-filter.js'
import type { Sample } from './probe-instances.js'
import { ask, identityOf, isAsked, keyEquals, note, type ProbeAnswer, type Session } from './probe-session.js'
import type { QueryOption } from './scan.js'

/** What a test asks beside the rows it knows. */
interface Shape {
  readonly orderAt: number
  readonly descending: boolean
  readonly skip?: number
  readonly top?: number
  readonly count?: boolean
  readonly select?: boolean
}

/** Rows of a test: few enough for a URL, many enough for an order to show. */
const SHAPE_ROWS = 20

/**
 * Order, skip, top, count and select over rows that are known: one request asks for all of them, and its answer tells about each.
 * If the remote refuses the lot, each is asked alone.
 */
export async function probeShape(session: Session, sample: Sample): Promise<void> {
  const rows = shapeRows(sample)
  const base = baseFilter(session, rows)
  if (base === undefined || rows.length < 3) return
  const [keyAt = 0] = session.keyAt
  const all: Shape = { orderAt: keyAt, descending: true, skip: 1, top: Math.min(5, rows.length - 2), count: true, select: true }
  if (!(await tryShape(session, { rows, base }, all))) {
    const alone: readonly (readonly [Feature, Shape])[] = [
      ['orderby', { orderAt: keyAt, descending: true }], ['top', { orderAt: -1, descending: false, top: 2 }], ['count', { orderAt: -1, descending: false, count: true }],
      ['select', { orderAt: -1, descending: false, select: true }],
    ]
    for (const [feature, shape] of alone) if (!(await tryShape(session, { rows, base }, shape))) note(session, feature, 'unsupported', 'the remote refused it')
    if (session.facts.get('orderby')?.trust === 'exact' && !(await tryShape(session, { rows, base }, { orderAt: keyAt, descending: false, skip: 1 }))) note(session, 'skip', 'unsupported', 'the remote refused it')
  }
}

/** The order of each further type, if the key's was right. */
export async function probeOrders(session: Session, sample: Sample): Promise<void> {
  const rows = shapeRows(sample)
  const base = baseFilter(session, rows)
  if (base === undefined || session.facts.get('orderby')?.trust !== 'exact') return
  for (const at of orderable(session, rows)) await tryShape(session, { rows, base }, { orderAt: at, descending: at % 2 === 1 })
}

/** Without a filter that works only the number of rows and the columns can be told. */
export async function probeUnfiltered(session: Session, sample: Sample): Promise<void> {
  if (sample.rows.length < 3) return
  const top = await ask(session, [{ name: '$top', text: '2' }])
  note(session, 'top', top === undefined ? 'unsupported' : top.rows.length === 2 && !top.more ? 'exact' : 'unsupported', top === undefined ? 'the remote refused it' : `$top=2 was answered with ${top.rows.length} rows`)
  const select = await ask(session, [{ name: '$select', text: selected(session, -1).join(',') }])
  if (select === undefined) note(session, 'select', 'unsupported', 'the remote refused it')
  else judgeSelect(session, select, -1)
}

interface Base {
  readonly rows: readonly (readonly Value[])[]
  readonly base: string
}

/** Some of the known rows, from all over the sample. */
export function shapeRows({ rows }: Sample): readonly (readonly Value[])[] {
  const step = Math.max(1, Math.floor(rows.length / SHAPE_ROWS))
  return rows.filter((_, index) => index % step === 0).slice(0, SHAPE_ROWS)
}

/** A filter that holds exactly for the rows: by `in` where it is not known to fail, so that it is tried as well. */
export function baseFilter(session: Session, rows: readonly (readonly Value[])[]): string | undefined {
  const [at] = session.keyAt
  const column = session.columns[at ?? 0]
  if (column === undefined || session.facts.get('filter')?.trust !== 'exact') return undefined
  if (session.keyAt.length === 1 && session.facts.get(`filter:in:${typeFeature(column.type)}`)?.trust === 'exact') return `${column.name} in (${rows.map((row) => printValue(column.type, row[at ?? 0])).join(',')})`
  return rows.map((row) => (session.keyAt.length === 1 ? keyEquals(session, row) : `(${keyEquals(session, row)})`)).join(' or ')
}

/** Columns of each further type: the one with most different values; a text column only where its order tells code points from letters. */
function orderable(session: Session, rows: readonly (readonly Value[])[]): readonly number[] {
  const chosen = new Map<string, { readonly at: number; readonly distinct: number }>()
  for (const [at, { type }] of session.columns.entries()) {
    if (session.facts.has(`orderby:${typeFeature(type)}`) && type.base !== 'Edm.String') continue
    const distinct = new Set(rows.map((row) => row[at])).size
    if (distinct > 1 && distinct > (chosen.get(type.base)?.distinct ?? 0) && (type.base !== 'Edm.String' || showsCase(rows, at))) chosen.set(type.base, { at, distinct })
  }
  return [...chosen.values()].map(({ at }) => at)
}

/** Whether the values sort differently by code point than by letters regardless of case. */
function showsCase(rows: readonly (readonly Value[])[], at: number): boolean {
  const values = rows.map((row) => row[at]).filter((value) => typeof value === 'string')
  const byCode = values.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const byLetter = values.toSorted((a, b) => a.toLowerCase().localeCompare(b.toLowerCase(), 'en'))
  return byCode.some((value, index) => value !== byLetter[index])
}

const selected = ({ columns, keyAt }: Session, orderAt: number): readonly string[] => [...new Set([...keyAt, ...(orderAt < 0 ? [] : [orderAt])])].map((at) => columns[at]?.name ?? '')

/** False: the remote refused the request. */
async function tryShape(session: Session, { rows, base }: Base, shape: Shape): Promise<boolean> {
  const keys = session.keyAt.filter((at) => at !== shape.orderAt).map((at) => session.columns[at]?.name)
  const options: QueryOption[] = [{ name: '$filter', text: base }]
  if (shape.orderAt >= 0) options.push({ name: '$orderby', text: [`${session.columns[shape.orderAt]?.name}${shape.descending ? ' desc' : ''}`, ...keys].join(',') })
  if (shape.skip !== undefined) options.push({ name: '$skip', text: String(shape.skip) })
  if (shape.top !== undefined) options.push({ name: '$top', text: String(shape.top) })
  if (shape.count === true) options.push({ name: '$count', text: 'true' })
  if (shape.select === true) options.push({ name: '$select', text: selected(session, shape.orderAt).join(',') })
  const answer = await ask(session, options)
  if (answer === undefined) return false
  const known = new Set(rows.map((row) => identityOf(session, row)))
  if (answer.more || !answer.rows.every((row) => known.has(identityOf(session, row)))) return true
  judgeRows(session, rows, shape, answer)
  if (shape.count === true) note(session, 'count', answer.count === rows.length ? 'exact' : 'unsupported', answer.count === undefined ? 'no count came' : `it counted ${answer.count} of ${rows.length} rows`)
  if (shape.select === true) judgeSelect(session, answer, shape.orderAt)
  return true
}

function judgeSelect(session: Session, { members }: ProbeAnswer, orderAt: number): void {
  const names = new Set(selected(session, orderAt))
  const own = [...members].filter((name) => !name.includes('@'))
  if (own.length === 0) return
  const exact = own.every((name) => names.has(name)) && own.length === names.size
  note(session, 'select', exact ? 'exact' : 'inexact', exact ? 'only the columns asked for came' : 'columns came that were not asked for, or not all that were')
}

function judgeRows(session: Session, rows: readonly (readonly Value[])[], shape: Shape, answer: ProbeAnswer): void {
  const expected = shape.orderAt < 0 ? rows : rows.toSorted(rowOrder(session, shape))
  const skip = shape.skip ?? 0
  if (shape.top !== undefined) {
    const honoured = answer.rows.length === Math.min(shape.top, rows.length - skip)
    note(session, 'top', honoured ? 'exact' : 'unsupported', `$top=${shape.top} was answered with ${answer.rows.length} rows`)
  }
  if (shape.orderAt < 0) return
  const feature = `orderby:${typeFeature(session.columns[shape.orderAt]?.type ?? { name: '', base: 'null', collection: false })}`
  const order = rowOrder(session, shape)
  const inOrder = answer.rows.every((row, index) => index === 0 || order(answer.rows[index - 1] ?? [], row) <= 0)
  const first = session.facts.get('orderby') === undefined
  if (first) note(session, 'orderby', inOrder ? 'exact' : 'unsupported', inOrder ? 'known rows came in the order asked for' : 'known rows came in another order')
  if (inOrder || !first) note(session, feature, inOrder ? 'exact' : 'unsupported', inOrder ? 'known rows came in the order asked for' : 'known rows came in another order')
  if (shape.skip === undefined || !inOrder) return
  const startsAt = expected.findIndex((row) => identityOf(session, row) === identityOf(session, answer.rows[0] ?? []))
  note(session, 'skip', startsAt === skip ? 'exact' : 'unsupported', `$skip=${skip} began with row ${startsAt}`)
}

function rowOrder({ columns, keyAt }: Session, { orderAt, descending }: Shape): (a: readonly Value[], b: readonly Value[]) => number {
  const keys = [{ at: orderAt, sign: descending ? -1 : 1 }, ...keyAt.filter((at) => at !== orderAt).map((at) => ({ at, sign: 1 }))]
    .flatMap(({ at, sign }) => (columns[at] === undefined ? [] : [{ at, sign, compare: comparatorOf(columns[at].type) }]))
  return (a, b) => {
    for (const { at, sign, compare } of keys) {
      const order = sign * compare(a[at], b[at])
      if (order !== 0) return order
    }
    return 0
  }
}

/** Whether anything of the shape is asked about. */
export const asksShape = (session: Session): boolean => ['orderby', 'top', 'skip', 'count', 'select'].some((feature) => isAsked(session, feature))
