import { hashKey, parseRows, type Column, type Value } from '@tributary/plan'
import { SourceRefused, type Fact, type Feature, type ProbeOptions, type Target, type Trust } from '@tributary/source'
import { isHubError } from '@tributary/errors'
import { encodeOption, printValue } from './print-filter.js'
import { countOf } from './count-of.js'
import { readHeaders } from './request-headers.js'
import { openPage } from './remote-page.js'
import { holdsExactAsText, sampleRows } from './holds-text.js'
import type { QueryOption } from './scan.js'
import type { Transport } from './transport.js'

/** What one probing of one set works with. */
export interface Session {
  readonly transport: Transport
  readonly target: Target
  readonly entitySet: string
  readonly columns: readonly Column[]
  readonly keyAt: readonly number[]
  readonly options: ProbeOptions
  readonly facts: Map<Feature, Fact>
  readonly now: Date
  requestsLeft: number
}

/** What the remote answered to an experiment. */
export interface ProbeAnswer {
  readonly rows: readonly (readonly Value[])[]
  /** Member names of the rows looked at. */
  readonly members: ReadonlySet<string>
  /** A null was written in one of them. */
  readonly saysNull: boolean
  readonly count: number | undefined
  /** A next link follows, or there is more than was looked at. */
  readonly more: boolean
  /** Whether Int64 and Decimal came as strings; undefined: none was seen. */
  readonly exactAsText: boolean | undefined
}

/** No request is left, or the remote does not answer: what was found so far stands. */
export class ProbeEnded extends Error {}

/** Notes what was found out. */
export const note = (session: Session, feature: Feature, trust: Trust, why: string): void => noteFact(session, feature, { trust, why })

/** The same with more than that. */
export function noteFact(session: Session, feature: Feature, fact: Pick<Fact, 'trust' | 'why' | 'upTo'>): void {
  session.facts.set(feature, Object.freeze({ ...fact, origin: 'probed', since: session.now }))
}

/** What is asked for. */
export interface Asking {
  /** Rows a page should have; 0: whatever the remote likes. */
  readonly pageRows?: number
  /** The columns of the answer; those of the set unless told. */
  readonly columns?: readonly Column[]
  /** Another set than the one that is probed. */
  readonly entitySet?: string
}

/**
 * Asks one page. Undefined: the remote refused the request.
 * @throws ProbeEnded
 */
export async function ask(session: Session, options: readonly QueryOption[], { pageRows = 0, columns = session.columns, entitySet = session.entitySet }: Asking = {}): Promise<ProbeAnswer | undefined> {
  if (session.requestsLeft <= 0) throw new ProbeEnded('no request is left')
  const { target, transport } = session
  const query = options.map(({ name, text }) => `${name}=${encodeOption(text)}`).join('&')
  const outgoing = {
    place: target, url: `${target.url}${encodeURIComponent(entitySet)}${query === '' ? '' : `?${query}`}`, headers: readHeaders(pageRows), signal: session.options.signal,
    observe: (request: Parameters<ProbeOptions['observe']>[0]) => {
      session.requestsLeft--
      session.options.observe(request)
    },
  }
  const page = openPage(transport, outgoing, { place: target, entitySet, features: ['probe'] }, () => false)
  try {
    const { cut, envelope, last, saysIeee754 } = await page.take()
    const sample = sampleRows(cut)
    const exact = columns.filter(({ type }) => type.base === 'Edm.Int64' || type.base === 'Edm.Decimal')
    const seen = exact.some(({ name }) => sample.some((row) => row[name] !== null && row[name] !== undefined))
    const exactAsText = holdsExactAsText(sample, columns, saysIeee754)
    const bytes = { kind: 'bytes' as const, slug: target.slug, columns, bytes: cut.bytes, offsets: cut.offsets, ieee754: exactAsText, only: false }
    return {
      rows: parseRows(bytes).rows, members: new Set(sample.flatMap((row) => Object.keys(row))), saysNull: sample.some((row) => Object.values(row).includes(null)), count: countOf(envelope),
      more: !last || envelope['@odata.nextLink'] !== undefined || envelope['@nextLink'] !== undefined, exactAsText: seen ? exactAsText : undefined,
    }
  } catch (error) {
    if (error instanceof SourceRefused || (isHubError(error) && error.code === 'HUB_SOURCE_FAILED')) return undefined
    if (isHubError(error)) throw new ProbeEnded(error.message, { cause: error })
    throw error
  } finally {
    page.close()
  }
}

/** What tells rows apart: the values of the key. */
export const identityOf = ({ columns, keyAt }: Session, row: readonly Value[]): string =>
  hashKey(keyAt.flatMap((at) => columns[at]?.type ?? []), keyAt.map((at) => row[at]))

/** `ID eq 5`, or the conjunction of a composite key's parts. */
export const keyEquals = ({ columns, keyAt }: Session, row: readonly Value[]): string =>
  keyAt.map((at) => `${columns[at]?.name} eq ${printValue(columns[at]?.type ?? { name: 'null', base: 'null', collection: false }, row[at])}`).join(' and ')

/** Whether a feature is among those that are asked about. */
export const isAsked = ({ options }: Session, feature: Feature): boolean => options.features === undefined || options.features.some((asked) => asked === feature || asked.startsWith(`${feature}:`))
