import { isHubError } from '@tributary/errors'
import * as fc from 'fast-check'
import { compile, printExpression, printPlan, type Plan, type Value, walk } from '@tributary/plan'
import { optimize } from '@tributary/planner'
import { bindUrl } from './exposure-of.js'

type Kind = 'flag' | 'number' | 'text' | 'moment' | 'day' | 'time' | 'span' | 'list' | 'color' | 'token'
type Texts = Record<Kind, string>

const anyOf: Record<Kind, readonly string[]> = {
  flag: ['Paid', 'true', 'null', "Tags/any(t:t eq 'a')", 'Stops/all(s:s/City ne ShipName)', "Color in ('Red',null)", 'ID in (1,2.5,null)'],
  number: ['ID', 'Freight', 'Weight', 'Big', 'Address/Geo/Lat', '0', '1', '-2', '1.5', '1e3', 'INF', 'NaN', '9007199254740993', 'null', 'Tags/$count'],
  text: ['ShipName', 'Address/City', "'x'", "''", "'😀''s'", 'null'],
  moment: ['OrderDate', '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00-09:30', 'now()', 'null'],
  day: ['Day', '2024-02-29', 'null'],
  time: ['10:00:00', '23:59:59.999'],
  span: ['Took', "duration'PT1H'", "duration'-P1DT0.5S'", 'null'],
  list: ['Tags', '["a","b"]', '[]'],
  color: ['Color', "Shop.Color'Green'", "Shop.Color'Red,Blue'"],
  token: ['Token', '01234567-89ab-cdef-0123-456789abcdef'],
}
const kinds = Object.keys(anyOf) as readonly Kind[]

/** Ways to make an expression of one kind from others; `#kind` stands for any expression of the kind. */
const waysTo: Record<Kind, readonly string[]> = {
  flag: [
    ...kinds.flatMap((kind) => (kind === 'list' ? ['(#list eq #list)'] : ['eq', 'ne', 'lt', 'ge'].map((operator) => `(#${kind} ${operator} #${kind})`))),
    '(#flag and #flag)', '(#flag or #flag)', 'not (#flag)', 'contains(#text,#text)', 'startswith(#text,#text)', 'hassubset(#list,#list)', 'hassubsequence(#list,#list)', 'contains(#list,#list)', '(#color has #color)', '#text in (#text,#text)',
  ],
  number: [
    ...['add', 'sub', 'mul', 'div', 'divby', 'mod'].map((operator) => `(#number ${operator} #number)`), 'length(#text)', 'indexof(#text,#text)', 'length(#list)', 'year(#moment)', 'month(#day)', 'hour(#time)',
    'fractionalseconds(#moment)', 'totaloffsetminutes(#moment)', 'totalseconds(#span)', 'round(#number)', 'floor(#number)', 'cast(#text,Edm.Decimal)', 'cast(#number,Edm.Int32)',
  ],
  text: ['concat(#text,#text)', 'substring(#text,1)', 'substring(#text,ID,2)', 'tolower(#text)', 'trim(#text)', 'cast(#number,Edm.String)', 'cast(#moment,Edm.String)', 'cast(#color,Edm.String)'],
  moment: ['(#moment add #span)', '(#moment sub #span)'],
  day: ['(#day add #span)', 'date(#moment)', 'cast(#text,Edm.Date)'],
  time: ['time(#moment)'],
  span: ['(#moment sub #moment)', '(#day sub #day)', '(#span add #span)', '(#span mul #number)', '(#span div #number)'],
  list: ['concat(#list,#list)', 'substring(#list,1)'],
  color: [],
  token: [],
}

/** Mostly well-typed filters: now and then an expression of another kind stands where one is needed. */
const expressions: fc.Arbitrary<string> = fc.letrec<Texts>((tie) => {
  const fill = (way: string): fc.Arbitrary<string> => {
    const parts = way.split(/#(\w+)/)
    const holes = parts.filter((_, index) => index % 2 === 1)
    const stranger = fc.constantFrom(...kinds.flatMap((kind) => anyOf[kind]))
    return fc.tuple(...holes.map((kind) => fc.oneof({ arbitrary: tie(kind as Kind), weight: 40 }, { arbitrary: stranger, weight: 1 }))).map((filled) => parts.map((part, index) => (index % 2 === 1 ? filled[(index - 1) / 2] : part)).join(''))
  }
  const ofKind = (kind: Kind): fc.Arbitrary<string> =>
    fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constantFrom(...anyOf[kind]), ...(waysTo[kind].length === 0 ? [] : [fc.constantFrom(...waysTo[kind]).chain(fill)]))
  return Object.fromEntries(kinds.map((kind) => [kind, ofKind(kind)])) as { [K in Kind]: fc.Arbitrary<string> }
}).flag

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
    }), { numRuns: 1000 })
  })

  it('is never refused by the evaluator for its types', () => {
    fc.assert(fc.property(expressions, (filter) => {
      const isBound = boundText(filter) !== undefined
      expect([filter, isBound && [row, {}].some((values) => fate(filter, values) === 'HUB_QUERY_TYPE')]).toEqual([filter, false])
    }), { numRuns: 1000 })
  })

  it('is bound once, however deep it is nested', () => {
    expect(boundText(`${'concat(trim('.repeat(20)}ShipName${"),'x')".repeat(20)} eq 'x'`)).toContain('ShipName')
  })

  it('may be a long chain', () => {
    for (const operator of ['or', 'and']) {
      const chain = Array.from({ length: 400 }, (_, index) => `ID eq ${index}`).join(` ${operator} `)
      expect(fate(chain, row)).toBe(operator === 'or')
    }
  })

  it('may have long chains within aliases within aliases', () => {
    const aliases = Array.from({ length: 8 }, (_, level) => `@a${level}=@a${level + 1} or ${Array.from({ length: 400 }, (_item, index) => `ID eq ${index}`).join(' or ')}`)
    const bound = optimize(bindUrl(`Orders?$filter=@a0&${aliases.slice(0, 7).join('&')}`))
    expect(printPlan(bound.plan)).toContain('ID eq 399')
    expect(bound.plan.kind === 'filter' ? compile(bound.plan.predicate, bound.columns)(bound.columns.map(({ name }) => row[name])) : undefined).toBe(true)
    expect(() => bindUrl(`Orders?$filter=@a0&${Array.from({ length: 12 }, (_, level) => `@a${level}=Paid or @a${level + 1}`).join('&')}`)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_LIMIT' }))
  })

  it('does not grow without end by aliases that name each other twice', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => `@a${index}=@a${index + 1} add @a${index + 1}`).join('&')
    expect(() => bindUrl(`Orders?$filter=@a0 eq 1&${doubling}`)).toThrow(expect.objectContaining({ code: 'HUB_QUERY_LIMIT' }))
  })

  it('prints as text that binds to the same', () => {
    fc.assert(fc.property(expressions, (filter) => {
      const text = boundText(filter)
      fc.pre(text !== undefined)
      expect(boundText(text ?? '')).toBe(text)
    }), { numRuns: 700 })
  })
})
