import { isDeepStrictEqual } from 'node:util'
import { basics, hierarchies, questions, structures, type Published } from './extension-table.js'
import { openSales, type Sales } from './sales.js'

const url = (path: string): string => `/odata/${path}`.replaceAll(' ', '%20')

/** The columns that entities are joined by, which the published model does not show, and those of derived types. */
const joining = new Set(['CustomerID', 'Date', 'ProductID', 'SuperordinateID', 'CategoryID', 'Rating', 'RatingClass'])

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is published of a value: without control information and join columns, numbers to ten digits. */
function seen(value: unknown, within = false): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(10))
  if (Array.isArray(value)) return value.map((item) => seen(item, within))
  if (!isObject(value)) return value
  const asked = 'OrganizationID' in value && !('CustomerID' in value)
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@') && !joining.has(name) && (name !== 'OrganizationID' || asked)).map(([name, inner]) => [name, seen(inner, true)]))
}

/** The rows in the order of those expected; what is not expected stands behind. */
function sortedLike(given: readonly unknown[], expected: readonly unknown[]): readonly unknown[] {
  const left = [...given]
  const found = expected.flatMap((one) => {
    const index = left.findIndex((row) => isDeepStrictEqual(row, one))
    return index < 0 ? [] : left.splice(index, 1)
  })
  return [...found, ...left]
}

describe.each(['sales', 'trade'])('the published examples of the aggregation extension, over %s', (slug) => {
  let sales: Sales
  beforeAll(async () => {
    sales = await openSales({ pageSize: 4 })
  })
  afterAll(() => sales.stop())

  const tables: readonly (readonly [string, readonly Published[]])[] = [['aggregates and selections', basics], ['structures', structures], ['questions', questions], ['hierarchies', hierarchies]]
  describe.each(tables)('%s', (_name, table) => {
    it.each(table.map((one) => [one.query, one] as const))('%s', async (query, { rows, ordered, context }) => {
      const body = await sales.door.json(url(`${slug}/${query}`))
      const given = seen(body['value']) as readonly unknown[]
      const expected = seen(rows) as readonly unknown[]
      const told = String(body['@odata.context']).split('$metadata#')[1]
      expect([ordered === true ? given : sortedLike(given, expected), told]).toEqual([expected, context ?? told])
    })
  })
})
