import { comparatorOf, compile, equalValues, outputColumns, promote, type Column, type Expand, type OrderKey, type Aggregate, type Measure, type Plan, type SemiJoin, type Value } from '@tributary/plan'
import { Decimal } from 'decimal.js'
import type { ArraySource } from './array-source.js'

type Row = readonly Value[]

export interface Answer {
  readonly rows: readonly Row[]
  readonly count: number | undefined
}

/** What a logical plan means, computed over whole arrays without a thought for speed: the oracle. */
export function naive(plan: Plan, sources: readonly ArraySource[]): Answer {
  switch (plan.kind) {
    case 'constantRows': return { rows: plan.rows, count: undefined }
    case 'scan': return { rows: scanned(plan, sources), count: undefined }
    case 'filter': {
      const holds = compile(plan.predicate, outputColumns(plan))
      return { rows: naive(plan.input, sources).rows.filter((row) => holds(row) === true), count: undefined }
    }
    case 'sort': return { ...naive(plan.input, sources), rows: ordered(naive(plan.input, sources).rows, plan.keys, outputColumns(plan)) }
    case 'limit': {
      const { rows } = naive(plan.input, sources)
      return { rows: rows.slice(plan.skip, plan.take === undefined ? undefined : plan.skip + plan.take), count: plan.count ? rows.length : undefined }
    }
    case 'expand': return joined(plan, naive(plan.input, sources), sources)
    case 'semiJoin': {
      const input = naive(plan.input, sources)
      const related = naive(plan.related, sources).rows
      const matches = matcher(plan, outputColumns(plan.input), outputColumns(plan.related))
      return { ...input, rows: input.rows.filter((row) => related.some((other) => matches(row, other)) !== plan.anti) }
    }
    case 'compute': {
      const input = naive(plan.input, sources)
      const values = plan.computed.map(({ expression }) => compile(expression, outputColumns(plan.input)))
      return { ...input, rows: input.rows.map((row) => [...row, ...values.map((value) => value(row))]) }
    }
    case 'aggregate': return { rows: aggregated(plan, naive(plan.input, sources).rows), count: undefined }
    case 'concat': return { rows: plan.inputs.flatMap((input) => {
      const names = outputColumns(input).map(({ name }) => name)
      return naive(input, sources).rows.map((row) => plan.columns.map(({ name }) => (names.includes(name) ? row[names.indexOf(name)] : undefined)))
    }), count: undefined }
    case 'transformation': case 'given': throw new Error('set transformations have a specification of their own')
    case 'remote': case 'remoteScan': throw new Error('a placed plan has no naive meaning')
  }
}

function scanned({ target, columns }: Plan & { kind: 'scan' }, sources: readonly ArraySource[]): readonly Row[] {
  const table = sources.find((source) => source.slug === target.endpoint)?.tables[target.entitySet]
  if (table === undefined) throw new Error(`no table ${target.entitySet}`)
  const positions = columns.map((column) => table.columns.findIndex(({ name }) => name === (target.renamed.get(column.name) ?? column.name)))
  return table.rows.map((row) => positions.map((position) => row[position]))
}

function ordered(rows: readonly Row[], keys: readonly OrderKey[], columns: readonly Column[]): readonly Row[] {
  const parts = keys.map(({ expression, descending }) => ({ value: compile(expression, columns), compare: comparatorOf(expression.type), sign: descending ? -1 : 1 }))
  return rows.toSorted((a, b) => parts.reduce((found, { value, compare, sign }) => (found === 0 ? sign * compare(value(a), value(b)) : found), 0))
}

/** Groups by comparing every row with every group; flat groups only. */
function aggregated({ input, groups, measures }: Aggregate, rows: readonly Row[]): readonly Row[] {
  const columns = outputColumns(input)
  const keys = groups.map(({ expression }) => ({ type: expression.type, value: compile(expression, columns) }))
  const found: { readonly key: Row; readonly rows: Row[] }[] = groups.length === 0 ? [{ key: [], rows: [] }] : []
  for (const row of rows) {
    const key = keys.map(({ value }) => value(row))
    const group = found.find((other) => keys.every(({ type }, index) => equalValues(type, other.key[index], key[index])))
    if (group === undefined) found.push({ key, rows: [row] })
    else group.rows.push(row)
  }
  return found.map(({ key, rows: members }) => [...key, ...measures.map((measure) => measured(measure, members, columns))])
}

function measured({ method, expression }: Measure, rows: readonly Row[], columns: readonly Column[]): Value {
  if (expression === undefined) return String(rows.length)
  const value = compile(expression, columns)
  const { type } = expression
  const values = rows.map((row) => value(row)).filter((each) => each !== null)
  const sorted = values.toSorted(comparatorOf(type))
  const sum = values.reduce<string>((total, each) => String(new Decimal(total).plus(new Decimal(String(each))).toFixed()), '0')
  switch (method) {
    case 'count': case 'countdistinct': return String(values.filter((each, index) => values.findIndex((other) => equalValues(type, other, each)) === index).length)
    case 'min': return values.find((each) => equalValues(type, each, sorted[0])) ?? null
    case 'max': return values.find((each) => equalValues(type, each, sorted.at(-1))) ?? null
    case 'sum': return values.length === 0 ? null : new Decimal(sum).toFixed()
    case 'average': return values.length === 0 ? null : new Rounded(sum).div(values.length).toFixed()
  }
}

const Rounded = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN })

/** Whether two rows join. Null never does. */
function matcher({ on }: Expand | SemiJoin, ours: readonly Column[], theirs: readonly Column[]): (row: Row, other: Row) => boolean {
  const pairs = on.map(({ from, to }) => {
    const left = ours.findIndex(({ name }) => name === from)
    const right = theirs.findIndex(({ name }) => name === to)
    const type = promote(ours[left]!.type, theirs[right]!.type)
    if (type === undefined) throw new Error('keys that cannot be compared')
    return { left, right, type }
  })
  return (row, other) => pairs.every(({ left, right, type }) => row[left] !== null && other[right] !== null && equalValues(type, row[left], other[right]))
}

function joined(plan: Expand, input: Answer, sources: readonly ArraySource[]): Answer {
  const shape = plan.navigation.expanded
  if (shape === undefined) throw new Error('no shape')
  const related = naive(plan.related, sources).rows
  const ours = outputColumns(plan.input)
  const theirs = outputColumns(plan.related)
  const matches = matcher(plan, ours, theirs)
  const rows = input.rows.map((row) => {
    const matching = related.filter((other) => matches(row, other))
    const { order, skip, take, count } = plan.perParent
    const shown = (other: Row): Row => shape.columns.map(({ name }) => other[theirs.findIndex((column) => column.name === name)])
    if (!shape.toMany) return [...row, matching[0] === undefined ? null : shown(matching[0])]
    const given = ordered(matching, order, theirs).slice(skip, take === undefined ? undefined : skip + take).map(shown)
    return [...row, { rows: given, ...(count ? { count: matching.length } : {}) }]
  })
  return { ...input, rows }
}
