import { createModel } from '@tributary/edm'
import {
  comparatorOf, compilePredicate, conjunction, conjuncts, hashKey, walkExpression, type Column, type Expression, type OrderKey, type Page, type Value,
} from '@tributary/plan'
import {
  createKnowledge, Source, SourceContradicted, SourceRefused, type Accepted, type Capabilities, type Description, type Endpoints, type Fact, type Feature, type Knowledge,
  type ReadContext, type ScanRequest, type SourcePage, type Target, type Trust,
} from '@tributary/source'

/** The rows of one remote set, in the remote's own names. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Value[])[]
}

/** What the remote behind the source does with a feature it is sent; features not named are honoured. */
export type Conduct = 'honours' | 'ignores' | number

export interface Behaviour {
  /** By feature or its beginning: a number refuses with that status. */
  readonly conduct?: Readonly<Record<string, Conduct>>
  readonly pageRows?: number
  /** Rows leave as JSON text instead of values. */
  readonly bytes?: boolean
  /** Waits before each page. */
  readonly delay?: () => Promise<void>
  /** Longest list of keys in one request, of each form. */
  readonly keysPerRequest?: number
  /** A request whose keys are longer than this is refused with 414. */
  readonly longest?: number
  /** Fails when this page (from 0) of a read is asked for. */
  readonly failAtPage?: { readonly page: number; readonly error: Error }
}

/** One read that reached the remote. */
export interface Asked {
  readonly set: string
  readonly keys: readonly (readonly Value[])[] | undefined
  readonly taken: readonly string[]
  readonly refused: boolean
}

interface Handle {
  readonly want: ScanRequest
  readonly filter: Expression | undefined
  readonly order: readonly OrderKey[]
  readonly limited: boolean
  readonly counted: boolean
  readonly keyForm: 'in' | 'or' | undefined
  readonly relies: readonly Feature[]
  readonly urlLimit: number
  /** Conjuncts nobody looks at again. */
  readonly exact: readonly Expression[]
}

const typed = (prefix: string, expression: Expression): Feature => `${prefix}:${expression.type.name}`

/** The features a conjunct needs: operators with the type of their operands, functions by name. */
function featuresOf(expression: Expression): readonly Feature[] {
  const found = new Set<Feature>()
  walkExpression(expression, (inner) => {
    if (inner.kind === 'binary' && inner.operator !== 'and' && inner.operator !== 'or') found.add(typed(`filter:${inner.operator}`, inner.left))
    if (inner.kind === 'call') found.add(`filter:${inner.name}`)
    if (inner.kind === 'unary') found.add(`filter:${inner.operator}`)
  })
  return [...found]
}

/** A remote over arrays of rows: pure data, whose obedience, pages and pace are given. */
export class ArraySource extends Source {
  readonly kind = 'array'
  readonly asked: Asked[] = []
  pagesRead = 0
  open = 0

  constructor(readonly slug: string, readonly tables: Readonly<Record<string, Table>>, readonly behaviour: Behaviour = {}) {
    super()
  }

  override describe(): Promise<Description> {
    return Promise.reject(new Error('not described'))
  }

  override accept(want: ScanRequest, able: Capabilities): Accepted {
    const trustOf = (features: readonly Feature[]): Trust => {
      const trusts = features.map((feature) => able.fact(feature).trust)
      return trusts.includes('unsupported') ? 'unsupported' : trusts.includes('inexact') ? 'inexact' : 'exact'
    }
    const parts = want.filter === undefined ? [] : conjuncts(want.filter)
    const taken = parts.filter((part) => trustOf(featuresOf(part)) !== 'unsupported')
    const residual = conjunction(parts.filter((part) => trustOf(featuresOf(part)) !== 'exact'))
    const exact = residual === undefined
    const orderFeatures = want.order.map(({ expression }) => typed('orderby', expression))
    const ordered = want.order.length > 0 && trustOf(orderFeatures) === 'exact' && want.order.every(({ expression }) => expression.kind === 'column')
    const counted = want.count && exact && trustOf(['count']) === 'exact'
    const limits: Feature[] = [...(want.top === undefined ? [] : ['top']), ...(want.skip > 0 ? ['skip'] : [])]
    const limited = limits.length > 0 && exact && (counted || !want.count) && want.keys.length === 0 && (ordered || want.order.length === 0) && trustOf(limits) === 'exact'
    const keyForm = this.#keyForm(want, trustOf)
    const keyFeatures = keyForm === undefined ? [] : want.keys.map((key) => `filter:${keyForm === 'in' ? 'in' : 'eq'}:${key.type.name}`)
    const relies = [...taken.flatMap(featuresOf), ...keyFeatures, ...(ordered ? orderFeatures : []), ...(limited ? limits : []), ...(counted ? ['count'] : [])]
    const filter = conjunction(taken)
    const handle: Handle = { want, filter, order: ordered ? want.order : [], limited, counted, keyForm, relies, urlLimit: able.urlLimit, exact: parts.filter((part) => trustOf(featuresOf(part)) === 'exact') }
    return {
      handle, ...(residual === undefined ? {} : { residual }), trust: exact ? 'exact' : 'inexact', ordered, limited, counted,
      ...(keyForm === undefined ? {} : { keyForm }), taken: relies, relies,
    }
  }

  #keyForm(want: ScanRequest, trustOf: (features: readonly Feature[]) => Trust): 'in' | 'or' | undefined {
    if (want.keys.length === 0) return undefined
    if (want.keys.length === 1 && trustOf(want.keys.map((key) => `filter:in:${key.type.name}`)) !== 'unsupported') return 'in'
    return trustOf(want.keys.map((key) => `filter:eq:${key.type.name}`)) === 'unsupported' ? undefined : 'or'
  }

  override batchOf(scan: Accepted, keys: readonly (readonly Value[])[]): number {
    const handle = scan.handle as Handle
    let length = 0
    const fitting = keys.findIndex((tuple) => (length += JSON.stringify(tuple).length) > handle.urlLimit)
    return Math.max(1, Math.min(fitting < 0 ? keys.length : fitting, handle.keyForm === 'or' ? 25 : 200, this.behaviour.keysPerRequest ?? 200))
  }

  override async *read(scan: Accepted, context: ReadContext): AsyncGenerator<SourcePage> {
    const handle = scan.handle as Handle
    this.open += 1
    try {
      context.signal.throwIfAborted()
      this.#answer(handle, context)
      const rows = this.#rowsFor(handle, context)
      for (let start = 0; start === 0 || start < rows.rows.length; start += this.#pageRows()) {
        const page = start / this.#pageRows()
        await this.behaviour.delay?.()
        context.signal.throwIfAborted()
        if (this.behaviour.failAtPage?.page === page) throw this.behaviour.failAtPage.error
        this.pagesRead += 1
        const given = rows.rows.slice(start, start + this.#pageRows())
        this.#verify(handle, given, { start, before: rows.rows[start - 1] })
        yield { page: this.#page(handle, given), ...(start === 0 && rows.count !== undefined ? { count: rows.count } : {}) }
      }
    } finally {
      this.open -= 1
    }
  }

  #pageRows(): number {
    return this.behaviour.pageRows ?? 100
  }

  #conduct(feature: Feature): Conduct {
    const [, conduct] = Object.entries(this.behaviour.conduct ?? {}).find(([name]) => feature.startsWith(name)) ?? []
    return conduct ?? 'honours'
  }

  /** Refuses what the remote does not like, the culprit not necessarily the first suspect. */
  #answer({ relies, want, urlLimit }: Handle, { keys, observe }: ReadContext): void {
    const long = JSON.stringify(keys ?? []).length > (this.behaviour.longest ?? Infinity)
    const culprit = relies.find((feature) => typeof this.#conduct(feature) === 'number')
    const conduct = culprit === undefined ? undefined : this.#conduct(culprit)
    const status = long ? 414 : typeof conduct === 'number' ? conduct : 200
    this.asked.push({ set: want.entitySet, keys, taken: relies, refused: status !== 200 })
    observe({ slug: this.slug, method: 'GET', url: `${want.entitySet}?${urlLimit}`, status, rows: 0, bytes: 0, ms: 0, queuedMs: 0 })
    if (status !== 200) throw new SourceRefused(this.slug, want.entitySet, status, { features: bySuspicion(relies), reason: 'not liked' })
  }

  #rowsFor(handle: Handle, { keys }: ReadContext): { readonly rows: readonly (readonly Value[])[]; readonly count: number | undefined } {
    const { want } = handle
    const table = this.#table(want.entitySet)
    const obeys = (features: readonly Feature[]): boolean => features.every((feature) => this.#conduct(feature) === 'honours')
    let rows = table.rows
    for (const part of handle.filter === undefined ? [] : conjuncts(handle.filter)) if (obeys(featuresOf(part))) rows = rows.filter(compilePredicate(part, table.columns))
    if (keys !== undefined && obeys(handle.relies.filter((feature) => feature.startsWith(handle.keyForm === 'in' ? 'filter:in' : 'filter:eq')))) {
      const hashOf = this.#keyHash(handle)
      const wanted = new Set(keys.map((tuple) => hashKey(want.keys.map(({ type }) => type), tuple)))
      rows = rows.filter((row) => wanted.has(hashOf(row)))
    }
    if (handle.order.length > 0 && obeys(handle.order.map(({ expression }) => typed('orderby', expression)))) rows = rows.toSorted(rowOrder(handle.order, table.columns))
    const count = handle.counted ? rows.length : undefined
    if (handle.limited) rows = rows.slice(want.skip, want.top === undefined || !obeys(['top']) ? undefined : want.skip + want.top)
    return { rows, count }
  }

  #keyHash({ want }: Handle): (row: readonly Value[]) => string {
    const { columns } = this.#table(want.entitySet)
    const positions = want.keys.map((key) => columns.findIndex((column) => column.name === key.name))
    return (row) => hashKey(want.keys.map(({ type }) => type), positions.map((position) => row[position]))
  }

  /** What an adapter checks of each page before it gives it away. */
  #verify(handle: Handle, rows: readonly (readonly Value[])[], { start, before }: { readonly start: number; readonly before: readonly Value[] | undefined }): void {
    const { want } = handle
    const { columns } = this.#table(want.entitySet)
    const contradicted = (feature: Feature, reason: string): Error => new SourceContradicted(this.slug, want.entitySet, feature, reason)
    const top = want.top
    if (handle.limited && top !== undefined && start + rows.length > top) throw contradicted('top', 'more rows than $top')
    const order = rowOrder(handle.order, columns)
    const all = before === undefined ? rows : [before, ...rows]
    if (all.some((row, index) => index > 0 && order(all[index - 1] ?? [], row) > 0)) throw contradicted(typed('orderby', handle.order[0]?.expression ?? neverOrdered()), 'rows out of order')
    for (const part of handle.exact) {
      if (!rows.every(compilePredicate(part, columns))) throw contradicted(featuresOf(part)[0] ?? 'filter', 'rows that were filtered out')
    }
  }

  #page({ want }: Handle, rows: readonly (readonly Value[])[]): Page {
    const table = this.#table(want.entitySet)
    if (this.behaviour.bytes !== true) {
      const positions = want.columns.map((column) => table.columns.findIndex(({ name }) => name === column.name))
      return { kind: 'rows', columns: want.columns, rows: rows.map((row) => positions.map((position) => row[position])) }
    }
    return bytesPage(table.columns, rows)
  }

  #table(set: string): Table {
    const table = this.tables[set]
    if (table === undefined) throw new Error(`no set ${set}`)
    return table
  }
}

/** Functions first, then comparisons and orders by type, then the rest. */
const bySuspicion = (relies: readonly Feature[]): readonly Feature[] =>
  relies.toSorted((a, b) => Number(b.startsWith('filter') && b.split(':').length === 2) - Number(a.startsWith('filter') && a.split(':').length === 2))

const neverOrdered = (): never => { throw new Error('out of order without an order') }

function rowOrder(order: readonly OrderKey[], columns: readonly Column[]): (a: readonly Value[], b: readonly Value[]) => number {
  const parts = order.map(({ expression, descending }) => {
    const position = columns.findIndex((column) => expression.kind === 'column' && column.name === expression.path[0])
    const compare = comparatorOf(expression.type)
    return (a: readonly Value[], b: readonly Value[]): number => (descending ? -1 : 1) * compare(a[position], b[position])
  })
  return (a, b) => parts.reduce((found, part) => (found === 0 ? part(a, b) : found), 0)
}

/** Rows as a remote sends them with IEEE754Compatible=true. */
export function bytesPage(columns: readonly Column[], rows: readonly (readonly Value[])[]): Page {
  const texts = rows.map((row) => Buffer.from(JSON.stringify(Object.fromEntries(columns.map((column, index) => [column.name, row[index]])))))
  const offsets = new Int32Array(2 * texts.length)
  let at = 1
  texts.forEach((text, index) => {
    offsets.set([at, at + text.length], 2 * index)
    at += text.length + 1
  })
  const bytes = Buffer.concat([Buffer.from('['), ...texts.flatMap((text, index) => (index === 0 ? [text] : [Buffer.from(','), text])), Buffer.from(']')])
  return { kind: 'bytes', columns, bytes, offsets, ieee754: true, only: true }
}

/** The sources of a request, and what is known of them: `facts` by feature, for all sets. */
export interface World {
  readonly endpoints: Endpoints
  readonly knowledge: Knowledge
}

export function worldOf(sources: readonly ArraySource[], facts: Readonly<Record<string, Trust>> = {}, clock: () => Date = () => new Date()): World {
  const knowledge = createKnowledge(clock)
  const schema = { namespace: 'T', types: new Map(), operations: new Map(), terms: new Map(), containers: new Map(), annotations: [], externalAnnotations: [] }
  const model = createModel({ version: '4.0', schemas: [schema] })
  const bySlug = new Map(sources.map((source) => [source.slug, source]))
  for (const source of sources) {
    const lessons = Object.entries(facts).map(([feature, trust]) => ({ kind: 'fact' as const, feature, fact: { trust, origin: 'probed', why: 'as the test says', since: clock() } satisfies Fact }))
    for (const set of Object.keys(source.tables)) knowledge.learn({ slug: source.slug, identity: 'test' }, set, lessons)
  }
  const target = (slug: string): Target => ({ slug, url: `http://${slug}.invalid/`, model, connection: { auth: { kind: 'none' }, headers: {}, timeoutMs: 1000 } })
  const endpoints: Endpoints = {
    endpoint(slug) {
      const source = bySlug.get(slug)
      if (source === undefined) throw new Error(`no endpoint ${slug}`)
      return { source, target: target(slug) }
    },
    capabilities: (slug, set) => knowledge.capabilities({ slug, identity: 'test' }, set),
    learn: (slug, set, lessons) => knowledge.learn({ slug, identity: 'test' }, set, lessons),
  }
  return { endpoints, knowledge }
}

