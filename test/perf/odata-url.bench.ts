import { parseFilter, type Names, type TypeHandle } from '@tributary/odata-url'

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
  container: () => undefined,
  member: (type, name) => (type === row && /^[A-Z]/.test(name) ? { kind: 'property', type: { name: 'Edm.Int32', collection: false, structured: false } } : undefined),
  type: () => undefined,
  operation: () => undefined,
}

const chain = (terms: number): string => Array.from({ length: terms }, (_, index) => `ID eq ${index}`).join(' or ')
const inList = (values: number): string => `ID in (${Array.from({ length: values }, (_, index) => index).join(',')})`

/** How parsing grows with its input: twice the text may take 2.3 times as long, no more, whatever its shape. */
export async function bench(): Promise<BenchResult[]> {
  return [
    growth('parse an or-chain, 2,000 terms against 1,000', chain(1000), chain(2000)),
    growth('parse an in-list, 5,000 values against 2,500', inList(2500), inList(5000)),
    duration('parse an or-chain of 1,000 terms', chain(1000)),
    duration('parse an in-list of 5,000 values', inList(5000)),
  ]
}

const targetRatio = 2.3
const targetMs = 20

function growth(name: string, small: string, large: string): BenchResult {
  const value = round(warmCpuMs(large) / warmCpuMs(small))
  return { name, measure: 'ratio of CPU time', target: `<= ${targetRatio}`, value, pass: value <= targetRatio }
}

function duration(name: string, text: string): BenchResult {
  const value = round(warmCpuMs(text))
  return { name, measure: 'CPU ms, warm', target: `<= ${targetMs}`, value, pass: value <= targetMs }
}

const round = (value: number): number => Math.round(value * 100) / 100

/** Least CPU time of one parse: what disturbs a run only ever makes it longer. */
function warmCpuMs(text: string): number {
  const parse = (): unknown => parseFilter(text, names, row)
  for (let warm = 0; warm < 50; warm += 1) parse()
  const rounds = Array.from({ length: 20 }, () => {
    const start = process.cpuUsage()
    for (let run = 0; run < 5; run += 1) parse()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000 / 5
  })
  return Math.min(...rounds)
}
