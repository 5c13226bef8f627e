import { assert, asyncProperty, constantFrom, letrec, array, oneof, option, string, tuple, type Arbitrary } from 'fast-check'
import { openYard, type Yard } from './yard.js'

const names = constantFrom(
  'ID', 'Number', 'Freight', 'Cost', 'Big', 'Paid', 'State', 'Token', 'Secret', 'Ship', 'City', 'Stops', 'Tags', 'Scan', 'Lines', 'Parent', 'Notes', 'Client', 'No', 'Price', 'Order', 'Hours', 'value', 'Nope', '__proto__', '',
  '@odata.type', '@type', '@odata.id', '@id', '@odata.context', '@context', '@odata.etag', '@removed', '@odata.removed', 'Parent@odata.bind', 'Lines@odata.bind', 'Client@odata.bind', 'Lines@delta', 'Lines@odata.delta', 'ID@odata.type', 'Nope@odata.bind', '@Some.Term', 'Ship@odata.type', '@', 'Lines@', '@odata.',
)
const scalars = constantFrom(
  'null', 'true', '0', '1.50', '-1e400', '9007199254740993', '""', '"x"', '"Open"', '"Orders(1)"', '"Lines(OrderID=1,No=2)"', '"Jobs(1)"', '"Items(1)"', '"$1"', '"http://elsewhere/x"', '"/odata/sales/Orders(1)"', '"../Orders(1)"', '"Orders(1"', '"%zz"', '"#Sales.Rush"', '"#Collection(Sales.Order)"', '"#yard.sales.Order"', '"#$delta"', '"\\ud800"', '"a\\"b"',
)

const { json } = letrec<{ json: string; object: string }>((tie) => ({
  json: oneof({ maxDepth: 4 }, scalars, array(tie('json'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`), tie('object'), tie('object')),
  object: array(tuple(names, tie('json')), { maxLength: 5 }).map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
}))

/** A text with a piece taken out, or another put in. */
const bodies: Arbitrary<string> = tuple(json, option(tuple(string({ maxLength: 3 }), constantFrom(0.1, 0.5, 0.9)), { freq: 3 })).map(([text, change]) => {
  const at = change === null ? 0 : Math.floor(text.length * change[1])
  return change === null ? text : text.slice(0, at) + change[0] + text.slice(at + 1)
})

const paths = constantFrom(
  'Orders', 'Orders(1)', 'Orders(1)/Freight', 'Orders(1)/Ship', 'Orders(1)/Tags', 'Orders(1)/Lines', 'Orders(1)/Lines/$ref', 'Orders(1)/Parent/$ref', 'Orders(1)/Parent', 'Orders(1)/Notes', 'Orders/$each', 'Orders(1)/Sales.Rush', 'Head', 'Bags', 'Bags(1)/Anything', 'Files', 'Orders(1)/Freight/$value', 'Orders(1)/Lines/$ref?$id=Lines(OrderID=1,No=2)', 'Orders?$select=ID', 'Orders(1)?$expand=Lines',
  'Jobs', 'Jobs(1)', 'Jobs(1)/Cost', 'Jobs(1)/Ship', 'Jobs(1)/Lines', 'Jobs(1)/Lines/$ref', 'Jobs(1)/Client', 'Jobs/$each', 'Jobs?$select=Cost', 'Items', 'Clients',
)

/** The names of properties in a body, at any depth; what annotations hold is not ours to name. */
function memberNames(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(memberNames)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => (name.includes('@') ? [] : [name, ...memberNames(inner)]))
}

describe('changes of any shape', () => {
  let yard: Yard
  beforeAll(async () => {
    yard = await openYard()
  })
  afterAll(() => yard.stop())

  it('are sent whole, in the names of their source, or refused; none is a fault of the hub', async () => {
    const sent = { through: 0, refused: 0 }
    await assert(asyncProperty(constantFrom('POST', 'PUT', 'PATCH', 'DELETE'), paths, bodies, async (method, path, body) => {
      yard.sales.requests.length = 0
      yard.crm.requests.length = 0
      const slug = /^(?:Jobs|Items|Clients)/.test(path) ? 'yard' : 'sales'
      const response = await yard.send(method, `/odata/${slug}/${path}`, method === 'DELETE' ? undefined : body)
      // Before its first stream a source is asked whether it wants a token.
      const requests = [...yard.sales.requests, ...yard.crm.requests].filter((request) => request.method !== 'GET')
      sent[requests.length > 0 ? 'through' : 'refused']++
      const refused = requests.length === 0 && [400, 404, 405, 415, 501].includes(response.status)
      const done = requests.length === 1 && response.status === 204
      expect([method, path, body, response.status, refused || done]).toEqual([method, path, body, response.status, true])
      const bytes = /\/\$value|^Files/.test(path)
      const said = requests.flatMap((request) => (slug === 'sales' || bytes || request.body === '' ? [] : memberNames(JSON.parse(request.body))))
      expect(said.filter((name) => ['Cost', 'Number', 'Client', 'Secret'].includes(name))).toEqual([])
    }), { numRuns: 1000, examples: [['PUT', 'Bags(1)/Anything', '{"Lines@odata.bind":"$"}'], ['PATCH', 'Orders(1)', '{"Lines@odata.bind":["$"]}']] })
    expect([sent.through > 50, sent.refused > 50]).toEqual([true, true])
  }, 60_000)
})
