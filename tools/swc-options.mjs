/** How TypeScript becomes JavaScript, for the build and for Jest alike: one file at a time, types erased, decorators as Nest and TypeORM expect them. */
export const swcOptions = Object.freeze({
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
})
