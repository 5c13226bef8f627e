import type { Feature } from '@tributary/source'
import { encodeOption, printFilter, Unprintable } from './print-filter.js'
import type { Instance, Sample } from './probe-instances.js'
import { ask, identityOf, keyEquals, note, type ProbeAnswer, type Session } from './probe-session.js'

/** Most experiments of a request, and most characters of their filter. */
const BATCH = 24
const BATCH_CHARACTERS = 1_700
/** What a batch is halved to before a feature is blamed: some servers count the nodes of a filter, 100 of them by default. */
const SMALL_BATCH = 12

/** What each feature's experiments have shown so far. */
interface Tally {
  right: number
  wrong: number
  /** Rows that had to stay away, and those of them that came all the same. */
  barred: number
  intruders: number
  /** Rows that had to come and did not. */
  lost: number
  readonly seen: Set<boolean>
}

/**
 * Runs the experiments: `(key1 and predicate1) or (key2 and predicate2) or …`. Each is tied to one row by its key, so that the rows that
 * come back tell for each whether the remote agrees with our evaluator. A refused batch is halved until the feature is alone.
 * False: the remote ignores or refuses `$filter`, nothing more can be learnt this way.
 */
export async function probeFilters(session: Session, sample: Sample, groups: readonly (readonly Instance[])[]): Promise<boolean> {
  if (!session.facts.has('filter') && !(await probeBasics(session, sample))) return false
  const tallies = new Map<Feature, Tally>()
  const refused = new Set<Feature>()
  const planned = countsOf(groups.flat())
  try {
    for (const group of groups) {
      const asked = group.filter(({ feature }) => !session.facts.has(feature) && !refused.has(feature))
      for (const batch of batchesOf(session, sample, asked)) await runBatch(session, sample, batch, { tallies, refused, planned })
    }
  } finally {
    conclude(session, { tallies, refused, planned })
  }
  return true
}

/** Three keys joined by `or`, and a contradiction that only a remote which filters answers with nothing. */
async function probeBasics(session: Session, sample: Sample): Promise<boolean> {
  const [a, b, c] = sample.rows
  if (a === undefined || b === undefined) return false
  const chosen = [a, b, ...(c === undefined ? [] : [c])]
  const text = `${chosen.map((row) => `(${keyEquals(session, row)})`).join(' or ')} or ((${keyEquals(session, a)}) and (${keyEquals(session, b)}))`
  const answer = await ask(session, [{ name: '$filter', text }])
  if (answer === undefined) {
    note(session, 'filter', 'unsupported', 'it refused a filter of equalities of keys')
    return false
  }
  const wanted = new Set(chosen.map((row) => identityOf(session, row)))
  const right = answer.rows.length === wanted.size && answer.rows.every((row) => wanted.has(identityOf(session, row)))
  if (!right || sample.rows.length <= wanted.size) {
    const contradiction = await ask(session, [{ name: '$filter', text: `(${keyEquals(session, a)}) and (${keyEquals(session, b)})` }])
    if (contradiction === undefined || contradiction.rows.length > 0) {
      note(session, 'filter', 'unsupported', 'it answered a contradiction with rows: $filter is ignored')
      return false
    }
  }
  for (const feature of ['filter', 'filter:or', 'filter:and']) note(session, feature, right ? 'exact' : 'inexact', right ? 'three keys and a contradiction were answered as they must be' : 'three keys were not answered with their rows')
  return right
}

/** Each row stands for one experiment of a batch; a batch keeps to what servers take. */
function batchesOf(session: Session, sample: Sample, instances: readonly Instance[]): readonly (readonly Instance[])[] {
  const batches: { readonly rows: Set<number>; readonly instances: Instance[]; length: number }[] = []
  for (const instance of instances) {
    const length = lengthOf(session, sample, instance)
    if (length === undefined) continue
    let batch = batches.find(({ rows, instances: inside, length: used }) => !rows.has(instance.row) && inside.length < BATCH && used + length <= BATCH_CHARACTERS)
    if (batch === undefined) {
      batch = { rows: new Set(), instances: [], length: 0 }
      batches.push(batch)
    }
    batch.rows.add(instance.row)
    batch.instances.push(instance)
    batch.length += length
  }
  return batches.map((batch) => batch.instances)
}

function lengthOf(session: Session, sample: Sample, instance: Instance): number | undefined {
  try {
    return encodeOption(textOf(session, sample, instance)).length + 4
  } catch (error) {
    if (error instanceof Unprintable) return undefined
    throw error
  }
}

const textOf = (session: Session, sample: Sample, { row, predicate }: Instance): string => `(${keyEquals(session, sample.rows[row] ?? [])} and (${printFilter(predicate)}))`

interface Findings {
  readonly tallies: Map<Feature, Tally>
  readonly refused: Set<Feature>
  /** How many experiments there are of each feature. */
  readonly planned: ReadonlyMap<Feature, number>
}

async function runBatch(session: Session, sample: Sample, batch: readonly Instance[], findings: Findings): Promise<void> {
  const open = batch.filter(({ feature }) => !findings.refused.has(feature))
  if (open.length === 0) return
  const answer = await ask(session, [{ name: '$filter', text: open.map((instance) => textOf(session, sample, instance)).join(' or ') }])
  if (answer !== undefined) return count(session, sample, open, { answer, findings })
  if (open.length > SMALL_BATCH) {
    for (let at = 0; at < open.length; at += SMALL_BATCH) await runBatch(session, sample, open.slice(at, at + SMALL_BATCH), findings)
    return
  }
  const features = [...new Set(open.map(({ feature }) => feature))]
  const [only] = features
  if (features.length === 1 && only !== undefined) {
    for (const feature of refusedWith(only, findings)) findings.refused.add(feature)
    return
  }
  const half = new Set(features.slice(0, Math.ceil(features.length / 2)))
  await runBatch(session, sample, open.filter(({ feature }) => half.has(feature)), findings)
  await runBatch(session, sample, open.filter(({ feature }) => !half.has(feature)), findings)
}

/** A remote that knows no `in` knows it for no type: the others need not be asked. */
const refusedWith = (only: Feature, { planned }: Findings): readonly Feature[] => (only.startsWith('filter:in:') ? [...planned.keys()].filter((feature) => feature.startsWith('filter:in:')) : [only])

/** Rows that stand for no experiment of the batch spoil it as a whole: nothing in it is proven. */
function count(session: Session, sample: Sample, batch: readonly Instance[], { answer, findings }: { readonly answer: ProbeAnswer; readonly findings: Findings }): void {
  const came = new Set(answer.rows.map((row) => identityOf(session, row)))
  const meant = new Set(batch.map(({ row }) => identityOf(session, sample.rows[row] ?? [])))
  const spoilt = answer.more || [...came].some((identity) => !meant.has(identity)) || came.size !== answer.rows.length
  for (const { feature, row, expected } of batch) {
    const tally = findings.tallies.get(feature) ?? { right: 0, wrong: 0, barred: 0, intruders: 0, lost: 0, seen: new Set<boolean>() }
    findings.tallies.set(feature, tally)
    tally.seen.add(expected)
    const present = came.has(identityOf(session, sample.rows[row] ?? []))
    if (!expected) tally.barred++
    if (!expected && present && !spoilt) tally.intruders++
    if (expected && !present && !spoilt) tally.lost++
    if (!spoilt && present === expected) tally.right++
    else tally.wrong++
  }
}

const ofText = (...operators: readonly string[]): readonly Feature[] => operators.map((operator) => `filter:${operator}:Edm.String`)

const equalities = ofText('eq', 'ne', 'in')
const orderings = ofText('gt', 'ge', 'lt', 'le')

/** What goes by the same collation: a source that is wrong about one of these is wrong about all, wherever the rows tell. */
const kinOf = (feature: Feature): readonly Feature[] => (orderings.includes(feature) ? [...orderings, ...equalities] : equalities.includes(feature) ? equalities : [])

const countsOf = (instances: readonly Instance[]): ReadonlyMap<Feature, number> =>
  instances.reduce((counts, { feature }) => counts.set(feature, (counts.get(feature) ?? 0) + 1), new Map<Feature, number>())

/**
 * exact needs every experiment of the feature, among them a row that had to come and one that had to stay away, answered right: the one
 * that was not answered, because the requests were used up or it cannot be written, may be the telling one. What keeps no row away is of
 * no use, and what loses rows is not even a superset; anything else wrong leaves it to our own filter.
 */
function conclude(session: Session, { tallies, refused, planned }: Findings): void {
  for (const [feature, { right, wrong, barred, intruders, lost, seen }] of tallies) {
    if (barred > 0 && intruders === barred) note(session, feature, 'unsupported', 'every row that had to stay away came: it is ignored')
    else if (lost > 0) noteLoss(session, feature, `${lost} of ${right + wrong} rows that it was asked for did not come`)
    else if (wrong > 0) note(session, feature, 'inexact', `${wrong} of ${right + wrong} experiments went against our evaluator`)
    else if (kinOf(feature).some((other) => (tallies.get(other)?.wrong ?? 0) > 0)) note(session, feature, 'inexact', 'another comparison of text went against our evaluator')
    else if (seen.size === 2 && right === planned.get(feature)) note(session, feature, 'exact', `${right} experiments agreed with our evaluator`)
  }
  for (const feature of refused) note(session, feature, 'unsupported', 'the remote refused it')
}

/** Order of text, all that is negated and parts of moments (of their own offset, or in UTC) differ from source to source, and are given to none that has not proven them. */
const neverPresumed = (feature: Feature): boolean => orderings.includes(feature) || /^filter:(?:ne:|not$|(?:year|month|day|hour|minute|date):Edm\.DateTimeOffset$)/.test(feature)

/** A remote that loses rows by a filter any other may be presumed of is given only what is proven. */
function noteLoss(session: Session, feature: Feature, why: string): void {
  note(session, feature, 'unsupported', why)
  if (!neverPresumed(feature)) note(session, 'filter:unproven', 'unsupported', `rows were lost by ${feature}`)
}
