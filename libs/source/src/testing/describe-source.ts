import * as fc from 'fast-check'
import { column as columnOf, hashKey, literal, binary, type Column, type Value } from '@tributary/plan'
import type { Trust } from '../capabilities.js'
import { probes } from '../faces.js'
import type { Accepted, ScanRequest, Source, Target } from '../source.js'
import { ableIn, answered, evaluated, inAnyOrder, placed, readAll, valuesOf, type Rows, type State } from './law.js'
import { leafFilters, requests, totalOrder, type WantedRows } from './requests.js'

/** A source, and an entity set of it whose rows are known. */
export interface SourceUnderTest {
  readonly source: Source
  readonly target: Target
  readonly entitySet: string
  /** Qualified name. */
  readonly entityType: string
  readonly columns: readonly Column[]
  readonly key: readonly string[]
  readonly rows: Rows
  /** The remote does all that the protocol says: what is presumed exact is exact. */
  readonly obeys: boolean
  readonly stop: () => Promise<void>
}

const STATES: readonly (readonly [string, Trust])[] = [['nothing is known', 'inexact'], ['everything is exact', 'exact'], ['everything is unsupported', 'unsupported']]
const RUNS = 25
const observe = (): void => undefined

/**
 * The contract with a source: what it reads of what it accepted, with the rest done by the engine, is what an evaluation over all rows
 * gives, whatever is known of the remote.
 */
export function describeSource(name: string, make: () => Promise<SourceUnderTest>): void {
  describe(`the contract with a source: ${name}`, () => {
    let under: SourceUnderTest
    let probed: State | undefined
    beforeAll(async () => {
      under = await make()
    })
    afterAll(() => under.stop())

    const wantOf = (wanted: Partial<ScanRequest> = {}): ScanRequest => ({
      target: under.target, entitySet: under.entitySet, entityType: under.entityType, columns: under.columns, key: under.key, order: [], skip: 0, count: false, keys: [], pageRows: 0, ...wanted,
    })
    const holds = async (state: State, wanted: WantedRows): Promise<void> => {
      const want = wantOf(wanted)
      const { rows, counted } = await placed(state, (able) => answered(under.source, want, able))
      const expected = evaluated(under, wanted)
      expect(counted ?? expected.matching).toBe(expected.matching)
      if (wanted.order.length > 0) expect(rows).toEqual(expected.rows)
      else if (wanted.skip === 0 && wanted.top === undefined) expect(inAnyOrder(under, rows)).toEqual(inAnyOrder(under, expected.rows))
      else holdsWithoutOrder(rows, wanted)
    }
    const holdsWithoutOrder = (rows: Rows, wanted: WantedRows): void => {
      const all = new Set(inAnyOrder(under, evaluated(under, { ...wanted, skip: 0, top: Infinity }).rows))
      expect(rows).toHaveLength(evaluated(under, wanted).rows.length)
      for (const row of inAnyOrder(under, rows)) expect(all.has(row)).toBe(true)
    }
    const knows = async (state: State): Promise<void> => {
      for (const filter of leafFilters(under)) await holds(state, { filter, order: [], skip: 0, count: false })
    }

    for (const [title, presumed] of STATES) {
      describe(`where ${title}`, () => {
        const state: State = { presumed, facts: new Map() }
        const truthful = (): boolean => presumed !== 'exact' || under.obeys
        it('answers every operator and function over every column', async () => {
          if (truthful()) await knows(state)
        })
        it('answers random requests', async () => {
          if (truthful()) await fc.assert(fc.asyncProperty(requests(under), (wanted) => holds(state, wanted)), { numRuns: RUNS })
        })
        it('looks up keys in batches', async () => {
          for (const column of under.columns) await looksUp(state, [column])
          await looksUp(state, under.columns.slice(0, 2))
        })
      })
    }

    describe('where it was probed', () => {
      it('answers every operator, and random requests', async () => {
        if (!probes(under.source)) return
        const facts = await under.source.probe(under.target, under.entitySet, { signal: new AbortController().signal, maxRequests: 60, observe: () => undefined })
        probed = { presumed: 'inexact', facts }
        await knows(probed)
        await fc.assert(fc.asyncProperty(requests(under), (wanted) => holds(probed as State, wanted)), { numRuns: RUNS })
      })
    })

    const looksUp = async (state: State, keys: readonly Column[]): Promise<void> => {
      const at = keys.map(({ name }) => under.columns.findIndex((column) => column.name === name))
      const types = keys.map(({ type }) => type)
      const keyOf = (row: readonly Value[]): readonly Value[] => at.map((index) => row[index])
      const present = under.rows.map((row) => keyOf(row)).filter((key) => key.every((value) => value !== null && value !== undefined))
      const wanted = [...new Map(present.filter((_, index) => index % 3 === 0).map((key) => [hashKey(types, key), key])).values()]
      const names = new Set(wanted.map((key) => hashKey(types, key)))
      const matches = (row: readonly Value[]): boolean => keyOf(row).every((value) => value !== null && value !== undefined) && names.has(hashKey(types, keyOf(row)))
      const rows = await placed(state, async (able) => {
        const accepted = under.source.accept(wantOf({ keys }), able)
        if (accepted.keyForm === undefined) return (await readAll(under.source, accepted, { columns: under.columns })).rows
        const found: (readonly Value[])[] = []
        for (let next = 0; next < wanted.length;) {
          const size = under.source.batchOf(accepted, wanted.slice(next))
          expect(size).toBeGreaterThanOrEqual(1)
          found.push(...(await readAll(under.source, accepted, { columns: under.columns, keys: wanted.slice(next, next + size) })).rows)
          next += size
        }
        return [...new Map(found.map((row) => [hashKey(under.columns.map(({ type }) => type), row), row])).values()]
      })
      const distinct = [...new Set(inAnyOrder(under, under.rows.filter(matches)))]
      expect([...new Set(inAnyOrder(under, rows.filter(matches)))]).toEqual(distinct)
    }

    it('accepts without asking anybody, the same twice', () => {
      const [column] = under.columns
      if (column === undefined) return
      const want = wantOf({ order: totalOrder(under, column, true, false), top: 3, count: true, filter: binary('eq', columnOf(column.type, column.name), literal(column.type, under.rows[0]?.[0])) })
      const [once, twice] = [under.source.accept(want, ableIn({ presumed: 'exact', facts: new Map() })), under.source.accept(want, ableIn({ presumed: 'exact', facts: new Map() }))]
      expect(once.taken).toEqual(twice.taken)
      expect(once.limited && once.residual !== undefined).toBe(false)
    })

    it('counts exactly, where it says that it counts', async () => {
      const accepted = under.source.accept(wantOf({ count: true }), ableIn({ presumed: under.obeys ? 'exact' : 'inexact', facts: new Map() }))
      const { count } = await readAll(under.source, accepted, { columns: under.columns })
      expect(accepted.counted ? count : under.rows.length).toBe(under.rows.length)
    })

    it('gives only the columns that are wanted, in pages of any size', async () => {
      const columns = under.columns.slice(1, 3)
      const { rows } = await placed({ presumed: 'inexact', facts: new Map() }, (able) => readAll(under.source, under.source.accept(wantOf({ columns, pageRows: 7 }), able), { columns }))
      expect(inAnyOrder({ columns }, rows)).toEqual(inAnyOrder({ columns }, under.rows.map((row) => row.slice(1, 3))))
    })

    it('stops when it is cancelled, before and while it reads', async () => {
      const accepted = under.source.accept(wantOf({ pageRows: 5 }), ableIn({ presumed: 'inexact', facts: new Map() }))
      const cancel = new AbortController()
      const seen = (async () => {
        let rows = 0
        for await (const page of under.source.read(accepted, { signal: cancel.signal, observe })) {
          rows += valuesOf(page, under.columns).length
          cancel.abort(new Error('enough'))
        }
        return rows === under.rows.length ? 'everything was there at once' : 'it went on'
      })().catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      expect(['enough', 'everything was there at once']).toContain(await seen)
      await expect(readCancelled(under.source, accepted)).rejects.toThrow('never mind')
    })
  })
}

async function readCancelled(source: Source, scan: Accepted): Promise<void> {
  for await (const page of source.read(scan, { signal: AbortSignal.abort(new Error('never mind')), observe })) expect(page).toBeUndefined()
}
