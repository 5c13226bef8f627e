/**
 * Builds what is stale: every `src/**.ts` of libs and apps becomes a file of `dist` beside it, and the web application is bundled.
 * A file is stale when it is younger than its output; outputs whose source is gone are deleted.
 */
import { transformFile } from '@swc/core'
import { existsSync, globSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { swcOptions } from './swc-options.mjs'

export const root = dirname(import.meta.dirname)

/** Workspaces whose sources run on Node; the web application is bundled instead. */
const nodeWorkspaces = () =>
  ['libs', 'apps'].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !(group === 'apps' && entry.name === 'web'))
      .map((entry) => join(root, group, entry.name)))

const modified = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0)
const toOutput = (workspace, file) => join(workspace, 'dist', file.replace(/\.ts$/, '.js'))

async function transpile(workspace, file) {
  const output = toOutput(workspace, file)
  const { code, map } = await transformFile(join(workspace, 'src', file), { ...swcOptions, swcrc: false, sourceMaps: true })
  mkdirSync(dirname(output), { recursive: true })
  writeFileSync(`${output}.map`, map ?? '')
  writeFileSync(output, `${code}\n//# sourceMappingURL=${output.split(/[\\/]/).at(-1)}.map\n`)
}

function removeOrphans(workspace, sources) {
  const expected = new Set(sources.map((file) => toOutput(workspace, file)))
  for (const file of globSync('**/*.js', { cwd: join(workspace, 'dist') })) {
    const output = join(workspace, 'dist', file)
    if (expected.has(output)) continue
    rmSync(output)
    rmSync(`${output}.map`, { force: true })
  }
}

async function buildWorkspace(workspace) {
  const sources = globSync('**/*.ts', { cwd: join(workspace, 'src') }).filter((file) => !file.endsWith('.d.ts'))
  removeOrphans(workspace, sources)
  const stale = sources.filter((file) => modified(join(workspace, 'src', file)) >= modified(toOutput(workspace, file)))
  await Promise.all(stale.map((file) => transpile(workspace, file)))
  return stale.length
}

const webInputs = () =>
  [...globSync('apps/web/{src,public}/**/*', { cwd: root }), 'apps/web/index.html', 'apps/web/vite.config.ts', 'package-lock.json'].map((file) => join(root, file))

async function buildWeb() {
  const web = join(root, 'apps', 'web')
  if (!existsSync(join(web, 'index.html'))) return false
  const built = modified(join(web, 'dist', 'index.html'))
  if (webInputs().every((file) => modified(file) < built)) return false
  process.stderr.write('Building the web application …\n')
  const { build } = await import('vite')
  await build({ root: web, configFile: join(web, 'vite.config.ts'), logLevel: 'warn' })
  return true
}

/** Builds; tells on standard error what it did, and nothing when all was fresh. */
export async function build() {
  const counts = await Promise.all(nodeWorkspaces().map(buildWorkspace))
  const files = counts.reduce((sum, count) => sum + count, 0)
  if (files > 0) process.stderr.write(`Built ${files} source files.\n`)
  await buildWeb()
}
