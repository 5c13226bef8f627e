import { column, expand, expandedColumn, int64Type, orderKey, stringType, type Column, type Expand, type Page, type PerParent, type Value } from '@tributary/plan'
import type { TierNotice } from '@tributary/operators'
import * as fc from 'fast-check'
import { engineFixture } from './engine-fixture.js'
import { rowsOf } from './given-rows.js'
import { readOf } from './paged-source.js'

const orderColumns: readonly Column[] = [{ name: 'Id', type: int64Type }, { name: 'Customer', type: stringType }]
const lineColumns: readonly Column[] = [{ name: 'Order', type: int64Type }, { name: 'Text', type: stringType }]
const pagesOf = (columns: readonly Column[], rows: readonly (readonly Value[])[]): Page[] => Array.from({ length: Math.ceil(rows.length / 100) }, (_, page) => ({ kind: 'rows', columns, rows: rows.slice(100 * page, 100 * page + 100) }))

function expanded(toMany: boolean, perParent?: PerParent): Expand {
  const navigation = expandedColumn('Lines', 'T.Line', { toMany, columns: lineColumns, visible: ['Text'] })
  return expand(readOf('Orders', orderColumns), { navigation, on: [{ from: 'Id', to: 'Order' }], related: readOf('Lines', lineColumns), ...(perParent === undefined ? {} : { perParent }) })
}

describe('an expand whose related rows are read whole', () => {
  const { engine } = engineFixture()

  it('finds the rows that memory finds, in their order', async () => {
    const id = fc.option(fc.constantFrom('1', '1.0', '2', '3', '-0', '0', '9007199254740993'))
    const texts = fc.constantFrom('a', 'ä!', '\u0000', '', 'x\ny', '{"~":0}')
    const per = fc.constantFrom<PerParent | undefined>(undefined, { order: [orderKey(column(stringType, 'Text'), true)], skip: 1, take: 2, count: true })
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(id, texts), { maxLength: 30 }), fc.array(fc.tuple(id, texts), { maxLength: 40 }), per, async (orders, lines, perParent) => {
      const sets = { Orders: () => pagesOf(orderColumns, orders), Lines: () => pagesOf(lineColumns, lines) }
      expect(await rowsOf(expanded(true, perParent), { engine, sets, limits: { engineFrom: 0 } })).toEqual(await rowsOf(expanded(true, perParent), { sets }))
    }), { numRuns: 40 })
  })

  it('goes on beyond memory with many of them, and says so; one key with too many is named', async () => {
    const orders = Array.from({ length: 3000 }, (_, index) => [String(index), 'c'])
    const lines = Array.from({ length: 9000 }, (_, index) => [String((index * 7) % 3000), `t${index}`])
    const sets = { Orders: () => pagesOf(orderColumns, orders), Lines: () => pagesOf(lineColumns, lines) }
    const notices: TierNotice[] = []
    const rows = await rowsOf(expanded(true), { engine, sets, limits: { buildRows: 500 }, notice: (one) => notices.push(one) })
    expect(rows).toEqual(await rowsOf(expanded(true), { sets }))
    expect(notices).toEqual([{ operator: 'Expand', tier: 'embedded engine', why: 'more than 500 rows of Lines, whose source takes no keys' }])
    await expect(rowsOf(expanded(true), { sets, limits: { buildRows: 500 } })).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED' })
    await expect(rowsOf(expanded(false), { engine, sets, limits: { buildRows: 500 } })).rejects.toMatchObject({ code: 'HUB_JOIN_NOT_UNIQUE' })
    const same = Array.from({ length: 700 }, () => ['1', 't'])
    await expect(rowsOf(expanded(true), { engine, sets: { ...sets, Lines: () => pagesOf(lineColumns, same) }, limits: { buildRows: 500 } })).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED' })
    expect(engine.spooledBytes()).toBe(0)
  })
})
