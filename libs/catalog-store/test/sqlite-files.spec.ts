import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CatalogStore, SearchDocument } from '@tributary/catalog'
import { databaseFileName, NodeSqliteDatabase, openSqliteStore } from '../src/index.js'

const product = (number: number, revision: number) => ({
  uuid: `00000000-0000-4000-8000-00000000000${number}`, slug: `p${number}`, definition: { name: `Product ${number}`, entities: [], relationships: [] },
  broken: [], sample: false, createdAt: '2026-01-01T00:00:00.000Z', changedAt: '2026-01-01T00:00:00.000Z', revision,
})
const save = (store: CatalogStore, number: number) => store.change(async (catalog) => catalog.saveProduct(product(number, await catalog.revision())))

describe('the SQLite store in a directory', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-store-'))
  })
  afterEach(() => {
    chmodSync(folder, 0o700)
    rmSync(folder, { recursive: true })
  })

  it('makes the directory, and finds everything again at the next start', async () => {
    const dataDir = join(folder, 'deep', 'data')
    const first = await openSqliteStore({ dataDir })
    await save(first, 1)
    await first.close()
    const second = await openSqliteStore({ dataDir })
    expect(await second.read((catalog) => catalog.product('p1'))).toEqual(product(1, 0))
    expect(await second.revision()).toBe(1)
    await second.close()
  })

  it('takes turns with another process at the same file', async () => {
    const [one, other] = [await openSqliteStore({ dataDir: folder }), await openSqliteStore({ dataDir: folder })]
    for (const number of [1, 3, 5]) {
      await save(one, number)
      await save(other, number + 1)
    }
    expect(await one.revision()).toBe(6)
    expect(await one.read(async (catalog) => (await catalog.products({ limit: 10, offset: 0 })).total)).toBe(6)
    await one.close()
    await other.close()
  })

  it('refuses a store of a newer version, and leaves it as it is', async () => {
    await (await openSqliteStore({ dataDir: folder })).close()
    const database = new NodeSqliteDatabase(join(folder, databaseFileName))
    database.prepare('INSERT INTO migrations (timestamp, name) VALUES (?, ?)').run(9_999_999_999_999, 'FromTheFuture9999999999999')
    database.close()
    await expect(openSqliteStore({ dataDir: folder })).rejects.toMatchObject({ code: 'HUB_START_STORE_NEWER', params: { migration: 'FromTheFuture9999999999999' } })
  })

  it('says that the directory cannot be used', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    await expect(openSqliteStore({ dataDir: file })).rejects.toMatchObject({ code: 'HUB_START_DATA_DIR' })
    writeFileSync(join(folder, databaseFileName), 'this is no database, but it is long enough to look at '.repeat(50))
    await expect(openSqliteStore({ dataDir: folder })).rejects.toMatchObject({ code: 'HUB_START_DATA_DIR' })
  })

  it('finds among many documents', async () => {
    const store = await openSqliteStore({ dataDir: ':memory:' })
    const documents = Array.from({ length: 5_000 }, (_, number): SearchDocument => ({
      id: `attribute:big/Set${number % 100}/Attribute${number}`, kind: 'attribute', slug: 'big', name: `Attribute${number}Of`, title: 'Attribute', description: '', tags: ['t'],
      service: 'Big', url: '', environment: 'Production', type: 'CSDL', owner: '', capabilities: [], validated: false,
    }))
    await store.change((catalog) => catalog.index('big', documents))
    const found = await store.read((catalog) => catalog.search({ terms: [{ whole: '4711', parts: [], prefix: true }], filter: {}, limit: 5, offset: 0 }))
    expect(found.documents.map(({ document }) => document.name)).toEqual(['Attribute4711Of'])
    const all = await store.read((catalog) => catalog.search({ terms: [{ whole: 'attribute', parts: [], prefix: false }], filter: {}, limit: 5, offset: 0 }))
    expect(all.total).toBe(5_000)
    await store.close()
  })
})
