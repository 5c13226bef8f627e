import { jest } from '@jest/globals'
import type { Expression, Value } from '@tributary/plan'

/** What an engine can get wrong: each is planted into the product by replacing one function of one module while the tests run. */
export const faults = [
  'residual dropped', 'limit pushed early', 'null as false', 'key case folded', 'second page lost', 'order inverted on nulls', 'duplicate key matched first', 'decimal through a double',
  'stale cache across principals', 'inner top applied globally',
] as const
export type Fault = (typeof faults)[number]

/** Which fault is switched on; none unless told. */
export const planted: { fault?: Fault } = {}

const on = (fault: Fault): boolean => planted.fault === fault

/** Puts a module in the place of another for all that is imported from now on. `path` is that of an import in this folder. */
const replace = (path: string, module: object): void => void jest.unstable_mockModule(path, () => module)

/**
 * Opens the seams: the modules below are replaced by themselves, but for one function each that goes wrong while its fault is switched on.
 * To be called before anything of the product is imported; from the lowest module to the highest, because each is loaded over those that are
 * replaced already.
 */
export async function openSeams(): Promise<void> {
  await inValues()
  await inSources()
  await inPlanner()
  await inOperators()
}

const isMissing = (value: Value): boolean => value === null || value === undefined

async function inValues(): Promise<void> {
  const compare = await import('../../libs/plan/src/values/compare.js')
  replace('../../libs/plan/src/values/compare.js', {
    ...compare,
    comparatorOf: (...[type]: Parameters<typeof compare.comparatorOf>): ReturnType<typeof compare.comparatorOf> => {
      const right = compare.comparatorOf(type)
      return (a, b) => (on('order inverted on nulls') && isMissing(a) !== isMissing(b) ? right(b, a) : right(a, b))
    },
  })
  const hash = await import('../../libs/plan/src/values/hash-key.js')
  replace('../../libs/plan/src/values/hash-key.js', { ...hash, hashKey: (...given: Parameters<typeof hash.hashKey>) => (on('key case folded') ? hash.hashKey(...given).toLowerCase() : hash.hashKey(...given)) })
  const arithmetic = await import('../../libs/plan/src/values/arithmetic.js')
  replace('../../libs/plan/src/values/arithmetic.js', {
    ...arithmetic,
    addDecimals: (...given: Parameters<typeof arithmetic.addDecimals>) => (on('decimal through a double') ? doubled(arithmetic.addDecimals(...given)) : arithmetic.addDecimals(...given)),
  })
  const { binary, literal, transformExpression } = await import('../../libs/plan/src/expressions.js')
  const evaluation = await import('../../libs/plan/src/evaluate/compile.js')
  /** `not null` is true where null counts as false. */
  const flawed = (expression: Expression): Expression =>
    on('null as false') ? transformExpression(expression, (one) => (one.kind === 'unary' && one.operator === 'not' ? binary('ne', one.operand, literal(one.type, true)) : one)) : expression
  replace('../../libs/plan/src/evaluate/compile.js', {
    ...evaluation,
    compile: (...[expression, columns]: Parameters<typeof evaluation.compile>) => evaluation.compile(flawed(expression), columns),
    compilePredicate: (...[expression, columns]: Parameters<typeof evaluation.compilePredicate>) => evaluation.compilePredicate(flawed(expression), columns),
  })
}

/** Digits as a double holds them. */
const doubled = (digits: string): string => (Number.isSafeInteger(Number(digits)) ? digits : String(BigInt(Math.trunc(Number(digits)))))

async function inSources(): Promise<void> {
  const cache = await import('../../libs/source-odata/src/page-cache.js')
  replace('../../libs/source-odata/src/page-cache.js', {
    ...cache,
    createPageCache: (...given: Parameters<typeof cache.createPageCache>): ReturnType<typeof cache.createPageCache> => {
      const right = cache.createPageCache(...given)
      return { ...right, send: (outgoing, fetch) => right.send(on('stale cache across principals') && outgoing.scope !== undefined ? { ...outgoing, scope: 'everybody' } : outgoing, fetch) }
    },
  })
  const reading = await import('../../libs/source-odata/src/read.js')
  replace('../../libs/source-odata/src/read.js', {
    ...reading,
    readScan: async function* readScan(...given: Parameters<typeof reading.readScan>): ReturnType<typeof reading.readScan> {
      let pages = 0
      for await (const page of reading.readScan(...given)) if (++pages !== 2 || !on('second page lost')) yield page
    },
  })
}

async function inPlanner(): Promise<void> {
  const { conjunction, filter, remote } = await import('@tributary/plan')
  type Placing = typeof import('../../libs/planner/src/place/place-fragment.js')
  const place: Placing = await import('../../libs/planner/src/place/place-fragment.js')
  replace('../../libs/planner/src/place/place-fragment.js', {
    ...place,
    placeFragment: (...[fragment, ...others]: Parameters<Placing['placeFragment']>): ReturnType<Placing['placeFragment']> => {
      const condition = conjunction(fragment.filter === undefined ? [] : [fragment.filter])
      if (condition === undefined || !(on('residual dropped') || (on('limit pushed early') && fragment.take !== undefined))) return place.placeFragment(fragment, ...others)
      const { filter: _, ...unfiltered } = fragment
      const placed = place.placeFragment(unfiltered, ...others)
      return on('residual dropped') ? placed : remote(fragment, filter(placed.plan, condition))
    },
  })
}

async function inOperators(): Promise<void> {
  type Related = typeof import('../../libs/operators/src/per-parent.js')
  const related: Related = await import('../../libs/operators/src/per-parent.js')
  replace('../../libs/operators/src/per-parent.js', {
    ...related,
    relatedOf: (...[node, core, shape]: Parameters<Related['relatedOf']>): ReturnType<Related['relatedOf']> => {
      const right = related.relatedOf(node, core, shape)
      if (!shape.toMany) return (rows, key) => right(on('duplicate key matched first') ? rows.slice(0, 1) : rows, key)
      let left = node.perParent.take ?? Infinity
      return (rows, key) => {
        const given = right(on('inner top applied globally') ? rows.slice(0, left) : rows, key)
        left -= rows.length
        return given
      }
    },
  })
}
