import type { EdmModel } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import { hashKey, type Column, type Value } from '@tributary/plan'
import { Source, type Accepted, type Description, type ReadContext, type ScanRequest, type SourcePage, type Target } from '@tributary/source'

/** A service whose rows are at hand. */
export interface MemoryService {
  /** CSDL. */
  readonly contract: string
  readonly model: EdmModel
  /** By entity set; a row's values stand in the order of the contract's properties. */
  readonly rows: ReadonlyMap<string, readonly (readonly Value[])[]>
}

interface MemoryScan {
  readonly want: ScanRequest
  readonly rows: readonly (readonly Value[])[]
  /** Where the wanted columns and the key columns stand in a row. */
  readonly columnAt: readonly number[]
  readonly keyAt: readonly number[]
}

const PAGE_ROWS = 1_000

/** Reads services by the URL they are known by. It filters and sorts nothing: the operators do that as fast; keys are looked up in an index. */
export class MemorySource extends Source {
  override readonly kind = 'memory'
  private readonly scans = new WeakMap<object, MemoryScan>()
  private readonly indexes = new WeakMap<object, Map<string, ReadonlyMap<string, readonly (readonly Value[])[]>>>()

  constructor(private readonly services: ReadonlyMap<string, MemoryService>) {
    super()
  }

  override async describe(target: Omit<Target, 'model'>): Promise<Description> {
    const { model, contract } = this.serviceOf(target)
    return { model, content: contract, contentType: 'application/xml' }
  }

  override accept(want: ScanRequest): Accepted {
    const handle = Object.freeze({ entitySet: want.entitySet })
    this.scans.set(handle, this.scanOf(want))
    return Object.freeze({
      handle, trust: 'exact', ordered: false, limited: false, counted: false, taken: want.keys.length === 0 ? [] : [`${want.keys.map(({ name }) => name).join(',')} by in`], relies: [],
      ...(want.filter === undefined ? {} : { residual: want.filter }),
      ...(want.keys.length === 0 ? {} : { keyForm: 'in' as const }),
    })
  }

  override batchOf(_scan: Accepted, keys: readonly (readonly Value[])[]): number {
    return Math.max(1, keys.length)
  }

  override async *read({ handle }: Accepted, context: ReadContext): AsyncGenerator<SourcePage> {
    const scan = typeof handle === 'object' && handle !== null ? this.scans.get(handle) : undefined
    if (scan === undefined) throw new TypeError('the scan was not accepted by this source')
    const rows = scan.keyAt.length > 0 && context.keys !== undefined ? this.lookUp(scan, context.keys) : scan.rows
    const { want } = scan
    context.observe({ slug: want.target.slug, method: 'GET', url: `${want.target.url}${want.entitySet}`, status: 200, rows: rows.length, bytes: 0, ms: 0, queuedMs: 0 })
    const pageRows = want.pageRows > 0 ? want.pageRows : PAGE_ROWS
    for (let at = 0; at < rows.length || at === 0; at += pageRows) {
      context.signal.throwIfAborted()
      const part = rows.slice(at, at + pageRows).map((row) => scan.columnAt.map((index) => row[index]))
      yield { page: Object.freeze({ kind: 'rows', columns: want.columns, rows: part }) }
    }
  }

  private serviceOf(target: Pick<Target, 'slug' | 'url'>): MemoryService {
    const service = this.services.get(target.url)
    if (service === undefined) throw hubError('HUB_SOURCE_UNREACHABLE', { slug: target.slug, reason: `nothing is in memory for ${target.url}` })
    return service
  }

  private scanOf(want: ScanRequest): MemoryScan {
    const { model, rows } = this.serviceOf(want.target)
    if (want.resource !== undefined) throw hubError('HUB_QUERY_UNSUPPORTED', { what: `The path ${want.resource.path}`, hint: `${want.target.slug} holds entity sets only.` })
    const type = model.structured(want.entityType)
    const found = rows.get(want.entitySet)
    if (type === undefined || found === undefined) throw hubError('HUB_SOURCE_INVALID', { slug: want.target.slug, reason: `it has no entity set ${want.entitySet} of ${want.entityType}` })
    const names = model.properties(type).map(({ name }) => name)
    const at = (columns: readonly Column[]): readonly number[] => columns.map(({ name }) => names.indexOf(name))
    return { want, rows: found, columnAt: at(want.columns), keyAt: at(want.keys) }
  }

  private lookUp(scan: MemoryScan, keys: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
    const types = scan.want.keys.map(({ type }) => type)
    const index = this.indexOf(scan)
    const wanted = new Set(keys.filter((key) => key.every((value) => value !== null && value !== undefined)).map((key) => hashKey(types, key)))
    return [...wanted].flatMap((key) => index.get(key) ?? [])
  }

  /** Rows by the values of the key columns, made once for each set of columns that was joined by. */
  private indexOf({ want, rows, keyAt }: MemoryScan): ReadonlyMap<string, readonly (readonly Value[])[]> {
    const made = this.indexes.get(rows) ?? new Map<string, ReadonlyMap<string, readonly (readonly Value[])[]>>()
    this.indexes.set(rows, made)
    const name = keyAt.join(',')
    const known = made.get(name)
    if (known !== undefined) return known
    const types = want.keys.map(({ type }) => type)
    const index = Map.groupBy(rows, (row) => hashKey(types, keyAt.map((at) => row[at])))
    made.set(name, index)
    return index
  }
}
