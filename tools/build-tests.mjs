/** Transpiles `test/` for the programs that run outside Jest: benchmarks and the servers of end-to-end tests. */
import { transformFile } from '@swc/core'
import { globSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './build.mjs'
import { swcOptions } from './swc-options.mjs'

export async function transpileTests() {
  const from = join(root, 'test')
  const files = globSync('{harness,perf,soak}/**/*.ts', { cwd: from }).filter((file) => !file.endsWith('.spec.ts'))
  await Promise.all(files.map(async (file) => {
    const output = join(from, 'dist', file.replace(/\.ts$/, '.js'))
    const { code } = await transformFile(join(from, file), { ...swcOptions, swcrc: false, sourceMaps: 'inline' })
    mkdirSync(dirname(output), { recursive: true })
    writeFileSync(output, code)
  }))
}
