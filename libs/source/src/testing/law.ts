import { comparatorOf, compile, compilePredicate, hashKey, parseRows, type Column, type OrderKey, type Value } from '@tributary/plan'
import { SourceContradicted, SourceRefused, type Capabilities, type Fact, type Feature, type Trust } from '../capabilities.js'
import type { Lesson } from '../endpoints.js'
import { capabilitiesOf } from '../knowledge.js'
import { lessonsOf } from './lessons.js'
import type { Accepted, ScanRequest, Source, SourcePage } from '../source.js'
import type { Population, WantedRows } from './requests.js'

export type Rows = readonly (readonly Value[])[]

/** A state of knowledge: facts, and what is presumed of every other feature. */
export interface State {
  readonly presumed: Trust
  readonly facts: ReadonlyMap<Feature, Fact>
  readonly urlLimit?: number
  readonly keyLimit?: number
}

export function ableIn({ presumed, facts, ...limits }: State): Capabilities {
  const able = capabilitiesOf(facts, limits)
  const fallback: Fact = { trust: presumed, origin: 'presumed', why: 'so the test says', since: new Date(0) }
  return presumed === 'inexact' ? able : { ...able, fact: (feature) => (able.fact(feature).why === 'nothing is known' ? fallback : able.fact(feature)) }
}

export const learnt = (state: State, lessons: readonly Lesson[]): State => lessons.reduce<State>((known, lesson) =>
  (lesson.kind === 'fact' ? { ...known, facts: new Map([...known.facts, [lesson.feature, lesson.fact]]) } : { ...known, [lesson.kind]: lesson.limit }), state)

const MOST_PLACEMENTS = 40

/** Runs a request as the engine does: what is refused or contradicted is learnt, and the request is placed anew. */
export async function placed<T>(state: State, run: (able: Capabilities) => Promise<T>): Promise<T> {
  let known = state
  for (let attempt = 0; attempt < MOST_PLACEMENTS; attempt++) {
    const able = ableIn(known)
    try {
      return await run(able)
    } catch (error) {
      if (!(error instanceof SourceRefused) && !(error instanceof SourceContradicted)) throw error
      const lessons = lessonsOf(error, able, new Date(0))
      if (lessons.length === 0) throw error
      known = learnt(known, lessons)
    }
  }
  throw new Error(`the source was not done after ${MOST_PLACEMENTS} placements`)
}

export async function readAll(source: Source, scan: Accepted, options: { readonly keys?: Rows; readonly columns: readonly Column[] }): Promise<{ readonly rows: Rows; readonly count: number | undefined }> {
  const rows: (readonly Value[])[] = []
  let count: number | undefined
  const context = { signal: new AbortController().signal, observe: () => undefined, ...(options.keys === undefined ? {} : { keys: options.keys }) }
  for await (const page of source.read(scan, context)) {
    count ??= page.count
    rows.push(...valuesOf(page, options.columns))
  }
  return { rows, count }
}

export function valuesOf({ page }: SourcePage, columns: readonly Column[]): Rows {
  expect(page.columns.map(({ name }) => name)).toEqual(columns.map(({ name }) => name))
  return page.kind === 'rows' ? page.rows : parseRows(page, columns).rows
}

/** What the source leaves to do, done: residual, order, limit. The law is that this equals `evaluated`. */
export async function answered(source: Source, want: ScanRequest, able: Capabilities): Promise<{ readonly rows: Rows; readonly counted: number | undefined }> {
  const accepted = source.accept(want, able)
  const { rows, count } = await readAll(source, accepted, { columns: want.columns })
  if (accepted.counted) expect(count).toBeDefined()
  const kept = accepted.residual === undefined ? rows : rows.filter(compilePredicate(accepted.residual, want.columns))
  if (accepted.limited) expect(accepted.residual).toBeUndefined()
  const sorted = accepted.ordered || want.order.length === 0 ? kept : kept.toSorted(comparisonOf(want.order, want.columns))
  const limited = accepted.limited ? sorted : sorted.slice(want.skip, want.top === undefined ? undefined : want.skip + want.top)
  return { rows: limited, counted: accepted.counted ? count : undefined }
}

/** The right answer, computed over all rows. */
export function evaluated({ columns, rows }: Population, wanted: WantedRows): { readonly rows: Rows; readonly matching: number } {
  const matching = wanted.filter === undefined ? rows : rows.filter(compilePredicate(wanted.filter, columns))
  const sorted = wanted.order.length === 0 ? matching : matching.toSorted(comparisonOf(wanted.order, columns))
  return { rows: sorted.slice(wanted.skip, wanted.top === undefined ? undefined : wanted.skip + wanted.top), matching: matching.length }
}

export function comparisonOf(order: readonly OrderKey[], columns: readonly Column[]): (a: readonly Value[], b: readonly Value[]) => number {
  const keys = order.map(({ expression, descending }) => ({ value: compile(expression, columns), compare: comparatorOf(expression.type), sign: descending ? -1 : 1 }))
  return (a, b) => {
    for (const { value, compare, sign } of keys) {
      const found = sign * compare(value(a), value(b))
      if (found !== 0) return found
    }
    return 0
  }
}

/** Rows in an order of their own, to compare answers whose order means nothing. */
export function inAnyOrder({ columns }: Pick<Population, 'columns'>, rows: Rows): readonly string[] {
  const types = columns.map(({ type }) => type)
  return rows.map((row) => hashKey(types, row)).toSorted()
}
