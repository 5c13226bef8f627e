import { deliveries } from './orchard.js'

/** A query of the orchard and its rows, computed by hand. `ordered`: they come in this order. */
export interface Computed {
  readonly query: string
  readonly rows: readonly unknown[]
  readonly ordered?: true
}

const computed = (query: string, ...rows: readonly unknown[]): Computed => ({ query, rows })
const inOrder = (query: string, ...rows: readonly unknown[]): Computed => ({ query, rows, ordered: true })

const numbers = (...given: readonly number[]): readonly unknown[] => given.map((No) => ({ No }))
/** All of a delivery, as JSON shows it. */
const whole = (No: number): object => ({ ...deliveries[No - 1], ...(deliveries[No - 1]?.['Paid'] === null ? {} : { Paid: Number(deliveries[No - 1]?.['Paid']) }) })
const farm = (Title: string | null, more: object): object => ({ Farm: { Title }, ...more })
const fruit = (Name: string, more: object): object => ({ Fruit: { Name }, ...more })

export const aggregations: readonly Computed[] = [
  computed('Deliveries?$apply=aggregate(Crates with sum as C,Paid with sum as P,$count as N)', { C: 22, P: 57, N: 8 }),
  computed('Deliveries?$apply=aggregate(Paid with max as Most,Paid with min as Least,Day with max as Last)', { Most: 11, Least: 4.25, Last: '2024-03-03' }),
  computed('Deliveries?$apply=filter(FarmId eq \'f2\')/aggregate(Crates with average as A)', { A: 3.5 }),
  computed('Deliveries?$apply=aggregate(FruitCode with countdistinct as F,FarmId with countdistinct as G)', { F: 3, G: 3 }),
  computed('Deliveries?$apply=filter(No gt 99)/aggregate(Paid with sum as P,$count as N)', { P: null, N: 0 }),
  computed('Deliveries?$apply=aggregate(Crates mul 2 with sum as Twice)', { Twice: 44 }),
  // paths along a navigation: each entity counts once
  computed('Deliveries?$apply=aggregate(Farm/Size with sum as S)', { S: 60 }),
  computed('Deliveries?$apply=aggregate(Farm/Size with average as S,Farm/$count as N)', { S: 20, N: 3 }),
  computed('Deliveries?$apply=aggregate(Farm with countdistinct as N)', { N: 3 }),
  // an expression is evaluated for each row
  computed('Deliveries?$apply=aggregate(Farm/Size add 0 with sum as S)', { S: 150 }),
  computed('Deliveries?$apply=aggregate(Crates mul Fruit/Vat with sum as V)', { V: 13 * 0.07 + 5 * 0.19 + 4 * 0.07 }),
  // collection-valued paths
  computed('Farms?$apply=aggregate(Deliveries/Paid with sum as P,Deliveries/$count as N,$count as F)', { P: 49.25, N: 7, F: 4 }),
  computed('Farms?$apply=filter(Land eq \'DE\')/aggregate(Deliveries/Crates with max as C)', { C: 5 }),
  computed('Farms?$apply=groupby((Land),aggregate(Deliveries/Paid with sum as P))', { Land: 'DE', P: 34 }, { Land: 'FR', P: 15.25 }, { Land: null, P: null }),
  computed('Fruits?$apply=groupby((Kind/Name),aggregate(Deliveries/$count as N))', { Kind: { Name: 'Pome' }, N: 5 }, { Kind: { Name: 'Stone' }, N: 3 }, { Kind: { Name: null }, N: 0 }),
  computed('Fruits?$apply=aggregate(Deliveries/Farm/Size with sum as S)', { S: 60 }),
  computed('Regions?$apply=aggregate(Farms/Deliveries/Crates with sum as C)', { C: 20 }),
  computed('Farms?$apply=aggregate(Deliveries/FruitCode with countdistinct as N)', { N: 3 }),
  // from
  computed('Deliveries?$apply=aggregate(Crates with sum from Day with max as Busiest)', { Busiest: 8 }),
  computed('Deliveries?$apply=aggregate(Paid with sum from FarmId with average as Mean)', { Mean: 14.25 }),
  computed('Deliveries?$apply=groupby((Farm/Land),aggregate(Crates with sum from Farm/Title with min as Least))', { Farm: { Land: 'DE' }, Least: 7 }, { Farm: { Land: 'FR' }, Least: 6 }, { Farm: { Land: null }, Least: 2 }),
  computed('Deliveries?$apply=aggregate(Crates with sum from Day,FruitCode with max from Day with min as M)', { M: 4 }),
]

export const groupings: readonly Computed[] = [
  computed('Deliveries?$apply=groupby((FruitCode))', { FruitCode: 'apple' }, { FruitCode: 'pear' }, { FruitCode: 'plum' }),
  computed('Deliveries?$apply=groupby((Fruit/Name),aggregate(Crates with sum as C))', fruit('Apple', { C: 13 }), fruit('Plum', { C: 5 }), fruit('Pear', { C: 4 })),
  computed('Deliveries?$apply=groupby((Farm/Land,Fruit/Name),aggregate($count as N))',
    { Farm: { Land: 'DE' }, Fruit: { Name: 'Apple' }, N: 2 }, { Farm: { Land: 'DE' }, Fruit: { Name: 'Plum' }, N: 1 }, { Farm: { Land: 'DE' }, Fruit: { Name: 'Pear' }, N: 1 },
    { Farm: { Land: 'FR' }, Fruit: { Name: 'Plum' }, N: 1 }, { Farm: { Land: 'FR' }, Fruit: { Name: 'Apple' }, N: 1 }, { Farm: { Land: 'FR' }, Fruit: { Name: 'Pear' }, N: 1 }, { Farm: { Land: null }, Fruit: { Name: 'Plum' }, N: 1 }),
  computed('Deliveries?$apply=groupby((Fruit/Kind/Name),aggregate(Paid with sum as P))', { Fruit: { Kind: { Name: 'Pome' } }, P: 37 }, { Fruit: { Kind: { Name: 'Stone' } }, P: 20 }),
  computed('Deliveries?$apply=groupby((Fruit),aggregate($count as N))&$select=Fruit,N',
    { Fruit: { Code: 'apple', Name: 'Apple', KindCode: 'P', Vat: 0.07 }, N: 3 }, { Fruit: { Code: 'plum', Name: 'Plum', KindCode: 'S', Vat: 0.19 }, N: 3 }, { Fruit: { Code: 'pear', Name: 'Pear', KindCode: 'P', Vat: 0.07 }, N: 2 }),
  computed('Deliveries?$apply=groupby((FruitCode),aggregate(Crates with sum as C))/filter(C gt 4)', { FruitCode: 'apple', C: 13 }, { FruitCode: 'plum', C: 5 }),
  computed('Deliveries?$apply=groupby((FruitCode),aggregate(Crates with sum as C)/compute(C mul 10 as Ten))', { FruitCode: 'apple', C: 13, Ten: 130 }, { FruitCode: 'plum', C: 5, Ten: 50 }, { FruitCode: 'pear', C: 4, Ten: 40 }),
  computed('Deliveries?$apply=groupby((FruitCode),aggregate(Crates with sum as C))/groupby((C))', { C: 13 }, { C: 5 }, { C: 4 }),
  computed('Deliveries?$apply=groupby((FruitCode,Day))/aggregate($count as N)', { N: 8 }),
  computed('Deliveries?$apply=groupby((Day,FarmId),aggregate(Paid with sum as P))/groupby((Day),aggregate(P with max as Best))', { Day: '2024-03-01', Best: 18.5 }, { Day: '2024-03-02', Best: 15.5 }, { Day: '2024-03-03', Best: 11 }),
  // any transformation for each group
  computed('Deliveries?$apply=groupby((FruitCode),topcount(1,Crates))&$select=No', ...numbers(1, 2, 4)),
  computed('Deliveries?$apply=groupby((Farm/Land),topcount(1,Paid))&$select=No,Farm', { No: 1, Farm: { Land: 'DE' } }, { No: 6, Farm: { Land: 'FR' } }, { No: 8, Farm: { Land: null } }),
  computed('Deliveries?$apply=groupby((FruitCode),filter(Crates gt 2)/aggregate($count as N))', { FruitCode: 'apple', N: 3 }, { FruitCode: 'plum', N: 0 }, { FruitCode: 'pear', N: 1 }),
  computed('Deliveries?$apply=groupby((FarmId),orderby(Crates desc)/top(1))/aggregate(Crates with sum as C)', { C: 5 + 4 + 5 + 2 }),
  computed('Deliveries?$apply=groupby((FruitCode),concat(aggregate($count as N),aggregate(Crates with max as M)))',
    { FruitCode: 'apple', N: 3 }, { FruitCode: 'apple', M: 5 }, { FruitCode: 'plum', N: 3 }, { FruitCode: 'plum', M: 2 }, { FruitCode: 'pear', N: 2 }, { FruitCode: 'pear', M: 4 }),
  computed('Deliveries?$apply=groupby((Farm/Land),groupby((Farm/Title),aggregate($count as N)))',
    { Farm: { Land: 'DE', Title: 'Alm' }, N: 2 }, { Farm: { Land: 'DE', Title: 'Berg' }, N: 2 }, { Farm: { Land: 'FR', Title: 'Clos' }, N: 3 }, { Farm: { Land: null, Title: null }, N: 1 }),
  computed('Deliveries?$apply=groupby((FruitCode),topcount(1,Crates))/groupby((Farm/Title),aggregate($count as N))', farm('Alm', { N: 2 }), farm('Berg', { N: 1 })),
  computed('Deliveries?$apply=groupby((FruitCode),compute(Crates div 2 as Half)/aggregate(Half with sum as H))', { FruitCode: 'apple', H: 5 }, { FruitCode: 'plum', H: 2 }, { FruitCode: 'pear', H: 2 }),
]

export const rollups: readonly Computed[] = [
  computed('Deliveries?$apply=groupby((rollup(Farm/Land,Farm/Title)),aggregate(Crates with sum as C))',
    { Farm: { Land: 'DE', Title: 'Alm' }, C: 7 }, { Farm: { Land: 'DE', Title: 'Berg' }, C: 7 }, { Farm: { Land: 'FR', Title: 'Clos' }, C: 6 }, { Farm: { Land: null, Title: null }, C: 2 },
    { Farm: { Land: 'DE' }, C: 14 }, { Farm: { Land: 'FR' }, C: 6 }, { Farm: { Land: null }, C: 2 }),
  computed('Deliveries?$apply=groupby((rollup($all,FruitCode)),aggregate(Paid with sum as P))', { FruitCode: 'apple', P: 27.8 }, { FruitCode: 'plum', P: 20 }, { FruitCode: 'pear', P: 9.2 }, { P: 57 }),
  computed('Deliveries?$apply=groupby((rollup($all,Farm/Land,Farm/Title)),aggregate($count as N))&$filter=N gt 3', { Farm: { Land: 'DE' }, N: 4 }, { N: 8 }),
  computed('Deliveries?$apply=groupby((FruitCode,rollup($all,Day)),aggregate($count as N))&$filter=N gt 1',
    { FruitCode: 'apple', N: 3 }, { FruitCode: 'plum', N: 3 }, { FruitCode: 'pear', N: 2 }),
  computed('Farms?$apply=groupby((rollup(Place)),aggregate(Size with sum as S))',
    { Land: 'DE', Title: 'Alm', S: 10 }, { Land: 'DE', Title: 'Berg', S: 20 }, { Land: 'FR', Title: 'Clos', S: 30 }, { Land: null, Title: 'Dune', S: 40 }, { Land: 'DE', S: 30 }, { Land: 'FR', S: 30 }, { Land: null, S: 40 }),
  computed('Deliveries?$apply=filter(Crates ge 4)/groupby((rollup(Fruit/Assortment)),aggregate(Crates with sum as C))',
    { Fruit: { Kind: { Name: 'Pome' }, Name: 'Apple' }, C: 10 }, { Fruit: { Kind: { Name: 'Pome' }, Name: 'Pear' }, C: 4 }, { Fruit: { Kind: { Name: 'Pome' } }, C: 14 }),
  computed('Deliveries?$apply=filter(FarmId eq \'f1\')/groupby((rollup($all,Day),rollup($all,FruitCode)),aggregate(Crates with sum as C))',
    { Day: '2024-03-01', FruitCode: 'apple', C: 5 }, { Day: '2024-03-01', FruitCode: 'plum', C: 2 }, { Day: '2024-03-01', C: 7 }, { FruitCode: 'apple', C: 5 }, { FruitCode: 'plum', C: 2 }, { C: 7 }),
  computed('Deliveries?$apply=groupby((rollup($all,FruitCode)),topcount(1,Crates))&$select=No', ...numbers(1, 2, 4, 1)),
]

export const selections: readonly Computed[] = [
  computed('Deliveries?$apply=topcount(2,Paid)&$select=No', ...numbers(6, 1)),
  computed('Deliveries?$apply=bottomcount(2,Paid)&$select=No', ...numbers(7, 5)),
  computed('Deliveries?$apply=topcount(1,Crates)&$select=No', ...numbers(1)),
  computed('Deliveries?$apply=topsum(12,Crates)&$select=No', ...numbers(1, 6, 4)),
  computed('Deliveries?$apply=topsum(10,Crates)&$select=No', ...numbers(1, 6)),
  computed('Deliveries?$apply=topsum(1000,Crates)&$select=No', ...numbers(1, 2, 3, 4, 5, 6, 7, 8)),
  computed('Deliveries?$apply=bottomsum(3,Crates)&$select=No', ...numbers(7, 5, 2)),
  computed('Deliveries?$apply=topsum(0,Crates)&$select=No'),
  computed('Deliveries?$apply=toppercent(50,Crates)&$select=No', ...numbers(1, 6, 4)),
  computed('Deliveries?$apply=toppercent(20,Paid)&$select=No', ...numbers(6, 1)),
  computed('Deliveries?$apply=bottompercent(10,Crates)&$select=No', ...numbers(7, 5, 2)),
  computed('Deliveries?$apply=toppercent(100,Crates)&$select=No', ...numbers(1, 2, 3, 4, 5, 6, 8)),
  computed('Deliveries?$apply=topcount($these/$count div 3,Paid)&$select=No', ...numbers(6, 1)),
  computed('Deliveries?$apply=groupby((FruitCode),aggregate(Crates with sum as C))/topcount(1,C)', { FruitCode: 'apple', C: 13 }),
  computed('Deliveries?$apply=groupby((FruitCode),aggregate(Crates with sum as C))/toppercent(60,C)', { FruitCode: 'apple', C: 13 }, { FruitCode: 'plum', C: 5 }),
  inOrder('Deliveries?$apply=orderby(Farm/Title desc,No)/skip(1)/top(3)&$select=No', ...numbers(6, 7, 3)),
  inOrder('Deliveries?$apply=top(2)&$select=No', ...numbers(1, 2)),
  inOrder('Deliveries?$apply=skip(6)&$select=No', ...numbers(7, 8)),
]

export const collectionValues: readonly Computed[] = [
  computed('Deliveries?$filter=Crates mul 5 ge $these/aggregate(Crates with sum)&$select=No', ...numbers(1, 6)),
  computed('Deliveries?$apply=filter(Paid gt $these/aggregate(Paid with average))&$select=No', ...numbers(1, 4, 6)),
  computed('Farms?$filter=Deliveries/aggregate(Crates with sum) gt 6&$select=Id', { Id: 'f1' }, { Id: 'f2' }),
  computed('Farms?$filter=Deliveries/aggregate(Paid with max) lt 10&$select=Id', { Id: 'f2' }),
  inOrder('Farms?$orderby=Deliveries/aggregate(Paid with sum) desc&$select=Id', { Id: 'f1' }, { Id: 'f2' }, { Id: 'f3' }, { Id: 'f4' }),
  computed('Farms?$compute=Deliveries/aggregate($count) as N&$select=Id,N', { Id: 'f1', N: 2 }, { Id: 'f2', N: 2 }, { Id: 'f3', N: 3 }, { Id: 'f4', N: 0 }),
  computed('Farms?$apply=compute(Deliveries/aggregate(Crates with sum) as C)/aggregate(C with max as Most)', { Most: 7 }),
  computed('Deliveries?$apply=compute(Crates mul 100 div $these/aggregate(Crates with sum) as Share)&$filter=Share gt 20&$select=No,Share', { No: 1, Share: (500 / 22) }, { No: 6, Share: (500 / 22) }),
]

export const structures: readonly Computed[] = [
  computed('Farms?$apply=join(Deliveries as D)&$select=Id,D&$expand=D',
    ...([['f1', 1], ['f1', 2], ['f2', 3], ['f2', 4], ['f3', 5], ['f3', 6], ['f3', 7]] as const).map(([Id, No]) => ({ Id, D: whole(No) }))),
  computed('Farms?$apply=outerjoin(Deliveries as D)/groupby((Title),aggregate(D/Crates with sum as C))', { Title: 'Alm', C: 7 }, { Title: 'Berg', C: 7 }, { Title: 'Clos', C: 6 }, { Title: 'Dune', C: null }),
  computed('Farms?$apply=join(Deliveries as D,topcount(1,Paid))/groupby((Title,D/Paid))', { Title: 'Alm', D: { Paid: 10.5 } }, { Title: 'Berg', D: { Paid: 9.2 } }, { Title: 'Clos', D: { Paid: 11 } }),
  computed('Farms?$apply=join(Deliveries as D)/groupby((D/Fruit/Name),aggregate(Size with max as S))', { D: { Fruit: { Name: 'Apple' } }, S: 30 }, { D: { Fruit: { Name: 'Plum' } }, S: 30 }, { D: { Fruit: { Name: 'Pear' } }, S: 30 }),
  computed('Farms?$apply=join(Deliveries as D)/filter(D/Crates gt 4)&$select=Id', { Id: 'f1' }, { Id: 'f3' }),
  computed('Farms?$apply=join(Deliveries as D)/aggregate($count as N)', { N: 7 }),
  computed('Farms?$apply=outerjoin(Deliveries as D)/aggregate($count as N)', { N: 8 }),
  computed('Farms?$apply=addnested(Deliveries,filter(Crates gt 4) as Large)&$select=Id,Large', ...(['f1', 'f2', 'f3', 'f4'].map((Id) => ({ Id, Large: Id === 'f1' ? [whole(1)] : Id === 'f3' ? [whole(6)] : [] })))),
  computed('Farms?$apply=addnested(Deliveries,aggregate(Paid with sum as P) as Sums)&$select=Title,Sums',
    { Title: 'Alm', Sums: [{ P: 18.5 }] }, { Title: 'Berg', Sums: [{ P: 15.5 }] }, { Title: 'Clos', Sums: [{ P: 15.25 }] }, { Title: 'Dune', Sums: [{ P: null }] }),
  computed('Farms?$apply=addnested(Deliveries,groupby((Fruit/Name)) as Kinds)&$select=Id,Kinds&$filter=Id eq \'f2\'', { Id: 'f2', Kinds: [{ Fruit: { Name: 'Apple' } }, { Fruit: { Name: 'Pear' } }] }),
  computed('Deliveries?$apply=nest(groupby((FruitCode)) as Fruits,aggregate($count as N) as Counts)', { Fruits: [{ FruitCode: 'apple' }, { FruitCode: 'plum' }, { FruitCode: 'pear' }], Counts: [{ N: 8 }] }),
  computed('Deliveries?$apply=groupby((Farm/Land),nest(topcount(1,Paid) as Best))&$filter=Farm/Land eq \'FR\'', { Farm: { Land: 'FR' }, Best: [whole(6)] }),
  computed('Farms?$apply=expand(Deliveries,filter(Crates gt 4))/filter(Land eq \'DE\')&$select=Id,Deliveries', { Id: 'f1', Deliveries: [whole(1)] }, { Id: 'f2', Deliveries: [] }),
  computed('Farms?$apply=expand(Deliveries,filter(Crates gt 2))/groupby((Land),aggregate(Deliveries/Crates with sum as C))', { Land: 'DE', C: 12 }, { Land: 'FR', C: 5 }, { Land: null, C: null }),
  computed('Deliveries?$apply=concat(topcount(1,Paid),aggregate(Paid with sum as Total))&$select=No,Total', { No: 6 }, { Total: 57 }),
  computed('Deliveries?$apply=concat(filter(Crates gt 4),filter(Crates lt 2))&$select=No', ...numbers(1, 5, 6)),
  computed('Deliveries?$apply=concat(filter(Crates gt 4),filter(Crates lt 2))/groupby((Farm/Title))', farm('Alm', {}), farm('Clos', {})),
]

const geo = '$root/Regions,Geo'
const regions = (...given: readonly string[]): readonly unknown[] => given.map((Code) => ({ Code }))
const region = (Code: string, Label: string, ParentCode: string | null): object => ({ Code, Label, ParentCode })
const europe = region('EU', 'Europe', null)
const germany = region('DE', 'Germany', 'EU')
const bavaria = region('BY', 'Bavaria', 'DE')
const france = region('FR', 'France', 'EU')
const asia = region('AS', 'Asia', null)

export const hierarchies: readonly Computed[] = [
  computed(`Regions?$apply=ancestors(${geo},Code,filter(Code eq 'BY'))&$select=Code`, ...regions('DE', 'EU')),
  computed(`Regions?$apply=ancestors(${geo},Code,filter(Code eq 'BY'),keep start)&$select=Code`, ...regions('BY', 'DE', 'EU')),
  computed(`Regions?$apply=ancestors(${geo},Code,filter(Code eq 'BY'),1)&$select=Code`, ...regions('DE')),
  computed(`Regions?$apply=descendants(${geo},Code,filter(Label eq 'Europe'))&$select=Code`, ...regions('DE', 'BY', 'FR')),
  computed(`Regions?$apply=descendants(${geo},Code,filter(Label eq 'Europe'),1,keep start)&$select=Code`, ...regions('EU', 'DE', 'FR')),
  computed(`Farms?$apply=descendants(${geo},RegionCode,filter(Id eq 'f2'),keep start)&$select=Id`, { Id: 'f1' }, { Id: 'f2' }),
  computed(`Farms?$apply=ancestors(${geo},Region/Code,filter(Id eq 'f1'))&$select=Id`, { Id: 'f2' }),
  inOrder(`Regions?$apply=traverse(${geo},Code,preorder,Code)&$select=Code`, ...regions('AS', 'EU', 'DE', 'BY', 'FR')),
  inOrder(`Regions?$apply=traverse(${geo},Code,postorder,Code desc)&$select=Code`, ...regions('FR', 'BY', 'DE', 'EU', 'AS')),
  inOrder(`Regions?$apply=descendants(${geo},Code,filter(Code eq 'EU'),keep start)/traverse(${geo},Code,preorder,Label desc)&$select=Code`, ...regions('EU', 'DE', 'BY', 'FR')),
  inOrder(`Farms?$apply=traverse(${geo},Region/Code,preorder,Code)&$select=Id,Region`, { Id: 'f2', Region: germany }, { Id: 'f1', Region: bavaria }, { Id: 'f3', Region: france }),
  computed(`Farms?$apply=groupby((rolluprecursive(${geo},Region/Code)),aggregate(Size with sum as S,$count as N))`,
    { Region: europe, S: 60, N: 3 }, { Region: germany, S: 30, N: 2 }, { Region: bavaria, S: 10, N: 1 }, { Region: france, S: 30, N: 1 }, { Region: asia, S: null, N: 0 }),
  computed(`Farms?$apply=groupby((rolluprecursive(${geo},RegionCode)),aggregate($count as N))&$filter=N ge 2`, { RegionCode: 'EU', N: 3 }, { RegionCode: 'DE', N: 2 }),
  computed(`Farms?$apply=groupby((rolluprecursive(${geo},Region/Code),Land),aggregate($count as N))&$filter=Region/Code eq 'EU'`, { Region: europe, Land: 'DE', N: 2 }, { Region: europe, Land: 'FR', N: 1 }),
  computed(`Regions?$apply=groupby((rolluprecursive(${geo},Code)),aggregate($count as N))&$select=Code,N`, { Code: 'EU', N: 4 }, { Code: 'DE', N: 2 }, { Code: 'BY', N: 1 }, { Code: 'FR', N: 1 }, { Code: 'AS', N: 1 }),
  computed(`Farms?$apply=groupby((rolluprecursive(${geo},Region/Code,descendants(${geo},Code,filter(Code eq 'DE'),keep start))),aggregate(Size with sum as S))`, { Region: germany, S: 30 }, { Region: bavaria, S: 10 }),
  computed(`Deliveries?$apply=groupby((rolluprecursive(${geo},Farm/Region/Code)),aggregate(Crates with sum as C))&$filter=C gt 6`, { Farm: { Region: europe }, C: 20 }, { Farm: { Region: germany }, C: 14 }, { Farm: { Region: bavaria }, C: 7 }),
  computed('Regions?$filter=Aggregation.isroot(HierarchyNodes=$root/Regions,HierarchyQualifier=\'Geo\',Node=Code)&$select=Code', ...regions('EU', 'AS')),
  computed('Regions?$filter=Aggregation.isleaf(HierarchyNodes=$root/Regions,HierarchyQualifier=\'Geo\',Node=Code)&$select=Code', ...regions('BY', 'FR', 'AS')),
  computed('Farms?$filter=Aggregation.isdescendant(HierarchyNodes=$root/Regions,HierarchyQualifier=\'Geo\',Node=RegionCode,Ancestor=\'DE\',IncludeSelf=true)&$select=Id', { Id: 'f1' }, { Id: 'f2' }),
  computed('Regions?$filter=Aggregation.isdescendant(HierarchyNodes=$root/Regions,HierarchyQualifier=\'Geo\',Node=Code,Ancestor=\'EU\',MaxDistance=1)&$select=Code', ...regions('DE', 'FR')),
  computed('Regions?$filter=Aggregation.isancestor(HierarchyNodes=$root/Regions,HierarchyQualifier=\'Geo\',Node=Code,Descendant=\'BY\')&$select=Code', ...regions('DE', 'EU')),
  computed('Regions?$filter=Aggregation.issibling(HierarchyNodes=$root/Regions,HierarchyQualifier=\'Geo\',Node=Code,Other=\'DE\')&$select=Code', ...regions('FR')),
]

export const afterApply: readonly Computed[] = [
  inOrder('Deliveries?$apply=groupby((FruitCode),aggregate(Crates with sum as C))&$orderby=C desc&$top=2', { FruitCode: 'apple', C: 13 }, { FruitCode: 'plum', C: 5 }),
  inOrder('Deliveries?$apply=groupby((FruitCode),aggregate(Crates with sum as C))&$orderby=C&$skip=1&$select=C', { C: 5 }, { C: 13 }),
  computed('Deliveries?$apply=filter(Crates gt 4)&$expand=Fruit($select=Name)&$select=No', { No: 1, Fruit: { Name: 'Apple' } }, { No: 6, Fruit: { Name: 'Apple' } }),
  computed('Deliveries?$apply=groupby((FruitCode),aggregate($count as N))&$expand=Fruit($select=Name)', { FruitCode: 'apple', N: 3, Fruit: { Name: 'Apple' } }, { FruitCode: 'plum', N: 3, Fruit: { Name: 'Plum' } }, { FruitCode: 'pear', N: 2, Fruit: { Name: 'Pear' } }),
  computed('Deliveries?$apply=groupby((FruitCode),aggregate($count as N))&$compute=N mul 2 as M&$filter=M eq 4', { FruitCode: 'pear', N: 2, M: 4 }),
  computed('Farms?$expand=Deliveries($apply=aggregate(Crates with sum as C))&$select=Id', { Id: 'f1', Deliveries: [{ C: 7 }] }, { Id: 'f2', Deliveries: [{ C: 7 }] }, { Id: 'f3', Deliveries: [{ C: 6 }] }, { Id: 'f4', Deliveries: [{ C: null }] }),
  computed('Farms?$expand=Deliveries($apply=groupby((Fruit/Name),aggregate($count as N));$orderby=Fruit/Name desc;$top=1)&$select=Id&$filter=Id eq \'f3\'', { Id: 'f3', Deliveries: [{ Fruit: { Name: 'Plum' }, N: 1 }] }),
  computed('Farms?$expand=Deliveries($apply=topcount(1,Paid);$filter=Crates gt 4)&$select=Id&$orderby=Id&$top=2', { Id: 'f1', Deliveries: [whole(1)] }, { Id: 'f2', Deliveries: [] }),
  computed('Deliveries?$apply=search(f2)&$select=No', ...numbers(3, 4)),
]
