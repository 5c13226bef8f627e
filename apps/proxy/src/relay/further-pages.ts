import type { Exposure } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import type { Target } from '@tributary/source'
import type { Exchange } from '../http/exchange.js'
import { queryHash, type PageToken, type PageTokens, type TokenScope } from '../odata/page-token.js'
import type { Meant } from './meant.js'

/** Where more of an answer is that a source gave as it is: our URLs for links of its own. */
export interface FurtherPages {
  /**
   * @param link of the source, below its service root; `outer`: of the whole answer, not of a collection within it
   * @returns undefined: nobody can go on from there
   */
  readonly link: (link: string, about: { readonly control: 'nextLink' | 'deltaLink'; readonly meant: Meant; readonly outer: boolean }) => string | undefined
}

/** What tokens of one request are sealed for, and by what. */
export interface FurtherPlace {
  readonly exchange: Pick<Exchange, 'origin' | 'path'>
  readonly exposure: Pick<Exposure, 'slug' | 'revision'>
  /** The raw path below the root. */
  readonly path: string
  readonly tokens: PageTokens
}

/** Distinguishes these tokens from those of pages that are ours. */
const mark = 'r.'

const scopeOf = ({ exposure: { slug, revision }, path }: Omit<FurtherPlace, 'exchange' | 'tokens'>): TokenScope => ({ slug, revision, query: `relay:${queryHash(path, '')}` })

/** The further pages of answers to one request: each at its address, by a token that holds the source's link. */
export const furtherPages = (place: FurtherPlace, { slug }: Pick<Target, 'slug'>): FurtherPages => ({
  link: (link, { control, meant: { type, set } }) => {
    if (control === 'deltaLink') return undefined
    const token = place.tokens.seal({ kind: 'relay', link, endpoint: slug, given: 0, ...(type === undefined ? {} : { type }), ...(set === undefined ? {} : { set: set.name }) }, scopeOf(place))
    return `${place.exchange.origin}${place.exchange.path}?$skiptoken=${mark}${token}`
  },
})

/** True for the `$skiptoken` of a page that a source goes on with. */
export const isFurther = (skiptoken: string | undefined): skiptoken is string => skiptoken?.startsWith(mark) === true

/** What a token holds. @throws HUB_TOKEN_EXPIRED */
export function openFurther(skiptoken: string, place: Omit<FurtherPlace, 'exchange'>): Extract<PageToken, { kind: 'relay' }> {
  const token = place.tokens.open(skiptoken.slice(mark.length), scopeOf(place))
  if (token.kind !== 'relay') throw hubError('HUB_TOKEN_EXPIRED', {}, { target: '$skiptoken' })
  return token
}
