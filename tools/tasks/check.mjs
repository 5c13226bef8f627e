/** Everything that can be said of the code without running it: lint, types, architecture, generated documents, container files, the lock file. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build, root } from '../build.mjs'
import { containerFaults } from '../container-files.mjs'
import { lockFileFaults } from '../lock-file.mjs'

const bin = (...path) => join(root, 'node_modules', ...path)
const node = (script, ...args) => () => spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status === 0
const faultless = (find) => async () => {
  const faults = await Promise.resolve().then(find).catch((error) => [String(error)])
  for (const fault of faults) process.stderr.write(`  ${fault}\n`)
  return faults.length === 0
}

const checks = [
  ['lint', node(bin('oxlint', 'bin', 'oxlint'), '--deny-warnings')],
  ['types', node(bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json')],
  ['types of the web application', () => !existsSync(join(root, 'apps/web/tsconfig.json')) || node(bin('typescript', 'bin', 'tsc'), '-p', 'apps/web/tsconfig.json')()],
  ['architecture', node(bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'), 'libs', 'apps', '--config', '.dependency-cruiser.cjs')],
  ['generated documents', faultless(async () => (await import('../documents.mjs')).staleDocuments())],
  ['container files', faultless(containerFaults)],
  ['lock file', faultless(lockFileFaults)],
]

await build()
const failed = []
for (const [name, run] of checks) {
  process.stderr.write(`▸ ${name}\n`)
  if (!(await run())) failed.push(name)
}
process.stderr.write(failed.length === 0 ? `\n${checks.length} checks passed\n` : `\nFailed: ${failed.join(', ')}\n`)
process.exit(failed.length === 0 ? 0 : 1)
