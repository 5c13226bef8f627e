import { comparatorOf, compile, decimalType, hashKey, parseRows, type BytesPage, type Column, type OrderKey, type Value } from '@tributary/plan'
import { createHash } from 'node:crypto'
import { hubError } from '@tributary/errors'
import { SourceContradicted } from '@tributary/source'
import { countOf } from './count-of.js'
import type { Cut, Envelope } from './envelope-scanner.js'
import type { ODataScan } from './scan.js'

/** Verifies page by page what the remote was trusted with, before the page is given on. @throws SourceContradicted */
export function checkOf(scan: ODataScan): (page: BytesPage) => void {
  const inOrder = orderCheck(scan)
  const apart = boundaryCheck(scan)
  const fresh = repetitionCheck(scan)
  const made = resultCheck(scan)
  const sums = sumCheck(scan)
  const groups = groupCheck(scan)
  let rows = 0
  return (page) => {
    rows += page.offsets.length >> 1
    if (scan.top !== undefined && rows > scan.top) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'top', `it sent more than the ${scan.top} rows of $top`)
    inOrder?.(page)
    apart?.(page)
    fresh?.(page)
    made?.(page)
    sums?.(page)
    groups?.(page)
  }
}

interface CheckedKey {
  readonly value: (row: readonly Value[]) => Value
  readonly compare: (a: Value, b: Value) => number
  readonly sign: number
  readonly feature: string
}

interface CheckedOrder {
  readonly columns: readonly Column[]
  readonly keys: readonly CheckedKey[]
}

function checkedOrder(order: readonly OrderKey[]): CheckedOrder {
  const names = new Set(order.flatMap(({ expression }) => (expression.kind === 'column' ? [expression.path[0]] : [])))
  const columns: readonly Column[] = order.flatMap(({ expression }) => (expression.kind === 'column' && names.delete(expression.path[0]) ? [{ name: expression.path[0], type: expression.type }] : []))
  const keys = order.map(({ expression, descending }) => ({ value: compile(expression, columns), compare: comparatorOf(expression.type), sign: descending ? -1 : 1, feature: `orderby:${expression.type.base}` }))
  return { columns, keys }
}

/** Every row, in the order that was asked for. */
function orderCheck(scan: ODataScan): ((page: BytesPage) => void) | undefined {
  if (scan.order.length === 0) return undefined
  const { columns, keys } = checkedOrder(scan.order)
  let before: readonly Value[] | undefined
  return (page) => {
    for (const row of parseRows(page, columns).rows) {
      const inverted = before === undefined ? undefined : firstDifference(keys, before, row)
      if (inverted !== undefined && inverted.order > 0) throw new SourceContradicted(scan.target.slug, scan.entitySet, inverted.feature, 'its rows are not in the order they were asked for')
      before = row
    }
  }
}

/**
 * Where one page ends and the next begins: rows that come and go meanwhile move others over that line, and give them twice. Looking at the
 * first and the last row of each page is enough, and costs next to nothing.
 */
function boundaryCheck(scan: ODataScan): ((page: BytesPage) => void) | undefined {
  if (scan.total.length === 0) return undefined
  const { columns, keys } = checkedOrder(scan.total)
  let before: readonly Value[] | undefined
  return (page) => {
    const { offsets } = page
    if (offsets.length === 0) return
    const ends = Int32Array.of(...offsets.slice(0, 2), ...offsets.slice(-2))
    const [first, last] = parseRows({ ...page, offsets: ends }, columns).rows
    const step = before === undefined || first === undefined ? undefined : firstDifference(keys, before, first)
    if (before !== undefined && (step === undefined || step.order > 0)) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'skip', 'its pages overlap')
    before = last
  }
}

/**
 * A page that begins with a row that began or ended one before: next links that lead back, whatever they are called, and rows that move from
 * page to page while they are read. Only where rows hold their key, so that no two of them can be the same.
 */
function repetitionCheck(scan: ODataScan): ((page: BytesPage) => void) | undefined {
  if (!scan.identified) return undefined
  const seen = new Set<string>()
  return ({ bytes, offsets }) => {
    if (offsets.length === 0) return
    const digest = (row: number): string => createHash('sha1').update(bytes.subarray(offsets[2 * row], offsets[2 * row + 1])).digest('base64')
    const first = digest(0)
    if (seen.has(first)) throw hubError('HUB_SOURCE_CHANGED', { slug: scan.target.slug, reason: 'its pages repeat rows' })
    seen.add(first)
    if (offsets.length > 2) seen.add(digest((offsets.length >> 1) - 1))
  }
}

/**
 * A remote that passes `$apply` over gives the rows of its set, which have other members. It is enough to look at the first and the last row
 * of each page.
 */
function resultCheck(scan: ODataScan): ((page: BytesPage) => void) | undefined {
  if (scan.results !== true) return undefined
  const known = new Set(scan.columns.map(({ name }) => name))
  const always = scan.columns.filter(({ derived }) => derived !== true)
  return ({ bytes, offsets }) => {
    const last = (offsets.length >> 1) - 1
    for (const row of last < 0 ? [] : [0, last]) {
      const members = membersOf(scan, bytes.toString('utf8', offsets[2 * row], offsets[2 * row + 1]))
      if (members.some((name) => !known.has(name)) || always.some(({ name }) => !members.includes(name))) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'apply', 'its rows are no results of $apply')
    }
  }
}

/** Groups of a scan that are told apart: what is kept of each is some 60 bytes. */
const mostGroups = 250_000

/**
 * A group that comes twice, on one page or on several, would count twice wherever groups are brought together: pages that overlap, rows that
 * came while it was read, groups that were made per page. More groups than can be kept are not believed.
 */
function groupCheck(scan: ODataScan): ((page: BytesPage) => void) | undefined {
  const { groupedBy } = scan
  const columns = scan.columns.filter(({ name }) => groupedBy?.includes(name) === true)
  if (groupedBy === undefined || columns.length < groupedBy.length) return undefined
  const types = columns.map(({ type }) => type)
  const seen = new Set<string>()
  return (page) => {
    for (const row of parseRows(page, columns).rows) {
      const group = createHash('sha1').update(hashKey(types, row)).digest('base64').slice(0, 16)
      if (seen.has(group)) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'apply', 'it gave one group twice')
      if (seen.size >= mostGroups) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'apply', `it gave more than ${mostGroups} groups, of which nobody can tell whether one came twice`)
      seen.add(group)
    }
  }
}

const largestExact = String(Number.MAX_SAFE_INTEGER)

/** A remote may add whole numbers as doubles, which few rows do not show: its sums are right as long as a double holds them. */
function sumCheck(scan: ODataScan): ((page: BytesPage) => void) | undefined {
  const sums = scan.columns.filter(({ name }) => scan.wholeSums?.includes(name) === true)
  if (sums.length === 0) return undefined
  const compare = comparatorOf(decimalType)
  return (page) => {
    for (const value of parseRows(page, sums.map(({ name }) => ({ name, type: decimalType }))).rows.flat()) {
      if (value !== null && value !== undefined && compare(String(value).replace('-', ''), largestExact) > 0) throw new SourceContradicted(scan.target.slug, scan.entitySet, 'apply:sum', 'a sum is larger than experiments have shown to be exact')
    }
  }
}

/** Names of a row's members that are no control information. */
function membersOf({ target: { slug } }: ODataScan, text: string): readonly string[] {
  try {
    return Object.keys(JSON.parse(text) as object).filter((name) => !name.includes('@'))
  } catch (error) {
    throw hubError('HUB_SOURCE_INVALID', { slug, reason: 'a row is not well-formed JSON' }, { cause: error })
  }
}

/** Of a scan whose rows were counted by the remote: that the number stays the same on all pages, and is that of the rows if all were asked for. */
export function totalCheck(scan: ODataScan): { readonly page: (piece: { readonly cut: Cut; readonly envelope: Envelope }) => void; readonly end: () => void } {
  const { slug } = scan.target
  const all = scan.top === undefined && !scan.options.some(({ name }) => name === '$skip')
  let told: number | undefined
  let rows = 0
  return {
    page: ({ cut, envelope }) => {
      rows += cut.offsets.length >> 1
      const count = scan.counted ? countOf(envelope) : undefined
      if (count !== undefined && told !== undefined && count !== told) throw hubError('HUB_SOURCE_CHANGED', { slug, reason: 'its number of rows changed while it was read' })
      told ??= count
    },
    end: () => {
      if (scan.groupedBy?.length === 0 && rows === 0) throw new SourceContradicted(slug, scan.entitySet, 'apply', 'it gave no row for an aggregation of everything')
      if (all && told !== undefined && told !== rows) throw new SourceContradicted(slug, scan.entitySet, 'count', `it counted ${told} rows and gave ${rows}`)
    },
  }
}

/** By which key two rows differ, and how; undefined: they are equal. */
function firstDifference(keys: readonly CheckedKey[], before: readonly Value[], row: readonly Value[]): { readonly order: number; readonly feature: string } | undefined {
  for (const { value, compare, sign, feature } of keys) {
    const order = sign * compare(value(before), value(row))
    if (order !== 0) return { order, feature }
  }
  return undefined
}
