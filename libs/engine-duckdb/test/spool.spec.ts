import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { column, int64Type, orderKey, sort, stringType, type Column, type Page } from '@tributary/plan'
import type { KeyedRow } from '@tributary/operators'
import { database } from '../src/database.js'
import { textLiteral } from '../src/sql-text.js'
import { filesIn, patient } from './engine-fixture.js'
import { engineIn, pagesOf, rowsOf, scratch, type Scratch } from './given-rows.js'
import { readOf } from './paged-source.js'

const columns: readonly Column[] = [{ name: 'Number', type: int64Type }, { name: 'Text', type: stringType }]
const plan = sort(readOf('Rows', columns), [orderKey(column(int64Type, 'Number'))])
const page = (start: number, count = 1000): Page => ({ kind: 'rows', columns, rows: Array.from({ length: count }, (_, row) => [String((start + row) * 7 % 10_007), 'text'.repeat(20)]) })
const keyed = (count: number, bytes = 100): readonly KeyedRow[] => Array.from({ length: count }, (_, index) => ({ keys: [String(index)], row: `"${'x'.repeat(bytes)}"` }))

const many = (): Page[] => Array.from({ length: 20 }, (_, index) => page(1000 * index))

describe('the spool', () => {
  patient()
  let spool: Scratch
  beforeEach(async () => {
    spool = await scratch()
  })
  afterEach(() => spool.remove())

  it('belongs to its owner alone, while rows lie in it', async () => {
    const engine = await engineIn(spool)
    const work = engine.begin(new AbortController().signal)
    const sorter = await work.sorter([false])
    await sorter.add(keyed(20_000))
    const [file = ''] = await filesIn(spool.path)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    for (let directory = join(file, '..'); directory.length > spool.path.length; directory = join(directory, '..')) expect((await stat(directory)).mode & 0o777).toBe(0o700)
    expect(engine.spooledBytes()).toBeGreaterThan(2_000_000)
    await work.end()
    expect([await filesIn(spool.path), engine.spooledBytes()]).toEqual([[], 0])
    await engine.close()
    expect(await readdir(spool.path)).toEqual([])
  })

  it('is empty after a request that was aborted while its rows were written, and after one whose reader left', async () => {
    const engine = await engineIn(spool)
    const aborting = new AbortController()
    const endless = function* (): Generator<Page> {
      for (let start = 0; ; start += 1000) {
        if (start === 20_000) aborting.abort(new Error('gone'))
        yield page(start)
      }
    }
    await expect(rowsOf(plan, { engine, sets: { Rows: endless }, limits: { engineFrom: 0 }, signal: aborting.signal })).rejects.toThrow('gone')
    expect([await filesIn(spool.path), engine.spooledBytes()]).toEqual([[], 0])

    let pages = 0
    for await (const given of pagesOf(plan, { engine, sets: { Rows: many }, limits: { engineFrom: 0 } })) {
      pages += 1
      expect(given.kind).toBe('rows')
      break
    }
    expect([pages, await filesIn(spool.path), engine.spooledBytes()]).toEqual([1, [], 0])
    await engine.close()
  })

  it('ends a statement with the request it belongs to', async () => {
    const engine = await engineIn(spool)
    const aborting = new AbortController()
    const work = engine.begin(aborting.signal)
    const sorter = await work.sorter([false, true])
    for (let times = 0; times < 30; times += 1) await sorter.add(keyed(10_000, 20).map(({ keys, row }) => ({ keys: [...keys, String(times)], row })))
    const rows = sorter.sorted()[Symbol.asyncIterator]()
    const first = rows.next()
    setTimeout(() => aborting.abort(new Error('the client left')), 30)
    await expect(first).rejects.toThrow('the client left')
    await work.end()
    expect(await filesIn(spool.path)).toEqual([])
    await engine.close()
  })

  it('has room for all requests together, and names what is full', async () => {
    const engine = await engineIn(spool, { spoolBytes: 4_000_000 })
    const [one, two] = [engine.begin(new AbortController().signal), engine.begin(new AbortController().signal)]
    const [first, second] = [await one.sorter([false]), await two.sorter([false])]
    await first.add(keyed(1500, 1000))
    await expect(second.add(keyed(1500, 1000))).rejects.toMatchObject({ code: 'HUB_SPOOL_FULL' })
    await two.end()
    await one.end()
    const third = engine.begin(new AbortController().signal)
    await expect((await third.sorter([false])).add(keyed(1500, 1000))).resolves.toBeUndefined()
    await third.end()
    await engine.close()
  })

  it('says when the memory of the engine, or what it may put aside, is too small for a sort', async () => {
    const engine = await engineIn(spool, { memoryBytes: 24e6, spoolBytes: 300e6 })
    const work = engine.begin(new AbortController().signal)
    const sorter = await work.sorter([false])
    for (let times = 0; times < 6; times += 1) await sorter.add(keyed(10_000, 1000))
    await expect((async () => {
      for await (const lines of sorter.sorted()) expect(lines.offsets.length).toBeGreaterThan(0)
    })()).rejects.toMatchObject({ code: expect.stringMatching(/^HUB_(ENGINE_MEMORY|SPOOL_FULL)$/) as string })
    await work.end()
    await engine.close()
  })

  it('is rid of what a killed process left behind, and of nothing else', async () => {
    const child = spawn(process.execPath, ['--experimental-strip-types', '--no-warnings', join(import.meta.dirname, 'spool-owner.ts'), spool.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(([code]) => Promise.reject(new Error(`The owner ended with ${String(code)}: is everything built?`)))])
    const left = await readdir(spool.path)
    expect(left).toHaveLength(1)
    const beside = await engineIn(spool)
    expect(await readdir(spool.path)).toHaveLength(2)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await filesIn(spool.path)).length).toBeGreaterThan(0)
    const next = await engineIn(spool)
    expect((await readdir(spool.path)).includes(left[0] ?? '')).toBe(false)
    expect(await readdir(spool.path)).toHaveLength(2)
    await Promise.all([beside.close(), next.close()])
  })

  it('takes a silent process of another machine for gone, and one of its own number for another', async () => {
    const made = async (name: string, owner: unknown, ageMs: number): Promise<void> => {
      await mkdir(join(spool.path, name))
      const file = join(spool.path, name, 'owner.json')
      await writeFile(file, JSON.stringify(owner))
      const then = new Date(Date.now() - ageMs)
      await utimes(file, then, then)
    }
    await made('1-00000000000a', { pid: 1, host: 'elsewhere' }, 60_000)
    await made('1-00000000000b', { pid: 1, host: 'elsewhere' }, 3_600_000)
    await made(`${process.pid}-00000000000c`, { pid: process.pid, host: hostname() }, 0)
    await mkdir(join(spool.path, 'something-else'))
    const engine = await engineIn(spool)
    await engine.close()
    expect((await readdir(spool.path)).toSorted()).toEqual(['1-00000000000a', 'something-else'])
  })

  it('is where the engine stops: it reads and writes nothing else, loads nothing and cannot be opened up', async () => {
    const locked = database({ directory: spool.path, spillDirectory: join(spool.path, 'spill'), memoryBytes: 1e8, spillBytes: 1e8, threads: 1 })
    const connection = await locked.connect()
    const outside = join(spool.path, '..', 'tributary-leak')
    const refused = [
      "SELECT * FROM read_text('/etc/hostname')", `COPY (SELECT 1) TO ${textLiteral(`${outside}.csv`)}`, 'INSTALL httpfs', 'LOAD httpfs', `ATTACH ${textLiteral(`${outside}.db`)}`,
      "SET memory_limit = '10GB'", 'SET enable_external_access = true', `SET temp_directory = ${textLiteral(outside)}`,
    ]
    for (const statement of refused) await expect(connection.run(statement)).rejects.toThrow(/Permission Error|Cannot change configuration/)
    await expect(connection.run(`COPY (SELECT 1) TO ${textLiteral(join(spool.path, 'inside.csv'))}`)).resolves.toBeDefined()
    connection.closeSync()
    locked.close()
  })
})
