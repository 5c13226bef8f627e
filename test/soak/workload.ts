import type { Row } from '../harness/odata-server.js'

/** One question to the hub, and what its rows must be, told by code that shares nothing with the hub. */
export interface Question {
  readonly path: string
  /** The rows of a 200, or the whole answer where it has none. */
  readonly expected: unknown
  readonly paged?: true
}

interface Data {
  readonly orders: readonly Row[]
  readonly customers: readonly Row[]
}

type Ask = (data: Data, pick: (below: number) => number) => Question

const byId = (customers: readonly Row[]): ReadonlyMap<unknown, Row> => new Map(customers.map((customer) => [customer['CustomerID'], customer]))

/** The customer as it is shown: a key that leads nowhere gives null. */
const nameOf = (customers: ReadonlyMap<unknown, Row>, { CustomerID }: Row): unknown => {
  const customer = CustomerID === null ? undefined : customers.get(CustomerID)
  return customer === undefined ? null : { CompanyName: customer['CompanyName'] }
}

const filtered: Ask = ({ orders }, pick) => {
  const least = pick(45)
  return {
    path: `/odata/erp/Orders?$filter=Quantity gt ${least}&$select=OrderID,Quantity&$orderby=OrderID`,
    expected: orders.filter(({ Quantity }) => Quantity !== null && Number(Quantity) > least).map(({ OrderID, Quantity }) => ({ OrderID, Quantity })),
  }
}

const expandedToOne: Ask = ({ orders, customers }, pick) => {
  const [skip, top] = [pick(150), 1 + pick(60)]
  const known = byId(customers)
  return {
    path: `/odata/shop/Orders?$select=OrderID&$expand=Customer($select=CompanyName)&$orderby=OrderID&$skip=${skip}&$top=${top}`,
    expected: orders.slice(skip, skip + top).map((order) => ({ OrderID: order['OrderID'], Customer: nameOf(known, order) })),
  }
}

const expandedToMany: Ask = ({ orders, customers }, pick) => {
  const skip = pick(30)
  return {
    path: `/odata/shop/Customers?$select=CustomerID&$expand=Orders($select=OrderID;$orderby=OrderID;$top=2)&$orderby=CustomerID&$skip=${skip}&$top=10`,
    expected: customers.slice(skip, skip + 10).map(({ CustomerID }) => ({ CustomerID, Orders: orders.filter((order) => order['CustomerID'] === CustomerID).slice(0, 2).map(({ OrderID }) => ({ OrderID })) })),
  }
}

const semiJoined: Ask = ({ orders, customers }, pick) => {
  const country = ['Germany', 'France', 'USA', 'nowhere'][pick(4)] ?? ''
  const known = byId(customers)
  return {
    path: `/odata/shop/Orders?$filter=Customer/Country eq '${country}'&$select=OrderID&$orderby=OrderID`,
    expected: orders.filter(({ CustomerID }) => CustomerID !== null && known.get(CustomerID)?.['Country'] === country).map(({ OrderID }) => ({ OrderID })),
  }
}

const grouped: Ask = ({ orders }) => {
  const groups = new Map<unknown, number>()
  for (const { Quantity } of orders) groups.set(Quantity, (groups.get(Quantity) ?? 0) + 1)
  const rows = [...groups].map(([Quantity, N]) => ({ Quantity, N })).toSorted((a, b) => Number(a.Quantity ?? -1) - Number(b.Quantity ?? -1))
  return { path: '/odata/erp/Orders?$apply=groupby((Quantity),aggregate($count as N))&$orderby=Quantity', expected: rows }
}

const paged: Ask = ({ orders }) => ({ path: '/odata/erp/Orders?$select=OrderID&$orderby=OrderID', paged: true, expected: orders.map(({ OrderID }) => ({ OrderID })) })

const single: Ask = ({ orders, customers }, pick) => {
  const order = orders[pick(orders.length)] ?? {}
  return { path: `/odata/shop/Orders(${String(order['OrderID'])})?$select=OrderID&$expand=Customer($select=CompanyName)`, expected: { OrderID: order['OrderID'], Customer: nameOf(byId(customers), order) } }
}

const questions: readonly Ask[] = [filtered, expandedToOne, expandedToMany, semiJoined, grouped, paged, single]

/** A question by chance. */
export function questionOf(data: Data, random: () => number): Question {
  const pick = (below: number): number => Math.floor(random() * below)
  const ask = questions[pick(questions.length)] ?? filtered
  return ask(data, pick)
}
