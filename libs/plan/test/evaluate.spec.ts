import {
  binary, booleanType, call, cast, collectionOf, column, compile, type Column, dateTimeOffsetType, dateType, decimalType, doubleType, durationType, enumType, evaluate, type Expression, type FunctionName,
  inList, int32Type, int64Type, isof, lambda, literal, negate, not, nullType, stringType, structuredType, timeOfDayType, type Value, type ValueType, variable, primitiveType,
} from '@tributary/plan'

const text = (value: Value): Expression => literal(stringType, value)
const int = (value: Value): Expression => literal(int32Type, value)
const nothing = literal(nullType, null)
const yes = literal(booleanType, true)
const no = literal(booleanType, false)
const run = (expression: Expression, row: Readonly<Record<string, Value>> = {}): Value => evaluate(expression, row)
const fn = (name: FunctionName, ...given: readonly Expression[]): Value => run(call(name, stringType, ...given))

describe('logic with null', () => {
  const unknown = literal(booleanType, null)
  it.each<readonly [string, Expression, Value]>([
    ['true and null', binary('and', yes, unknown), null],
    ['false and null', binary('and', no, unknown), false],
    ['null and false', binary('and', unknown, no), false],
    ['true or null', binary('or', yes, unknown), true],
    ['null or true', binary('or', unknown, yes), true],
    ['null or false', binary('or', unknown, no), null],
    ['not null', not(unknown), null],
    ['null eq null', binary('eq', nothing, nothing), true],
    ['1 eq null', binary('eq', int(1), nothing), false],
    ['1 ne null', binary('ne', int(1), nothing), true],
    ['null lt 1', binary('lt', nothing, int(1)), false],
    ['not (null lt 1)', not(binary('lt', nothing, int(1))), true],
    ['null in (1,null)', inList(literal(int32Type, null), [int(1), nothing]), true],
    ['null in (1)', inList(literal(int32Type, null), [int(1)]), false],
    ['1 add null', binary('add', int(1), nothing, int32Type), null],
    ['-null', negate(int32Type, nothing), null],
    ['contains(null,x)', call('contains', booleanType, literal(stringType, null), text('x')), null],
    ['NaN eq NaN', binary('eq', literal(doubleType, Number.NaN), literal(doubleType, Number.NaN)), false],
    ['NaN lt 1', binary('lt', literal(doubleType, Number.NaN), literal(doubleType, 1)), false],
  ])('%s', (_, expression, value) => expect(run(expression)).toBe(value))
})

describe('text functions count code points', () => {
  it.each<readonly [FunctionName, readonly Expression[], Value]>([
    ['length', [text('a😀b')], 3],
    ['indexof', [text('😀😀b'), text('b')], 2],
    ['indexof', [text('abc'), text('x')], -1],
    ['indexof', [text('abc'), text('')], 0],
    ['substring', [text('a😀bc'), int(1), int(2)], '😀b'],
    ['substring', [text('abc'), int(-2)], 'bc'],
    ['substring', [text('abc'), int(-9), int(2)], 'ab'],
    ['substring', [text('abc'), int(9)], ''],
    ['contains', [text('Ernst'), text('rn')], true],
    ['contains', [text('Ernst'), text('RN')], false],
    ['startswith', [text('Ernst'), text('E')], true],
    ['endswith', [text('Ernst'), text('')], true],
    ['tolower', [text('ÀŞ')], 'àş'],
    ['toupper', [text('straße')], 'STRASSE'],
    ['trim', [text(' \t a b ')], 'a b'],
    ['concat', [text('a'), text('b')], 'ab'],
    ['matchesPattern', [text('Berlin'), text('^B.*n$')], true],
    ['matchesPattern', [text('Berlin'), text('er')], true],
  ])('%s %j', (name, given, value) => expect(fn(name, ...given)).toBe(value))

  it('matches patterns in linear time and refuses what cannot be', () => {
    expect(fn('matchesPattern', text('a'.repeat(5000)), text('(a+)+b'))).toBe(false)
    expect(() => compile(call('matchesPattern', booleanType, text('x'), text('(a)\\1')), [])).toThrow(expect.objectContaining({ code: 'HUB_QUERY_INVALID' }))
  })
})

describe('date and time functions look at the value in its own offset', () => {
  const moment = literal(dateTimeOffsetType, '2023-12-31T23:30:15.250+02:00')
  it.each<readonly [FunctionName, Expression, Value]>([
    ['year', moment, 2023], ['month', moment, 12], ['day', moment, 31], ['hour', moment, 23], ['minute', moment, 30], ['second', moment, 15], ['fractionalseconds', moment, '0.25'],
    ['date', moment, '2023-12-31'], ['time', moment, '23:30:15.25'], ['totaloffsetminutes', moment, 120],
    ['year', literal(dateType, '-0044-03-15'), -44], ['hour', literal(timeOfDayType, '07:05'), 7], ['fractionalseconds', literal(timeOfDayType, '07:05:00'), '0'],
    ['totalseconds', literal(durationType, '-P1DT1.5S'), '-86401.5'],
  ])('%s', (name, given, value) => expect(fn(name, given)).toBe(value))

  it('knows now', () => {
    const now = compile(binary('gt', call('now', dateTimeOffsetType), literal(dateTimeOffsetType, '2024-01-01T00:00:00Z')), [])
    expect(now([])).toBe(true)
    expect(run(binary('lt', call('mindatetime', dateTimeOffsetType), call('maxdatetime', dateTimeOffsetType)))).toBe(true)
  })
})

describe('rounding goes away from zero in the middle', () => {
  it.each<readonly [FunctionName, ValueType, Value, Value]>([
    ['round', decimalType, '2.5', '3'], ['round', decimalType, '-2.5', '-3'], ['round', decimalType, '2.4999999999999999999999', '2'], ['floor', decimalType, '-2.5', '-3'], ['ceiling', decimalType, '-2.5', '-2'],
    ['round', doubleType, 2.5, 3], ['round', doubleType, -2.5, -3], ['round', doubleType, 0.49999999999999994, 0], ['round', doubleType, Infinity, Infinity], ['floor', doubleType, -2.5, -3], ['ceiling', int32Type, 5, '5'],
  ])('%s of %j %j', (name, type, given, value) => expect(fn(name, literal(type, given))).toBe(value))
})

describe('casts', () => {
  it.each<readonly [ValueType, Value, ValueType, Value]>([
    [decimalType, '12.50', stringType, '12.5'], [stringType, '12.9', int32Type, 12], [stringType, 'x', int32Type, null], [decimalType, '300', primitiveType('Edm.Byte'), null],
    [int64Type, '9007199254740993', decimalType, '9007199254740993'], [int32Type, 1, doubleType, 1], [dateTimeOffsetType, '2024-01-01T23:00:00-05:00', dateType, '2024-01-01'],
    [dateType, '2024-01-01', dateTimeOffsetType, '2024-01-01T00:00:00Z'], [stringType, 'true', booleanType, true], [stringType, '2024-13-45', dateType, null], [booleanType, true, int32Type, null],
    [doubleType, Infinity, stringType, 'INF'], [stringType, null, int32Type, null],
  ])('%j %j as %j', (from, given, to, value) => expect(run(cast(literal(from, given), to))).toBe(value))

  it('tells types', () => {
    expect(run(isof(int(1), int32Type))).toBe(true)
    expect(run(isof(int(1), stringType))).toBe(false)
    expect(run(isof(literal(int32Type, null), int32Type))).toBe(false)
  })
})

describe('rows', () => {
  const address = structuredType('Shop.Address')
  const tags = collectionOf(stringType)
  const color = enumType('Shop.Color', new Map([['Red', 1n], ['Green', 2n], ['Blue', 4n]]))
  const columns: readonly Column[] = [{ name: 'Address', type: address }, { name: 'Tags', type: tags }, { name: 'Color', type: color }, { name: 'Stops', type: collectionOf(address) }]
  const row: readonly Value[] = [{ City: 'Bern', Geo: { Lat: 46.9 } }, ['a', 'b'], 'Red,Blue', [{ City: 'Bern' }, { City: null }]]
  const over = (expression: Expression): Value => compile(expression, columns)(row)
  const tag = variable(stringType, 't')

  it.each<readonly [string, Expression, Value]>([
    ['a path into a complex value', column(doubleType, 'Address', 'Geo', 'Lat'), 46.9],
    ['a path through nothing', column(stringType, 'Address', 'Street', 'No'), null],
    ['any', lambda('any', column(tags, 'Tags'), 't', binary('eq', tag, text('b'))), true],
    ['any without a predicate', lambda('any', column(tags, 'Tags'), ''), true],
    ['all', lambda('all', column(tags, 'Tags'), 't', binary('eq', tag, text('b'))), false],
    ['all of nothing', lambda('all', literal(tags, []), 't', no), true],
    ['any over complex items', lambda('any', column(collectionOf(address), 'Stops'), 's', binary('eq', variable(stringType, 's', 'City'), column(stringType, 'Address', 'City'))), true],
    ['all where one is null', lambda('all', column(collectionOf(address), 'Stops'), 's', binary('lt', variable(stringType, 's', 'City'), text('Z'))), false],
    ['nested lambdas', lambda('all', column(tags, 'Tags'), 't', lambda('any', column(tags, 'Tags'), 'u', binary('ne', tag, variable(stringType, 'u')))), true],
    ['has', binary('has', column(color, 'Color'), literal(color, 'Blue')), true],
    ['has not', binary('has', column(color, 'Color'), literal(color, 'Green')), false],
    ['has all', binary('has', column(color, 'Color'), literal(color, 'Red,Green')), false],
    ['an enumeration in a list', inList(column(color, 'Color'), [literal(color, '5')]), true],
    ['the number of items', call('length', int32Type, column(tags, 'Tags')), 2],
    ['a subset', call('hassubset', booleanType, column(tags, 'Tags'), literal(tags, ['b'])), true],
    ['a subset that has too many', call('hassubset', booleanType, column(tags, 'Tags'), literal(tags, ['b', 'b'])), false],
    ['a subsequence', call('hassubsequence', booleanType, column(tags, 'Tags'), literal(tags, ['b', 'a'])), false],
    ['a run of items', call('contains', booleanType, column(tags, 'Tags'), literal(tags, ['a', 'b'])), true],
    ['collections compared', binary('eq', column(tags, 'Tags'), literal(tags, ['a', 'b'])), true],
  ])('%s', (_, expression, value) => expect(over(expression)).toBe(value))

  it('refuses operands that do not go together, and a negative number of characters', () => {
    expect(() => evaluate(call('substring', stringType, text('abc'), int(1), int(-1)), {})).toThrow(expect.objectContaining({ code: 'HUB_QUERY_INVALID' }))
    expect(() => compile(binary('eq', text('a'), int(1)), [])).toThrow(expect.objectContaining({ code: 'HUB_QUERY_TYPE' }))
  })

  it('stops at the first operand that decides', () => {
    const division = binary('gt', binary('div', int(1), int(0), int64Type), int(0))
    expect(run(binary('and', no, division))).toBe(false)
    expect(run(binary('or', yes, division))).toBe(true)
  })
})
