import type { CatalogStore } from '@tributary/catalog'
import { describeCatalogStore } from '@tributary/catalog/testing'
import { isHubError } from '@tributary/errors'
import { Client } from 'pg'
import { postgresBinaries, startPostgres, type PostgresServer } from '../../../test/harness/postgres.js'
import { openPostgresStore } from '../src/index.js'

const installed = postgresBinaries !== undefined
if (!installed) process.stderr.write('PostgreSQL is not installed: the store is tested on SQLite only.\n')
const whereInstalled = installed ? describe : describe.skip

whereInstalled('with PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 120_000)
  afterAll(() => server.stop())

  describeCatalogStore('The PostgreSQL store', async () => openPostgresStore({ url: await server.createDatabase(), poolSize: 4 }))

  describe('several processes', () => {
    it('migrate one after the other, and make one service of two simultaneous registrations', async () => {
      const url = await server.createDatabase()
      const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore({ url, poolSize: 3 })))
      const claims = await Promise.all(stores.flatMap((store) => [claim(store), claim(store)]))
      expect(new Set(claims.filter((was) => was === 'absent'))).toEqual(new Set(['absent']))
      expect(claims.filter((was) => was === 'absent')).toHaveLength(1)
      expect(await Promise.all(stores.map((store) => store.revision()))).toEqual([1, 1, 1])
      await Promise.all(stores.map((store) => store.close()))
    })
  })

  it('refuses a store of a newer version', async () => {
    const url = await server.createDatabase()
    await (await openPostgresStore({ url })).close()
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(`INSERT INTO migrations ("timestamp", name) VALUES (9999999999999, 'FromTheFuture9999999999999')`)
    await client.end()
    await expect(openPostgresStore({ url })).rejects.toMatchObject({ code: 'HUB_START_STORE_NEWER' })
  })

  it('says that the database cannot be reached, without its address', async () => {
    const failure = await openPostgresStore({ url: 'postgres://ann:secret@127.0.0.1:1/none' }).catch((error: unknown) => error)
    expect(isHubError(failure) && failure.code).toBe('HUB_UNAVAILABLE')
    expect(String(failure)).not.toContain('secret')
  })
})

/** What was there before; a product is put there if nothing was. */
const claim = (store: CatalogStore): Promise<'absent' | 'present'> =>
  store.change(async (catalog) => {
    if ((await catalog.product('wanted')) !== undefined) return 'present'
    await catalog.saveProduct({
      uuid: '00000000-0000-4000-8000-000000000001', slug: 'wanted', definition: { name: 'Wanted', entities: [], relationships: [] },
      broken: [], sample: false, createdAt: '', changedAt: '', revision: await catalog.revision(),
    })
    return 'absent'
  })
