/** Builds, then runs Jest over the whole workspace, or over what the arguments name. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, root } from '../build.mjs'

await build()
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
const run = spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', jest, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
process.exit(run.status ?? 1)
