import { binary, column, expand, expandedColumn, filter, int64Type, literal, nullType, orderKey, sort, stringType, type Column, type Expand, type Page, type PerParent, type Value } from '@tributary/plan'
import type { TierNotice } from '@tributary/operators'
import * as fc from 'fast-check'
import { engineFixture } from './engine-fixture.js'
import { rowsOf } from './given-rows.js'
import { readOf } from './paged-source.js'

const orderColumns: readonly Column[] = [{ name: 'Id', type: int64Type }, { name: 'Customer', type: stringType }]
const lineColumns: readonly Column[] = [{ name: 'Order', type: int64Type }, { name: 'Text', type: stringType }]
const pagesOf = (columns: readonly Column[], rows: readonly (readonly Value[])[], size = 100): Page[] => Array.from({ length: Math.ceil(rows.length / size) }, (_, page) => ({ kind: 'rows', columns, rows: rows.slice(size * page, size * page + size) }))

function expanded(toMany: boolean, perParent?: PerParent, key?: string): Expand {
  const navigation = expandedColumn('Lines', 'T.Line', { toMany, columns: lineColumns, visible: ['Text'] })
  return expand(readOf('Orders', orderColumns), { navigation, on: [{ from: 'Id', to: 'Order' }], related: readOf('Lines', lineColumns, key), ...(perParent === undefined ? {} : { perParent }) })
}

const linesOf = (...texts: readonly string[]): Readonly<Record<string, Value>> => ({ rows: texts.map((text) => ['1', text]) })

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

  it.each([['keys', 'Order'], ['the whole', undefined]] as const)('keep what one row is related to beyond memory, where it is only handed on: read by %s', async (_, key) => {
    const id = fc.constantFrom('1', '2', '3')
    const per = fc.record({ order: fc.constantFrom<PerParent['order']>([], [orderKey(column(stringType, 'Text'), true)]), skip: fc.nat(4), take: fc.option(fc.nat(9), { nil: undefined }), count: fc.boolean() })
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(id, fc.constantFrom('a', 'b', 'ä!', 'x\ny')), { maxLength: 60 }), per, fc.nat(6), async (lines, perParent, engineFrom) => {
      const sets = { Orders: () => pagesOf(orderColumns, [['1', 'c'], ['2', 'd'], ['9', 'e'], ['1', 'f']]), Lines: () => pagesOf(lineColumns, lines, 7) }
      const plan = expanded(true, perParent as PerParent, key)
      expect(await rowsOf(plan, { engine, sets, stored: true, limits: { engineFrom, buildRows: 12, batchKeys: 1 } })).toEqual(await rowsOf(plan, { sets }))
    }), { numRuns: 60 })
    expect(engine.spooledBytes()).toBe(0)
  })

  it('hold only the first of them where no more are asked for, and end reading where no more can count', async () => {
    const read = { pages: 0 }
    const sets = {
      Orders: () => pagesOf(orderColumns, [['1', 'c']]),
      Lines: function* (): Generator<Page> {
        for (let page = 0; page < 1000; page += 1) {
          read.pages += 1
          yield { kind: 'rows', columns: lineColumns, rows: Array.from({ length: 100 }, (_, row) => ['1', `t${100 * page + row}`]) }
        }
      },
    }
    const limits = { buildRows: 50 }
    const first = (perParent: Partial<PerParent>): Promise<readonly (readonly Value[])[]> => rowsOf(expanded(true, { order: [], skip: 0, take: 3, count: false, ...perParent }, 'Order'), { sets, limits })
    expect(await first({})).toEqual([['1', 'c', linesOf('t0', 't1', 't2')]])
    expect(read.pages).toBeLessThan(3)
    expect(await first({ skip: 2, count: true })).toEqual([['1', 'c', { ...linesOf('t2', 't3', 't4'), count: 100_000 }]])
    expect(await first({ order: [orderKey(column(stringType, 'Text'), true)] })).toEqual([['1', 'c', linesOf('t99999', 't99998', 't99997')]])
  })

  it('name the limit where an expression looks into them', async () => {
    const many = Array.from({ length: 100 }, () => ['1', 't'])
    const sets = { Orders: () => pagesOf(orderColumns, [['1', 'c']]), Lines: () => pagesOf(lineColumns, many) }
    const handed = expanded(true, undefined, 'Order')
    const options = { engine, sets, stored: true, limits: { buildRows: 50 } }
    expect(await rowsOf(handed, options)).toEqual([['1', 'c', { rows: many }]])
    for (const plan of [filter(handed, binary('ne', column(handed.navigation.type, 'Lines'), literal(nullType, null))), sort(handed, [orderKey(column(stringType, 'Customer'))])]) {
      await expect(rowsOf(plan, options)).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED' })
    }
    await expect(rowsOf(handed, { ...options, stored: false })).rejects.toMatchObject({ code: 'HUB_LIMIT_EXCEEDED' })
  })
})
