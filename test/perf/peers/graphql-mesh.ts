import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../../harness/running.js'

const folder = join(repository, 'test', 'perf', 'peers', 'graphql-mesh')
/** No tool of the project looks there, and git does not either. */
const installed = join(repository, 'node_modules', '.cache', 'tributary', 'graphql-mesh')
const [lockFile, ...otherFiles] = ['package-lock.json', 'package.json', 'serve.mjs'] as const
const longestInstallMs = 300_000

/** The program that serves GraphQL Mesh, which is installed on first use; undefined, with the reason on standard error, where it cannot be. */
export function meshProgram(): string | undefined {
  const program = join(installed, 'serve.mjs')
  mkdirSync(installed, { recursive: true })
  for (const file of otherFiles) copyFileSync(join(folder, file), join(installed, file))
  if (existsSync(join(installed, 'node_modules', '.package-lock.json')) && sameFile(join(folder, lockFile), join(installed, lockFile))) return program
  process.stderr.write('Installing GraphQL Mesh for the benchmarks (once) …\n')
  copyFileSync(join(folder, lockFile), join(installed, lockFile))
  const npm = process.env['npm_execpath']
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const [command, all] = npm !== undefined && /\.c?js$/.test(npm) ? [process.execPath, [npm, ...args]] : ['npm', args]
  const { status, error, stderr } = spawnSync(command, all, { cwd: installed, encoding: 'utf8', timeout: longestInstallMs })
  if (status === 0) return program
  process.stderr.write(`GraphQL Mesh is left out: npm ci ${error === undefined ? `ended with ${status}: ${stderr.trim().slice(0, 500)}` : `failed: ${error.message}`}\n`)
  return undefined
}

const sameFile = (one: string, other: string): boolean => existsSync(other) && readFileSync(one).equals(readFileSync(other))

/** What is asked of it: the join of w3. */
export const meshPath = (top: number): string =>
  `/graphql?query=${encodeURIComponent(`{ Orders(queryOptions: { top: ${top} }) { OrderID CustomerID OrderDate ShippedAt Freight ShipName Weight Quantity Customer { CustomerID CompanyName Country } } }`)}`
