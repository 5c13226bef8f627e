import { openYard, type Yard } from './yard.js'

let yard: Yard

beforeAll(async () => {
  yard = await openYard()
})
afterAll(() => yard.stop())
beforeEach(() => {
  yard.sales.requests.length = 0
  yard.crm.requests.length = 0
  yard.sales.answer({ status: 204 })
})

const root = (slug = 'sales'): string => `${yard.door.origin}/odata/${slug}/`
const created = (body: string, headers = {}) => ({ status: 201, headers: { location: '$root$Orders(7)', ...headers }, body })
const errorOf = async (response: Response): Promise<{ code: string; message: string; target?: string; details?: { code: string }[] }> => ((await response.json()) as { error: { code: string; message: string } }).error

/** The one request the source got. */
function only(recorder = yard.sales) {
  // Before a stream the source is asked whether it wants a token.
  const changes = recorder.requests.filter(({ method }) => method !== 'GET')
  expect(changes).toHaveLength(1)
  const [request] = changes
  if (request === undefined) throw new Error('nothing was sent')
  return request
}

const nothingSent = (): void => {
  expect(yard.sales.requests).toEqual([])
  expect(yard.crm.requests).toEqual([])
}

describe('POST of an entity', () => {
  it('goes to the source once, digit by digit, and comes back in our links', async () => {
    yard.sales.answer(created('{"@odata.context":"$root$$metadata#Orders/$entity","@odata.id":"$root$Orders(7)","@odata.editLink":"Orders(7)","Lines@odata.navigationLink":"$root$Orders(7)/Lines","ID":7,"Freight":0.10,"Big":9007199254740993}', { etag: 'W/"1"' }))
    const response = await yard.send('POST', '/odata/sales/Orders', '{"ID":7, "Freight":0.10,"Big":9007199254740993,"Tags":["a"],"Ship":{"City":"Ulm"}}')
    const request = only()
    expect([request.method, request.path]).toEqual(['POST', 'Orders'])
    expect(request.body).toBe('{"ID":7,"Freight":0.10,"Big":9007199254740993,"Tags":["a"],"Ship":{"City":"Ulm"}}')
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'accept': 'application/json;odata.metadata=minimal;IEEE754Compatible=false', 'odata-version': '4.0', 'odata-maxversion': '4.0' })
    expect(response.status).toBe(201)
    expect(Object.fromEntries(['location', 'etag', 'odata-version', 'cache-control'].map((name) => [name, response.headers.get(name)]))).toEqual({ 'location': `${root()}Orders(7)`, 'etag': 'W/"1"', 'odata-version': '4.0', 'cache-control': 'no-store' })
    expect(await response.text()).toBe(`{"@odata.context":"${root()}$metadata#Orders/$entity","@odata.id":"${root()}Orders(7)","@odata.editLink":"Orders(7)","Lines@odata.navigationLink":"${root()}Orders(7)/Lines","ID":7,"Freight":0.10,"Big":9007199254740993}`)
  })

  it('gives clients of 4.01 control information without prefix, and exact numbers as strings where asked', async () => {
    yard.sales.answer(created('{"@odata.context":"$root$$metadata#Orders/$entity","@odata.etag":"W/\\"1\\"","ID":7,"Freight":0.10,"Big":9007199254740993,"Ship":{"@odata.type":"#Sales.Address","City":"Ulm"}}'))
    const response = await yard.send('POST', '/odata/sales/Orders', { ID: 7 }, { 'odata-maxversion': '4.01', 'accept': 'application/json;IEEE754Compatible=true' })
    expect(response.headers.get('odata-version')).toBe('4.01')
    expect(response.headers.get('content-type')).toContain('IEEE754Compatible=true')
    expect(only().headers['accept']).toContain('IEEE754Compatible=true')
    expect(await response.text()).toBe(`{"@context":"${root()}$metadata#Orders/$entity","@etag":"W/\\"1\\"","ID":7,"Freight":"0.10","Big":"9007199254740993","Ship":{"@type":"#Sales.Address","City":"Ulm"}}`)
  })

  it('passes on that nothing is wanted back, and tells where the entity is', async () => {
    yard.sales.answer({ status: 204, headers: { 'location': '$root$Orders(7)', 'odata-entityid': '$root$Orders(7)', 'preference-applied': 'return=minimal' } })
    const response = await yard.send('POST', '/odata/sales/Orders', { ID: 7 }, { prefer: 'return=minimal, odata.maxpagesize=3, wait=9, odata.track-changes' })
    expect(only().headers['prefer']).toBe('return=minimal, odata.maxpagesize=3')
    expect([response.status, response.headers.get('location'), response.headers.get('odata-entityid'), response.headers.get('preference-applied')]).toEqual([204, `${root()}Orders(7)`, `${root()}Orders(7)`, 'return=minimal'])
    expect(await response.text()).toBe('')
  })

  it('creates related entities with it, and names others by references in any form', async () => {
    await yard.send('POST', '/odata/sales/Orders', {
      '@odata.type': '#Sales.Rush', 'ID': 8, 'Hours': 3, 'Parent@odata.bind': `${root()}Orders(1)`, 'Lines': [{ 'No': 1, 'Price': 2 }, { '@odata.id': 'Lines(OrderID=1,No=2)' }],
    })
    expect(JSON.parse(only().body)).toEqual({
      '@odata.type': '#Sales.Rush', 'ID': 8, 'Hours': 3, 'Parent@odata.bind': `${yard.sales.url}Orders(1)`, 'Lines': [{ No: 1, Price: 2 }, { '@odata.id': 'Lines(OrderID=1,No=2)' }],
    })
  })

  it('says to a source of 4.0 in its own words what a client of 4.01 says', async () => {
    await yard.send('POST', '/odata/sales/Orders', { ID: 8, Parent: { '@id': '/odata/sales/Orders(1)' }, Lines: [{ '@id': 'Lines(OrderID=1,No=2)' }] }, { 'odata-version': '4.01', 'odata-maxversion': '4.01' })
    expect(JSON.parse(only().body)).toEqual({ 'ID': 8, 'Parent@odata.bind': `${yard.sales.url}Orders(1)`, 'Lines@odata.bind': ['Lines(OrderID=1,No=2)'] })
    expect(only().headers['odata-version']).toBe('4.0')
  })

  it('goes into the collection of a related entity', async () => {
    await yard.send('POST', '/odata/sales/Orders(7)/Lines', { No: 1 })
    expect([only().method, only().path, only().body]).toEqual(['POST', 'Orders(7)/Lines', '{"No":1}'])
  })

  it('passes on what its answer is to show', async () => {
    await yard.send('POST', '/odata/sales/Orders?$select=ID&$expand=Lines($select=No)', { ID: 9 })
    expect(only().path).toBe('Orders?$select=ID&$expand=Lines($select=No)')
  })

  it('takes a media entity as its stream, whatever that is', async () => {
    yard.sales.answer({ status: 201, headers: { location: '$root$Files(1)' }, body: '{"@odata.context":"$root$$metadata#Files/$entity","@odata.mediaReadLink":"$root$Files(1)/$value","ID":1}' })
    const response = await yard.send('POST', '/odata/sales/Files', '\u0000not JSON', { 'content-type': 'image/png', 'slug': 'a.png' })
    expect([only().body, only().headers['content-type'], only().headers['slug']]).toEqual(['\u0000not JSON', 'image/png', 'a.png'])
    expect(await response.json()).toMatchObject({ '@odata.mediaReadLink': `${root()}Files(1)/$value` })
  })
})

describe('changes of an entity', () => {
  it.each([
    ['PATCH', 'Orders(7)', { Freight: 1 }], ['PUT', 'Orders(7)', { Freight: 1 }], ['DELETE', 'Orders(7)', undefined], ['PATCH', 'Head', { Paid: true }],
    ['PUT', 'Orders(7)/Freight', { value: 1 }], ['PATCH', 'Orders(7)/Ship', { City: 'Ulm' }], ['PUT', 'Orders(7)/Tags', { value: ['a'] }], ['DELETE', 'Orders(7)/Freight', undefined],
    ['POST', 'Orders(7)/Tags', { value: 'b' }], ['POST', 'Orders(7)/Notes', { No: 1 }], ['PATCH', 'Orders(7)/Notes(1)', { Text: 'x' }], ['DELETE', 'Orders(7)/Notes(1)', undefined],
    ['DELETE', 'Orders(7)/Lines(OrderID=7,No=1)/$ref', undefined], ['DELETE', 'Orders(7)/Parent/$ref', undefined], ['PATCH', 'Orders/$each', { Paid: true }],
    ['PATCH', 'Orders/$filter(Paid%20eq%20true)/$each', { Paid: false }], ['DELETE', 'Orders/$filter(Paid%20eq%20true)/$each', undefined], ['PUT', 'Orders(7)/Sales.Rush', { Hours: 1 }],
  ])('%s %s goes through as it is', async (method, path, body) => {
    const response = await yard.send(method, `/odata/sales/${path}`, body)
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect([only().method, only().path, only().body]).toEqual([method, path, body === undefined ? '' : JSON.stringify(body)])
  })

  it('carries conditions, and answers what the source thinks of them', async () => {
    yard.sales.answer({ status: 412, body: '{"error":{"code":"Stale","message":"somebody was faster, see $root$Orders(7)","innererror":{"stack":"at Secret.java"}}}' })
    const response = await yard.send('PATCH', '/odata/sales/Orders(7)', { Paid: true }, { 'if-match': 'W/"1"' })
    expect(only().headers['if-match']).toBe('W/"1"')
    expect(response.status).toBe(412)
    const text = await response.text()
    expect(JSON.parse(text)).toEqual({ error: { code: 'HUB_SOURCE_REJECTED', message: `The source sales rejected the request with 412: somebody was faster, see ${root()}Orders(7). The status is the source's; its own code stands in the details.`, details: [{ code: 'Stale', message: `somebody was faster, see ${root()}Orders(7)` }] } })
    await yard.send('PUT', '/odata/sales/Orders(99)', { Paid: true }, { 'if-none-match': '*' })
    expect(yard.sales.requests.at(-1)?.headers['if-none-match']).toBe('*')
  })

  it.each([[401, 502, 'HUB_SOURCE_DENIED'], [403, 502, 'HUB_SOURCE_DENIED'], [500, 502, 'HUB_SOURCE_FAILED'], [503, 502, 'HUB_SOURCE_FAILED'], [429, 502, 'HUB_SOURCE_FAILED'], [404, 404, 'HUB_SOURCE_REJECTED'], [409, 409, 'HUB_SOURCE_REJECTED'], [428, 428, 'HUB_SOURCE_REJECTED'], [501, 501, 'HUB_SOURCE_REJECTED'], [302, 502, 'HUB_SOURCE_INVALID']])('a %d of the source is a %d', async (theirs, ours, code) => {
    yard.sales.answer({ status: theirs, body: '{"error":{"code":"","message":"because"}}' })
    const response = await yard.send('DELETE', '/odata/sales/Orders(7)')
    expect([response.status, (await errorOf(response)).code]).toEqual([ours, code])
    expect(yard.sales.requests).toHaveLength(1)
  })

  it('tells with a 405 of the source what it allows', async () => {
    yard.sales.answer({ status: 405, headers: { allow: 'GET' }, body: '{"error":{"code":"x","message":"no"}}' })
    const response = await yard.send('DELETE', '/odata/sales/Orders(7)')
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET'])
  })

  it('sends streams and raw values as they are', async () => {
    await yard.send('PUT', '/odata/sales/Files(1)/$value', 'bytes', { 'content-type': 'image/gif' })
    await yard.send('PUT', '/odata/sales/Orders(7)/Scan', '{"a":1, "b":2}', { 'content-type': 'application/json' })
    await yard.send('PUT', '/odata/sales/Orders(7)/Freight/$value', '0.10', { 'content-type': 'text/plain' })
    expect(yard.sales.requests.map(({ method, path, body }) => [method, path, body])).toEqual([['PUT', 'Files(1)/$value', 'bytes'], ['PUT', 'Orders(7)/Scan', '{"a":1, "b":2}'], ['PUT', 'Orders(7)/Freight/$value', '0.10']])
  })

  it('turns references into those of the source', async () => {
    await yard.send('POST', '/odata/sales/Orders(7)/Lines/$ref', { '@odata.context': `${root()}$metadata#$ref`, '@odata.id': `${root()}Lines(OrderID=1,No=2)` })
    await yard.send('PUT', '/odata/sales/Orders(7)/Parent/$ref', { '@id': 'Orders(1)' })
    await yard.send('DELETE', `/odata/sales/Orders(7)/Lines/$ref?$id=${encodeURIComponent(`${root()}Lines(OrderID=1,No=2)`)}`)
    expect(yard.sales.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', 'Orders(7)/Lines/$ref', `{"@odata.id":"${yard.sales.url}Lines(OrderID=1,No=2)"}`],
      ['PUT', 'Orders(7)/Parent/$ref', '{"@odata.id":"Orders(1)"}'],
      ['DELETE', `Orders(7)/Lines/$ref?$id=${encodeURIComponent(`${yard.sales.url}Lines(OrderID=1,No=2)`)}`, ''],
    ])
  })

  it('updates what a related entity is in the words of 4.01, and which it is in those of 4.0', async () => {
    await yard.send('PATCH', '/odata/sales/Orders(7)', { Parent: { '@id': 'Orders(1)', 'Paid': true } }, { 'odata-version': '4.01' })
    await yard.send('PATCH', '/odata/sales/Orders(7)', { Parent: { '@id': 'Orders(1)' } }, { 'odata-version': '4.01' })
    expect(yard.sales.requests.map(({ body, headers }) => [body, headers['odata-version']])).toEqual([
      ['{"Parent":{"@odata.id":"Orders(1)","Paid":true}}', '4.01'], ['{"Parent@odata.bind":"Orders(1)"}', '4.0'],
    ])
  })

  it('are in the newest version that the client understands, where they do not say theirs', async () => {
    const modern = await openYard({ version: '4.01' })
    try {
      for (const [headers, version] of [[{}, '4.01'], [{ 'odata-maxversion': '4.0' }, '4.0'], [{ 'odata-maxversion': '4.01' }, '4.01'], [{ 'odata-version': '4.0', 'odata-maxversion': '4.01' }, '4.0'], [{ 'odata-version': '4.01', 'odata-maxversion': '4.0' }, '4.01']] as const) {
        await modern.send('PATCH', '/odata/sales/Orders(7)', { Paid: true }, headers)
        expect([headers, modern.sales.requests.at(-1)?.headers['odata-version']]).toEqual([headers, version])
      }
    } finally {
      await modern.stop()
    }
  })

  it('updates deeply in the words of 4.01', async () => {
    await yard.send('PATCH', '/odata/sales/Orders(7)', { 'Lines@delta': [{ '@removed': { reason: 'deleted' }, '@id': `${root()}Lines(OrderID=7,No=1)` }, { No: 2, Price: 3 }] }, { 'odata-version': '4.01' })
    expect(only().headers['odata-version']).toBe('4.01')
    expect(JSON.parse(only().body)).toEqual({ 'Lines@odata.delta': [{ '@odata.removed': { reason: 'deleted' }, '@odata.id': `${yard.sales.url}Lines(OrderID=7,No=1)` }, { No: 2, Price: 3 }] })
    await yard.send('PATCH', '/odata/sales/Orders', { '@context': '#$delta', 'value': [{ ID: 1, Paid: true }] }, { 'odata-version': '4.01' })
    expect([yard.sales.requests[1]?.path, yard.sales.requests[1]?.body]).toEqual(['Orders', '{"@odata.context":"#$delta","value":[{"ID":1,"Paid":true}]}'])
  })
})

describe('what is wrong is said before anything is sent', () => {
  it.each([
    ['{"ID":1,}', 400, 'HUB_PAYLOAD_INVALID', 'line 1, column 9'],
    ['{"ID":1,"ID":2}', 400, 'HUB_PAYLOAD_INVALID', 'given twice'],
    ['[]', 400, 'HUB_PAYLOAD_INVALID', 'an object is needed'],
    ['{"Freigt":1}', 400, 'HUB_QUERY_UNKNOWN_PROPERTY', 'Did you mean Freight?'],
    ['{"Ship":{"Citty":"x"}}', 400, 'HUB_QUERY_UNKNOWN_PROPERTY', 'Did you mean City?'],
    ['{"Lines":[{"Prize":1}]}', 400, 'HUB_QUERY_UNKNOWN_PROPERTY', 'Did you mean Price?'],
    ['{"Paid":"yes"}', 400, 'HUB_PAYLOAD_INVALID', '"yes" where Edm.Boolean is needed'],
    ['{"ID":"1"}', 400, 'HUB_PAYLOAD_INVALID', '"1" where Edm.Int32 is needed'],
    ['{"ID":2147483648}', 400, 'HUB_PAYLOAD_INVALID', '2147483648 where Edm.Int32 is needed'],
    ['{"CustomerID":1}', 400, 'HUB_PAYLOAD_INVALID', '1 where Edm.String is needed'],
    ['{"Freight":"much"}', 400, 'HUB_PAYLOAD_INVALID', '"much" where Edm.Decimal is needed'],
    ['{"Token":"none"}', 400, 'HUB_PAYLOAD_INVALID', '"none" where Edm.Guid is needed'],
    ['{"Tags":"a"}', 400, 'HUB_PAYLOAD_INVALID', 'an array is needed'],
    ['{"Ship":"a"}', 400, 'HUB_PAYLOAD_INVALID', 'an object is needed'],
    ['{"@odata.type":"#Sales.Line"}', 400, 'HUB_PAYLOAD_INVALID', 'is no type derived from Sales.Order'],
    ['{"Parent@odata.bind":"Nowhere(1)"}', 404, 'HUB_RESOURCE_NOT_FOUND', 'Nowhere'],
    ['{"Parent@odata.bind":"Orders"}', 400, 'HUB_PAYLOAD_INVALID', 'is no entity'],
    ['{"Parent@odata.bind":"http://elsewhere/Orders(1)"}', 400, 'HUB_REQUEST_INVALID', 'outside of the service'],
  ])('%s', async (body, status, code, words) => {
    const response = await yard.send('POST', '/odata/sales/Orders', body)
    const error = await errorOf(response)
    expect([response.status, error.code]).toEqual([status, code])
    expect(error.message).toContain(words)
    nothingSent()
  })

  it.each([
    ['PUT', 'Orders(7)/Freight', { value: 1, Freight: 2 }, 'beside "value"'], ['PUT', 'Orders(7)/Freight', {}, 'it is missing'], ['PATCH', 'Orders', { ID: 1 }, 'an object with "value"'], ['PATCH', 'Orders', { value: [], ID: 1 }, 'beside "value"'],
    ['PUT', 'Orders(7)/Parent/$ref', { '@odata.id': 'Orders(1)', 'ID': 1 }, 'has no properties'], ['PUT', 'Orders(7)/Parent/$ref', { ID: 1 }, 'no properties'], ['POST', 'Orders', { 'Lines@odata.bind': ['$7'] }, 'the id 7'],
    ['POST', 'Orders', { 'Ship@odata.type': [1] }, 'the name of a type'], ['POST', 'Orders', { 'Parent@odata.bind': 1 }, 'the URL of an entity'],
  ])('%s %s %j', async (method, path, body, words) => {
    const response = await yard.send(method, `/odata/sales/${path}`, body)
    expect([response.status, await errorOf(response)]).toEqual([400, expect.objectContaining({ code: 'HUB_PAYLOAD_INVALID', message: expect.stringContaining(words) })])
    nothingSent()
  })

  it('takes what some derived type has where an entity is changed, not where it is made', async () => {
    await yard.send('PATCH', '/odata/sales/Orders(7)', { Hours: 1 })
    expect(only().body).toBe('{"Hours":1}')
    expect(await errorOf(await yard.send('POST', '/odata/sales/Orders', { Hours: 1 }))).toMatchObject({ code: 'HUB_QUERY_UNKNOWN_PROPERTY', target: 'Hours' })
  })

  it('leaves open types open', async () => {
    await yard.send('POST', '/odata/sales/Bags', '{"ID":1,"Anything":1.50,"Else@odata.type":"#Date","Else":"2020-01-01"}')
    expect(only().body).toBe('{"ID":1,"Anything":1.50,"Else@odata.type":"#Date","Else":"2020-01-01"}')
  })

  it.each([
    ['POST', 'Orders', { 'content-type': 'text/plain' }, 415, 'HUB_CONTENT_UNSUPPORTED'],
    ['POST', 'Orders', { 'content-type': 'application/json;charset=latin1' }, 415, 'HUB_CONTENT_UNSUPPORTED'],
    ['POST', 'Orders', { 'odata-isolation': 'snapshot' }, 412, 'HUB_ISOLATION_UNSUPPORTED'],
    ['POST', 'Orders', { 'x-http-method': 'PATCH' }, 400, 'HUB_REQUEST_INVALID'],
    ['POST', 'Orders', { 'odata-version': '3.0' }, 400, 'HUB_VERSION_UNSUPPORTED'],
    ['POST', 'Orders', { accept: 'application/xml' }, 406, 'HUB_FORMAT_UNSUPPORTED'],
    ['POST', 'Orders?$filter=Paid', {}, 400, 'HUB_QUERY_INVALID'],
    ['POST', 'Orders?explain=plan', {}, 501, 'HUB_QUERY_UNSUPPORTED'],
    ['POST', 'Orderz', {}, 404, 'HUB_RESOURCE_NOT_FOUND'],
    ['POST', 'Orders(1)', {}, 405, 'HUB_METHOD_NOT_ALLOWED'],
    ['PATCH', 'Orders/$count', {}, 405, 'HUB_METHOD_NOT_ALLOWED'],
    ['POST', '', {}, 405, 'HUB_METHOD_NOT_ALLOWED'],
    ['PATCH', '$metadata', {}, 405, 'HUB_METHOD_NOT_ALLOWED'],
    ['PATCH', '$all', {}, 405, 'HUB_METHOD_NOT_ALLOWED'],
    ['DELETE', '$crossjoin(Orders,Customers)', {}, 405, 'HUB_METHOD_NOT_ALLOWED'],
    ['PATCH', 'Orders/$query/$count', {}, 400, 'HUB_QUERY_SYNTAX'],
    ['PATCH', "Orders('x')", {}, 400, 'HUB_QUERY_TYPE'],
  ] as const)('%s %s %j', async (method, path, headers, ...[status, code]) => {
    const response = await yard.send(method, `/odata/sales/${path}`, { ID: 1 }, headers)
    expect([response.status, (await errorOf(response)).code]).toEqual([status, code])
    nothingSent()
  })
})

describe('a data product', () => {
  it('says its own names, and its source hears others', async () => {
    yard.sales.answer(created('{"@odata.context":"$root$$metadata#Orders/$entity","@odata.type":"#Sales.Rush","@odata.id":"$root$Orders(7)","ID":7,"Freight":0.10,"Secret":"s","Secret@odata.type":"#String","Ship":{"@odata.type":"#Sales.Address","City":"Ulm"},"Hours":2}'))
    const response = await yard.send('POST', '/odata/yard/Jobs', '{"Number":7,"Cost":0.10,"Ship":{"@odata.type":"#yard.sales.Address","City":"Ulm"}}')
    expect([only().path, only().body]).toEqual(['Orders', '{"ID":7,"Freight":0.10,"Ship":{"@odata.type":"#Sales.Address","City":"Ulm"}}'])
    expect(response.headers.get('location')).toBe(`${root('yard')}Jobs(7)`)
    expect(await response.text()).toBe(`{"@odata.context":"${root('yard')}$metadata#Jobs/$entity","@odata.id":"${root('yard')}Jobs(7)","Number":7,"Cost":0.10,"Ship":{"@odata.type":"#yard.sales.Address","City":"Ulm"}}`)
  })

  it('says its own names in paths and options', async () => {
    yard.sales.answer({ status: 200, body: '{"@odata.context":"$root$$metadata#Orders(ID,Freight)/$entity","ID":7,"Freight":1}' })
    const response = await yard.send('PATCH', '/odata/yard/Jobs(Number=7)?$select=Number,Cost&$expand=Lines($select=No)', { Cost: 1 }, { prefer: 'return=representation' })
    expect([only().path, only().body]).toEqual(['Orders(ID=7)?$select=ID,Freight&$expand=Lines($select=No)', '{"Freight":1}'])
    expect(await response.json()).toEqual({ '@odata.context': `${root('yard')}$metadata#Jobs(Number,Cost)/$entity`, 'Number': 7, 'Cost': 1 })
    await yard.send('PUT', '/odata/yard/Jobs(7)/Cost', { value: 2 })
    await yard.send('POST', '/odata/yard/Jobs(7)/Lines/$ref', { '@odata.id': 'Items(OrderID=1,No=2)' })
    expect(yard.sales.requests.slice(1).map(({ path, body }) => [path, body])).toEqual([['Orders(7)/Freight', '{"value":2}'], ['Orders(7)/Lines/$ref', '{"@odata.id":"Lines(OrderID=1,No=2)"}']])
  })

  it.each([
    ['POST', 'Jobs', { Number: 1, Secret: 'x' }, 400, 'HUB_QUERY_UNKNOWN_PROPERTY'],
    ['POST', 'Jobs', { Number: 1, Freight: 1 }, 400, 'HUB_QUERY_UNKNOWN_PROPERTY'],
    ['POST', 'Jobs', { 'Number': 1, 'Client@odata.bind': "Clients('A')" }, 501, 'HUB_REQUEST_SPANS_SOURCES'],
    ['POST', 'Jobs', { Number: 1, Client: { CustomerID: 'A' } }, 501, 'HUB_REQUEST_SPANS_SOURCES'],
    ['POST', 'Jobs', { 'Number': 1, 'Lines@odata.bind': ["Clients('A')"] }, 501, 'HUB_REQUEST_SPANS_SOURCES'],
    ['PUT', 'Jobs(1)/Client/$ref', { '@odata.id': "Clients('A')" }, 501, 'HUB_REQUEST_SPANS_SOURCES'],
    ['PATCH', 'Jobs(1)/Client', { Name: 'A' }, 501, 'HUB_REQUEST_SPANS_SOURCES'],
    ['POST', "Clients('A')/Jobs", { Number: 1 }, 501, 'HUB_REQUEST_SPANS_SOURCES'],
    ['POST', 'Jobs?$expand=Client', { Number: 1 }, 501, 'HUB_REQUEST_SPANS_SOURCES'],
  ] as const)('%s %s %j spans or shows nothing: nothing is sent', async (method, path, body, ...[status, code]) => {
    const response = await yard.send(method, `/odata/yard/${path}`, body)
    expect([response.status, (await errorOf(response)).code]).toEqual([status, code])
    nothingSent()
  })

  it('writes to each of its sources', async () => {
    await yard.send('PATCH', "/odata/yard/Clients('A')", { Name: 'B' })
    expect(only(yard.crm).path).toBe("Customers('A')")
    expect(yard.sales.requests).toEqual([])
  })
})
