import type { Behaviour } from '../../../test/harness/odata-server.js'
import { openShop, valuesOf, type Shop } from './shop.js'

/** What is asked of two services at once. */
const paths = [
  '/odata/shop/Orders?$select=OrderID&$expand=Customer($select=CompanyName)&$orderby=OrderID',
  '/odata/shop/Customers?$select=CustomerID&$expand=Orders($select=OrderID;$filter=Quantity gt 20;$orderby=Freight desc,OrderID;$top=2;$count=true;$expand=Customer($select=Country))&$orderby=CustomerID',
  "/odata/shop/Orders?$select=OrderID&$filter=Customer/Country eq 'Germany'&$orderby=OrderID",
  '/odata/shop/Customers?$select=CustomerID&$filter=Orders/any(o:o/Quantity gt 45)&$orderby=CustomerID',
  '/odata/shop/Customers?$select=CustomerID&$filter=Orders/all(o:o/Quantity lt 45)&$orderby=CustomerID',
  '/odata/shop/Customers?$select=CustomerID&$filter=Orders/$count gt 4&$orderby=CustomerID',
  '/odata/shop/Orders?$select=OrderID&$orderby=Customer/CompanyName desc,OrderID&$top=30',
  '/odata/shop/Orders?$apply=groupby((Customer/Country),aggregate(Freight with sum as Total,$count as N))',
  '/odata/shop/$crossjoin(Orders,Customers)?$filter=Orders/CustomerID eq Customers/CustomerID and Orders/Quantity gt 47&$expand=Orders($select=OrderID),Customers($select=Country)',
  "/odata/shop/Customers('C00007')/Orders?$select=OrderID&$orderby=OrderID",
  '/odata/shop/Orders(10007)/Customer?$select=CustomerID',
  '/odata/shop/Orders/$count?$filter=Customer/Country ne null',
]

const paged: Behaviour = { pageSize: 100, maxpagesize: 'ignore', nextLinks: 'relative' }
const sources: Readonly<Record<string, Behaviour>> = {
  'pages of 100 with relative links': paged,
  'URLs of 1,200 characters, 414': { ...paged, urlLimit: 1_200 },
  'URLs of 1,200 characters, 404': { ...paged, urlLimit: 1_200, overlong: 404 },
  'URLs of 1,200 characters, or the connection is closed': { ...paged, urlLimit: 1_200, overlong: 'reset' },
  'URLs of 2,000 characters, or the connection is closed': { ...paged, urlLimit: 2_000, overlong: 'reset' },
  'short URLs, no in, batches': { ...paged, urlLimit: 600, in: 'refuse', batch: 'honour' },
  'no in, few nodes, batches, slow': { ...paged, in: 'refuse', filterTerms: 12, batch: 'honour', latencyMs: 3 },
  'everything refused': { ...paged, filter: 'refuse', orderby: 'refuse', top: 'refuse', skip: 'refuse', count: 'refuse', select: 'refuse', functions: 'refuse', arithmetic: 'refuse' },
  'everything ignored': { ...paged, filter: 'ignore', orderby: 'ignore', top: 'ignore', skip: 'ignore', count: 'ignore', select: 'ignore', ieee754: 'ignore' },
}

/** Groups and pairs come in no order of their own. */
const sorted = (answer: unknown): unknown => (Array.isArray(answer) ? answer.map((row) => JSON.stringify(row)).toSorted() : answer)

async function answersOf({ door }: Shop): Promise<readonly unknown[]> {
  const answers: unknown[] = []
  for (const path of paths) {
    const response = await door.get(path)
    const text = await response.text()
    answers.push(response.status !== 200 ? `${response.status} ${text}` : text.startsWith('{') ? sorted(valuesOf(JSON.parse(text) as Record<string, unknown>) ?? (JSON.parse(text) as Record<string, unknown>)['CustomerID']) : text)
  }
  return answers
}

describe('sources that can do less', () => {
  let expected: readonly unknown[]
  beforeAll(async () => {
    const shop = await openShop({ customers: 120, orders: 500 })
    expected = await answersOf(shop)
    await shop.stop()
  })

  it('have something to answer to each question', () => {
    expect(expected.map((answer) => (Array.isArray(answer) ? answer.length > 0 : typeof answer === 'string' && !/^\d{3} /.test(answer)))).toEqual(paths.map(() => true))
  })

  it.each(Object.entries(sources))('answer all of them alike, known and unknown: %s', async (_, behaviour) => {
    for (const probed of [false, true]) {
      const shop = await openShop({ customers: 120, orders: 500, crm: behaviour, erp: behaviour })
      try {
        if (probed) for (const slug of ['crm', 'erp']) await shop.door.plane.prober.probe(slug)
        expect(await answersOf(shop)).toEqual(expected)
      } finally {
        await shop.stop()
      }
    }
  })
})
