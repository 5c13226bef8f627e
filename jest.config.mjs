import { swcOptions } from './tools/swc-options.mjs'

/** Jest over the whole workspace: sources are transformed one by one with swc and run as ES modules. */
export default {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/test/perf/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  testEnvironment: 'node',
  testTimeout: 30_000,
  // Modules of a suite stay in its process: one that has grown is begun anew, so that the whole fits the heap that Node gives it.
  workerIdleMemoryLimit: '1500MB',
  reporters: ['default', '<rootDir>/tools/jest-closing-line.mjs'],
  moduleNameMapper: {
    '^@tributary/([a-z0-9-]+)/testing$': '<rootDir>/libs/$1/src/testing/index.ts',
    '^@tributary/(catalog|proxy)-app$': '<rootDir>/apps/$1/src/index.ts',
    '^@tributary/([a-z0-9-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.tsx?$': ['@swc/jest', { ...swcOptions, sourceMaps: 'inline' }] },
}
