import * as fc from 'fast-check'
import {
  binary, booleanType, call, castValue, collectionOf, column, type Column, compile, dateTimeOffsetType, dateType, decimalType, doubleType, enumType, equalValues, evaluate, expandedColumn, filtered, hashKey, inList, instance,
  int32Type, int64Type, lambda, literal, makeArray, makeObject, onlyIf, primitiveType, stringType, structuredType, timeOfDayType, untypedType, type Value, type ValueType, variable,
} from '@tributary/plan'

const place: ValueType = structuredType('Shop.Place', () => new Map<string, ValueType>([['City', stringType], ['Fee', decimalType], ['Since', dateTimeOffsetType], ['Tags', { ...collectionOf(stringType), unordered: true }], ['Inner', place]]))
const flags = enumType('Shop.Flags', new Map([['None', 0n], ['A', 1n], ['B', 2n], ['C', 4n]]), { flags: true, underlying: 'Edm.Byte' })
const color = enumType('Shop.Color', new Map([['Red', 0n], ['Blue', 5n]]), { underlying: 'Edm.Int32' })

const equal = (type: ValueType, a: Value, b: Value): boolean => {
  const same = equalValues(type, a, b)
  expect([a, b, hashKey([type], [a]) === hashKey([type], [b])]).toEqual([a, b, same])
  return same
}

describe('complex values', () => {
  it.each<readonly [Value, Value, boolean]>([
    [{ City: 'Bern', Fee: '5.00' }, { Fee: '5', City: 'Bern' }, true],
    [{ City: 'Bern', Fee: '5.00' }, { City: 'Bern', Fee: '5.01' }, false],
    [{ City: 'Bern' }, { City: 'Bern', Fee: null }, true],
    [{ City: 'Bern' }, { City: 'bern' }, false],
    [{ Since: '2024-01-01T01:00:00+01:00' }, { Since: '2024-01-01T00:00:00Z' }, true],
    [{ Tags: ['a', 'b'] }, { Tags: ['b', 'a'] }, true],
    [{ Tags: ['a', 'a'] }, { Tags: ['a', 'b'] }, false],
    [{ Inner: { Fee: '1.0' } }, { Inner: { Fee: '1' } }, true],
    [{ 'City': 'Bern', '@odata.type': '#Shop.Place' }, { City: 'Bern' }, true],
    [{ 'City': 'Bern', '@odata.type': '#Shop.Village' }, { City: 'Bern' }, false],
    [{ Other: { x: 1, y: 2 } }, { Other: { y: 2, x: 1 } }, true],
    [null, null, true],
    [null, {}, false],
  ])('%j eq %j: %s', (a, b, same) => expect(equal(place, a, b)).toBe(same))
})

describe('collections', () => {
  const numbers = collectionOf(decimalType)
  it.each<readonly [ValueType, Value, Value, boolean]>([
    [numbers, ['1.0', '2'], ['1', '2.00'], true],
    [numbers, ['1', '2'], ['2', '1'], false],
    [{ ...numbers, unordered: true }, ['1', '2'], ['2', '1.0'], true],
    [{ ...numbers, unordered: true }, ['1', '1', '2'], ['1', '2', '2'], false],
    [numbers, ['1', null], ['1', null], true],
    [numbers, [], [], true],
    [numbers, [], null, false],
  ])('%j: %j eq %j: %s', (type, a, b, same) => expect(equal(type, a, b)).toBe(same))

  it('are made of computed items, and looked for among others', () => {
    const pair = makeArray(collectionOf(stringType), [column(stringType, 'a'), column(stringType, 'b')])
    const pairs = [['John', 'Doe'], ['Jane', 'Smith']].map((names) => literal(collectionOf(stringType), names))
    expect(evaluate(inList(pair, pairs), { a: 'Jane', b: 'Smith' })).toBe(true)
    expect(evaluate(inList(pair, pairs), { a: 'Jane', b: 'Doe' })).toBe(false)
    expect(evaluate(makeObject(untypedType, new Map([['sum', binary('add', column(int32Type, 'a'), literal(int32Type, 1), int64Type)]])), { a: 2 })).toEqual({ sum: '3' })
  })

  it('are filtered in their order, of related rows too', () => {
    const rows: readonly Column[] = [expandedColumn('Lines', 'Shop.Line', { toMany: true, columns: [{ name: 'No', type: int32Type }, { name: 'Fee', type: decimalType }], visible: ['No'] }), { name: 'least', type: decimalType }]
    const lines = column({ name: 'Shop.Line', collection: true, base: 'structured' }, 'Lines')
    const dear = filtered(lines, 'l', binary('gt', variable(decimalType, 'l', 'Fee'), column(decimalType, 'least')))
    const row: readonly Value[] = [{ rows: [[1, '2.5'], [2, null], [3, '10']] }, '2']
    expect(compile(dear, rows)(row)).toEqual([[1, '2.5'], [3, '10']])
    expect(compile(call('length', int32Type, dear), rows)(row)).toBe(2)
    expect(compile(lambda('any', dear, 'd', binary('eq', variable(int32Type, 'd', 'No'), literal(int32Type, 2))), rows)(row)).toBe(false)
    expect(compile(lambda('all', dear, 'd', binary('ge', variable(decimalType, 'd', 'Fee'), literal(decimalType, '2'))), rows)(row)).toBe(true)
  })
})

const special = (operand: Value): Value => evaluate(instance(column(structuredType('Shop.Place'), 'x'), ['Shop.Village', 'Shop.Hamlet']), { x: operand })

describe('derived types', () => {
  it.each<readonly [Value, boolean]>([
    [{ '@odata.type': '#Shop.Village' }, true], [{ '@odata.type': 'http://host/$metadata#Shop.Hamlet' }, true], [{ '@type': '#Shop.Village' }, true], [{ '@odata.type': '#Shop.Town' }, false], [{ City: 'Bern' }, false],
    ['#Shop.Village', true], ['#Shop.Town', false], [null, false],
  ])('%j is one of them: %s', (value, expected) => expect(special(value)).toBe(expected))

  it('have their properties null in values of others', () => {
    const door = onlyIf(instance(column(stringType, '@odata.type'), ['Shop.Village']), column(int32Type, 'Door'))
    expect([evaluate(door, { '@odata.type': '#Shop.Village', 'Door': 3 }), evaluate(door, { '@odata.type': null, 'Door': 3 })]).toEqual([3, null])
  })
})

describe('casts', () => {
  it.each<readonly [Value, ValueType, ValueType, Value]>([
    ['A,C', flags, primitiveType('Edm.Byte'), 5], ['Blue', color, primitiveType('Edm.Byte'), 5], ['Blue', color, int64Type, '5'], ['A', flags, doubleType, null],
    [5, int32Type, color, 'Blue'], [4, int32Type, color, null], [6, int32Type, flags, 'B,C'], [0, int32Type, flags, 'None'], [9, int32Type, flags, '9'], [300, int32Type, flags, null],
    ['Blue', stringType, color, 'Blue'], ['5', stringType, color, 'Blue'], ['A,B', stringType, flags, 'A,B'], ['Red,Blue', stringType, color, null], ['Pink', stringType, color, null],
    ['2024-01-01T10:00:00', stringType, dateTimeOffsetType, '2024-01-01T10:00:00Z'], ['2024-01-01T10:00:00+02:00', stringType, dateTimeOffsetType, '2024-01-01T10:00:00+02:00'], ['2024-13-01', stringType, dateType, null],
    ['SRID=4326;Point(1 2)', stringType, primitiveType('Edm.Geography'), { type: 'Point', coordinates: [1, 2], crs: { type: 'name', properties: { name: 'EPSG:4326' } } }],
    [{ type: 'Point', coordinates: [1, 2] }, primitiveType('Edm.Geography'), stringType, 'SRID=4326;Point(1 2)'],
    ['AQI', stringType, primitiveType('Edm.Binary'), 'AQI'], ['A', stringType, primitiveType('Edm.Binary'), null],
    [['1.9', '-1.9', 'x'], collectionOf(stringType), collectionOf(int32Type), [1, -1, null]], ['1', stringType, collectionOf(stringType), null],
    [true, booleanType, int32Type, null], [1, int32Type, booleanType, null], ['true', stringType, booleanType, true], ['TRUE', stringType, booleanType, null],
    [1e300, doubleType, int64Type, null], ['9223372036854775807', int64Type, decimalType, '9223372036854775807'], ['9007199254740993', int64Type, doubleType, 9007199254740992], [-0.9, doubleType, primitiveType('Edm.Byte'), 0],
    [Number.NaN, doubleType, decimalType, null], ['2024-02-29T23:30:00-05:00', dateTimeOffsetType, timeOfDayType, '23:30:00'],
  ])('%j as %j to %j is %j', (...[value, from, to, expected]) => expect(castValue(value, from, to)).toEqual(expected))

  const samples: readonly (readonly [ValueType, readonly Value[]])[] = [
    [stringType, ['', '1', 'x', 'true', '2024-01-01', 'PT1S', 'Blue']], [booleanType, [true, false]], [int32Type, [0, -1, 255]], [int64Type, ['9223372036854775807']], [decimalType, ['0.1', '-1e30']], [doubleType, [0.5, Number.NaN, Infinity]],
    [primitiveType('Edm.Single'), [0.5]], [primitiveType('Edm.Byte'), [255]], [primitiveType('Edm.SByte'), [-128]], [primitiveType('Edm.Int16'), [-32_768]], [dateType, ['2024-02-29']], [timeOfDayType, ['23:59:59.5']],
    [dateTimeOffsetType, ['2024-02-29T23:59:59.5-05:00']], [primitiveType('Edm.Duration'), ['-P1DT2H']], [primitiveType('Edm.Guid'), ['A0000000-0000-0000-0000-000000000000']], [primitiveType('Edm.Binary'), ['AQI']],
    [primitiveType('Edm.Geography'), [{ type: 'Point', coordinates: [1, 2] }]], [color, ['Red', 'Blue']], [flags, ['A,B', '0']], [untypedType, [1, 'x', true, null, [1], { a: 1 }]], [collectionOf(int32Type), [[], [1, 2]]], [place, [{ City: 'Bern' }]],
  ]
  it.each(samples.map(([from, values]) => ({ from, values, name: from.name })))('of $name to any type give a value of that type or null, and never fail', ({ from, values }) => {
    for (const [to] of samples) {
      for (const value of values) {
        const made = castValue(value, from, to)
        expect([value, to.name, made, castValue(made, to, to)]).toEqual([value, to.name, made, made])
      }
    }
  })

  it('of texts that numbers give, give the numbers', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (number) => {
      expect(castValue(castValue(String(number), int64Type, stringType), stringType, int64Type)).toBe(String(number))
    }))
  })
})

const less = (a: Value, b: Value): Value => evaluate(binary('lt', column(untypedType, 'a'), column(untypedType, 'b')), { a, b })

describe('values of no declared type', () => {
  it.each<readonly [Value, ValueType, Value]>([
    [5, decimalType, '5'], [5.5, int32Type, 5], ['5.5', decimalType, '5.5'], ['x', decimalType, null], [' 5', decimalType, null], [5, stringType, '5'], [true, booleanType, true], ['true', booleanType, null], [1, booleanType, null],
    ['2024-01-01', dateTimeOffsetType, '2024-01-01T00:00:00Z'], ['2024-01-01', dateType, '2024-01-01'], [{ a: 1 }, stringType, null], [[1, '2'], collectionOf(decimalType), ['1', '2']], [null, decimalType, null],
  ])('%j is %j as %j', (value, to, expected) => expect(castValue(value, untypedType, to)).toEqual(expected))

  it('have an order among those of one kind only', () => {
    expect([less(1, 2), less('a', 'b'), less(1, 'a'), less('a', 1), less(false, true), less({}, {}), less(null, 1)]).toEqual([true, true, false, false, true, false, false])
  })
})

const valueOf = (type: ValueType, number: number | null): Value => (number === null || type === int32Type || type === doubleType ? number : type === decimalType ? `${number}.0` : String(number))
const holds = (type: ValueType, value: Value, ...given: readonly Value[]): Value => evaluate(inList(column(type, 'x'), given.map((item) => literal(type, item))), { x: value })

describe('lists of constants', () => {
  const items = fc.array(fc.oneof(fc.constant(null), fc.integer({ min: -3, max: 3 })), { minLength: 1, maxLength: 5 })
  it('are looked up as they are compared one by one', () => {
    const types = [int32Type, int64Type, decimalType, doubleType] as const
    fc.assert(fc.property(fc.constantFrom(...types), fc.constantFrom(...types), items, fc.oneof(fc.constant(null), fc.integer({ min: -3, max: 3 })), (of, type, given, value) => {
      const membership = inList(column(of, 'x'), given.map((number) => literal(number === null ? of : type, valueOf(type, number))))
      expect(evaluate(membership, { x: valueOf(of, value) })).toBe(given.includes(value))
    }))
  })

  it('hold texts, guids without case, and moments by instant', () => {
    expect([holds(stringType, 'a', 'A', 'a'), holds(stringType, 'a', 'A'), holds(stringType, null, 'A'), holds(stringType, null, null)]).toEqual([true, false, false, true])
    expect(holds(primitiveType('Edm.Guid'), 'A0000000-0000-0000-0000-000000000000', 'a0000000-0000-0000-0000-000000000000')).toBe(true)
    expect(holds(dateTimeOffsetType, '2024-01-01T01:00:00+01:00', '2024-01-01T00:00:00Z')).toBe(true)
    expect(holds(doubleType, Number.NaN, Number.NaN)).toBe(false)
  })
})

describe('case', () => {
  it('gives the result of the first condition that is true, and computes no other', () => {
    const divided = binary('div', literal(int32Type, 1), column(int32Type, 'x'), int64Type)
    const safe = call('case', int64Type, binary('ne', column(int32Type, 'x'), literal(int32Type, 0)), divided)
    expect([evaluate(safe, { x: 0 }), evaluate(safe, { x: 1 })]).toEqual([null, '1'])
  })
})
