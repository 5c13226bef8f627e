import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readCsdl, writeCsdlXml } from '@tributary/edm'

/** One figure measured against its target. */
export interface BenchResult {
  readonly name: string
  readonly measure: string
  readonly target: string
  readonly value: number
  readonly pass: boolean
}

const targetMsPerMb = 50

/** CPU per megabyte, warm, for reading the largest contract at hand and for writing it again. */
export async function bench(): Promise<BenchResult[]> {
  const file = largestContract()
  const bytes = readFileSync(file)
  const megabytes = bytes.length / 1_048_576
  const label = `${file.slice(file.lastIndexOf('/') + 1)}, ${megabytes.toFixed(2)} MB`
  const model = readCsdl(bytes)
  return [
    result(`read CSDL XML (${label})`, warmCpuMs(() => readCsdl(bytes)) / megabytes),
    result(`write CSDL XML (${label})`, warmCpuMs(() => writeCsdlXml(model)) / megabytes),
  ]
}

function result(name: string, msPerMb: number): BenchResult {
  return { name, measure: 'CPU ms per MB, warm', target: `<= ${targetMsPerMb}`, value: Math.round(msPerMb * 10) / 10, pass: msPerMb <= targetMsPerMb }
}

/** The contracts beside the repository where they are there, those of the repository otherwise. */
function largestContract(): string {
  const root = process.cwd()
  const directory = [join(root, '../shared/data/csdl'), join(root, 'test/fixtures/csdl')].find((each) => existsSync(each))
  if (directory === undefined) throw new Error('There is no contract to read.')
  const files = readdirSync(directory).map((name) => join(directory, name)).filter((path) => /\.(xml|edmx|csdl)$/.test(path))
  const [largest] = files.toSorted((a, b) => statSync(b).size - statSync(a).size)
  if (largest === undefined) throw new Error(`There is no contract in ${directory}.`)
  return largest
}

/** Mean CPU time of one run, after runs that let the compiler settle. */
function warmCpuMs(run: () => unknown): number {
  for (let round = 0; round < 30; round += 1) run()
  const rounds = 30
  const start = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000 / rounds
}
