import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { aggregate, column, decimalType, int64Type, orderKey, outputColumns, sort, stringType, type Column, type Page, type Plan } from '@tributary/plan'
import { engineFixture } from './engine-fixture.js'
import { pagesOf, type RunOptions } from './given-rows.js'
import { bytesPage, readOf } from './paged-source.js'

const rows = 1_000_000
const columns: readonly Column[] = [{ name: 'Number', type: int64Type }, { name: 'Text', type: stringType }, { name: 'Half', type: decimalType }]

/** A million rows in no order; with 250 bytes of padding they are more than the engine may hold. */
function* million(padding: string): Generator<Page> {
  for (let page = 0; page < rows / 1000; page += 1) {
    yield bytesPage(columns, Array.from({ length: 1000 }, (_, row) => {
      const number = ((page * 1000 + row) * 7919) % rows
      return `{"Number":"${number}","Text":"${padding}${number % 7}","Half":"${number >> 1}.5"}`
    }))
  }
}

/** The names of the files that the database put aside while a plan ran. */
async function spilled(spool: { readonly path: string }, work: () => Promise<void>): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  const [own = ''] = await readdir(spool.path)
  const look = (): void => void readdir(join(spool.path, own, 'spill')).then((names) => names.forEach((name) => seen.add(name)), () => undefined)
  const watch = setInterval(look, 25)
  await work().finally(() => clearInterval(watch))
  return seen
}

async function visit(plan: Plan, options: RunOptions, row: (text: string) => void): Promise<void> {
  const names = outputColumns(plan).map(({ name }) => name)
  for await (const page of pagesOf(plan, options)) {
    const texts = page.kind === 'rows' ? page.rows.map((values) => JSON.stringify(Object.fromEntries(names.map((name, index) => [name, values[index]])))) : Array.from({ length: page.offsets.length >> 1 }, (_, index) => page.bytes.toString('utf8', page.offsets[2 * index], page.offsets[2 * index + 1]))
    texts.forEach(row)
  }
}

describe('a million rows with 200 MB for the engine', () => {
  const { engine, spool } = engineFixture({ memoryBytes: 200e6, spoolBytes: 8e9 })
  const options = (padding: string): RunOptions => ({ engine, sets: { Rows: () => million(padding) } })

  it('are sorted on disk', async () => {
    const plan = sort(readOf('Rows', columns), [orderKey(column(int64Type, 'Number'), true)])
    let expected = rows
    let wrong = 0
    const files = await spilled(spool, () => visit(plan, options('p'.repeat(250)), (text) => {
      expected -= 1
      if (!text.startsWith(`{"Number":"${expected}"`)) wrong += 1
    }))
    expect({ left: expected, wrong, bytes: engine.spooledBytes() }).toEqual({ left: 0, wrong: 0, bytes: 0 })
    expect(files.size).toBeGreaterThan(0)
  })

  it('are grouped on disk, in groups of two', async () => {
    const half = column(decimalType, 'Half')
    const groups = [{ path: ['Half'] as const, expression: half }]
    const measures = [{ column: { name: 'Last', type: int64Type }, method: 'max' as const, expression: column(int64Type, 'Number') }, { column: { name: 'Texts', type: decimalType }, method: 'countdistinct' as const, expression: column(stringType, 'Text') }]
    const plan = aggregate(readOf('Rows', columns), { groups, measures, columns: [{ name: 'Half', type: decimalType }, ...measures.map((one) => one.column)] })
    let found = 0
    let wrong = 0
    await visit(plan, options(''), (text) => {
      found += 1
      const { Half, Last, Texts } = JSON.parse(text) as { readonly Half: string; readonly Last: string; readonly Texts: string }
      if (Last !== String(2 * Number.parseInt(Half, 10) + 1) || Texts !== '2') wrong += 1
    })
    expect({ found, wrong, bytes: engine.spooledBytes() }).toEqual({ found: rows / 2, wrong: 0, bytes: 0 })
  })
})
