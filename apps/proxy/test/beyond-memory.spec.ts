import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openShop, valuesOf, type Shop } from './shop.js'

interface Explained {
  readonly tiers: readonly { readonly operator: string; readonly tier: string; readonly why: string }[]
  readonly rows: number
}

const encoded = (path: string): string => path.replaceAll(' ', '%20')
const grouped = encoded('/odata/shop/Orders?$apply=groupby((Customer/Country),aggregate($count as Count,Freight with sum as Total,Freight with average as Mean,OrderDate with max as Last))')

describe('queries that find no room in memory', () => {
  let spool: string
  let large: Shop
  let small: Shop
  beforeAll(async () => {
    spool = await mkdtemp(join(tmpdir(), 'tributary-beyond-'))
    large = await openShop({ orders: 900, environment: { TRIBUTARY_SPOOL_DIR: spool, TRIBUTARY_ENGINE_FROM_ROWS: '100', TRIBUTARY_PAGE_ROWS: '0' } })
    small = await openShop({ orders: 900, environment: { TRIBUTARY_PAGE_ROWS: '0' } })
  })
  afterAll(async () => {
    await Promise.all([large.stop(), small.stop()])
    await rm(spool, { recursive: true })
  })
  const explained = async (path: string): Promise<Explained> => (await large.door.json(`${path}&explain=analyze`)) as unknown as Explained

  it.each([
    ['joins and groups', grouped, 'Aggregate', 'more than 100 rows to join and group'],
    ['sorts', encoded('/odata/shop/Orders?$orderby=Customer/CompanyName desc,Freight,OrderID'), 'Sort', 'more than 100 rows in one sort'],
    ['groups', encoded('/odata/erp/Orders?$apply=groupby((CustomerID,ShippedAt),aggregate(Weight with sum as Weight,Quantity with countdistinct as Quantities))'), 'Aggregate', 'more than 100 rows in the groups of one aggregation'],
  ])('%s on the embedded engine, and answers what memory answers', async (_, path, operator, why) => {
    await small.door.json(path)
    const [ours, theirs] = [valuesOf(await large.door.json(path)), valuesOf(await small.door.json(path))]
    expect(ours).toEqual(theirs)
    expect(ours.length).toBeGreaterThan(5)
    const { tiers, rows } = await explained(path)
    expect({ tiers, rows }).toEqual({ tiers: [{ operator, tier: 'embedded engine', why }], rows: ours.length })
    expect(large.door.plane.embedded?.engine.spooledBytes()).toBe(0)
  })

  it('stays in memory where rows are few', async () => {
    expect((await explained(encoded('/odata/shop/Orders?$filter=OrderID lt 10050&$orderby=Customer/CompanyName'))).tiers).toEqual([])
  })

  it('starts without an engine where the spool cannot be written, and says so', async () => {
    const file = join(spool, 'no-directory')
    await writeFile(file, '')
    const without = await openShop({ environment: { TRIBUTARY_SPOOL_DIR: file } })
    expect(without.door.plane.embedded).toBeUndefined()
    expect(without.door.log.some((line) => line.includes('The embedded engine cannot be used'))).toBe(true)
    expect(valuesOf(await without.door.json(grouped)).length).toBeGreaterThan(5)
    await without.stop()
    await rm(file)
  })
})
