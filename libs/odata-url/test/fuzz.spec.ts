import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { parse } from 'yaml'
import { isHubError } from '@tributary/errors'
import { namesOfConstraints, type Constraints } from './names-of-constraints.js'
import { isElsewhere, readingOf, type OfficialCase } from './official-readings.js'
import { withoutSpans } from './without-spans.js'

const folder = join(import.meta.dirname, '../../../../shared/data/odata-abnf')
const files = ['odata-abnf-testcases.yaml', 'odata-aggregation-testcases.yaml', 'odata-temporal-testcases.yaml']

const shards = [
  "'", '"', '(', ')', '((', '))', '/', ',', ';', '=', '&', '?', '%', '%2', '%27', '%28', '%F0%9F', '$', '@', '#', '+', ' ', '-', '[', ']', '{', '}', ':', '.', '\\', '\u0000', '\ud800', '💧', '1e9',
  ' with ', ' as ', ' from ', '$count', '$these/', '$root/', '$filter(', 'aggregate(', 'groupby((', 'rollup($all,', 'concat(', 'case(', '10:20', 'keep start', '/$each', '/$query', '/0', '$crossjoin(', '$all',
  'identity', 'traverse(', 'preorder', ' in ', ' or ', 'not ', '/any(x:', 'NaN', "duration'",
]

/** A change of a text: what is cut out (some units, or the token there), put in, or doubled. */
interface Edit {
  readonly at: number
  readonly cut: number | 'token'
  readonly insert: string
  readonly again: boolean
}

function edited(text: string, { at, cut, insert, again }: Edit): string {
  const place = Math.floor(at * text.length)
  const from = cut === 'token' ? place - (/\w*$/.exec(text.slice(0, place))?.[0].length ?? 0) : place
  const to = cut === 'token' ? place + (/^\w*/.exec(text.slice(place))?.[0].length ?? 0) : place + cut
  const piece = text.slice(from, to)
  return text.slice(0, from) + (again ? piece + insert + piece : insert) + text.slice(to)
}

/** Words that fit many places, so that what is changed may still be read. */
const words = ['', 'ID', 'Name', 'Amount', 'Sales', 'Product', 'Customer', 'Items', '1', "'x'", 'null', 'sum', 'max', 'eq', 'or', 'add', 'filter', 'identity', '$this', '@a', 'Model.Customer', 'top']
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.oneof({ weight: 2, arbitrary: fc.constant('token' as const) }, fc.nat(6)),
  insert: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, { weight: 2, arbitrary: fc.constantFrom(...shards) }),
  again: fc.boolean(),
})

/** 'read' or 'refused'; whatever is thrown that is neither a HubError nor the reading's own complaint is a fault. */
function outcome(read: () => unknown): 'read' | 'refused' {
  try {
    read()
    return 'read'
  } catch (error) {
    if (isHubError(error) || isComplaint(error)) return 'refused'
    throw error
  }
}

/** A stack overflow is a RangeError, too, and no complaint. */
const isComplaint = (error: unknown): boolean => error instanceof RangeError && !error.message.includes('call stack')

const suite = existsSync(folder) ? describe : describe.skip
if (!existsSync(folder)) console.warn(`The official OData ABNF cases are not at ${folder}: skipped.`)

suite('mutated official cases', () => {
  it.each(files)('of %s are read or refused by name, and what is read prints and reads alike', (file) => {
    const { Constraints: constraints = {}, TestCases: all } = parse(readFileSync(join(folder, file), 'utf8')) as { Constraints?: Constraints; TestCases: readonly OfficialCase[] }
    const names = namesOfConstraints(constraints)
    const cases = all.filter((each) => !isElsewhere(each))
    let read = 0
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.array(edit, { minLength: 1, maxLength: 2 }), (each, edits) => {
        const input = edits.reduce(edited, each.Input)
        const reading = readingOf({ ...each, Input: input }, names, constraints)
        // Half a surrogate pair is read and cannot be printed: no URL has it.
        if (outcome(() => reading.read()) === 'refused' || !input.isWellFormed()) return
        read++
        expect(withoutSpans(reading.readAgain())).toEqual(withoutSpans(reading.read()))
      }),
      { numRuns: 6000 },
    )
    expect(read).toBeGreaterThan(100)
  })
})
