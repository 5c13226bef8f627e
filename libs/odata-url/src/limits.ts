import { hubError, type HubError } from '@tributary/errors'

/** What one URL may cost. Every limit is refused by HUB_QUERY_LIMIT, none by a stack overflow. */
export interface ParseLimits {
  /** UTF-16 units of the path and of the query, each. */
  readonly urlLength: number
  /** Open parentheses at once, and the height of an expression's tree. */
  readonly depth: number
  /** Rules inside one another that recurse: a call, lambda or nested option takes two of them, its parentheses and the expression within. */
  readonly nesting: number
  /** Nodes of the whole tree. */
  readonly nodes: number
  /** Values of one list. */
  readonly listItems: number
}

/** The limits used where none are given. */
export const defaultLimits: ParseLimits = Object.freeze({ urlLength: 65_536, depth: 500, nesting: 200, nodes: 20_000, listItems: 10_000 })

const meanings: Record<keyof ParseLimits, string> = {
  urlLength: 'characters',
  depth: 'levels of depth',
  nesting: 'levels of nesting',
  nodes: 'parts',
  listItems: 'list items',
}

/** The error of a limit that was reached. */
export const limitReached = (limits: ParseLimits, limit: keyof ParseLimits, target?: string): HubError =>
  hubError('HUB_QUERY_LIMIT', { limit: limits[limit], what: meanings[limit] }, target === undefined ? {} : { target })
