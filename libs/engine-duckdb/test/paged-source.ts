import { createModel } from '@tributary/edm'
import { remote, remoteScan, fragment, scan, type BytesPage, type Column, type Fragment, type Page, type Remote, type Value } from '@tributary/plan'
import { createKnowledge, Source, type Accepted, type Description, type Endpoints, type ReadContext, type SourcePage } from '@tributary/source'

/** Rows of a set, made as often as it is read. */
export type Pages = () => Iterable<Page>

interface Handle {
  readonly set: string
  /** The column by whose values rows can be asked for. */
  readonly key?: string
}

class PagedSource extends Source {
  readonly kind = 'paged'

  constructor(private readonly sets: Readonly<Record<string, Pages>>) {
    super()
  }

  override describe(): Promise<Description> {
    throw new Error('has no contract')
  }

  override accept(): Accepted {
    throw new Error('is placed already')
  }

  override batchOf(_: Accepted, keys: readonly (readonly Value[])[]): number {
    return keys.length
  }

  override async *read({ handle }: Accepted, { keys }: ReadContext): AsyncGenerator<SourcePage> {
    const { set, key } = handle as Handle
    const wanted = keys === undefined ? undefined : new Set(keys.map(([value]) => value))
    for (const page of this.sets[set]?.() ?? []) yield { page: wanted === undefined || page.kind === 'bytes' ? page : { ...page, rows: page.rows.filter((row) => wanted.has(row[page.columns.findIndex(({ name }) => name === key)])) } }
  }
}

/** One endpoint, `paged`, with these sets. */
export function endpointsOf(sets: Readonly<Record<string, Pages>>): Endpoints {
  const source = new PagedSource(sets)
  const schema = { namespace: 'T', types: new Map(), operations: new Map(), terms: new Map(), containers: new Map(), annotations: [], externalAnnotations: [] }
  const target = { slug: 'paged', url: 'http://paged/', model: createModel({ version: '4.0', schemas: [schema] }), connection: { auth: { kind: 'none' as const }, headers: {}, timeoutMs: 1 } }
  const knowledge = createKnowledge(() => new Date(0))
  return { endpoint: () => ({ source, target }), capabilities: (slug, set) => knowledge.capabilities({ slug, identity: 'test' }, set), learn: () => undefined }
}

/** All of a set, of which the source takes nothing, or only the values of a key. */
export function readOf(set: string, columns: readonly Column[], key?: string): Remote {
  const target = { endpoint: 'paged', entitySet: set, entityType: `T.${set}`, renamed: new Map(), key: [] }
  const handle: Handle = { set, ...(key === undefined ? {} : { key }) }
  const accepted: Accepted = { handle, trust: 'exact', ordered: false, limited: false, counted: false, taken: [], relies: [], ...(key === undefined ? {} : { keyForm: 'in' as const }) }
  const asked: Fragment = fragment(scan(target, columns), key === undefined ? {} : { keys: [key] })
  return remote(asked, remoteScan({ target, columns, accepted, taken: [] }))
}

/** Rows as a source sends them: JSON objects with commas between. */
export function bytesPage(columns: readonly Column[], rows: readonly string[], more: Partial<BytesPage> = {}): BytesPage {
  const bytes = Buffer.from(rows.join(','))
  const offsets = new Int32Array(2 * rows.length)
  let at = 0
  for (const [row, text] of rows.entries()) {
    offsets[2 * row] = at
    at += Buffer.byteLength(text)
    offsets[2 * row + 1] = at
    at += 1
  }
  return { kind: 'bytes', columns, bytes, offsets, ieee754: true, only: true, slug: 'paged', ...more }
}
