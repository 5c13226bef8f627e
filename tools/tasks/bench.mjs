/** Runs the benchmarks of test/perf (all, or those whose name holds an argument), each in a process of its own, and prints one table. */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { build, root } from '../build.mjs'
import { transpileTests } from '../build-tests.mjs'

const wanted = process.argv.slice(2)
await build()
await transpileTests()
const files = globSync('**/*.bench.js', { cwd: join(root, 'test', 'dist', 'perf') }).filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)))
const code = 'const { bench } = await import(process.argv[1]); process.stdout.write(JSON.stringify(await bench()))'
const rows = []
for (const file of files.sort()) {
  process.stderr.write(`▸ ${file}\n`)
  const run = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', code, join(root, 'test', 'dist', 'perf', file)], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (run.status !== 0) throw new Error(`${file} failed`)
  rows.push(...JSON.parse(run.stdout))
}
process.stdout.write(['| work | measure | target | measured | |', '|---|---|---|---|---|', ...rows.map((row) => `| ${row.name} | ${row.measure} | ${row.target} | ${Number(row.value.toPrecision(3))} | ${row.pass ? 'met' : 'missed'} |`), ''].join('\n'))
