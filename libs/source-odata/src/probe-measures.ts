import { addDecimals, comparatorOf, decimalType, hashKey, type Value, type ValueType } from '@tributary/plan'
import type { Feature, Trust } from '@tributary/source'
import { isSummed, sameResult } from './probe-results.js'
import type { Session } from './probe-session.js'

/** Something that is computed of known rows, at the remote and here. */
export interface Measuring {
  readonly feature: Feature
  readonly alias: string
  /** As `$apply` says it. */
  readonly text: string
  readonly type: ValueType
  of(rows: readonly (readonly Value[])[]): Value
  /** The values are all null. */
  isNull(rows: readonly (readonly Value[])[]): boolean
  /** Whether a remote that computes less exactly, or by other rules, would answer something else. */
  tells(rows: readonly (readonly Value[])[]): boolean
}

/** A group that the remote made. */
export interface ProbedGroup {
  readonly hash: string
  readonly value: Value
  /** In the order of what was measured. */
  readonly results: readonly Value[]
}

type Rows = readonly (readonly Value[])[]

/** What can be measured of known rows: the rows themselves, and of each type the column with most values, or nulls among them. */
export function measuringsOf({ columns, keyAt }: Session, rows: Rows): readonly Measuring[] {
  const counted: Measuring = { feature: 'apply:count', alias: 'probed0', text: '$count', type: decimalType, of: (group) => String(group.length), isNull: () => false, tells: (group) => group.length > 1 }
  const byType = new Map<string, number>()
  for (const [at, { type }] of columns.entries()) {
    const known = byType.get(type.base)
    if (!keyAt.includes(at) && compared.has(type.base) && (known === undefined || worth(rows, at) > worth(rows, known))) byType.set(type.base, at)
  }
  const measured = [...byType.values()].flatMap((at) => ofColumn(at, columns[at] ?? { name: '', type: decimalType }))
  return [counted, ...measured.map((one, index) => ({ ...one, alias: `probed${index + 1}` }))]
}

/** Values whose order and equality are the same everywhere, if they are compared as values; of texts that is not so. */
const compared: ReadonlySet<string> = new Set(['Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Date', 'Edm.DateTimeOffset'])

/** A column with nulls tells most, then one with many values. */
const worth = (rows: Rows, at: number): number => (rows.some((row) => row[at] === null) ? rows.length : 0) + new Set(rows.map((row) => row[at])).size

function ofColumn(at: number, { name, type }: Session['columns'][number]): readonly Omit<Measuring, 'alias'>[] {
  const values = (rows: Rows): readonly Value[] => rows.map((row) => row[at] ?? null).filter((value) => value !== null)
  const different = (rows: Rows): number => new Set(values(rows).map((value) => hashKey([type], [value]))).size
  const compare = comparatorOf(type)
  const extreme = (sign: number) => (rows: Rows): Value => values(rows).reduce<Value>((best, value) => (best === null || sign * compare(value, best) > 0 ? value : best), null)
  const shared = { isNull: (rows: Rows) => values(rows).length === 0, tells: (rows: Rows) => different(rows) > 1 }
  const measure = (method: string, more: Pick<Measuring, 'of'> & Partial<Measuring>): Omit<Measuring, 'alias'> => ({ ...shared, type, feature: `apply:${method}:${type.base}`, text: `${name} with ${method}`, ...more })
  return [
    ...(isSummed(type) ? [measure('sum', { type: decimalType, of: (rows) => sumOf(values(rows)), tells: (rows) => different(rows) > 1 && (type.base !== 'Edm.Decimal' || roundsAsDouble(values(rows))) })] : []),
    measure('min', { of: extreme(-1) }), measure('max', { of: extreme(1) }),
    measure('countdistinct', { type: decimalType, of: (rows) => String(different(rows)), tells: (rows) => different(rows) > 1 && different(rows) < values(rows).length }),
  ]
}

const sumOf = (values: readonly Value[]): Value => (values.length === 0 ? null : values.reduce<string>((sum, value) => addDecimals(sum, value), '0'))

/** Whether a sum of doubles is another number: without that, a remote that adds doubles is not told from one that does not. */
function roundsAsDouble(values: readonly Value[]): boolean {
  const sum = values.reduce<number>((total, value) => total + Number(value), 0)
  return comparatorOf(decimalType)(String(sum).includes('e') ? '0' : String(sum), String(sumOf(values))) !== 0
}

/** Notes what was found out. */
export type Note = (feature: Feature, trust: Trust, why: string) => void

/** Collects what groups show of what was measured. */
export interface GroupFindings {
  compare(groups: readonly ProbedGroup[], rows: ReadonlyMap<string, Rows>): void
  conclude(note: Note): void
}

/** Nothing was seen yet. */
export function groupFindings(measurings: readonly Measuring[]): GroupFindings {
  const wrong = new Set<Feature>()
  const told = new Set<Feature>()
  const nulls = new Set<Feature>()
  return {
    compare(groups, rows) {
      for (const { hash, results } of groups) {
        const known = rows.get(hash) ?? []
        for (const [index, { feature, type, of, isNull, tells }] of measurings.entries()) {
          if (!sameResult(type, results[index], of(known))) wrong.add(feature)
          if (isNull(known)) nulls.add(feature)
          else if (tells(known)) told.add(feature)
        }
      }
    },
    conclude(note) {
      for (const { feature } of measurings) {
        if (wrong.has(feature)) note(feature, 'inexact', 'it computed something else of known rows')
        else if (told.has(feature)) note(feature, 'exact', 'it computed what we compute of known rows')
        if (!wrong.has(feature) && told.has(feature) && nulls.has(feature)) note(`${feature}:null`, 'exact', 'of nulls alone it computed what we compute')
      }
    },
  }
}
