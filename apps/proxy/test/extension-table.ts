/** A request of the aggregation extension's own examples over the sales, and what is published as its result. */
export interface Published {
  readonly query: string
  readonly rows: readonly unknown[]
  /** The order is part of the result. */
  readonly ordered?: true
  /** What the context URL says behind `#`. */
  readonly context?: string
}

const published = (query: string, context: string | undefined, ...rows: readonly unknown[]): Published => ({ query, rows, ...(context === undefined ? {} : { context }) })
const inOrder = (query: string, context: string | undefined, ...rows: readonly unknown[]): Published => ({ ...published(query, context, ...rows), ordered: true })

const sale = (ID: string, Amount: number): object => ({ ID, Amount })
const sales = (...given: readonly (readonly [string, number])[]): readonly object[] => given.map(([ID, Amount]) => sale(ID, Amount))
const country = (Country: string, more: object): object => ({ Customer: { Country }, ...more })
const customer = (ID: string, Name: string, Country: string): object => ({ ID, Name, Country })
const [joe, sue, otherSue, luc] = [customer('C1', 'Joe', 'USA'), customer('C2', 'Sue', 'USA'), customer('C3', 'Sue', 'Netherlands'), customer('C4', 'Luc', 'France')]
const product = (ID: string, Name: string, Color: string, TaxRate: number): object => ({ ID, Name, Color, TaxRate })
const [sugar, coffee, paper, pencil] = [product('P1', 'Sugar', 'White', 0.06), product('P2', 'Coffee', 'Brown', 0.06), product('P3', 'Paper', 'White', 0.14), product('P4', 'Pencil', 'Black', 0.14)]

/** Sections 3.2 and 3.3. */
export const basics: readonly Published[] = [
  published('Sales?$apply=aggregate(Amount with sum as Total,Amount with max as MxA)', 'Sales(Total,MxA)', { Total: 24, MxA: 8 }),
  published('Sales?$apply=aggregate(Amount mul Product/TaxRate with sum as Tax)', 'Sales(Tax)', { Tax: 2.08 }),
  published('Sales?$apply=aggregate(Amount with min as MinAmount)', 'Sales(MinAmount)', { MinAmount: 1 }),
  published('Sales?$apply=aggregate(Amount with average as AverageAmount)', 'Sales(AverageAmount)', { AverageAmount: 3 }),
  published('Sales?$apply=aggregate(Product with countdistinct as DistinctProducts)', 'Sales(DistinctProducts)', { DistinctProducts: 3 }),
  published('Sales?$apply=aggregate($count as SalesCount)', 'Sales(SalesCount)', { SalesCount: 8 }),
  published('Sales?$apply=aggregate(Amount with sum from Time with average as DailyAverage)', 'Sales(DailyAverage)', { DailyAverage: 24 / 7 }),
  published('Sales?$apply=groupby((Customer/Country,Product/Name),aggregate(Amount with sum as Total))', 'Sales(Customer(Country),Product(Name),Total)',
    country('Netherlands', { Product: { Name: 'Paper' }, Total: 3 }), country('Netherlands', { Product: { Name: 'Sugar' }, Total: 2 }), country('USA', { Product: { Name: 'Coffee' }, Total: 12 }), country('USA', { Product: { Name: 'Paper' }, Total: 5 }), country('USA', { Product: { Name: 'Sugar' }, Total: 2 })),
  published('Sales?$apply=groupby((Product/Name,Amount))', 'Sales(Product(Name),Amount)', ...([['Coffee', 4], ['Coffee', 8], ['Paper', 1], ['Paper', 2], ['Paper', 4], ['Sugar', 2]] as const).map(([Name, Amount]) => ({ Product: { Name }, Amount }))),
  published('Sales?$apply=groupby((rollup(Customer/Country,Customer/Name),rollup(Product/Category/Name,Product/Name)),aggregate(Amount with sum as Total))', 'Sales(Customer(Country),Product(Category(Name)),Total)',
    ...([
      ['USA', 'Joe', 'Non-Food', 'Paper', 1], ['USA', 'Joe', 'Food', 'Sugar', 2], ['USA', 'Joe', 'Food', 'Coffee', 4], ['USA', 'Sue', 'Food', 'Coffee', 8], ['USA', 'Sue', 'Non-Food', 'Paper', 4], ['Netherlands', 'Sue', 'Food', 'Sugar', 2], ['Netherlands', 'Sue', 'Non-Food', 'Paper', 3],
      ['USA', undefined, 'Food', 'Sugar', 2], ['USA', undefined, 'Food', 'Coffee', 12], ['USA', undefined, 'Non-Food', 'Paper', 5], ['Netherlands', undefined, 'Food', 'Sugar', 2], ['Netherlands', undefined, 'Non-Food', 'Paper', 3],
      ['USA', 'Joe', 'Food', undefined, 6], ['USA', 'Joe', 'Non-Food', undefined, 1], ['USA', 'Sue', 'Food', undefined, 8], ['USA', 'Sue', 'Non-Food', undefined, 4], ['Netherlands', 'Sue', 'Food', undefined, 2], ['Netherlands', 'Sue', 'Non-Food', undefined, 3],
      ['USA', undefined, 'Food', undefined, 14], ['USA', undefined, 'Non-Food', undefined, 5], ['Netherlands', undefined, 'Food', undefined, 2], ['Netherlands', undefined, 'Non-Food', undefined, 3],
    ] as const).map(([Country, Name, category, Product, Total]) => ({ Customer: { Country, ...(Name === undefined ? {} : { Name }) }, Product: { Category: { Name: category }, ...(Product === undefined ? {} : { Name: Product }) }, Total }))),
  published('Sales?$apply=bottomcount(2,Amount)', 'Sales', ...sales(['1', 1], ['7', 1])),
  published('Sales?$apply=topcount(2,Amount)', 'Sales', ...sales(['3', 4], ['4', 8])),
  published('Sales?$apply=bottompercent(50,Amount)', 'Sales', ...sales(['1', 1], ['2', 2], ['3', 4], ['6', 2], ['7', 1], ['8', 2])),
  published('Sales?$apply=toppercent(50,Amount)', 'Sales', ...sales(['3', 4], ['4', 8])),
  published('Sales?$apply=bottomsum(7,Amount)', 'Sales', ...sales(['1', 1], ['2', 2], ['6', 2], ['7', 1], ['8', 2])),
  published('Sales?$apply=topsum(15,Amount)', 'Sales', ...sales(['3', 4], ['4', 8], ['5', 4])),
  published('Sales?$apply=filter(Amount gt 3)', 'Sales', ...sales(['3', 4], ['4', 8], ['5', 4])),
  inOrder('Sales?$apply=groupby((Product/Name),aggregate(Amount with sum as Total))/orderby(Total desc)', 'Sales(Product(Name),Total)', { Product: { Name: 'Coffee' }, Total: 12 }, { Product: { Name: 'Paper' }, Total: 8 }, { Product: { Name: 'Sugar' }, Total: 4 }),
  inOrder('Sales?$apply=orderby(Customer/Name desc)/skip(2)/top(2)', 'Sales', ...sales(['6', 2], ['7', 1])),
  inOrder('Sales?$apply=orderby(Customer/Name desc)/top(2)', 'Sales', ...sales(['4', 8], ['5', 4])),
  published('Sales?$apply=topcount($these/$count div 3,Amount)', 'Sales', ...sales(['3', 4], ['4', 8])),
  published('Sales?$filter=Amount mul 3 ge $these/aggregate(Amount with sum)', 'Sales', sale('4', 8)),
]

/** Sections 3.4 and 3.5, and what is nested within results. */
export const structures: readonly Published[] = [
  published('Sales?$apply=compute(Amount mul Product/TaxRate as Tax)', 'Sales(*,Tax)', ...([['1', 1, 0.14], ['2', 2, 0.12], ['3', 4, 0.24], ['4', 8, 0.48], ['5', 4, 0.56], ['6', 2, 0.12], ['7', 1, 0.14], ['8', 2, 0.28]] as const).map(([ID, Amount, Tax]) => ({ ID, Amount, Tax }))),
  inOrder('Sales?$apply=concat(identity,aggregate(Amount with sum as Total))', 'Sales(@Core.AnyStructure)', ...sales(['1', 1], ['2', 2], ['3', 4], ['4', 8], ['5', 4], ['6', 2], ['7', 1], ['8', 2]), { Total: 24 }),
  published('Customers?$apply=addnested(Sales,filter(Amount gt 3) as FilteredSales)', 'Customers(FilteredSales())', { ...joe, FilteredSales: sales(['3', 4]) }, { ...sue, FilteredSales: sales(['4', 8], ['5', 4]) }, { ...otherSue, FilteredSales: [] }, { ...luc, FilteredSales: [] }),
  published('Products?$apply=join(Sales as Sale)&$select=ID&$expand=Sale', 'Products(ID,Sale())', ...([['P1', '2', 2], ['P1', '6', 2], ['P2', '3', 4], ['P2', '4', 8], ['P3', '1', 1], ['P3', '5', 4], ['P3', '7', 1], ['P3', '8', 2]] as const).map(([ID, id, Amount]) => ({ ID, Sale: sale(id, Amount) }))),
  published('Sales?$apply=nest(groupby((Customer/ID)) as Customers)', 'Sales(Customers(Customer(ID)))', { Customers: ['C1', 'C2', 'C3'].map((ID) => ({ Customer: { ID } })) }),
  published('Products?$expand=Sales($apply=aggregate(Amount with sum as Total))', 'Products(Sales(Total))', { ...coffee, Sales: [{ Total: 12 }] }, { ...paper, Sales: [{ Total: 8 }] }, { ...pencil, Sales: [{ Total: null }] }, { ...sugar, Sales: [{ Total: 4 }] }),
  published('Products?$apply=groupby((Name),aggregate(Sales/Amount with sum as Total))', 'Products(Name,Total)', { Name: 'Coffee', Total: 12 }, { Name: 'Paper', Total: 8 }, { Name: 'Pencil', Total: null }, { Name: 'Sugar', Total: 4 }),
  published('Products?$apply=addnested(Sales,aggregate(Amount with sum as Total) as AggregatedSales)', 'Products(AggregatedSales(Total))', { ...coffee, AggregatedSales: [{ Total: 12 }] }, { ...paper, AggregatedSales: [{ Total: 8 }] }, { ...pencil, AggregatedSales: [{ Total: null }] }, { ...sugar, AggregatedSales: [{ Total: 4 }] }),
  published('Products?$compute=Sales/aggregate(Amount with sum) as Total', 'Products(*,Total)', { ...coffee, Total: 12 }, { ...paper, Total: 8 }, { ...pencil, Total: null }, { ...sugar, Total: 4 }),
  published('Products?$apply=join(Sales as TotalSales,aggregate(Amount with sum as Total))/groupby((Name,TotalSales/Total))', 'Products(Name,TotalSales(Total))', { Name: 'Coffee', TotalSales: { Total: 12 } }, { Name: 'Paper', TotalSales: { Total: 8 } }, { Name: 'Pencil', TotalSales: { Total: null } }, { Name: 'Sugar', TotalSales: { Total: 4 } }),
  published('Sales?$apply=groupby((Customer/Country),aggregate(Amount with average as AverageAmount))', 'Sales(Customer(Country),AverageAmount)', country('Netherlands', { AverageAmount: 5 / 3 }), country('USA', { AverageAmount: 3.8 })),
  published('Products?$apply=groupby((Name),aggregate(Sales/$count as SalesCount))', 'Products(Name,SalesCount)', { Name: 'Coffee', SalesCount: 2 }, { Name: 'Paper', SalesCount: 4 }, { Name: 'Pencil', SalesCount: 0 }, { Name: 'Sugar', SalesCount: 2 }),
  published('Products?$filter=Sales/aggregate(Amount with sum) ge 8&$select=ID', 'Products(ID)', { ID: 'P2' }, { ID: 'P3' }),
  inOrder('Customers?$orderby=Sales/aggregate(Amount with sum) desc', 'Customers', sue, joe, otherSue, luc),
  published('Sales?$compute=Amount divby $these/aggregate(Amount with sum) as Contribution', 'Sales(*,Contribution)', ...([['1', 1], ['2', 2], ['3', 4], ['4', 8], ['5', 4], ['6', 2], ['7', 1], ['8', 2]] as const).map(([ID, Amount]) => ({ ID, Amount, Contribution: Amount / 24 }))),
  published('Sales?$apply=aggregate(Amount with sum from Time with average from Customer/Country with max as MaxDailyAveragePerCountry)', 'Sales(MaxDailyAveragePerCountry)', { MaxDailyAveragePerCountry: 4.75 }),
  published('Sales?$apply=groupby((Customer/Country),groupby((Time),aggregate(Amount with sum as D1))/aggregate(D1 with average as D2))/aggregate(D2 with max as MaxDailyAveragePerCountry)', 'Sales(MaxDailyAveragePerCountry)', { MaxDailyAveragePerCountry: 4.75 }),
  published('Sales?$apply=groupby((Customer/Country,Time),aggregate(Amount with sum as D1))/groupby((Customer/Country),aggregate(D1 with average as D2))/aggregate(D2 with max as MaxDailyAveragePerCountry)', 'Sales(MaxDailyAveragePerCountry)', { MaxDailyAveragePerCountry: 4.75 }),
  published('Categories?$apply=addnested(Products,addnested(Sales,filter(Amount gt 3) as FilteredSales) as FilteredProducts)', 'Categories(FilteredProducts())',
    { ID: 'PG1', Name: 'Food', FilteredProducts: [{ ...sugar, FilteredSales: [] }, { ...coffee, FilteredSales: sales(['3', 4], ['4', 8]) }] },
    { ID: 'PG2', Name: 'Non-Food', FilteredProducts: [{ ...paper, FilteredSales: sales(['5', 4]) }, { ...pencil, FilteredSales: [] }] }),
  published('Customers?$apply=outerjoin(Sales as ProductSales)/groupby((Country,ProductSales/Product/Name))', undefined,
    ...([['Netherlands', 'Paper'], ['Netherlands', 'Sugar'], ['USA', 'Coffee'], ['USA', 'Paper'], ['USA', 'Sugar']] as const).map(([Country, Name]) => ({ Country, ProductSales: { Product: { Name } } })), { Country: 'France', ProductSales: { Product: { Name: null } } }),
  published('Sales?$apply=groupby((Product/Category/ID),nest(groupby((Customer/ID)) as Customers))', 'Sales(Product(Category(ID)),Customers(Customer(ID)))', ...['PG1', 'PG2'].map((ID) => ({ Product: { Category: { ID } }, Customers: ['C1', 'C2', 'C3'].map((id) => ({ Customer: { ID: id } })) }))),
]

/** Section 3.6 to 3.8, casts, and what `$expand` asks of results. */
export const expressions: readonly Published[] = [
  published('Products?$filter=Sales/aggregate(Amount mul $it/TaxRate with sum) gt 1&$select=ID', 'Products(ID)', { ID: 'P3' }),
  published('Products?$filter=Sales/any(s:s/Amount ge Sales/aggregate(Amount with average) mul 2)&$select=ID', 'Products(ID)', { ID: 'P3' }),
  published('Categories?$filter=Products/any(p:p/Sales/aggregate(Amount with sum) gt 10)', 'Categories', { ID: 'PG1', Name: 'Food' }),
  published('Sales?$apply=aggregate(Amount with sum as Total)&$filter=isdefined(Product)', 'Sales(Total)'),
  published('Sales?$apply=groupby((rollup(Customer/Country,Customer/Name)),aggregate(Amount with sum as Total))&$filter=not isdefined(Customer/Name)', 'Sales(Customer(Country),Total)', country('Netherlands', { Total: 5 }), country('USA', { Total: 19 })),
  published('Sales?$apply=aggregate($count($filter=Amount gt 3) as Large,$count as All)', 'Sales(Large,All)', { Large: 3, All: 8 }),
  published("Products?$apply=groupby((Name),aggregate(Sales/$count($filter=Customer/Country eq 'USA') as N))", 'Products(Name,N)', { Name: 'Coffee', N: 2 }, { Name: 'Paper', N: 2 }, { Name: 'Pencil', N: 0 }, { Name: 'Sugar', N: 1 }),
  published('Sales?$apply=groupby((Customer))&$expand=Customer($select=Name,ID)', 'Sales(Customer(Name,ID))', ...[['C1', 'Joe'], ['C2', 'Sue'], ['C3', 'Sue']].map(([ID, Name]) => ({ Customer: { ID, Name } }))),
  published('Categories?$apply=addnested(Products,addnested(Sales,filter(Amount gt 3) as FilteredSales) as FilteredProducts)&$expand=FilteredProducts', 'Categories(FilteredProducts())', { ID: 'PG1', Name: 'Food', FilteredProducts: [sugar, coffee] }, { ID: 'PG2', Name: 'Non-Food', FilteredProducts: [paper, pencil] }),
  published("Customers?$apply=addnested(Sales,groupby((Product/Name)) as GroupedSales)&$expand=GroupedSales&$select=ID&$filter=ID eq 'C3'", 'Customers(ID,GroupedSales(Product(Name)))', { ID: 'C3', GroupedSales: [{}, {}] }),
  published("Products?$apply=join(Sales as Sale)&$select=ID&$expand=Sale($select=Amount;$expand=Customer($select=Name))&$filter=ID eq 'P1'", 'Products(ID,Sale(Amount,Customer(Name)))', { ID: 'P1', Sale: { Amount: 2, Customer: { Name: 'Joe' } } }, { ID: 'P1', Sale: { Amount: 2, Customer: { Name: 'Sue' } } }),
  published('Sales?$apply=groupby((Product/Name),aggregate(Amount with sum as Total))&$orderby=Total desc&$top=1&$count=true', 'Sales(Product(Name),Total)', { Product: { Name: 'Coffee' }, Total: 12 }),
]

/** Casts: the types are called otherwise in each service. */
export const casts = (namespace: string): readonly Published[] => [
  published(`Products?$apply=groupby((${namespace}.FoodProduct/Rating,${namespace}.NonFoodProduct/RatingClass))`, 'Products(@Core.AnyStructure)', { Rating: 5 }, { Rating: null }, { RatingClass: 'average' }, { RatingClass: null }),
  published(`Products?$apply=groupby((${namespace}.FoodProduct/Rating))`, 'Products(@Core.AnyStructure)', { Rating: 5 }, { Rating: null }, {}),
  published(`Products?$apply=aggregate(${namespace}.FoodProduct/Rating with max as R,${namespace}.FoodProduct/$count as N)`, 'Products(R,N)', { R: 5, N: 2 }),
  published(`Categories?$apply=groupby((Name),aggregate(Products/${namespace}.FoodProduct/Sales/Amount with sum as S,Products/${namespace}.FoodProduct/$count as N))`, 'Categories(Name,S,N)', { Name: 'Food', S: 16, N: 2 }, { Name: 'Non-Food', S: null, N: 0 }),
]

/** Sections 7.1 to 7.6 and 7.9. */
export const questions: readonly Published[] = [
  published('Customers?$apply=groupby((Name))', 'Customers(Name)', { Name: 'Luc' }, { Name: 'Joe' }, { Name: 'Sue' }),
  published('Sales?$apply=groupby((Customer/Name))', 'Sales(Customer(Name))', { Customer: { Name: 'Joe' } }, { Customer: { Name: 'Sue' } }),
  published('Sales?$apply=groupby((Customer/Name,Customer/ID))', 'Sales(Customer(Name,ID))', ...[['Joe', 'C1'], ['Sue', 'C2'], ['Sue', 'C3']].map(([Name, ID]) => ({ Customer: { Name, ID } }))),
  published('Sales?$apply=groupby((Customer))', 'Sales(Customer())', { Customer: joe }, { Customer: sue }, { Customer: otherSue }),
  published('Sales?$apply=groupby((Customer/Name,Customer/ID,Product/Name))', 'Sales(Customer(Name,ID),Product(Name))', ...[['Joe', 'C1', 'Coffee'], ['Joe', 'C1', 'Paper'], ['Joe', 'C1', 'Sugar'], ['Sue', 'C2', 'Coffee'], ['Sue', 'C2', 'Paper'], ['Sue', 'C3', 'Paper'], ['Sue', 'C3', 'Sugar']].map(([Name, ID, ware]) => ({ Customer: { Name, ID }, Product: { Name: ware } }))),
  published('Sales?$apply=groupby((Customer/Country),aggregate(Amount with sum as Total,Amount with average as AvgAmt))', 'Sales(Customer(Country),Total,AvgAmt)', country('Netherlands', { Total: 5, AvgAmt: 5 / 3 }), country('USA', { Total: 19, AvgAmt: 3.8 })),
  published('Sales?$apply=groupby((Amount),aggregate(Amount with sum as Total))', 'Sales(Amount,Total)', { Amount: 1, Total: 2 }, { Amount: 2, Total: 6 }, { Amount: 4, Total: 8 }, { Amount: 8, Total: 8 }),
  published('Sales?$apply=concat(groupby((Customer/Country,Product/Name),aggregate(Amount with sum as Total))/groupby((Customer/Country),topcount(1,Total)),groupby((Customer/Country),aggregate(Amount with sum as Total)))', 'Sales(Customer(Country),Total)',
    country('USA', { Product: { Name: 'Coffee' }, Total: 12 }), country('Netherlands', { Product: { Name: 'Paper' }, Total: 3 }), country('USA', { Total: 19 }), country('Netherlands', { Total: 5 })),
  published('Sales?$apply=groupby((Customer/Country,Product/Name),topcount(2,Amount)/aggregate(Amount with sum as Total))', 'Sales(Customer(Country),Product(Name),Total)', country('Netherlands', { Product: { Name: 'Paper' }, Total: 3 }), country('Netherlands', { Product: { Name: 'Sugar' }, Total: 2 }), country('USA', { Product: { Name: 'Sugar' }, Total: 2 }), country('USA', { Product: { Name: 'Coffee' }, Total: 12 }), country('USA', { Product: { Name: 'Paper' }, Total: 5 })),
  published("Sales?$apply=concat(groupby((Customer),topcount(1,Amount))/compute('Customer' as per),groupby((Product),topcount(1,Amount))/compute('Product' as per))&$select=ID,per", 'Sales(ID,per)',
    ...[['3', 'Customer'], ['4', 'Customer'], ['6', 'Customer'], ['2', 'Product'], ['4', 'Product'], ['5', 'Product']].map(([ID, per]) => ({ ID, per }))),
  published('Sales?$apply=groupby((Product/ID,Product/Name),aggregate(Amount with sum from Time/Month with average as MonthlyAverage))', 'Sales(Product(ID,Name),MonthlyAverage)', { Product: { ID: 'P1', Name: 'Sugar' }, MonthlyAverage: 4 }, { Product: { ID: 'P2', Name: 'Coffee' }, MonthlyAverage: 6 }, { Product: { ID: 'P3', Name: 'Paper' }, MonthlyAverage: 8 / 3 }),
  published('Sales?$apply=concat(groupby((rollup(Customer/Country,Customer/ID)),aggregate(Amount with sum from Customer/ID with average as CustomerCountryAverage)),aggregate(Amount with sum from Customer/ID with average from Customer/Country with average as CustomerCountryAverage))', 'Sales(CustomerCountryAverage)',
    { Customer: { Country: 'USA', ID: 'C1' }, CustomerCountryAverage: 7 }, { Customer: { Country: 'USA', ID: 'C2' }, CustomerCountryAverage: 12 }, country('USA', { CustomerCountryAverage: 9.5 }), { Customer: { Country: 'Netherlands', ID: 'C3' }, CustomerCountryAverage: 5 }, country('Netherlands', { CustomerCountryAverage: 5 }), { CustomerCountryAverage: 7.25 }),
  published('Sales?$apply=filter(Amount le 1)/aggregate(Amount with sum as Total)', 'Sales(Total)', { Total: 2 }),
  published('Sales?$apply=filter(Amount le 2)/groupby((Product/Name),aggregate(Amount with sum as Total))&$filter=Total ge 4', 'Sales(Product(Name),Total)', { Product: { Name: 'Paper' }, Total: 4 }, { Product: { Name: 'Sugar' }, Total: 4 }),
]

const tree = '$root/SalesOrganizations,SalesOrgHierarchy'
const organization = (ID: string): object => ({ ID, Name: ID === 'Sales' ? 'Corporate Sales' : ID })
const organizations = (...ids: readonly string[]): readonly object[] => ids.map(organization)
const ofOrganization = (ID: string, more: object): object => ({ SalesOrganization: organization(ID), ...more })
const below = (...given: readonly (readonly [string, number | null])[]): readonly object[] => given.map(([ID, Total]) => ofOrganization(ID, { Total }))
const east = `ancestors(${tree},ID,filter(ID eq 'US East'),keep start)`
const us = `descendants(${tree},ID,filter(ID eq 'US'),keep start)`
const exclusive = `groupby((rolluprecursive(${tree},SalesOrganization/ID,${us})),compute(case(SalesOrganization eq Aggregation.rollupnode():Amount) as AmountExcl)/aggregate(Amount with sum as TotalAmountIncl,AmountExcl with sum as TotalAmountExcl))`
const inclusive = (ID: string, TotalAmountIncl: number, TotalAmountExcl: number | null): object => ofOrganization(ID, { TotalAmountIncl, TotalAmountExcl })
const leads = (...given: readonly (readonly [string, string])[]): readonly object[] => given.map(([ID, organizationId]) => ({ ID, Sales: [{ SalesOrganization: { ID: organizationId } }] }))

/** Sections 5.5, 6 and 7.7. */
export const hierarchies: readonly Published[] = [
  published("SalesOrganizations?$filter=Aggregation.isdescendant(HierarchyNodes=$root/SalesOrganizations,HierarchyQualifier='SalesOrgHierarchy',Node=ID,Ancestor='EMEA')", 'SalesOrganizations', ...organizations('EMEA Central')),
  published("SalesOrganizations?$filter=Aggregation.isdescendant(HierarchyNodes=$root/SalesOrganizations,HierarchyQualifier='SalesOrgHierarchy',Node=ID,Ancestor='Sales',MaxDistance=1)", 'SalesOrganizations', ...organizations('US', 'EMEA')),
  published("SalesOrganizations?$filter=Aggregation.isleaf(HierarchyNodes=$root/SalesOrganizations,HierarchyQualifier='SalesOrgHierarchy',Node=ID)&$expand=Superordinate($select=ID)", 'SalesOrganizations(Superordinate(ID))', ...[['US West', 'US'], ['US East', 'US'], ['EMEA Central', 'EMEA']].map(([ID, above]) => ({ ...organization(ID ?? ''), Superordinate: { ID: above } }))),
  published("Sales?$select=ID&$filter=Aggregation.isdescendant(HierarchyNodes=$root/SalesOrganizations,HierarchyQualifier='SalesOrgHierarchy',Node=SalesOrganization/ID,Ancestor='EMEA')", 'Sales(ID)', { ID: '6' }, { ID: '7' }, { ID: '8' }),
  published(`SalesOrganizations?$apply=ancestors(${tree},ID,filter(contains(Name,'East') or contains(Name,'Central')))`, 'SalesOrganizations', ...organizations('EMEA', 'US', 'Sales')),
  published(`SalesOrganizations?$apply=descendants(${tree},ID,filter(Name eq 'US'),keep start)`, 'SalesOrganizations', ...organizations('US West', 'US', 'US East')),
  published(`Sales?$apply=ancestors(${tree},SalesOrganization/ID,filter(contains(SalesOrganization/Name,'East') or contains(SalesOrganization/Name,'Central')),keep start)`, 'Sales', ...sales(['4', 8], ['5', 4], ['6', 2], ['7', 1], ['8', 2])),
  inOrder(`SalesOrganizations?$apply=descendants(${tree},ID,filter(Name eq 'US'),keep start)/ancestors(${tree},ID,filter(contains(Name,'East')),keep start)/traverse(${tree},ID,preorder)`, 'SalesOrganizations', ...organizations('US', 'US East')),
  published(`SalesOrganizations?$apply=groupby((rolluprecursive(${tree},ID)),aggregate($count as OrgCnt)/compute(OrgCnt sub 1 as SubOrgCnt))&$select=ID,SubOrgCnt&$expand=Superordinate($select=ID)`, 'SalesOrganizations(ID,SubOrgCnt,Superordinate(ID))',
    ...([['US West', 0, 'US'], ['US East', 0, 'US'], ['US', 2, 'Sales'], ['EMEA Central', 0, 'EMEA'], ['EMEA', 1, 'Sales'], ['Sales', 5, null]] as const).map(([ID, SubOrgCnt, above]) => ({ ID, SubOrgCnt, Superordinate: above === null ? null : { ID: above } }))),
  published(`Sales?$apply=${exclusive}`, 'Sales(SalesOrganization(),TotalAmountIncl,TotalAmountExcl)', inclusive('US West', 7, 7), inclusive('US', 19, null), inclusive('US East', 12, 12)),
  inOrder(`Sales?$apply=${exclusive}/traverse(${tree},SalesOrganization/ID,preorder,Name asc)`, undefined, inclusive('US', 19, null), inclusive('US East', 12, 12), inclusive('US West', 7, 7)),
  published(`Sales?$apply=groupby((rolluprecursive(${tree},SalesOrganization/ID,${east})),aggregate(Amount with sum as Total))`, 'Sales(SalesOrganization(),Total)', ...below(['US East', 12], ['US', 19], ['Sales', 24])),
  published(`Sales?$apply=ancestors(${tree},SalesOrganization/ID,filter(SalesOrganization/ID eq 'US East'),keep start)/groupby((rolluprecursive(${tree},SalesOrganization/ID,${east})),aggregate(Amount with sum as Total))`, 'Sales(SalesOrganization(),Total)', ...below(['US East', 12], ['US', 12], ['Sales', 12])),
  published(`Sales?$apply=groupby((rolluprecursive(${tree},ID)),aggregate(Amount with sum as Total))`, 'Sales(ID,Total)', ...['Sales', 'EMEA', 'US', 'US West', 'US East', 'EMEA Central'].map((ID) => ({ ID, Total: null }))),
  published(`Sales?$apply=descendants(${tree},SalesOrganization/ID,filter(SalesOrganization/Name eq 'US East'),keep start)/groupby((rolluprecursive(${tree},SalesOrganization/ID)),aggregate(Amount with sum as Total))&$filter=Total ne null`, 'Sales(SalesOrganization(),Total)', ...below(['Sales', 12], ['US', 12], ['US East', 12])),
  published(`Sales?$apply=filter(Product/Name eq 'Paper')/groupby((rolluprecursive(${tree},SalesOrganization/ID)),aggregate($count as Total))`, 'Sales(SalesOrganization(),Total)', ...below(['US', 2], ['US East', 1], ['US West', 1], ['EMEA', 2], ['EMEA Central', 2], ['Sales', 4])),
  published(`Sales?$apply=descendants(${tree},SalesOrganization/ID,filter(SalesOrganization/Name eq 'US West'),keep start)/aggregate(Amount with sum as Total)`, 'Sales(Total)', { Total: 7 }),
  published(`SalesOrganizations?$apply=descendants(${tree},ID,filter(Name eq 'US'),keep start)/aggregate(Sales/Amount with sum as Total)`, 'SalesOrganizations(Total)', { Total: 19 }),
  inOrder(`Sales?$apply=groupby((rolluprecursive(${tree},SalesOrganization/ID)),aggregate(Amount with sum as Total))/filter(Aggregation.isdescendant(HierarchyNodes=$root/SalesOrganizations,HierarchyQualifier='SalesOrgHierarchy',Node=SalesOrganization/ID,Ancestor='EMEA',MaxDistance=2,IncludeSelf=true))/orderby(SalesOrganization/Name)/traverse(${tree},SalesOrganization/ID,preorder)`, undefined, ...below(['EMEA', 5], ['EMEA Central', 5])),
  inOrder(`Sales?$apply=groupby((rolluprecursive(${tree},SalesOrganization/ID,descendants(${tree},ID,filter(ID eq 'EMEA'),2,keep start))),aggregate(Amount with sum as Total))/orderby(SalesOrganization/Name)/traverse(${tree},SalesOrganization/ID,preorder)`, undefined, ...below(['EMEA', 5], ['EMEA Central', 5])),
  inOrder(`Products?$apply=traverse(${tree},Sales/SalesOrganization/ID,preorder,Name asc)&$select=ID,Sales`, undefined, ...leads(['P1', 'EMEA Central'], ['P3', 'EMEA Central'], ['P2', 'US East'], ['P3', 'US East'], ['P1', 'US West'], ['P2', 'US West'], ['P3', 'US West'])),
  published(`Products?$apply=groupby((rolluprecursive(${tree},Sales/SalesOrganization/ID)),aggregate(ID with countdistinct as N))`, 'Products(Sales(SalesOrganization(ID)),N)', ...([['Sales', 3], ['EMEA', 2], ['EMEA Central', 2], ['US', 3], ['US East', 2], ['US West', 3]] as const).map(([ID, N]) => ({ Sales: [{ SalesOrganization: { ID } }], N }))),
  published(`Sales?$apply=groupby((rolluprecursive(${tree},SalesOrganization/ID,filter(ID eq 'US' or ID eq 'EMEA')),Customer/Name),aggregate(Amount with sum as Total))`, undefined, ...([['US', 'Joe', 7], ['US', 'Sue', 12], ['EMEA', 'Sue', 5]] as const).map(([ID, Name, Total]) => ofOrganization(ID, { Customer: { Name }, Total }))),
  published(`Sales?$apply=groupby((rolluprecursive(${tree},SalesOrganization/ID,filter(ID eq 'US' or ID eq 'EMEA')),rollup(Customer/Country,Customer/Name)),aggregate(Amount with sum as Total))`, undefined,
    ...([['US', { Country: 'USA', Name: 'Joe' }, 7], ['US', { Country: 'USA', Name: 'Sue' }, 12], ['US', { Country: 'USA' }, 19], ['EMEA', { Country: 'Netherlands', Name: 'Sue' }, 5], ['EMEA', { Country: 'Netherlands' }, 5]] as const).map(([ID, Customer, Total]) => ofOrganization(ID, { Customer, Total }))),
  published(`Sales?$apply=groupby((rolluprecursive(${tree},SalesOrganization/ID,filter(ID eq 'US' or ID eq 'EMEA')),rolluprecursive(${tree},OrganizationID,filter(ID eq 'Sales' or ID eq 'US East'))),aggregate(Amount with sum as Total))`, undefined,
    ...([['EMEA', 'Sales', 5], ['EMEA', 'US East', null], ['US', 'Sales', 19], ['US', 'US East', 12]] as const).map(([ID, OrganizationID, Total]) => ofOrganization(ID, { OrganizationID, Total }))),
  published(`Sales?$apply=groupby((rolluprecursive(${tree},SalesOrganization/ID)),filter(Aggregation.rollupnode()/Superordinate/Name eq 'US')/aggregate($count as Total))&$filter=Total gt 0`, 'Sales(SalesOrganization(),Total)', ...below(['US West', 3], ['US East', 2])),
  published(`Sales?$apply=groupby((rolluprecursive(${tree},SalesOrganization/ID),rolluprecursive(${tree},OrganizationID)),filter(Aggregation.rollupnode(Position=2)/ID eq 'US East' and Aggregation.rollupnode(Position=1)/ID eq 'US')/aggregate($count as Total))&$filter=Total gt 0`, undefined, ofOrganization('US', { OrganizationID: 'US East', Total: 2 })),
  inOrder(`Sales?$apply=groupby((rolluprecursive(${tree},SalesOrganization/ID,traverse(${tree},ID,postorder,Name))),aggregate(Amount with sum as Total))`, 'Sales(SalesOrganization(),Total)', ...below(['EMEA Central', 5], ['EMEA', 5], ['US East', 12], ['US West', 7], ['US', 19], ['Sales', 24])),
]
