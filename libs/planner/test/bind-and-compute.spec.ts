import { isHubError } from '@tributary/errors'
import * as fc from 'fast-check'
import { compile, printExpression, type Plan, type Value, walk } from '@tributary/plan'
import { bindUrl } from './exposure-of.js'

const columns = ['ID', 'Freight', 'Weight', 'OrderDate', 'Day', 'Token', 'ShipName', 'Big', 'Took', 'Paid', 'Color', 'Address', 'Address/City', 'Address/Geo/Lat', 'Tags', 'Stops']
const literals = [
  '0', '1', '-2', '1.5', '1e3', 'INF', 'NaN', '9007199254740993', 'null', 'true', "'x'", "'Red'", "'2024-01-01'", '2024-01-01', '2024-01-01T00:00:00Z', '10:00:00', "duration'PT1H'",
  '01234567-89ab-cdef-0123-456789abcdef', "Shop.Color'Green'", '["a","b"]', '[1,2]',
]
const operators = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or', 'add', 'sub', 'mul', 'div', 'divby', 'mod', 'has']
const functions = [
  ['concat', 2], ['contains', 2], ['endswith', 2], ['indexof', 2], ['length', 1], ['startswith', 2], ['substring', 2], ['substring', 3], ['tolower', 1], ['trim', 1], ['year', 1], ['hour', 1], ['fractionalseconds', 1], ['date', 1],
  ['time', 1], ['totaloffsetminutes', 1], ['totalseconds', 1], ['round', 1], ['floor', 1], ['hassubset', 2], ['hassubsequence', 2], ['now', 0],
] as const

const expressions: fc.Arbitrary<string> = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof({ depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(...columns, ...literals),
    fc.tuple(tie('expression'), fc.constantFrom(...operators), tie('expression')).map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc.tuple(fc.constantFrom(...functions), fc.array(tie('expression'), { minLength: 3, maxLength: 3 })).map(([[name, count], given]) => `${name}(${given.slice(0, count).join(',')})`),
    tie('expression').map((a) => `not (${a})`),
    fc.tuple(fc.constantFrom(...columns), fc.array(fc.constantFrom(...literals), { minLength: 1, maxLength: 3 })).map(([a, items]) => `${a} in (${items.join(',')})`),
    fc.tuple(tie('expression'), fc.constantFrom('Edm.String', 'Edm.Int32', 'Edm.Decimal', 'Edm.Date', 'Shop.Color')).map(([a, type]) => `cast(${a},${type})`),
    fc.constantFrom("Tags/any(t:t eq 'a')", 'Stops/all(s:s/City ne ShipName)', 'Tags/$count')),
})).expression

const row: Readonly<Record<string, Value>> = {
  ID: 3, Freight: '12.50', Weight: 1.5, OrderDate: '2024-02-29T12:00:00+01:00', Day: '2024-02-29', Token: '01234567-89AB-cdef-0123-456789abcdef', ShipName: 'x😀', Big: '9007199254740993', Took: 'P1DT1S',
  Paid: true, Color: 'Red,Blue', Address: { City: 'Bern', Geo: { Lat: 46.9 } }, Tags: ['a', null, 'b'], Stops: [{ City: 'Bern' }],
}

/** What becomes of a filter: its value over the row, or the code it is refused or fails with. */
function fate(filter: string, values: Readonly<Record<string, Value>>): unknown {
  try {
    const bound = bindUrl(`Orders?$filter=${encodeURIComponent(filter)}`)
    let value: Value = null
    walk(bound.plan, (node: Plan) => {
      if (node.kind === 'filter') value = compile(node.predicate, bound.columns)(bound.columns.map(({ name }) => values[name] ?? null))
    })
    return value
  } catch (error) {
    if (isHubError(error) && error.code.startsWith('HUB_QUERY')) return error.code
    throw error
  }
}

/** The text a filter is bound to; undefined if it is refused. */
function boundText(filter: string): string | undefined {
  const printed: string[] = []
  try {
    walk(bindUrl(`Orders?$filter=${encodeURIComponent(filter)}`).plan, (node: Plan) => {
      if (node.kind === 'filter') printed.push(printExpression(node.predicate))
    })
  } catch (error) {
    if (isHubError(error)) return undefined
    throw error
  }
  return printed[0] ?? 'true'
}

describe('whatever is bound', () => {
  it('is true, false or null over a row, or fails by a code of the catalogue', () => {
    fc.assert(fc.property(expressions, (filter) => {
      for (const values of [row, {}]) expect([true, false, null, 'HUB_QUERY_TYPE', 'HUB_QUERY_INVALID', 'HUB_QUERY_UNSUPPORTED', 'HUB_QUERY_SYNTAX', 'HUB_QUERY_UNKNOWN_FUNCTION']).toContainEqual(fate(filter, values))
    }), { numRuns: 3000 })
  })

  it('is never refused by the evaluator for its types', () => {
    fc.assert(fc.property(expressions, (filter) => {
      const isBound = boundText(filter) !== undefined
      expect([filter, isBound && [row, {}].some((values) => fate(filter, values) === 'HUB_QUERY_TYPE')]).toEqual([filter, false])
    }), { numRuns: 3000 })
  })

  it('prints as text that binds to the same', () => {
    fc.assert(fc.property(expressions, (filter) => {
      const text = boundText(filter)
      fc.pre(text !== undefined)
      expect(boundText(text ?? '')).toBe(text)
    }), { numRuns: 1500 })
  })
})
