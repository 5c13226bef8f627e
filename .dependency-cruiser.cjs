/** The house rules of docs/architecture.md, enforced. Levels are strict: a room imports only rooms below its own. */
const levels = [
  ['errors', 'telemetry'],
  ['edm'],
  ['odata-url', 'odata-wire', 'plan'],
  ['policy', 'source', 'catalog'],
  ['planner', 'operators', 'contract-[a-z]+'],
  ['source-[a-z0-9-]+', 'engine-[a-z]+', 'catalog-store', 'secrets'],
  ['sources', 'samples', 'nest'],
]
const libs = (names) => `^libs/(${names.join('|')})/`

const levelRules = levels.map((names, level) => ({
  name: `level-${level}-imports-downwards`,
  comment: `Level ${level} (${names.join(', ')}) may import only levels below it.`,
  severity: 'error',
  from: { path: `^libs/(${names.join('|')})/src/` },
  to: { path: libs(levels.slice(level).flat()), pathNot: ['^libs/$1/'] },
}))

/** Packages that only some rooms may know. */
const reserved = [
  ['nest', '^(@nestjs/|fastify|@fastify/)', ['^libs/nest/', '^apps/']],
  ['typeorm', '^typeorm', ['^libs/catalog-store/']],
  ['databases', '^(pg|mysql2|mssql)(/|$)', ['^libs/catalog-store/', '^libs/source-sql/']],
  ['http-clients', '^undici', ['^libs/source-', '^libs/sources/', '^libs/nest/', '^apps/']],
  ['the-embedded-engine', '^@duckdb/', ['^libs/engine-duckdb/']],
  ['graphql', '^(graphql|@apollo)', ['^apps/']],
]
const reservedRules = reserved.map(([name, packages, rooms]) => ({
  name: `only-some-rooms-know-${name}`,
  comment: `${packages} may be imported only by ${rooms.join(', ')}.`,
  severity: 'error',
  from: { path: '^(libs|apps)/[^/]+/src/', pathNot: rooms },
  to: { path: packages.replace('^', 'node_modules/') },
}))

module.exports = {
  forbidden: [
    { name: 'no-cycles', comment: 'No import cycles, type-only ones included.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'front-door-only',
      comment: 'A lib is entered through src/index.ts (or src/testing/index.ts), never through its inner files.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/|^(apps|test|tools)/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$', '^libs/[^/]+/src/testing/index\\.ts$', '^libs/[^/]+/dist/index\\.js$'] },
    },
    {
      name: 'libs-do-not-import-apps',
      comment: 'Apps are composition roots; nothing in libs knows them.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-do-not-import-apps',
      comment: 'Only the hub composes the catalog and the proxy.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/hub/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-network-or-files-below-level-5',
      comment: 'The planner and the operators test in milliseconds because nothing below level 5 reaches out.',
      severity: 'error',
      from: { path: `^libs/(${levels.slice(0, 5).flat().join('|')})/src/`, pathNot: '/src/testing/' },
      to: { dependencyTypes: ['core'], path: '^(node:)?(fs|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|sqlite)(/|$)' },
    },
    { name: 'sources-do-not-import-tests', comment: 'What runs does not depend on tests.', severity: 'error', from: { path: '/src/', pathNot: '/src/testing/' }, to: { path: '/test/|\\.spec\\.ts$|/src/testing/' } },
    { name: 'resolvable', comment: 'Every import resolves.', severity: 'error', from: { path: '^(libs|apps)/' }, to: { couldNotResolve: true } },
    ...levelRules,
    ...reservedRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '/dist/' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'], extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'] },
  },
}
