/**
 * Runs the benchmarks of test/perf (all, or those whose name holds an argument), each in a process of its own, and prints one table.
 * With `--write` the table also goes into docs/performance.md, with the date, the commit and the machine's load.
 */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { build, root } from '../build.mjs'
import { transpileTests } from '../build-tests.mjs'

const writes = process.argv.includes('--write')
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
await build()
await transpileTests()
const files = globSync('**/*.bench.js', { cwd: join(root, 'test', 'dist', 'perf') }).filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)))
const code = 'const { bench } = await import(process.argv[1]); process.stdout.write(JSON.stringify(await bench()))'
const load = () => loadavg()[0].toFixed(1)
const before = load()
const rows = []
for (const file of files.sort()) {
  process.stderr.write(`▸ ${file}\n`)
  const run = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', code, join(root, 'test', 'dist', 'perf', file)], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (run.status !== 0) throw new Error(`${file} failed`)
  rows.push(...JSON.parse(run.stdout))
}
const cells = (row) => [row.name, row.measure, row.target, `${Number(row.value.toPrecision(3))}`, row.pass ? 'met' : 'missed', row.note ?? '']
const table = ['| work | measure | target | measured | | figures |', '|---|---|---|---|---|---|', ...rows.map((row) => `| ${cells(row).join(' | ')} |`), ''].join('\n')
process.stdout.write(table)
if (writes) write()

/** Puts the table between the marks of docs/performance.md. */
function write() {
  const file = join(root, 'docs', 'performance.md')
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim()
  const [cpu] = cpus()
  const head = `Run of ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${commit}, Node ${process.versions.node}, ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), load ${before} before and ${load()} after.`
  const text = readFileSync(file, 'utf8')
  const marked = /(<!-- measured -->\n)[\s\S]*(<!-- \/measured -->)/
  if (!marked.test(text)) throw new Error('docs/performance.md lacks the marks <!-- measured --> and <!-- /measured -->')
  writeFileSync(file, text.replace(marked, (_, open, close) => `${open}${head}\n\n${table}${close}`))
}
