import { afterApply, aggregations, collectionValues, groupings, hierarchies, rollups, selections, structures, type Computed } from './apply-table.js'
import { openOrchard, type Orchard } from './orchard.js'
import { isDeepStrictEqual } from 'node:util'
import type { Behaviour } from '../../../test/harness/odata-server.js'

const url = (query: string): string => `/odata/orchard/${query}`.replaceAll(' ', '%20')

/** What clients see beside control information. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@')).map(([name, inner]) => [name, plain(inner)]))
}

/** Numbers to ten digits: quotients go on and on. */
const rounded = (value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(10)) : Array.isArray(value) ? value.map(rounded) : isPlainObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)])) : value

const isPlainObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** The rows in the order of those expected; what is not expected stands behind. */
function sortedLike(given: readonly unknown[], expected: readonly unknown[]): readonly unknown[] {
  const left = [...given]
  const found = expected.flatMap((one) => {
    const index = left.findIndex((row) => isDeepStrictEqual(row, one))
    return index < 0 ? [] : left.splice(index, 1)
  })
  return [...found, ...left]
}

const sources: readonly (readonly [string, Behaviour])[] = [
  ['honour everything, in pages of three', { pageSize: 3 }],
  ['refuse everything', { filter: 'refuse', orderby: 'refuse', top: 'refuse', skip: 'refuse', count: 'refuse', select: 'refuse' }],
  ['ignore everything', { filter: 'ignore', orderby: 'ignore', top: 'ignore', select: 'ignore' }],
]

describe.each(sources)('$apply by hand, of sources that %s', (_what, behaviour) => {
  let orchard: Orchard
  beforeAll(async () => {
    orchard = await openOrchard(behaviour)
  })
  afterAll(() => orchard.stop())

  const answered = async (query: string): Promise<readonly unknown[]> => rounded(plain((await orchard.door.json(url(query)))['value'])) as readonly unknown[]

  const tables: readonly (readonly [string, readonly Computed[]])[] = [
    ['aggregates', aggregations], ['groups', groupings], ['rolls up', rollups], ['selects', selections], ['computes with collections', collectionValues], ['restructures', structures], ['follows hierarchies', hierarchies], ['goes on after $apply', afterApply],
  ]
  describe.each(tables)('%s', (_name, table) => {
    it.each(table.map((one) => [one.query, one] as const))('%s', async (query, { rows, ordered }) => {
      const given = await answered(query)
      const expected = rounded(rows) as readonly unknown[]
      expect(ordered === true ? given : sortedLike(given, expected)).toEqual(expected)
    })
  })
})
