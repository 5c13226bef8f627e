import { hubError } from '@tributary/errors'
import type { ODataUrl } from '@tributary/odata-url'
import { planTree, printPlan } from '@tributary/plan'
import { respond } from '../http/respond.js'
import type { Rows } from './answer-collection.js'
import type { QueryRun } from './query-run.js'
import { residualsOf } from './residuals.js'

const json = { 'content-type': 'application/json;charset=utf-8', 'cache-control': 'no-store' }

/**
 * What `?explain=…` asks for; undefined: nothing.
 * @throws HUB_QUERY_INVALID for a word it does not know
 */
export function explainAsked({ options }: ODataUrl): 'plan' | 'analyze' | undefined {
  const asked = options.custom.find(({ name }) => name === 'explain')?.value
  if (asked === undefined || asked === 'plan' || asked === 'analyze') return asked
  throw hubError('HUB_QUERY_INVALID', { what: `explain=${asked} is not known.`, hint: 'Ask for explain=plan or explain=analyze.' }, { target: 'explain' })
}

/**
 * That nobody asks how something would be answered that has no plan, and would be done instead.
 * @throws HUB_QUERY_UNSUPPORTED
 */
export function refuseExplain(url: ODataUrl, what: string): void {
  if (explainAsked(url) !== undefined) throw hubError('HUB_QUERY_UNSUPPORTED', { what: `${what} with explain`, hint: 'Its source answers it, and nothing is planned.' }, { target: 'explain' })
}

/** Answers the plan, and whether its one source's bytes would stream through; no source is asked. */
export function explainPlan({ exchange, plan, timings }: QueryRun, passesThrough: boolean): void {
  respond(exchange, 200, { headers: { ...json, 'server-timing': timings.serverTiming() }, body: JSON.stringify({ text: printPlan(plan), tree: planTree(plan), passesThrough, residuals: residualsOf(plan), caches: timings.outcomes() }) })
}

/** Runs the query, counts what it would have answered, and tells what went to the sources and why it was asked that way. */
export async function explainRun(run: QueryRun, chunksOf: (run: QueryRun, rows: Rows) => AsyncIterable<Buffer>, open: () => Rows): Promise<void> {
  const { plan, timings, exchange, endpoints } = run
  const rows = open()
  let given = 0
  let bytes = 0
  let firstRowMs: number | undefined
  const counted: Rows = {
    count: () => rows.count(),
    pages: (async function* () {
      for await (const page of rows.pages) {
        const found = page.kind === 'rows' ? page.rows.length : page.offsets.length >> 1
        if (found > 0) firstRowMs ??= timings.elapsedMs()
        given += found
        yield page
      }
    })(),
  }
  for await (const chunk of chunksOf(run, counted)) bytes += chunk.length
  const requests = timings.requests.map(({ slug, method, url, status, rows: read, bytes: size, ms, queuedMs, cache, ageMs }) => ({
    source: slug, method, url, status, rows: read, bytes: size, ms, queuedMs, ...(cache === undefined ? {} : { cache, ageMs }),
  }))
  const why = factsBehind(run, endpoints)
  respond(exchange, 200, {
    headers: { ...json, 'server-timing': timings.serverTiming() },
    body: JSON.stringify({
      text: printPlan(plan), tree: planTree(plan), requests, rows: given, bytes, residuals: residualsOf(plan), tiers: timings.tiers, joins: timings.joins, caches: timings.outcomes(),
      timings: { planMs: timings.planMs(), firstRowMs: firstRowMs ?? null, totalMs: timings.elapsedMs() }, why,
    }),
  })
}

/** What is known of the sets that were read: it decided what each source was asked for. */
function factsBehind({ exposure, bound }: QueryRun, endpoints: QueryRun['endpoints']): readonly unknown[] {
  const names = new Set([bound.set.name, ...[...bound.set.navigations.values()].flatMap(({ target }) => (target === undefined ? [] : [target]))])
  return [...names].flatMap((name) => {
    const set = exposure.sets.get(name)
    if (set === undefined) return []
    const facts = [...endpoints.capabilities(set.endpoint, set.remoteSet).facts]
    return facts.map(([feature, fact]) => ({ source: set.endpoint, entitySet: set.remoteSet, feature, trust: fact.trust, origin: fact.origin, why: fact.why }))
  })
}
