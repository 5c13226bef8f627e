import { batchAnswer, parseBatch, readJsonChangeSetReply, writeJsonChangeSet, type Change } from '@tributary/odata-wire'

const malformed = (reason: string) => new Error(`malformed: ${reason}`)
const json = { 'content-type': 'application/json' }
const changes: readonly Change[] = [
  { id: 'a', method: 'POST', url: 'Customers', headers: json, body: Buffer.from('{"Name":"Bärbel","Big":9007199254740993,"Exact":1.10}') },
  { id: 'b', method: 'PATCH', url: '$a/Address', headers: json, body: Buffer.from('{"Of@odata.bind":"$a"}') },
  { id: 'c', method: 'PUT', url: 'Photos(1)/$value', headers: { 'content-type': 'image/png' }, body: Buffer.from([0, 255]) },
  { id: 'd', method: 'DELETE', url: 'Orders(3)', headers: { 'if-match': '*' } },
]
const answered = (responses: readonly (readonly [id: string, status: number, type: string, body: string])[]): Buffer => {
  const out = batchAnswer('json', 'b')
  const parts = responses.flatMap(([id, status, type, body]) => [out.begin({ id, method: '', url: '', headers: {}, dependsOn: [] }, status, type === '' ? {} : { 'content-type': type }), out.body(Buffer.from(body)), out.end()])
  return Buffer.concat([...parts, out.close()])
}

describe('a change set in JSON', () => {
  it('keeps every digit and byte, and says what depends on what', () => {
    const { contentType, body } = writeJsonChangeSet(changes)
    expect(body.toString('utf8')).toContain('"body":{"Name":"Bärbel","Big":9007199254740993,"Exact":1.10}')
    const { form, parts } = parseBatch(contentType, body, 10)
    expect(form).toBe('json')
    expect(parts.map(({ id, method, url, group, dependsOn }) => [id, method, url, group, dependsOn])).toEqual([
      ['a', 'POST', 'Customers', 'changes', []], ['b', 'PATCH', '$a/Address', 'changes', ['a']], ['c', 'PUT', 'Photos(1)/$value', 'changes', []], ['d', 'DELETE', 'Orders(3)', 'changes', []],
    ])
    expect(parts.slice(1).map((part) => part.body)).toEqual([Buffer.from('{"Of@odata.bind":"$a"}'), Buffer.from([0, 255]), undefined])
  })
})

describe('the answer to a change set in JSON', () => {
  const ids = ['a', 'b']

  it('has an answer to each change, in their order, its digits kept', () => {
    const body = answered([['b', 204, '', ''], ['a', 201, 'application/json;odata.metadata=minimal', '{"Big":9007199254740993}']])
    expect(readJsonChangeSetReply(body, ids, malformed)).toEqual({ kind: 'done', replies: [
      { id: 'a', status: 201, headers: { 'content-type': 'application/json;odata.metadata=minimal' }, body: Buffer.from('{"Big":9007199254740993}') }, { id: 'b', status: 204, headers: {}, body: Buffer.alloc(0) },
    ] })
    const texts = readJsonChangeSetReply(answered([['a', 200, 'text/plain', 'ä'], ['b', 200, 'image/png', '\u0001']]), ids, malformed)
    expect(texts).toMatchObject({ replies: [{ body: Buffer.from('ä') }, { body: Buffer.from([1]) }] })
  })

  it('is the error for which nothing was done, not that of those that failed with it', () => {
    expect(readJsonChangeSetReply(answered([['a', 424, 'application/json', '{}'], ['b', 412, 'application/json', '{"error":1}']]), ids, malformed)).toMatchObject({ kind: 'failed', reply: { id: 'b', status: 412, body: Buffer.from('{"error":1}') } })
  })

  it.each([['{"responses":[]}', '2 changes have 0 answers'], ['{}', 'no array'], ['[', 'expected'], ['{"responses":[{"id":"a"},{"id":"b"}]}', 'no status']])('is told from what is none: %s', (text, reason) => {
    expect(() => readJsonChangeSetReply(Buffer.from(text), ids, malformed)).toThrow(reason)
  })
})
