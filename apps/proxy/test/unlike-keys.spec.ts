import { csdlOf } from '../../../test/harness/odata-server-contract.js'
import { startODataServer, type ODataServer, type Row, type ServedProperty, type ServedSets } from '../../../test/harness/odata-server.js'
import { openDoor, type DataDoor } from './data-door.js'
import { endpointOf, productExposure } from './exposures.js'
import { valuesOf } from './shop.js'

const properties: readonly ServedProperty[] = [
  { name: 'ID', type: 'Edm.Int32', nullable: false }, { name: 'Text', type: 'Edm.String' }, { name: 'Short', type: 'Edm.Int16' }, { name: 'Number', type: 'Edm.Int32' },
  { name: 'Long', type: 'Edm.Int64' }, { name: 'Amount', type: 'Edm.Decimal' }, { name: 'Token', type: 'Edm.Guid' }, { name: 'TokenText', type: 'Edm.String' }, { name: 'Part', type: 'Edm.String' },
]

const guid = (index: number): string => `0000000${index}-ABCD-4000-8000-00000000000${index}`
const spellings: readonly ((text: string) => string)[] = [(text) => text.toLowerCase(), (text) => text.toUpperCase(), (text) => `{${text.toLowerCase()}}`, (text) => `{${text}}`, (text) => `{${text}`, (text) => ` ${text}`]

const rows: readonly Row[] = [0, 1, 2, 3, 4, 5].map((index) => ({
  ID: index + 1, Text: ['0', '1', '-2', '003', '+4', 'five'][index], Short: [0, 1, -2, 3, 4, null][index], Number: [0, 1, -2, 3, 4, 5][index],
  Long: ['0', '1', '-2', '3', '9007199254740993', null][index], Amount: ['0.00', '1.0', '-2', '3.50', '9007199254740993.0', '5'][index],
  Token: guid(index).toLowerCase(), TokenText: spellings[index]?.(guid(index)), Part: index < 3 ? 'a' : 'b',
})) as readonly Row[]

/** What a value is compared as: written out by hand, once for each type. */
const meaning: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  Text: (value) => (/^(0|-?[1-9]\d*)$/.test(String(value)) ? String(value) : undefined),
  Short: String, Number: String, Long: String,
  Amount: (value) => (/^-?\d+(\.0*)?$/.test(String(value)) ? String(value).replace(/\.0*$/, '') : undefined),
  Token: (value) => String(value).toLowerCase(),
  TokenText: (value) => /^(?:\{([\w-]{36})\}|([\w-]{36}))$/.exec(String(value))?.slice(1).find((part) => part !== undefined)?.toLowerCase(),
}

const equal = (left: Row, from: string, right: Row, to: string): boolean => {
  const [one, other] = [[left, from], [right, to]].map(([row, name]) => ((row as Row)[name as string] === null ? undefined : meaning[name as string]?.((row as Row)[name as string])))
  return one !== undefined && one === other
}

const pairs: readonly (readonly [string, string])[] = [
  ['Text', 'Number'], ['Number', 'Text'], ['Text', 'Long'], ['Long', 'Text'], ['Text', 'Amount'], ['Amount', 'Text'], ['Short', 'Text'],
  ['Short', 'Long'], ['Long', 'Amount'], ['Amount', 'Number'], ['Token', 'TokenText'], ['TokenText', 'Token'],
]

const sets = (name: string): ServedSets => ({ [name]: { entityType: name.slice(0, -1), key: ['ID'], properties, rows } })

const idsOf = (row: Readonly<Record<string, unknown>>, name: string): readonly unknown[] => (row[name] as readonly Row[]).map(({ ID }) => ID)

describe('keys of unlike types', () => {
  let left: ODataServer
  let right: ODataServer
  let door: DataDoor

  beforeAll(async () => {
    left = await startODataServer({ sets: sets('Lefts'), namespace: 'L' })
    right = await startODataServer({ sets: sets('Rights'), namespace: 'R' })
    door = await openDoor()
    const names = [...pairs.map(([from, to]) => `${from}To${to}`), 'Composite']
    const joined: ServedSets = {
      Lefts: { ...sets('Lefts')['Lefts'], navigation: names.map((name) => ({ name, target: 'Rights', collection: true })) } as ServedSets[string],
      Rights: sets('Rights')['Rights'] as ServedSets[string],
    }
    const relationships = [
      ...pairs.map(([from, to]) => ({ from: 'Lefts', name: `${from}To${to}`, to: 'Rights', toMany: true, on: [{ from, to }] })),
      { from: 'Lefts', name: 'Composite', to: 'Rights', toMany: true, on: [{ from: 'Text', to: 'Long' }, { from: 'Part', to: 'Part' }, { from: 'Token', to: 'TokenText' }] },
    ]
    door.catalog.put(productExposure('pair', csdlOf(joined, 'Pair'), {
      endpointOfSet: { Lefts: endpointOf('left', left.url, csdlOf(sets('Lefts'), 'L')), Rights: endpointOf('right', right.url, csdlOf(sets('Rights'), 'R')) }, relationships,
    }))
  })
  afterAll(async () => {
    await door.stop()
    await Promise.all([left.stop(), right.stop()])
  })

  it.each(pairs)('join by value: %s with %s', async (from, to) => {
    const name = `${from}To${to}`
    const found = valuesOf(await door.json(`/odata/pair/Lefts?$select=ID&$expand=${name}($select=ID;$orderby=ID)&$orderby=ID`))
    expect(found.map((row) => idsOf(row, name))).toEqual(rows.map((one) => rows.filter((other) => equal(one, from, other, to)).map(({ ID }) => ID)))
    expect(found.some((row) => idsOf(row, name).length > 0)).toBe(true)
  })

  it.each(pairs)('filter by value: %s with %s', async (from, to) => {
    for (const [some, filter] of [[true, `${from}To${to}/any()`], [false, `not ${from}To${to}/any()`], [true, `${from}To${to}/any(r:r/ID gt 0)`]] as const) {
      const found = valuesOf(await door.json(`/odata/pair/Lefts?$select=ID&$filter=${filter}&$orderby=ID`))
      expect(found.map(({ ID }) => ID)).toEqual(rows.filter((one) => rows.some((other) => equal(one, from, other, to)) === some).map(({ ID }) => ID))
    }
  })

  it('join by several at once', async () => {
    const found = valuesOf(await door.json('/odata/pair/Lefts?$select=ID&$expand=Composite($select=ID)&$orderby=ID'))
    const expected = rows.map((one) => rows.filter((other) => equal(one, 'Text', other, 'Long') && one['Part'] === other['Part'] && equal(one, 'Token', other, 'TokenText')).map(({ ID }) => ID))
    expect(found.map((row) => idsOf(row, 'Composite'))).toEqual(expected)
    expect(expected.flat().length).toBeGreaterThan(1)
  })

  it('ask a source for the values of its own type, and never for text in spellings that cannot be known', async () => {
    right.requests.length = 0
    await door.json('/odata/pair/Lefts?$expand=TextToNumber&$orderby=ID')
    const [byNumber] = right.requests.flatMap(({ options }) => options['$filter'] ?? [])
    expect(byNumber).toBe('Number in (0,1,-2)')
    right.requests.length = 0
    await door.json('/odata/pair/Lefts?$expand=TokenToTokenText&$orderby=ID')
    expect(right.requests.flatMap(({ options }) => (options['$filter'] ?? '').includes('TokenText') ? [options] : [])).toEqual([])
  })
})
