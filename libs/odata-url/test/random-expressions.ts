import * as fc from 'fast-check'
import type { Expression } from '@tributary/odata-url'

/** Trees made by hand have no place in a text. */
export const span = Object.freeze({ start: 0, end: 0 })

/** Text with everything that could end a literal or an option. */
export const text = fc.string({ unit: fc.constantFrom('a', 'Z', '0', "'", '"', '%', '&', '+', '#', '/', '?', ';', ',', '(', ')', ' ', '=', '\\', '\t', 'é', '€', '😀'), maxLength: 8 })
const literal = (type: string, value: fc.Arbitrary<string>): fc.Arbitrary<Expression> =>
  value.map((decoded) => ({ kind: 'literal', type, text: decoded, span }) as Expression)

/** Literals of every type that a text can have. */
export const literals = fc.oneof(
  literal('Edm.String', text),
  literal('Edm.Boolean', fc.constantFrom('true', 'false')),
  literal('Edm.Int64', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  literal('Edm.Decimal', fc.constantFrom('0.10', '-3.140', '99999999999999999999.5')),
  literal('Edm.Double', fc.constantFrom('1e5', '-1.5e-7', 'INF', '-INF', 'NaN')),
  literal('Edm.Date', fc.constantFrom('2024-02-29', '-0044-03-15')),
  literal('Edm.TimeOfDay', fc.constantFrom('23:59', '00:00:00.123')),
  literal('Edm.DateTimeOffset', fc.constantFrom('2024-02-29T23:59:00+02:00', '1999-12-31T00:00Z')),
  literal('Edm.Duration', fc.constantFrom('P1DT2H', '-PT0.5S')),
  literal('Edm.Guid', fc.uuid()),
  literal('Edm.Binary', fc.constantFrom('', 'Zg==', 'Zm9v')),
  literal('Edm.Geography', fc.constant('SRID=4326;Point(1 -2.5)')),
  literal('null', fc.constant('')),
  fc.constantFrom('Red', 'Red,Green', '-5').map((members) => ({ kind: 'literal', type: 'enum', enumType: 'Shop.Color', text: members, span }) as Expression),
)

/** A property segment. */
export const property = (name: string) => ({ kind: 'property' as const, name, span })
/** A navigation segment. */
export const navigation = (name: string) => ({ kind: 'navigation' as const, name, span })
const path = (...segments: Extract<Expression, { kind: 'path' }>['segments']): Expression => ({ kind: 'path', root: { kind: 'implicit' }, segments, span })

const paths: fc.Arbitrary<Expression> = fc.constantFrom(
  path(property('ID')), path(property('Grösse')), path(navigation('Customer'), property('Name')), path(property('Address'), navigation('Country'), property('Code')),
  path({ kind: 'unknown', name: 'Colour', span }), path({ kind: 'cast', type: 'Shop.RushOrder', span }, property('Deadline')),
  path(navigation('Items'), { kind: 'count', span }), path(property('ID'), { kind: 'annotation', term: 'Shop.Note#q', span }),
  path(navigation('Items'), { kind: 'lambda', operator: 'any', span }),
  { kind: 'path', root: { kind: '$it' }, segments: [property('ID')], span }, { kind: 'path', root: { kind: '$root', set: 'Me' }, segments: [property('Name')], span },
  { kind: 'path', root: { kind: 'alias', name: 'p' }, segments: [{ kind: 'unknown', name: 'x', span }], span }, { kind: 'alias', name: 'q', span },
)

/** Expressions of every kind, against the shop's orders. */
export const { expression } = fc.letrec<{ expression: Expression; leaf: Expression }>((tie) => ({
  leaf: fc.oneof(literals, paths),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(fc.constantFrom('or', 'and', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'has', 'add', 'sub', 'mul', 'div', 'divby', 'mod'), tie('expression'), tie('expression'))
      .map(([operator, left, right]) => ({ kind: 'binary', operator, left, right, span }) as Expression),
    fc
      .tuple(tie('expression'), fc.array(fc.oneof(literals, fc.constant<Expression>({ kind: 'alias', name: 'l', span })), { maxLength: 4 }))
      .map(([left, items]) => ({ kind: 'binary', operator: 'in', left, right: { kind: 'list', items, span }, span }) as Expression),
    fc.tuple(fc.constantFrom('not', 'negate'), tie('expression')).map(([operator, operand]) => ({ kind: 'unary', operator, operand, span }) as Expression),
    fc.tuple(fc.constantFrom('concat', 'contains', 'substring', 'matchesPattern', 'geo.distance', 'frobnicate'), fc.array(tie('expression'), { minLength: 2, maxLength: 3 }))
      .map(([name, args]) => ({ kind: 'call', name, arguments: args, span }) as Expression),
    fc.tuple(tie('expression'), tie('expression')).map((args) => ({ kind: 'call', name: 'case', arguments: args, span }) as Expression),
    tie('expression').map((argument) => ({ kind: 'call', name: 'cast', arguments: [argument, { kind: 'typeName', name: 'Edm.String', collection: false, span }], span }) as Expression),
    tie('expression').map((predicate) => path(navigation('Items'), { kind: 'lambda', operator: 'all', variable: 'v', predicate, span })),
    tie('expression').map((filter) => path(navigation('Items'), { kind: 'count', filter, span })),
    tie('expression').map((value) => path({ kind: 'function', name: 'Shop.Total', arguments: [{ name: 'tax', value, span }], span })),
  ),
}))
