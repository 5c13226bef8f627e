import * as fc from 'fast-check'
import {
  canonicalFunctions, dialect401, parseFilter, parseODataUrl, parseQueryOptions, parseResourcePath, printExpression, type Expression, type Span,
} from '@tributary/odata-url'
import { expression, literals } from './random-expressions.js'
import { order, shopNames } from './shop-names.js'
import { treeText } from './tree-text.js'
import { resourceText } from './url-text.js'
import { withoutSpans } from './without-spans.js'

const names = shopNames()
const printed = expression.map((tree) => printExpression(tree, dialect401))

/** Every octet of the text percent-encoded, whether it needs it or not. */
const encodedThroughout = (text: string): string =>
  [...new TextEncoder().encode(decodeURIComponent(text))].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('')

const read = (text: string): unknown => withoutSpans(parseFilter(text, names, order))
const forEach = (respelt: (text: string) => string): void => fc.assert(fc.property(printed, (text) => expect(read(respelt(text))).toEqual(read(text))))
/** Changes what stands outside of quotes. */
const outsideQuotes = (change: (part: string) => string) => (text: string): string => text.split("'").map((part, index) => (index % 2 === 0 ? change(part) : part)).join("'")
const upper = (word: string): string => word.toUpperCase()
const operators = /%20(?:or|and|eq|ne|lt|le|gt|ge|has|in|add|sub|mul|div|divby|mod)%20/g
const functions = /(?:concat|contains|substring|geo\.distance|case|cast)\(|not%20/g

const respellings: Readonly<Record<string, (text: string) => string>> = {
  'with every octet percent-encoded': encodedThroughout,
  'with nothing percent-encoded that need not be': (text) => text.replaceAll(/%(?:20|22|3C|3E|5B|5D|7B|7D|5C|5E|60|7C)/g, decodeURIComponent),
  'with a plus for each space': (text) => text.replaceAll('%20', '+'),
  'with more white space where some may stand': outsideQuotes((part) => part.replaceAll('%20', '%09+%20').replaceAll(',', '+,%20')),
  'with operators in capitals': outsideQuotes((part) => part.replaceAll(operators, upper)),
  'with functions in capitals': outsideQuotes((part) => part.replaceAll(functions, upper)),
  'in parentheses': (text) => `((%20(${text})%20))`,
}

describe('the same expression, spelt otherwise, is the same tree', () => {
  it.each(Object.keys(respellings))('%s', (name) => {
    expect(() => forEach(respellings[name]!)).not.toThrow()
  })

  it('as an option in any spelling of its name', () =>
    fc.assert(
      fc.property(printed, fc.constantFrom('$filter', 'filter', '%24filter', '$FILTER', 'Filter', '%24Filter'), (text, name) => {
        expect(withoutSpans(parseQueryOptions(`x=1&${name}=${text}&$top=1`, names, order).filter)).toEqual(withoutSpans(parseFilter(text, names, order)))
      }),
    ))
})

/** The operands that stand in the scope of the whole expression. */
function childrenInScope(tree: Expression): readonly Expression[] {
  if (tree.kind === 'binary') return [tree.left, tree.right]
  if (tree.kind === 'unary') return [tree.operand]
  return tree.kind === 'call' ? tree.arguments.filter(({ kind }) => kind !== 'typeName') : []
}

describe('right of in', () => {
  it.each(['null in (["Fred","George"]) eq true', 'ShipName in ["a","b"]', "ShipName in ('a','b')", 'ShipName in ([ShipName])'])('%s prints as what reads alike', (text) => {
    expect(read(printExpression(parseFilter(text, names, order), dialect401))).toEqual(read(text))
  })
})

describe('places', () => {
  it('cut out of the text the very node that they belong to', () => {
    const check = (text: string, tree: Expression): void => {
      const { start, end }: Span = tree.span
      if (tree.kind !== 'list') sameNode(text.slice(start, end), tree)
      for (const child of childrenInScope(tree)) {
        expect(child.span.start).toBeGreaterThanOrEqual(start)
        expect(child.span.end).toBeLessThanOrEqual(end)
        check(text, child)
      }
    }
    fc.assert(fc.property(printed, (text) => check(text, parseFilter(text, names, order))))
    expect(parseFilter('(ID) eq ( 1 )', names, order).span).toEqual({ start: 0, end: 13 })
  })

  it('do not move with what stands before the option', () => {
    fc.assert(
      fc.property(printed, fc.constantFrom('', 'a=%E2%82%AC&', '$top=1&x&'), (text, before) => {
        const { filter } = parseQueryOptions(`${before}$filter=${text}`, names, order)
        const alone = parseFilter(text, names, order)
        const shift = before.length + '$filter='.length
        expect(filter?.span).toEqual({ start: alone.span.start + shift, end: alone.span.end + shift })
      }),
    )
  })
})

function sameNode(text: string, tree: Expression): void {
  expect(treeText(parseFilter(text, names, order))).toBe(treeText(tree))
}

describe('canonical functions', () => {
  it.each([...canonicalFunctions.values()].filter(({ name }) => !['cast', 'isof', 'case'].includes(name)))('$name is known in any case', ({ name, least, most }) => {
    for (const count of new Set([least, most])) {
      const args = Array.from({ length: count }, () => 'ID').join(',')
      expect(treeText(parseFilter(`${name.toUpperCase()}(${args})`, names, order))).toBe(`${name}[${args.replaceAll(',', ', ')}]`)
    }
  })

  it('are those of the specification and of the aggregation extension, 37 of them', () => {
    expect([...canonicalFunctions.values()].map(({ name, least }) => `${name}/${least}`).toSorted()).toEqual([
      'case/2', 'cast/1', 'ceiling/1', 'concat/2', 'contains/2', 'date/1', 'day/1', 'endswith/2', 'floor/1', 'fractionalseconds/1', 'geo.distance/2', 'geo.intersects/2',
      'geo.length/1', 'hassubsequence/2', 'hassubset/2', 'hour/1', 'indexof/2', 'isdefined/1', 'isof/1', 'length/1', 'matchesPattern/2', 'maxdatetime/0', 'mindatetime/0', 'minute/1',
      'month/1', 'now/0', 'round/1', 'second/1', 'startswith/2', 'substring/2', 'time/1', 'tolower/1', 'totaloffsetminutes/1', 'totalseconds/1', 'toupper/1', 'trim/1', 'year/1',
    ])
  })
})

describe('keys', () => {
  it('may be literals of every type, wherever a key stands', () => {
    fc.assert(
      fc.property(literals, (literal) => {
        const text = printExpression(literal, dialect401).replaceAll('/', '%2F').replaceAll('?', '%3F')
        const expected = treeText(literal)
        expect(resourceText(parseResourcePath(`Orders(${text})`, names))).toBe(`entitySet Orders<positional ${expected}>`)
        expect(resourceText(parseResourcePath(`Orders(A=${text},B=${text})`, names))).toBe(`entitySet Orders<named A=${expected}, B=${expected}>`)
        const { options } = parseODataUrl('Customers', `$filter=Orders(${text})/ID eq 1`, names)
        expect(options.filter && treeText(options.filter)).toBe(`(->Orders<positional ${expected}>/ID eq Int64:1)`)
      }),
    )
  })
})
