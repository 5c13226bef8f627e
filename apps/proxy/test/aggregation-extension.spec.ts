import { isDeepStrictEqual } from 'node:util'
import { basics, casts, expressions, hierarchies, questions, structures, type Published } from './extension-table.js'
import { openSales, type Sales } from './sales.js'

const url = (path: string): string => `/odata/${path}`.replaceAll(' ', '%20')

/** The columns that entities are joined by, which the published model does not show, and those of derived types. */
const joining = new Set(['CustomerID', 'Date', 'ProductID', 'SuperordinateID', 'CategoryID'])
/** Properties of derived types, which the published examples show only where they are asked for. */
const ofDerived = new Set(['Rating', 'RatingClass'])

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is published of a value: without control information and join columns, numbers to ten digits. */
function seen(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(10))
  if (Array.isArray(value)) return value.map(seen)
  if (!isObject(value)) return value
  const isWhole = 'CustomerID' in value || 'CategoryID' in value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@') && !joining.has(name) && !((name === 'OrganizationID' || ofDerived.has(name)) && isWhole)).map(([name, inner]) => [name, seen(inner)]))
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

describe.each([['sales', 'SalesModel'], ['trade', 'trade.facts']])('the published examples of the aggregation extension, over %s', (slug, namespace) => {
  let sales: Sales
  beforeAll(async () => {
    sales = await openSales({ pageSize: 4 })
  })
  afterAll(() => sales.stop())

  const tables: readonly (readonly [string, readonly Published[]])[] = [['aggregates and selections', basics], ['structures', structures], ['expressions', expressions], ['casts', casts(namespace)], ['questions', questions], ['hierarchies', hierarchies]]
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
