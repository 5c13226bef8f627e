import { decimalType, hashKey, type BaseType, type Column, type Value } from '@tributary/plan'
import type { Feature } from '@tributary/source'
import { groupFindings, type Measuring, measuringsOf, type ProbedGroup } from './probe-measures.js'
import type { Sample } from './probe-instances.js'
import { ask, isAsked, note, type Session } from './probe-session.js'
import { baseFilter, shapeRows } from './probe-shape.js'
import { restrictionsOf } from './restrictions.js'

/** Types that a set may be grouped by, the ones most asked for first. */
const grouped: readonly BaseType[] = ['Edm.String', 'Edm.Int32', 'Edm.Int64', 'Edm.Date', 'Edm.Guid', 'Edm.Boolean', 'Edm.Int16', 'Edm.Decimal']
const mostRequests = 5

/**
 * Groups known rows at the remote, by a column of each type, and compares the groups and what was computed of each with what we make of the
 * same rows. Asked only of a remote whose contract says that it applies transformations; proven for a type and method only where its
 * rows could tell a wrong answer from a right one.
 */
export async function probeApply(session: Session, sample: Sample): Promise<void> {
  const rows = tellingRows(session, sample)
  const base = baseFilter(session, rows)
  if (base === undefined || rows.length < 3 || !isAsked(session, 'apply') || !restrictionsOf(session.target.model, session.entitySet).apply) return
  const measurings = measuringsOf(session, rows)
  const findings = groupFindings(measurings)
  try {
    for (const by of groupings(session, rows)) {
      const trial: Trial = { by, base, rows, measurings }
      const groups = await askGroups(session, trial)
      if (groups === 'ignored') return note(session, 'apply:groupby', 'unsupported', 'it passed $apply over')
      if (groups === undefined) return note(session, 'apply:groupby', 'unsupported', 'it refused groups')
      if (agreesOnGroups(session, trial, groups)) findings.compare(groups, rowsByGroup(trial, session))
    }
  } finally {
    findings.conclude((feature, trust, why) => note(session, feature, trust, why))
  }
}

/** Known rows, among them some with texts that differ in case, accents or trailing blanks only: without those nobody sees whether they are told apart. */
function tellingRows({ columns }: Session, sample: Sample): readonly (readonly Value[])[] {
  const pairs = columns.flatMap(({ type }, at) => (type.base === 'Edm.String' ? twins(sample.rows, at) : []))
  return [...new Set([...pairs, ...shapeRows(sample)])].slice(0, Math.max(2, shapeRows(sample).length))
}

/** Two rows whose texts in a column are alike; none where there are none. */
function twins(rows: readonly (readonly Value[])[], at: number): readonly (readonly Value[])[] {
  const known = new Map<string, readonly Value[]>()
  for (const row of rows) {
    const text = row[at]
    if (typeof text !== 'string') continue
    const other = known.get(folded(text))
    if (other !== undefined && other[at] !== text) return [other, row]
    known.set(folded(text), row)
  }
  return []
}

const folded = (text: string): string => text.trimEnd().normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

interface Trial {
  /** Position of the column that is grouped by. */
  readonly by: number
  readonly base: string
  readonly rows: readonly (readonly Value[])[]
  readonly measurings: readonly Measuring[]
}

/** First a column with few values, so that groups have several rows; then the key, so that each has one and nulls stand alone; then other types. */
function groupings({ columns, keyAt }: Session, rows: readonly (readonly Value[])[]): readonly number[] {
  const distinct = (at: number): number => new Set(rows.map((row) => row[at])).size
  const nulls = (at: number): number => (rows.some((row) => row[at] === null) ? 1 : 0)
  const best = grouped.flatMap((base) => {
    const candidates = columns.flatMap(({ type }, at) => (type.base === base && distinct(at) > 1 ? [at] : []))
    const alike = (at: number): number => (base === 'Edm.String' ? twins(rows, at).length : 0)
    return candidates.toSorted((a, b) => alike(b) - alike(a) || nulls(b) - nulls(a) || distinct(a) - distinct(b)).slice(0, 1)
  })
  const fewest = columns.flatMap(({ type }, at) => (grouped.includes(type.base) && distinct(at) > 1 && distinct(at) < rows.length ? [at] : [])).toSorted((a, b) => distinct(a) - distinct(b)).slice(0, 1)
  const key = keyAt.length === 1 ? keyAt.filter((at) => grouped.includes(columns[at]?.type.base ?? 'null')) : []
  return [...new Set([...fewest, ...key, ...best])].slice(0, mostRequests)
}

/** The groups that the remote made; undefined: it refused to. */
async function askGroups(session: Session, { by, base, measurings }: Trial): Promise<readonly ProbedGroup[] | 'ignored' | undefined> {
  const column = session.columns[by]
  if (column === undefined) return undefined
  const columns: readonly Column[] = [column, ...measurings.map(({ alias, type }) => ({ name: alias, type }))]
  const text = `filter(${base})/groupby((${column.name}),aggregate(${measurings.map((one) => `${one.text} as ${one.alias}`).join(',')}))`
  const answer = await ask(session, [{ name: '$apply', text }], { columns })
  if (answer === undefined || answer.more) return undefined
  if (answer.rows.length > 0 && !measurings.every(({ alias }) => answer.members.has(alias))) return 'ignored'
  return answer.rows.map(([value = null, ...results]) => ({ hash: hashKey([column.type], [value]), value, results }))
}

function rowsByGroup({ by, rows }: Trial, { columns }: Session): ReadonlyMap<string, readonly (readonly Value[])[]> {
  const type = columns[by]?.type ?? decimalType
  return Map.groupBy(rows, (row) => hashKey([type], [row[by] ?? null]))
}

/** Whether there is one group for each value and none else; notes what that shows. */
function agreesOnGroups(session: Session, trial: Trial, groups: readonly ProbedGroup[]): boolean {
  const type = session.columns[trial.by]?.type ?? decimalType
  const feature: Feature = `apply:groupby:${type.base}`
  const expected = rowsByGroup(trial, session)
  const written = new Set(trial.rows.map((row) => row[trial.by] ?? null))
  const right = groups.length === expected.size && groups.every(({ hash, value }) => expected.has(hash) && written.has(value ?? null))
  if (!right) note(session, feature, 'inexact', 'known rows came in other groups')
  else if (type.base === 'Edm.String' && twins(trial.rows, trial.by).length === 0) note(session, feature, 'inexact', 'its groups were right, and no texts among them differ in case only')
  else {
    note(session, 'apply:filter', 'exact', 'groups were made of the rows of a filter')
    note(session, feature, 'exact', 'known rows came in their groups')
    if (written.has(null)) note(session, `${feature}:null`, 'exact', 'rows without a value were a group')
  }
  return right
}

