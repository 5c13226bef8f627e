import type { Fact, Feature, ProbeOptions, Target } from '@tributary/source'
import { instancesOf, type Instance, type Sample } from './probe-instances.js'
import { probeApply } from './probe-apply.js'
import { probeBatch } from './probe-batch.js'
import { probeExpands } from './probe-expand.js'
import { probeFilters } from './probe-filters.js'
import { ask, identityOf, isAsked, note, ProbeEnded, type Session } from './probe-session.js'
import { asksShape, probeOrders, probeShape, probeUnfiltered } from './probe-shape.js'
import { probedColumns } from './probed-columns.js'
import type { Transport } from './transport.js'

const SAMPLE_ROWS = 50
/** With so many requests there is time for everything that matters. */
const AMPLE = 20

/**
 * Finds out by experiment what a remote honours for one entity set: a page is read, filters and orders are built from its rows, and the
 * answers are compared with our own evaluator's. An empty set, or one without a key, proves next to nothing.
 */
export async function probeSet(transport: Transport, target: Target, entitySet: string, options: ProbeOptions): Promise<ReadonlyMap<Feature, Fact>> {
  const shape = probedColumns(target.model, entitySet)
  const facts = new Map<Feature, Fact>()
  if (shape === undefined || options.maxRequests <= 0) return facts
  const keyAt = shape.key.map((name) => shape.columns.findIndex((column) => column.name === name))
  const session: Session = { transport, target, entitySet, columns: shape.columns, keyAt, options, facts, now: new Date(), requestsLeft: options.maxRequests }
  try {
    await experiment(session)
  } catch (error) {
    if (!(error instanceof ProbeEnded) && !options.signal.aborted) throw error
  }
  return facts
}

async function experiment(session: Session): Promise<void> {
  const sample = await readSample(session)
  if (sample === undefined || sample.rows.length === 0) return
  const { equality, everyday, special } = instancesOf(sample)
  const asked = (groups: readonly (readonly Instance[])[]): readonly (readonly Instance[])[] => groups.map((group) => group.filter(({ feature }) => isAsked(session, feature)))
  if (!(await probeFilters(session, sample, asked(equality)))) return probeUnfiltered(session, sample)
  if (asksShape(session)) await probeShape(session, sample)
  // A few requests, as there are right after a registration, are for filters.
  const early = session.options.maxRequests >= AMPLE
  if (early) await probeExpands(session, sample)
  await probeApply(session, sample)
  await probeFilters(session, sample, asked(everyday))
  await probeBatch(session, sample)
  if (!early) await probeExpands(session, sample)
  if (asksShape(session)) await probeOrders(session, sample)
  await probeFilters(session, sample, asked(special))
}

/** Up to 50 rows; how they came tells about exact numbers, page sizes and `$top`. */
async function readSample(session: Session): Promise<Sample | undefined> {
  const first = await ask(session, [{ name: '$top', text: String(SAMPLE_ROWS) }], { pageRows: SAMPLE_ROWS })
  if (first === undefined) note(session, 'top', 'unsupported', 'the remote refused it')
  const answer = first ?? (await ask(session, [], { pageRows: SAMPLE_ROWS }))
  if (answer === undefined) return undefined
  if (first !== undefined && first.rows.length > SAMPLE_ROWS) note(session, 'top', 'unsupported', `$top=${SAMPLE_ROWS} was answered with ${first.rows.length} rows`)
  if (answer.exactAsText !== undefined) note(session, 'ieee754', answer.exactAsText ? 'exact' : 'unsupported', answer.exactAsText ? 'Int64 and Decimal came as strings' : 'Int64 and Decimal came as numbers')
  if (answer.members.has('@odata.etag') || answer.members.has('@etag')) note(session, 'etag', 'exact', 'rows come with their versions')
  if (answer.rows.length > 0 && answer.saysNull) note(session, 'nulls', 'exact', 'rows came with nulls written in them')
  const distinct = new Map(answer.rows.slice(0, SAMPLE_ROWS).map((row) => [identityOf(session, row), row]))
  return { columns: session.columns, rows: [...distinct.values()] }
}
