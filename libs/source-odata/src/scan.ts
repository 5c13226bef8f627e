import { hubError } from '@tributary/errors'
import type { Column, OrderKey, RemoteResource, Value } from '@tributary/plan'
import type { Accepted, Feature, Target } from '@tributary/source'
import { encodeOption, printEquality, spellings } from './print-filter.js'
import type { TakenBatch } from './take-batch.js'

/** One system query option, its value not yet encoded. */
export interface QueryOption {
  readonly name: '$apply' | '$filter' | '$orderby' | '$skip' | '$top' | '$count' | '$select' | '$expand'
  readonly text: string
}

/** What stands behind `Accepted.handle`: a request of this adapter, but for the keys. */
export interface ODataScan {
  readonly target: Target
  readonly entitySet: string
  /** Set, and the type it is cast to, percent-encoded. */
  readonly path: string
  readonly options: readonly QueryOption[]
  readonly columns: readonly Column[]
  readonly keys: readonly Column[]
  readonly keyForm: 'in' | 'or' | undefined
  readonly keyLimit: number
  readonly urlLimit: number
  /** Keys go in the body of a POST to `/$query`. */
  readonly posts?: boolean
  /** Keys go in several reads, which are sent as one. `keyLimit` and `urlLimit` are of each. */
  readonly batch?: TakenBatch | undefined
  /** Rows are verified to arrive in this order. */
  readonly order: readonly OrderKey[]
  /** An order in which no two rows are equal, so that pages may be asked for by `$skip`; empty: none. */
  readonly total: readonly OrderKey[]
  /** Rows hold all of their key: no two of them are the same. */
  readonly identified?: boolean
  /** No more rows than this may arrive. */
  readonly top: number | undefined
  readonly counted: boolean
  /** Rows hold the columns and nothing else: there is nothing beside them, or `$select` was sent and is known to be honoured. */
  readonly selects: boolean
  readonly pageRows: number
  /** The remote writes nulls, rather than leaving them out. */
  readonly saysNull?: boolean
  /** Columns that the contract declares for every row of the set, and whether they may be null; left out: it does not say which rows come. */
  readonly declared?: ReadonlyMap<string, { readonly nullable: boolean }>
  /** The rows are results of `$apply`: they have these columns and no other members. */
  readonly results?: true
  /** Names of the columns that results are groups by: no two are of the same values. */
  readonly groupedBy?: readonly string[]
  /** Names of sums of whole numbers: experiments with few rows do not show that larger ones than a double holds are exact. */
  readonly wholeSums?: readonly string[]
  /** Everything that was wanted is taken: the remote's own answer is the answer. */
  readonly whole: boolean
  /** Where the rows are no entity set's: what is read instead. `path` is its path, without what fills its gaps. */
  readonly resource?: RemoteResource
  /** What a refusal may be blamed on, the most suspicious first. */
  readonly suspects: readonly Feature[]
}

const handles = new WeakSet<object>()

/** Marks a scan as one of ours, so that `scanOf` can give it back from the opaque handle. */
export function asHandle(scan: ODataScan): ODataScan {
  handles.add(scan)
  return Object.freeze(scan)
}

/** The scan behind an accepted one. */
export function scanOf({ handle }: Pick<Accepted, 'handle'>): ODataScan {
  if (typeof handle !== 'object' || handle === null || !handles.has(handle)) throw new TypeError('the scan was not accepted by this source')
  return handle as ODataScan
}

type Keys = readonly (readonly Value[])[]

const urls = new WeakMap<ODataScan, string>()

/** The URL of a scan with these keys; without keys it is written once for each scan, which a plan may keep for many requests. */
export function urlOf(scan: ODataScan, keys: Keys = []): string {
  if (keys.length > 0) return urlWith(scan, keyFilter(scan, keys))
  const known = urls.get(scan) ?? urlWith(scan, undefined)
  urls.set(scan, known)
  return known
}

function urlWith(scan: ODataScan, batch: string | undefined): string {
  const filter = scan.options.find(({ name }) => name === '$filter')?.text
  const whole = [filter, batch].filter((part) => part !== undefined)
  const options: QueryOption[] = scan.options.filter(({ name }) => name !== '$filter')
  if (whole.length > 0) options.unshift({ name: '$filter', text: whole.length === 1 ? whole[0] ?? '' : whole.map((part) => (/ or /.test(part) ? `(${part})` : part)).join(' and ') })
  const query = [...(scan.resource?.options ?? []), ...options.map(({ name, text }) => `${name}=${encodeOption(text)}`)].join('&')
  return `${scan.target.url}${scan.path}${query === '' ? '' : `?${query}`}`
}

/** Keys that can match: null never joins. */
export const joinable = (keys: Keys): Keys => keys.filter((key) => key.every((value) => value !== null && value !== undefined))

/** The keys as a predicate: `K in (1,2)`, or an or-chain of equalities. */
export function keyFilter(scan: ODataScan, keys: Keys): string {
  const [first] = scan.keys
  const texts = joinable(keys).map((key) => keyText(scan, key))
  return scan.keyForm === 'in' && first !== undefined ? `${first.name} in (${texts.join(',')})` : texts.join(' or ')
}

function tupleText(columns: readonly Column[], key: readonly Value[]): string {
  const parts = columns.map((column, index) => printEquality(column.name, column.type, key[index]))
  return parts.length === 1 ? parts[0] ?? '' : `(${parts.join(' and ')})`
}

/** How many of the leading keys fit one request. */
export function batchOf(scan: ODataScan, keys: Keys): number {
  return scan.batch === undefined ? fittingOne(scan, keys) : readsOf(scan, keys).slice(0, scan.batch.reads).reduce((sum, read) => sum + read.length, 0)
}

/** The keys as they are divided among the reads of a batch. */
export function readsOf(scan: ODataScan, keys: Keys): readonly Keys[] {
  const reads: Keys[] = []
  for (let at = 0; at < keys.length; at += reads.at(-1)?.length ?? 1) reads.push(keys.slice(at, at + fittingOne(scan, keys.slice(at, at + scan.keyLimit))))
  return reads
}

/** How many of the leading keys fit one read: by number and by the length of the URL. */
function fittingOne(scan: ODataScan, keys: Keys): number {
  if (scan.keyForm === undefined) return Math.max(1, keys.length)
  const separator = scan.keyForm === 'in' ? ','.length : encodeOption(' or ').length
  let length = 0
  let count = 0
  for (const key of keys.slice(0, scan.keyLimit)) {
    length = count === 0 ? urlOf(scan, [key]).length : length + separator + encodeOption(keyText(scan, key)).length
    if (count > 0 && length > scan.urlLimit) break
    count++
  }
  return Math.max(1, count)
}

/** @throws HUB_QUERY_UNSUPPORTED for text that no URL can hold */
function keyText(scan: ODataScan, key: readonly Value[]): string {
  if (!key.every((value) => typeof value !== 'string' || value.isWellFormed())) throw hubError('HUB_QUERY_UNSUPPORTED', { what: 'A join by text that is not well-formed Unicode', hint: `Filter such rows out before joining with ${scan.target.slug}.` })
  const [first] = scan.keys
  return scan.keyForm === 'in' && first !== undefined ? spellings(first.type, key[0]).join(',') : tupleText(scan.keys, key)
}
