import { isHubError } from '@tributary/errors'
import { filter as peerFilter } from 'odata-v4-parser'
import { parseApply, parseFilter, parseODataUrl, parseSearch, type Names, type ParseLimits, type TypeHandle } from '@tributary/odata-url'

/** One figure measured against its target. */
export interface BenchResult {
  readonly name: string
  readonly measure: string
  readonly target: string
  readonly value: number
  readonly pass: boolean
}

const row: TypeHandle = { name: 'Bench.Row', collection: false, structured: true }
const names: Names = {
  keyAsSegment: false,
  container: (name) => (name === 'Rows' ? { kind: 'entitySet', type: { ...row, collection: true } } : undefined),
  member: (type, name) => {
    if (type?.name !== row.name) return undefined
    if (name === 'Rows') return { kind: 'navigation', type: { ...row, collection: true } }
    return /^[A-Z]/.test(name) ? { kind: 'property', type: { name: 'Edm.Int32', collection: false, structured: false } } : undefined
  },
  type: () => undefined,
  operation: () => undefined,
}

const repeated = (count: number, item: (index: number) => string, between: string): string => Array.from({ length: count }, (_, index) => item(index)).join(between)

/** A shape of input in any size, and how it is read. Limits are out of the way. */
interface Shape {
  readonly name: string
  readonly sizes: readonly [small: number, large: number]
  read(size: number): () => unknown
}

const wide: ParseLimits = { urlLength: 10_000_000, depth: 100_000, nesting: 200, nodes: 10_000_000, listItems: 1_000_000 }
const filter = (text: string) => (): unknown => parseFilter(text, names, row, wide)
const apply = (text: string) => (): unknown => parseApply(text, names, row, wide)

const shapes: readonly Shape[] = [
  { name: 'an or-chain of terms', sizes: [1000, 2000], read: (size) => filter(repeated(size, (index) => `ID eq ${index}`, ' or ')) },
  { name: 'an in-list of values', sizes: [2500, 5000], read: (size) => filter(`ID in (${repeated(size, String, ',')})`) },
  { name: 'nested parentheses', sizes: [1000, 2000], read: (size) => filter(`${'('.repeat(size)}ID eq 1${')'.repeat(size)}`) },
  { name: 'a JSON array of values', sizes: [2500, 5000], read: (size) => filter(`ID in [${repeated(size, String, ',')}]`) },
  { name: 'an $apply pipeline of filters', sizes: [1000, 2000], read: (size) => apply(repeated(size, (index) => `filter(ID eq ${index})`, '/')) },
  { name: 'an $apply of aggregates', sizes: [1000, 2000], read: (size) => apply(`aggregate(${repeated(size, (index) => `Rows/Value with sum as S${index}`, ',')})`) },
  { name: 'an $apply of grouping paths', sizes: [1000, 2000], read: (size) => apply(`groupby((${repeated(size, (index) => `P${index}`, ',')}))`) },
  { name: 'an $apply of sequences', sizes: [1000, 2000], read: (size) => apply(`concat(${repeated(size, () => 'groupby((ID),topcount(1,Value))/identity', ',')})`) },
  { name: 'a path of /$filter segments', sizes: [1000, 2000], read: (size) => () => parseODataUrl(`Rows${"/$filter(Name eq '%2F')".repeat(size)}`, '', names, wide) },
]

/** What is over a limit or malformed on a large scale, under the limits that are in force. */
const excessive: readonly (readonly [name: string, read: () => unknown])[] = [
  ['1,000 nested parentheses', () => parseFilter(`${'('.repeat(1000)}ID eq 1${')'.repeat(1000)}`, names, row)],
  ['60,000 open parentheses', () => parseFilter('('.repeat(60_000), names, row)],
  ['20,000 values in a list', () => parseFilter(`ID in (${'1,'.repeat(20_000)}1)`, names, row)],
  ['65,537 characters', () => parseFilter('a'.repeat(65_537), names, row)],
  ['6,000 or-terms', () => parseFilter(repeated(6000, () => 'A eq 1', ' or '), names, row)],
  ['8,000 nested calls', () => parseFilter('tolower('.repeat(8000), names, row)],
  ['nested JSON arrays', () => parseFilter('['.repeat(60_000), names, row)],
  ['nested cases whose times are numbers', () => parseFilter(`${'case('.repeat(90)}ID gt 10:20${',true:1) gt 10:20'.repeat(90)},true:1)`, names, row)],
  ['nested lambdas', () => parseFilter('Rows/any(x:x/'.repeat(4000), names, row)],
  ['nested aggregates', () => parseFilter('Rows/aggregate('.repeat(4000), names, row)],
  ['nested concat of $apply', () => parseApply('concat('.repeat(9000), names, row)],
  ['nested groupby of $apply', () => parseApply('groupby((ID),'.repeat(5000), names, row)],
  ['a broken $apply pipeline of 8,000 steps', () => parseApply(`${repeated(2700, () => 'top(1)/skip(1)/identity', '/')}/top`, names, row)],
  ['an $apply of 30,000 grouping paths', () => parseApply(`groupby((${repeated(30_000, () => 'A', ',')}))`, names, row)],
  ['nested $expand', () => parseODataUrl('Rows', `$expand=${'Rows($expand='.repeat(5000)}`, names)],
  ['unclosed /$filter segments', () => parseODataUrl(`Rows${'/$filter('.repeat(7000)}`, '', names)],
  ['5,000 NOTs of a search', () => parseSearch('NOT '.repeat(5000), names)],
  ['30,000 words of a search', () => parseSearch('a '.repeat(30_000).trim(), names)],
]

const targetRatio = 2.3
const targetMs = 20

/** How parsing grows with its input (twice the text may take 2.3 times as long, no more), and how soon it gives up on too much of it. */
export async function bench(): Promise<BenchResult[]> {
  return [
    ...shapes.map(growth),
    duration('parse an or-chain of 1,000 terms', filter(repeated(1000, (index) => `ID eq ${index}`, ' or '))),
    duration('parse an array of 9,000 values, 90 levels deep', () => parseFilter(`ID eq ${'['.repeat(90)}${repeated(9000, () => '12345', ',')}${']'.repeat(90)}`, names, row)),
    duration('parse an in-list of 5,000 values', filter(`ID in (${repeated(5000, String, ',')})`)),
    ...peerStrings.map(againstPeer),
    ...excessive.map(refusal),
  ]
}

const targetTimes = 20

/** What both read, of the shapes that reach a service: everyday, long, and deep. */
const peerStrings: readonly (readonly [name: string, text: string])[] = [
  ['an everyday filter', "Freight gt 500 and contains(ShipName,'7') and (ShipCountry eq 'France' or ShipCountry eq 'USA')"],
  ['an or-chain of 200 terms', repeated(200, (index) => `ID eq ${index}`, ' or ')],
  ['200 nested parentheses', `${'('.repeat(200)}ID eq 1${')'.repeat(200)}`],
]

/** How many times the CPU time of odata-v4-parser's parse is ours. */
function againstPeer([name, text]: (typeof peerStrings)[number]): BenchResult {
  const value = round(cpuMs(() => peerFilter(text)) / cpuMs(filter(text)))
  return { name: `odata-v4-parser on ${name}`, measure: 'CPU time / ours', target: `>= ${targetTimes}`, value, pass: value >= targetTimes }
}

/** CPU time of one run, over as many runs as take 200 ms. */
function cpuMs(run: () => unknown): number {
  run()
  const start = process.cpuUsage()
  let runs = 0
  let spent = 0
  while (spent < 200_000) {
    run()
    runs += 1
    const { user, system } = process.cpuUsage(start)
    spent = user + system
  }
  return spent / runs
}

function growth({ name, sizes: [small, large], read }: Shape): BenchResult {
  const value = round(leastCpuMs(read(large)) / leastCpuMs(read(small)))
  return { name: `parse ${name}, ${large} against ${small}`, measure: 'ratio of CPU time', target: `<= ${targetRatio}`, value, pass: value <= targetRatio }
}

function duration(name: string, read: () => unknown): BenchResult {
  const value = round(leastCpuMs(read))
  return { name, measure: 'CPU ms, warm', target: `<= ${targetMs}`, value, pass: value <= targetMs }
}

function refusal([name, read]: (typeof excessive)[number]): BenchResult {
  const refused = (): boolean => {
    try {
      read()
      return false
    } catch (error) {
      return isHubError(error) && error.status === 400
    }
  }
  const { value, pass } = duration(name, refused)
  return { name: `refuse ${name}`, measure: 'CPU ms, warm, a 400', target: `<= ${targetMs}`, value, pass: pass && refused() }
}

const round = (value: number): number => Math.round(value * 100) / 100

/** Least CPU time of one run: what disturbs a run only ever makes it longer. */
function leastCpuMs(run: () => unknown): number {
  for (let warm = 0; warm < 20; warm += 1) run()
  const rounds = Array.from({ length: 20 }, () => {
    const start = process.cpuUsage()
    for (let again = 0; again < 5; again += 1) run()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000 / 5
  })
  return Math.min(...rounds)
}
