import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import { isHubError } from '@tributary/errors'
import type { Names, Span } from '@tributary/odata-url'
import { namesOfConstraints, type Constraints } from './names-of-constraints.js'
import { isElsewhere, readingOf, type OfficialCase, type Reading } from './official-readings.js'
import { withoutSpans } from './without-spans.js'

const folder = join(import.meta.dirname, '../../../../shared/data/odata-abnf')

/** The temporal cases come without constraints: these are their names. */
const temporalNames: Constraints = {
  entitySetName: ['Employees'], entityNavigationProperty: ['Department'], entityColNavigationProperty: ['history'], primitiveNonKeyProperty: ['Name', 'Jobtitle', 'From'],
}

interface Outcome {
  readonly kind: 'accepted' | 'unknown name' | 'rejected' | 'refused by name'
  /** Where in the input it goes wrong; undefined where a tree was read that is not of the rule. */
  readonly from?: number
  readonly to?: number
}

function outcomeOf(reading: Reading): Outcome {
  try {
    const unknown = firstUnknown(reading.read())
    if (unknown === undefined) return { kind: 'accepted' }
    return { kind: 'unknown name', from: unknown.start + reading.pathStart, to: unknown.end + reading.pathStart }
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'rejected' }
    if (!isHubError(error)) throw error
    if (error.code === 'HUB_QUERY_UNSUPPORTED') return { kind: 'refused by name' }
    const position = error.params['position']
    if (typeof position !== 'number') return { kind: 'rejected' }
    const at = position + (error.params['part'] === 'resource path' ? reading.pathStart : reading.queryStart)
    return { kind: 'rejected', from: at, to: at }
  }
}

/** The place of a name that the model does not have: read here, and the binder's to refuse. */
function firstUnknown(tree: unknown): { readonly start: number; readonly end: number } | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined
  if ('kind' in tree && tree.kind === 'unknown' && 'span' in tree) return tree.span as { start: number; end: number }
  for (const inner of tree instanceof Map ? tree.values() : Object.values(tree)) {
    const found = firstUnknown(inner)
    if (found !== undefined) return found
  }
  return undefined
}

/** True if the place is the token that stands at `failAt`, or before or behind which it stands; white space belongs to what follows. */
function isWithinToken(input: string, failAt: number, { from, to }: Outcome): boolean {
  if (from === undefined || to === undefined) return true
  let start = failAt
  let end = failAt
  while (start > 0 && /[\w.$@-]/.test(input[start - 1]!)) start--
  if (start === failAt && start > 0) start--
  while (end < input.length && /\s/.test(input[end]!)) end++
  const token = end
  while (end < input.length && /[\w.$@-]/.test(input[end]!)) end++
  if (end === token) end++
  return from <= end && to >= start
}

/** What came of a file's cases. */
interface Figures {
  readonly positives: number
  readonly accepted: number
  readonly printedAlike: number
  readonly negatives: number
  readonly rejected: number
  readonly withinToken: number
}

/** What a case shows, and what is wrong with it where it is wrong. */
interface Verdict {
  readonly counts: readonly (keyof Figures)[]
  readonly fault?: string
}

function verdictOnPositive(reading: Reading): Verdict {
  const { kind } = outcomeOf(reading)
  if (kind !== 'accepted' && kind !== 'unknown name') return { counts: ['positives'], fault: 'not accepted' }
  const alike = isDeepStrictEqual(withoutSpans(reading.read()), withoutSpans(reading.readAgain()))
  return alike ? { counts: ['positives', 'accepted', 'printedAlike'] } : { counts: ['positives', 'accepted'], fault: 'printed otherwise' }
}

function verdictOnNegative(reading: Reading, input: string, failAt: number): Verdict {
  const outcome = outcomeOf(reading)
  if (outcome.kind === 'accepted') return { counts: ['negatives'], fault: 'not rejected' }
  const within = isWithinToken(input, failAt, outcome)
  return within ? { counts: ['negatives', 'rejected', 'withinToken'] } : { counts: ['negatives', 'rejected'], fault: `rejected at ${outcome.from}` }
}

/** What is wrong with the places in a tree: each lies within the one of the node about it. Nodes are frozen. */
function misplaced(tree: unknown, about: Span): string | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined
  if (!(tree instanceof Map) && !Object.isFrozen(tree)) return `not frozen: ${JSON.stringify(tree)}`
  const span = 'span' in tree ? (tree.span as Span) : about
  if (span.start > span.end || span.start < about.start || span.end > about.end) return `${JSON.stringify(tree)} is not within ${about.start}..${about.end}`
  // The segments of a key follow the segment that they belong to.
  const parts = tree instanceof Map ? [...tree.values()] : Object.entries(tree).flatMap(([name, part]) => (name === 'key' || name === 'spans' ? [] : [part as unknown]))
  return parts.map((part) => misplaced(part, span)).find((fault) => fault !== undefined)
}

interface File {
  readonly name: string
  readonly expected: Figures
  readonly constraints?: Constraints
}

const files: readonly File[] = [
  { name: 'odata-abnf-testcases.yaml', expected: { positives: 625, accepted: 625, printedAlike: 625, negatives: 54, rejected: 54, withinToken: 54 } },
  { name: 'odata-aggregation-testcases.yaml', expected: { positives: 174, accepted: 174, printedAlike: 174, negatives: 23, rejected: 23, withinToken: 23 } },
  { name: 'odata-temporal-testcases.yaml', expected: { positives: 13, accepted: 13, printedAlike: 13, negatives: 0, rejected: 0, withinToken: 0 }, constraints: temporalNames },
]

function casesOf({ name, constraints: given }: File): { readonly cases: readonly OfficialCase[]; readonly leftOut: number; readonly names: Names; readonly constraints: Constraints } {
  const { Constraints: own, TestCases: all } = parse(readFileSync(join(folder, name), 'utf8')) as { Constraints?: Constraints; TestCases: readonly OfficialCase[] }
  const constraints = given ?? own ?? {}
  const cases = all.filter((each) => !isElsewhere(each))
  return { cases, leftOut: all.length - cases.length, names: namesOfConstraints(constraints), constraints }
}

function judge(file: File): Figures {
  const { cases, leftOut, names, constraints } = casesOf(file)
  const figures = { positives: 0, accepted: 0, printedAlike: 0, negatives: 0, rejected: 0, withinToken: 0 }
  const faults: string[] = []
  for (const each of cases) {
    const reading = readingOf(each, names, constraints)
    const { counts, fault } = each.FailAt === undefined ? verdictOnPositive(reading) : verdictOnNegative(reading, each.Input, each.FailAt)
    for (const count of counts) figures[count]++
    if (fault !== undefined) faults.push(`${fault}: ${each.Rule} ${each.Input} (${each.Name}, ${each.FailAt ?? 'positive'})`)
  }
  console.log([`${file.name}: ${JSON.stringify(figures)}, ${leftOut} of headers, contexts and payloads left out`, ...faults].join('\n'))
  return figures
}

const suite = existsSync(folder) ? describe : describe.skip
if (!existsSync(folder)) console.warn(`The official OData ABNF cases are not at ${folder}: skipped.`)

suite('the official OData ABNF cases', () => {
  it.each(files)('of $name are accepted or rejected at the place that the standard says, and print so that they read alike', (file) => {
    expect(judge(file)).toEqual(file.expected)
  })

  it.each(files)('of $name give trees that are frozen, each node within the place of the node about it', (file) => {
    const { cases, names, constraints } = casesOf(file)
    const whole = { start: 0, end: Number.POSITIVE_INFINITY }
    const faults = cases.filter(({ FailAt }) => FailAt === undefined).flatMap((each) => {
      const tree = readingOf(each, names, constraints).read()
      const fault = (Array.isArray(tree) ? tree : [tree]).map((part) => misplaced(part, whole)).find((found) => found !== undefined)
      return fault === undefined ? [] : [`${each.Input}: ${fault}`]
    })
    expect(faults).toEqual([])
  })
})
