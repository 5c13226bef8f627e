import { CatalogStore, type CapabilityObservation, type CatalogReads, type CatalogWrites } from '@tributary/catalog'
import type { DataSource, EntityManager } from 'typeorm'
import type { Dialect } from './dialects/dialect.js'
import { ObservationRow } from './rows/journal-rows.js'
import { observationOf } from './rows/record-of-row.js'
import { ServiceRow } from './rows/service-rows.js'
import { TypeormReads } from './typeorm-reads.js'
import { TypeormWrites } from './typeorm-writes.js'

/** How transactions take turns: one connection must not mix them, a pool may run them side by side. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/** For so long a revision is taken for the newest: every request asks for it. */
const freshMs = 50

interface KnownRevision {
  readonly revision: number
  readonly until: number
}

/** The catalog in a relational database. */
export class TypeormCatalogStore extends CatalogStore {
  private known: KnownRevision | undefined
  /** Counts the changes of this process, so that a revision read before one is not kept behind it. */
  private changes = 0

  constructor(
    private readonly database: DataSource,
    private readonly dialect: Dialect,
    private readonly turns: Turns,
  ) {
    super()
  }

  override read<T>(work: (catalog: CatalogReads) => Promise<T>): Promise<T> {
    const { readIsolation } = this.dialect
    const within = (manager: EntityManager) => work(new TypeormReads(manager, this.dialect))
    return this.turns(() => (readIsolation === undefined ? this.database.transaction(within) : this.database.transaction(readIsolation, within)))
  }

  override async change<T>(work: (catalog: CatalogWrites) => Promise<T>): Promise<T> {
    try {
      return await this.turns(() =>
        this.database.transaction(async (manager) => {
          await lockState(manager)
          return work(new TypeormWrites(manager, this.dialect))
        }),
      )
    } finally {
      this.changes += 1
      this.known = undefined
    }
  }

  /** A change of this process is known at once, one of another process after 50 ms at most. */
  override async revision(): Promise<number> {
    const { known, changes } = this
    if (known !== undefined && known.until > performance.now()) return known.revision
    const revision = await this.readRevision()
    if (changes === this.changes) this.known = { revision, until: performance.now() + freshMs }
    return revision
  }

  private readRevision(): Promise<number> {
    return this.turns(async () => {
      const [state] = await this.database.query<{ revision: number }[]>('SELECT revision FROM catalog_state WHERE id = 1')
      if (state === undefined) throw new Error('the store has lost its state')
      return state.revision
    })
  }

  override async recordObservations(batch: readonly CapabilityObservation[]): Promise<void> {
    const newest = new Map(batch.map((fact) => [JSON.stringify([fact.endpoint, fact.identity, fact.entitySet, fact.feature]), fact]))
    if (newest.size === 0) return
    await this.turns(() =>
      this.database.transaction(async (manager) => {
        await lockState(manager)
        const known = new Set((await manager.find(ServiceRow, { select: { slug: true } })).map(({ slug }) => slug))
        const rows = [...newest.values()].filter(({ endpoint }) => known.has(endpoint)).map((fact) => ({ ...fact, expires: fact.expires ?? null }))
        if (rows.length > 0) await manager.upsert(ObservationRow, rows, ['endpoint', 'identity', 'entitySet', 'feature'])
      }),
    )
  }

  override async observations(endpoint: string, identity: string): Promise<readonly CapabilityObservation[]> {
    const rows = await this.turns(() => this.database.manager.findBy(ObservationRow, { endpoint, identity }))
    return rows.map(observationOf)
  }

  override async close(): Promise<void> {
    await this.turns(async () => {
      if (this.database.isInitialized) await this.database.destroy()
    })
  }
}

/** The first statement of every change takes the one row all changes need: they queue here, over all processes, and never fail halfway for a lock. */
const lockState = (manager: EntityManager): Promise<unknown> => manager.query('UPDATE catalog_state SET revision = revision WHERE id = 1')
