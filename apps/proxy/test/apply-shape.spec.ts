import { openOrchard, type Orchard } from './orchard.js'

const url = (query: string): string => `/odata/orchard/${query}`.replaceAll(' ', '%20')
const exact = { accept: 'application/json;IEEE754Compatible=true' }
const full = { accept: 'application/json;odata.metadata=full' }
const none = { accept: 'application/json;odata.metadata=none' }

describe('the shape of what $apply gives', () => {
  let orchard: Orchard
  beforeAll(async () => {
    orchard = await openOrchard()
  })
  afterAll(() => orchard.stop())

  const context = async (query: string): Promise<string> => String((await orchard.door.json(url(query)))['@odata.context']).split('$metadata#')[1] ?? ''
  const rows = async (query: string, headers?: Readonly<Record<string, string>>): Promise<readonly unknown[]> => (await orchard.door.json(url(query), headers))['value'] as readonly unknown[]

  it.each([
    ['Deliveries?$apply=aggregate(Paid with sum as Total,$count as N)', 'Deliveries(Total,N)'],
    ['Deliveries?$apply=groupby((Farm/Land,Fruit/Name),aggregate(Paid with sum as Total))', 'Deliveries(Farm(Land),Fruit(Name),Total)'],
    ['Deliveries?$apply=groupby((Fruit),aggregate($count as N))', 'Deliveries(Fruit(),N)'],
    ['Deliveries?$apply=filter(Crates gt 1)', 'Deliveries'],
    ['Deliveries?$apply=compute(Crates mul 2 as Twice)', 'Deliveries(*,Twice)'],
    ['Deliveries?$apply=groupby((rollup(Farm/Land,Farm/Title)),aggregate($count as N))', 'Deliveries(Farm(Land),N)'],
    ['Deliveries?$apply=groupby((rollup($all,FruitCode)),aggregate($count as N))', 'Deliveries(N)'],
    ['Deliveries?$apply=concat(aggregate(Paid with sum as A),aggregate(Paid with max as B))', 'Deliveries(@Core.AnyStructure)'],
    ['Deliveries?$apply=concat(identity,aggregate(Paid with sum as Paid2))', 'Deliveries(@Core.AnyStructure)'],
    ['Farms?$apply=addnested(Deliveries,filter(Crates gt 4) as Large)', 'Farms(Large())'],
    ['Farms?$apply=addnested(Deliveries,groupby((Fruit/Name)) as Kinds)', 'Farms(Kinds(Fruit(Name)))'],
    ['Deliveries?$apply=nest(groupby((FruitCode)) as Fruits)', 'Deliveries(Fruits(FruitCode))'],
    ['Deliveries?$apply=groupby((FruitCode),aggregate($count as N))&$select=N', 'Deliveries(N)'],
  ])('%s has the context %s', async (query, expected) => expect(await context(query)).toBe(expected))

  it('says of what type properties are that no model declares, where JSON does not show it', async () => {
    expect(await rows('Deliveries?$apply=groupby((Farm/Land),aggregate(Paid with sum as P,Day with max as Last,Fruit/Name with max as Name))&$filter=Farm/Land eq \'FR\'', exact)).toEqual([
      { 'Farm': { Land: 'FR' }, 'P@odata.type': '#Decimal', 'P': '15.25', 'Last@odata.type': '#Date', 'Last': '2024-03-03', 'Name': 'Plum' },
    ])
    expect(await rows('Deliveries?$apply=filter(No eq 7)/compute(Crates mul 2 as Twice)&$select=No,Twice')).toEqual([{ No: 7, Twice: null }])
    expect(await rows('Deliveries?$filter=No eq 1&$compute=Crates mul 2 as Twice&$select=No,Twice')).toEqual([{ 'No': 1, 'Twice@odata.type': '#Int64', 'Twice': 10 }])
    expect((await orchard.door.json(url('Deliveries(1)?$compute=Crates mul 2 as Twice&$select=Twice')))['Twice@odata.type']).toBe('#Int64')
    expect(await rows('Deliveries?$apply=groupby((rollup($all,FruitCode)),aggregate($count as N))&$filter=N eq 8', none)).toEqual([{ N: 8 }])
  })

  it('says of rows within rows what they are', async () => {
    expect(await rows('Farms?$apply=filter(Id eq \'f1\')/addnested(Deliveries,aggregate(Paid with sum as P) as Sums)&$select=Sums')).toEqual([
      { 'Sums@odata.context': '#Deliveries(P)', 'Sums': [{ 'P@odata.type': '#Decimal', 'P': 18.5 }] },
    ])
    const [joined] = await rows('Farms?$apply=filter(Id eq \'f2\')/join(Deliveries as D,topcount(1,Paid))&$select=Id&$expand=D')
    expect(joined).toEqual({ Id: 'f2', D: expect.objectContaining({ '@odata.context': '#Deliveries/$entity', 'No': 4 }) as unknown })
  })

  it('gives full metadata: rows that are no entities have a type and no id, entities have both', async () => {
    expect(await rows('Deliveries?$apply=groupby((Farm/Land),aggregate($count as N))&$filter=Farm/Land eq \'FR\'', full)).toEqual([
      { '@odata.type': '#Orchard.Delivery', '@odata.id': null, 'Farm': { Land: 'FR' }, 'N@odata.type': '#Decimal', 'N': 3 },
    ])
    const [kept] = await rows('Deliveries?$apply=topcount(1,Paid)&$select=No', full)
    expect(kept).toEqual(expect.objectContaining({ '@odata.type': '#Orchard.Delivery', '@odata.id': `${orchard.door.origin}/odata/orchard/Deliveries(6)`, 'No': 6 }))
    const [nested] = await rows('Farms?$apply=filter(Id eq \'f1\')/addnested(Deliveries,aggregate($count as N) as Counts)&$select=Id,Counts', full)
    expect(nested).toEqual(expect.objectContaining({ Id: 'f1', Counts: [{ 'N@odata.type': '#Decimal', 'N': 2 }] }))
  })

  it('counts and pages what it gives, each row once', async () => {
    const query = 'Farms?$apply=join(Deliveries as D)&$select=Id&$expand=D&$count=true'
    const found: string[] = []
    const counts: unknown[] = []
    let next: string | undefined = url(query)
    while (next !== undefined) {
      const body = await orchard.door.json(next, { prefer: 'odata.maxpagesize=2' })
      counts.push(body['@odata.count'])
      for (const row of body['value'] as readonly { readonly Id: string; readonly D: { readonly No: number } }[]) found.push(`${row.Id} ${row.D.No}`)
      next = body['@odata.nextLink'] as string | undefined
    }
    expect(counts).toEqual([7, 7, 7, 7])
    expect(found.toSorted()).toEqual(['f1 1', 'f1 2', 'f2 3', 'f2 4', 'f3 5', 'f3 6', 'f3 7'])
    expect(await (await orchard.door.get(url('Deliveries/$count?$apply=groupby((FruitCode))'))).text()).toBe('3')
  })

  it('says in $metadata what it transforms', async () => {
    const metadata = await (await orchard.door.get('/odata/orchard/$metadata')).text()
    expect(metadata).toContain('Org.OData.Aggregation.V1.ApplySupportedDefaults')
    for (const name of ['groupby', 'toppercent', 'outerjoin', 'traverse']) expect(metadata).toContain(`<String>${name}</String>`)
    expect(metadata).toContain('Org.OData.Aggregation.V1.RollupType/MultipleHierarchies')
  })

  it.each([
    ['Deliveries?$apply=aggregate(Forecast)', 501, 'custom aggregate Forecast'],
    ['Deliveries?$apply=aggregate(Guess as G)', 400, 'Guess'],
    ['Deliveries?$apply=aggregate(Paid with Market.median as M)', 501, 'Market.median'],
    ['Deliveries?$apply=Market.Best(Count=2)', 501, 'Market.Best'],
    ['Deliveries?$apply=groupby((Farm/Nowhere))', 400, 'Nowhere'],
    ['Deliveries?$apply=groupby((FruitCode),aggregate(Paid with sum as FruitCode))', 400, 'same name'],
    ['Deliveries?$apply=groupby((FruitCode))&$expand=Farm', 501, 'FarmId'],
    ['Farms?$apply=join(Deliveries as Title)', 400, 'Title'],
    ['Farms?$apply=groupby((rollup(Nowhere)))', 400, 'Nowhere'],
    ['Deliveries?$apply=groupby((FruitCode))/filter(Payed gt 1)', 400, 'Payed'],
    ['Deliveries?$apply=toppercent(0,Paid)', 400, 'above 0'],
    ['Deliveries?$apply=topsum(5,FarmId)', 400, 'a number'],
  ])('refuses %s with %i, naming %s', async (query, status, word) => {
    const response = await orchard.door.get(url(query))
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(word)])
  })
})
