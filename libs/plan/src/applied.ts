import type { Group, Measure } from './aggregation.js'
import type { Expression } from './expression.js'

/**
 * What a source makes of the rows of a set before it gives them, and what is done where it does not (`P`: a plan). Without a fallback only
 * the source can do it.
 * @see OData Extension for Data Aggregation 4.0 section 3
 */
export interface AppliedOf<P> {
  readonly steps: readonly [AppliedStep, ...AppliedStep[]]
  /** What of it nobody but the source can compute, in words for people: `the custom aggregate Forecast`. */
  readonly what: string
  /** Members of its results that are called otherwise at the source: their exposed path, joined by `/`, and the remote's name of the last segment. */
  readonly renamed: ReadonlyMap<string, string>
  /** What of the source has to be proven, so that it means what we do; left out: whatever it gives is what is meant. */
  readonly needs?: readonly string[]
  /** The same rows, made by us. */
  readonly fallback?: P
}

/** A transformation at a source. Expressions have the exposed names, `text` the remote's, not percent-encoded. */
export type AppliedStep =
  | { readonly kind: 'filter'; readonly predicate: Expression }
  | { readonly kind: 'aggregate'; readonly groups: readonly Group[]; readonly measures: readonly Measure[] }
  | { readonly kind: 'text'; readonly text: string }
