import { evidenceSet, type Fragment, type InlineCosts, type Inlined } from '@tributary/plan'
import { DEFAULT_KEY_LIMIT, type Endpoints, expandedSet } from '@tributary/source'

/** Rows of an answer that asks for no number of them, where no page of the set was seen. */
const usualRows = 1_000
/** Requests that go at a time, and links that go in one. */
const lanes = 8
/** How many rows name the same related one, as long as nothing else is known. */
const usualShare = 2
/** A source has work with each request, however near it is: a round of them counts for so much at least. */
const leastRoundMs = 5

/**
 * What related rows cost within the rows, against asking for them by keys: rows of a to-one navigation come once for each row that names them, and
 * once only by keys; by keys there is a round of requests more, and by links one request a row. Undefined: costs are not kept.
 */
export function inlineCosts({ take, scan, keys: batches }: Fragment, { navigation, toMany, target }: Inlined, { costs }: Endpoints): InlineCosts | undefined {
  if (costs === undefined) return undefined
  const own = costs.of(scan.target.endpoint, evidenceSet(scan.target))
  const related = costs.of(target.endpoint, evidenceSet(target))
  const measured = costs.measured(scan.target.endpoint, expandedSet(evidenceSet(scan.target), navigation))
  const rows = Math.max(1, batches.length > 0 ? DEFAULT_KEY_LIMIT : (take ?? (own.pageRows > 0 ? own.pageRows : usualRows)))
  const keys = toMany ? rows : Math.ceil(rows / usualShare)
  const perRequest = target.resource === undefined ? DEFAULT_KEY_LIMIT : 1
  const rounds = Math.ceil(Math.ceil(keys / perRequest) / lanes)
  const plain = own.latencyMs + rows * own.msPerRow
  const inlineMs = measured === undefined ? rows * related.msPerRow : Math.max(0, measured.latencyMs + rows * measured.msPerRow - plain)
  return Object.freeze({ keys, inlineMs, bindMs: rounds * Math.max(leastRoundMs, related.latencyMs) + keys * related.msPerRow })
}

/** Whether the related rows should come within the rows. */
export const isCheaper = ({ inlineMs, bindMs }: InlineCosts): boolean => inlineMs <= bindMs
