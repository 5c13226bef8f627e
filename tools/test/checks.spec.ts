import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repository, scratch } from '../../test/harness/running.js'
import { composeFaults, containerFaults, dockerfileFaults } from '../container-files.mjs'
import { faultsOfLock, lockFileFaults } from '../lock-file.mjs'

/** A check that cannot fail is worth nothing: each is shown what it must find. */

/** What the architecture's rules say of a small tree of files. */
function architectureFaults(files: Readonly<Record<string, string>>): readonly string[] {
  const tree = scratch('architecture')
  const all = { 'libs/errors/src/index.ts': 'export const fault = 1\n', 'libs/plan/src/index.ts': 'export const plan = 1\n', 'libs/source/src/index.ts': 'export const source = 1\n', ...files }
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(tree.path, file)), { recursive: true })
    writeFileSync(join(tree.path, file), text)
  }
  writeFileSync(join(tree.path, 'tsconfig.json'), JSON.stringify({ compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext', paths: { '@tributary/*': ['./libs/*/src/index.ts'] } } }))
  symlinkSync(join(repository, 'node_modules'), join(tree.path, 'node_modules'))
  const cruiser = join(repository, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs')
  const folders = ['libs', ...(Object.keys(files).some((file) => file.startsWith('apps/')) ? ['apps'] : [])]
  const run = spawnSync(process.execPath, [cruiser, ...folders, '--config', join(repository, '.dependency-cruiser.cjs'), '--output-type', 'json'], { cwd: tree.path, encoding: 'utf8' })
  tree.remove()
  const { summary } = JSON.parse(run.stdout) as { summary: { violations: { rule: { name: string } }[] } }
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].toSorted()
}

describe('the architecture', () => {
  it('has nothing against imports that go down through front doors', () => {
    expect(architectureFaults({ 'libs/source/src/index.ts': "import { plan } from '@tributary/plan'\nexport const source = plan\n" })).toEqual([])
  })

  it.each([
    ['an import upwards', { 'libs/plan/src/x.ts': "export { source } from '@tributary/source'\n" }, 'level-2-imports-downwards'],
    ['an import of a stranger on the same level', { 'libs/edm/src/index.ts': 'export const edm = 1\n', 'libs/catalog/src/x.ts': "export { source } from '@tributary/source'\n" }, 'level-3-imports-downwards'],
    ['an inner file of another room', { 'libs/source/src/x.ts': "export { fault } from '../../errors/src/inner.js'\n", 'libs/errors/src/inner.ts': 'export const fault = 1\n' }, 'front-door-only'],
    ['a cycle', { 'libs/plan/src/a.ts': "import { b } from './b.js'\nexport const a = b\n", 'libs/plan/src/b.ts': "import { a } from './a.js'\nexport const b = a\n" }, 'no-cycles'],
    ['a cycle of types alone', { 'libs/plan/src/a.ts': "import type { B } from './b.js'\nexport interface A { b: B }\n", 'libs/plan/src/b.ts': "import type { A } from './a.js'\nexport interface B { a: A }\n" }, 'no-cycles'],
    ['files below level 5', { 'libs/plan/src/x.ts': "export { readFileSync } from 'node:fs'\n" }, 'no-network-or-files-below-level-5'],
    ['Nest outside its rooms', { 'libs/plan/src/x.ts': "export { Module } from '@nestjs/common'\n" }, 'only-some-rooms-know-nest'],
    ['TypeORM outside its room', { 'libs/source-odata/src/x.ts': "export { DataSource } from 'typeorm'\n" }, 'only-some-rooms-know-typeorm'],
    ['an app that imports an app', { 'apps/proxy/src/x.ts': "export { y } from '../../catalog/src/y.js'\n", 'apps/catalog/src/y.ts': 'export const y = 1\n' }, 'apps-do-not-import-apps'],
    ['a lib that imports an app', { 'libs/nest/src/x.ts': "export { y } from '../../../apps/catalog/src/y.js'\n", 'apps/catalog/src/y.ts': 'export const y = 1\n' }, 'libs-do-not-import-apps'],
    ['an import that leads nowhere', { 'libs/plan/src/x.ts': "export { gone } from './gone.js'\n" }, 'resolvable'],
  ] as const)('names %s', (_what, files, rule) => {
    expect(architectureFaults(files)).toContain(rule)
  })
})

describe('the container files', () => {
  it('are without fault', () => {
    expect(containerFaults()).toEqual([])
  })

  it.each([
    ['neither image nor build', 'services:\n  a: {}\n'],
    ['does not pin', 'services:\n  a:\n    image: nginx\n'],
    ['must be quoted', 'services:\n  a:\n    image: nginx:1\n    ports: [3000]\n'],
    ['which is not there', 'services:\n  a:\n    image: nginx:1\n    depends_on: { b: {} }\n'],
    ['must require TRIBUTARY_ADMIN_TOKEN', 'services:\n  a:\n    build: .\n'],
    ['must require TRIBUTARY_ADMIN_TOKEN', 'services:\n  a:\n    build: .\n    environment: { TRIBUTARY_ADMIN_TOKEN: "admin" }\n'],
  ])('are told: %s', (fault, text) => {
    expect(composeFaults('compose.yaml', text)).toEqual([expect.stringContaining(fault)])
  })

  it('are told what a Dockerfile gets wrong', () => {
    expect(dockerfileFaults('Dockerfile', 'FORM node:24\n')).not.toEqual([])
    expect(dockerfileFaults('Dockerfile', readFileSync(join(repository, 'docker', 'Dockerfile'), 'utf8'))).toEqual([])
  })
})

describe('the lock file', () => {
  it('is without fault', () => {
    expect(lockFileFaults()).toEqual([])
  })

  it('is told of download addresses and of workspaces it lacks', () => {
    expect(faultsOfLock({ packages: { 'node_modules/a': { resolved: 'https://example.org/a.tgz' }, 'libs/a': {} } }, ['libs/a', 'libs/b'])).toEqual([
      'package-lock.json holds a download address for node_modules/a.', 'package-lock.json lacks the workspace libs/b.',
    ])
  })
})
