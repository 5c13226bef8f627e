import { isDeepStrictEqual } from 'node:util'
import { readCsdl } from '@tributary/edm'
import { productExposure, serviceExposure, type Endpoint, type SealedConnection } from '@tributary/catalog'
import { addDecimals } from '@tributary/plan'
import { csdlOf } from '../../../test/harness/odata-server-contract.js'
import { startODataServer, type Behaviour, type ODataServer, type Row, type ServedSets } from '../../../test/harness/odata-server.js'
import { openDoor, type DataDoor } from './data-door.js'

const lands = ['DE', 'FR', null, 'de']
const orderRows: readonly Row[] = Array.from({ length: 240 }, (_, index) => ({
  ID: index + 1, Buyer: `b${index % 12}`, Region: lands[index % 4] ?? null, Amount: index % 12 === 2 ? null : `${index % 7}.${(index % 9) + 1}`, Size: (index * 7) % 11, Day: `2024-01-${String((index % 28) + 1).padStart(2, '0')}`,
}))
const orders: ServedSets = {
  Orders: {
    key: ['ID'], rows: orderRows,
    properties: [
      { name: 'ID', type: 'Edm.Int32', nullable: false }, { name: 'Buyer', type: 'Edm.String', nullable: false }, { name: 'Region', type: 'Edm.String' }, { name: 'Amount', type: 'Edm.Decimal' },
      { name: 'Size', type: 'Edm.Int32', nullable: false }, { name: 'Day', type: 'Edm.Date', nullable: false },
    ],
  },
}
const buyers: ServedSets = {
  Buyers: { key: ['ID'], rows: Array.from({ length: 12 }, (_, index) => ({ ID: `b${index}`, Country: ['DE', 'FR', 'IT'][index % 3] ?? null })), properties: [{ name: 'ID', type: 'Edm.String', nullable: false }, { name: 'Country', type: 'Edm.String' }] },
}

// ── A source that groups, written as one would be: rows, a filter of a few forms, groups ─────────────────────────────

type Test = (row: Row) => boolean

function testOf(text: string): Test {
  const keys = /^ID in \(([\d,]+)\)$/.exec(text)?.[1]?.split(',') ?? (/^ID eq \d+(?: or ID eq \d+)*$/.test(text) ? text.match(/\d+/g) : undefined)
  if (keys !== undefined && keys !== null) return (row) => keys.includes(String(row['ID']))
  const larger = /^Size gt (\d+)$/.exec(text)?.[1]
  if (larger !== undefined) return (row) => Number(row['Size']) > Number(larger)
  throw new Error(`the source does not know ${text}`)
}

interface Wrong {
  /** Adds as doubles. */
  readonly doubles?: boolean
  /** Sums of nothing are 0. */
  readonly zeros?: boolean
  /** Groups texts without case. */
  readonly folds?: boolean
}

function measure(rows: readonly Row[], what: string, { doubles = false, zeros = false }: Wrong): unknown {
  if (what === '$count') return rows.length
  const [name = '', , method] = what.split(' ')
  const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined)
  const compare = (a: unknown, b: unknown): number => (name === 'Day' || name === 'Buyer' || name === 'Region' ? (String(a) < String(b) ? -1 : 1) : Number(a) - Number(b))
  switch (method) {
    case 'sum': {
      if (values.length === 0) return zeros ? '0' : null
      return doubles ? values.reduce<number>((sum, value) => sum + Number(value), 0) : values.reduce<string>((sum, value) => addDecimals(sum, value as string), '0')
    }
    case 'min': return values.toSorted(compare)[0] ?? null
    case 'max': return values.toSorted(compare).at(-1) ?? null
    case 'countdistinct': return new Set(values.map(String)).size
    default: throw new Error(`the source does not know ${what}`)
  }
}

function applied(text: string, wrong: Wrong = {}): readonly object[] {
  const [, filter, groups, measures] = /^(?:filter\((.*?)\)\/)?groupby\(\(([\w,]+)\)(?:,aggregate\((.*)\))?\)$/.exec(text) ?? []
  if (groups === undefined) throw new Error(`the source does not know ${text}`)
  const names = groups.split(',')
  const rows = filter === undefined ? orderRows : orderRows.filter(testOf(filter))
  const keyOf = (row: Row): string => JSON.stringify(names.map((name) => (wrong.folds === true && typeof row[name] === 'string' ? row[name].toLowerCase() : row[name])))
  // In an order that is nobody's.
  const made = [...Map.groupBy(rows, keyOf).values()].toReversed()
  return made.map((group) => Object.fromEntries([
    ...names.map((name) => [name, group[0]?.[name] ?? null]), ...(measures ?? '').split(',').filter((one) => one !== '').map((one) => {
      const [what = '', alias = ''] = one.split(' as ')
      return [alias, measure(group, what, wrong)]
    }),
  ]))
}

const declared = (sets: ServedSets): string => csdlOf(sets, 'Test').replace('</EntityContainer>', '<Annotation Term="Org.OData.Aggregation.V1.ApplySupported"/></EntityContainer>')
const endpoint = (slug: string, url: string, contract: string): Endpoint => ({ slug, kind: 'odata', url, model: readCsdl(contract), connection: 'open' as SealedConnection, identity: `${slug}@${url}` })
const sorted = (rows: unknown): unknown => (Array.isArray(rows) ? rows.map((row: object) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.includes('@')))).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : rows)

const rowsOf = async (door: DataDoor, path: string): Promise<unknown> => sorted((await door.json(`/odata/${path}`.replaceAll(' ', '%20')))['value'])
const appliesOf = ({ requests }: ODataServer): readonly string[] => requests.map(({ options }) => options['$apply'] ?? '').filter((text) => text !== '')

const twice = (rows: readonly object[]): readonly object[] => [...rows, ...rows.slice(0, 1)]

type Verdict = 'right' | 'wrong' | 'named' | 'unnamed' | 'broken off'

/** A well-formed answer is the right one, or there is none. */
async function verdictOf(door: DataDoor, path: string, right: unknown): Promise<Verdict> {
  const response = await door.get(`/odata/${path}`.replaceAll(' ', '%20')).catch(() => undefined)
  const text = await response?.text().catch(() => undefined)
  if (response === undefined || text === undefined) return 'broken off'
  if (response.status !== 200) return /HUB_SOURCE_(?:CHANGED|FAILED|INVALID|UNREACHABLE)/.test(text) ? 'named' : 'unnamed'
  const rows = parsedRows(text)
  return rows === undefined ? 'broken off' : isDeepStrictEqual(sorted(rows), right) ? 'right' : 'wrong'
}

function parsedRows(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly value: unknown }).value
  } catch {
    return undefined
  }
}

const honest: readonly Verdict[] = ['right', 'named', 'broken off']

describe('groups that a source makes', () => {
  const servers: ODataServer[] = []
  const doors: DataDoor[] = []
  afterEach(async () => {
    await Promise.all([...doors.splice(0).map((door) => door.stop()), ...servers.splice(0).map((server) => server.stop())])
  })

  /** A service, and a product over it and another one; the reference declares nothing, so that it is asked for rows. */
  async function openWith(apply: Behaviour['apply'], contract = declared(orders)): Promise<{ readonly door: DataDoor; readonly facts: ODataServer }> {
    const facts = await startODataServer({ sets: orders, namespace: 'Test', behaviour: apply === undefined ? {} : { apply } })
    const master = await startODataServer({ sets: buyers, namespace: 'Test' })
    servers.push(facts, master)
    const door = await openDoor()
    doors.push(door)
    const own = endpoint('facts', facts.url, contract)
    door.catalog.put(serviceExposure({ slug: 'facts', name: 'Facts', revision: 1 }, own))
    door.catalog.put(productExposure({
      slug: 'trade', revision: 1, endpoints: new Map([['facts', own], ['master', endpoint('master', master.url, csdlOf(buyers, 'Test'))]]),
      definition: {
        name: 'Trade', entities: [{ name: 'Orders', service: 'facts', entitySet: 'Orders', rename: { Size: 'Stück' } }, { name: 'Buyers', service: 'master', entitySet: 'Buyers' }],
        relationships: [{ from: 'Orders', to: 'Buyers', name: 'Customer', on: [{ from: 'Buyer', to: 'ID' }] }],
      },
    }))
    await door.plane.prober.probe('facts')
    facts.requests.length = 0
    return { door, facts }
  }

  const queries = [
    ['facts/Orders?$apply=groupby((Region),aggregate(Amount with sum as Total,$count as N))', 'groupby((Region),aggregate(Amount with sum as Total,$count as N))'],
    ['facts/Orders?$apply=groupby((Buyer),aggregate(Size with average as Mean,Size with max as Most,Day with min as First))', 'groupby((Buyer),aggregate(Size with sum as part0,$count as part0n,Size with max as part1,Day with min as part2))'],
    ['facts/Orders?$apply=filter(Size gt 4)/groupby((Size,Region),aggregate(Day with countdistinct as Days))', 'filter(Size gt 4)/groupby((Size,Region),aggregate(Day with countdistinct as Days))'],
    ['facts/Orders?$apply=groupby((Region))', 'groupby((Region))'],
    ['facts/Orders?$apply=groupby((Region),aggregate(Amount with sum as Total))/filter(Total gt 100)&$orderby=Total desc&$top=2', 'groupby((Region),aggregate(Amount with sum as Total))'],
    ['trade/Orders?$apply=groupby((Customer/Country),aggregate(Amount with sum as Total,Stück with average as Mean,$count as N))', 'groupby((Buyer),aggregate(Amount with sum as part0,Size with sum as part1,$count as part1n,$count as part2))'],
    ['trade/Orders?$apply=groupby((Region,Customer/Country),aggregate(Stück with max as Most))&$orderby=Most desc,Region', 'groupby((Region,Buyer),aggregate(Size with max as part0))'],
  ] as const

  it.each(queries)('are what we make of its rows: %s', async (path, text) => {
    const { door, facts } = await openWith((asked) => applied(asked))
    const { door: plain } = await openWith(undefined, csdlOf(orders, 'Test'))
    expect(await rowsOf(door, path)).toEqual(await rowsOf(plain, path))
    expect(appliesOf(facts)).toEqual([text])
    expect(facts.requests).toHaveLength(1)
  })

  it.each<[string, Behaviour['apply'], string]>([
    ['it adds decimals as doubles', (asked) => applied(asked, { doubles: true }), queries[0][0]],
    ['its sums of nothing are zero', (asked) => applied(asked, { zeros: true }), queries[0][0]],
    ['it groups texts without case', (asked) => applied(asked, { folds: true }), queries[0][0]],
    ['it passes $apply over', undefined, queries[0][0]],
    ['it refuses', 'refuse', queries[5][0]],
  ])('are made here where experiments show that %s', async (_, apply, path) => {
    const { door, facts } = await openWith(apply)
    const { door: plain } = await openWith(undefined, csdlOf(orders, 'Test'))
    expect(await rowsOf(door, path)).toEqual(await rowsOf(plain, path))
    expect(appliesOf(facts)).toEqual([])
  })

  describe('that come in pages', () => {
    const grouped = [queries[1][0], queries[5][0]]

    it.each(['absolute', 'relative'] as const)('are read to the end, by %s links', async (nextLinks) => {
      const { door, facts } = await openWith((asked) => applied(asked))
      facts.behave({ apply: (asked) => applied(asked), pageSize: 2, nextLinks })
      const { door: plain } = await openWith(undefined, csdlOf(orders, 'Test'))
      for (const [path] of queries) {
        expect(await rowsOf(door, path)).toEqual(await rowsOf(plain, path))
      }
      expect(facts.requests.some(({ options }) => '$skiptoken' in options)).toBe(true)
      expect(facts.requests.every(({ options }) => '$apply' in options)).toBe(true)
    })

    /** What it does wrong, once experiments have shown that it could. */
    const lies: readonly (readonly [string, Behaviour])[] = [
      ['gives a group twice on one page', { apply: (asked) => twice(applied(asked)) }],
      ['gives a group twice, on two pages', { apply: (asked) => twice(applied(asked)), pageSize: 2 }],
      ['groups page by page', { apply: (asked) => [...applied(asked), ...applied(asked)], pageSize: 4 }],
      ['ends in the middle of a page', { apply: (asked) => applied(asked), fault: 'truncate' }],
      ['ends in the middle of its second page', { apply: (asked) => applied(asked), pageSize: 2, fault: 'truncate', faultFromPage: 1 }],
      ['fails at its second page', { apply: (asked) => applied(asked), pageSize: 2, fault: 'failure', faultFromPage: 1 }],
      ['leads back to its first page', { apply: (asked) => applied(asked), pageSize: 2, fault: 'loop', faultFromPage: 1 }],
      ['passes $apply over by now', { pageSize: 50 }],
      ['refuses by now', { apply: 'refuse' }],
      ['gives other members', { apply: (asked) => applied(asked).map((row) => ({ ...row, More: 1 })) }],
    ]

    it.each(lies)('are never wrong where a source %s', async (_, behaviour) => {
      const { door: plain } = await openWith(undefined, csdlOf(orders, 'Test'))
      for (const path of grouped) {
        const { door, facts } = await openWith((asked) => applied(asked))
        const right = await rowsOf(plain, path)
        facts.behave(behaviour)
        expect(honest).toContain(await verdictOf(door, path, right))
        facts.behave({ apply: (asked) => applied(asked), pageSize: 3 })
        expect(await rowsOf(door, path)).toEqual(right)
      }
    })

    it('are made here at once where the first page tells', async () => {
      const { door, facts } = await openWith((asked) => applied(asked))
      const { door: plain } = await openWith(undefined, csdlOf(orders, 'Test'))
      facts.behave({ apply: (asked) => twice(applied(asked)) })
      for (const path of grouped) {
        expect(await verdictOf(door, path, await rowsOf(plain, path))).toBe('right')
      }
      expect(appliesOf(facts)).toHaveLength(1)
    })

    it('are never wrong where rows changed while they were read', async () => {
      const { door, facts } = await openWith((asked) => applied(asked))
      const { door: plain } = await openWith(undefined, csdlOf(orders, 'Test'))
      // A row that came moves the groups on by one: the second page begins with what ended the first.
      let pages = 0
      facts.behave({ apply: (asked) => (pages++ === 0 ? applied(asked) : [{ Region: 'new', Total: '1', N: 1 }, ...applied(asked)]), pageSize: 2 })
      expect(honest).toContain(await verdictOf(door, queries[0][0], await rowsOf(plain, queries[0][0])))
      expect(pages).toBeGreaterThan(1)
    })

    it('of everything are one row, or made here', async () => {
      const everything = 'facts/Orders?$apply=aggregate(Size with sum as Total,$count as N)'
      const { door: plain } = await openWith(undefined, csdlOf(orders, 'Test'))
      const right = await rowsOf(plain, everything)
      for (const answer of [[], [{ Total: 3, N: 1 }, { Total: 4, N: 2 }]]) {
        const { door } = await openWith((asked) => (asked.startsWith('aggregate') ? answer : applied(asked)))
        expect(await verdictOf(door, everything, right)).toBe('right')
      }
    })
  })

  it('are not asked of a source whose contract says nothing of it', async () => {
    const { door, facts } = await openWith((asked) => applied(asked), csdlOf(orders, 'Test'))
    await rowsOf(door, queries[0][0])
    expect(appliesOf(facts)).toEqual([])
  })

  it('are made here once the source fails at what it could, and when it gives sums that no experiment has shown to be exact', async () => {
    let broken: 'refuse' | 'large' | undefined
    const { door, facts } = await openWith((asked) => applied(asked).map((row) => (broken === 'large' ? { ...row, Total: '9007199254740993' } : row)))
    const { door: plain } = await openWith(undefined, csdlOf(orders, 'Test'))
    const path = 'facts/Orders?$apply=groupby((Region),aggregate(Size with sum as Total))'
    broken = 'large'
    expect(await rowsOf(door, path)).toEqual(await rowsOf(plain, path))
    facts.behave({ apply: 'refuse' })
    expect(await rowsOf(door, queries[3][0])).toEqual(await rowsOf(plain, queries[3][0]))
    expect(appliesOf(facts).length).toBeGreaterThan(0)
    facts.requests.length = 0
    expect(await rowsOf(door, queries[3][0])).toEqual(await rowsOf(plain, queries[3][0]))
    expect(appliesOf(facts)).toEqual([])
  })
})
