import { batchAnswer, parseBatch, readChangeSetReply, writeChangeSet, type Change } from '@tributary/odata-wire'

const changes: readonly Change[] = [
  { id: '1', method: 'POST', url: 'Customers', headers: { 'content-type': 'application/json' }, body: Buffer.from('{"Name":"Bärbel"}') },
  { id: '2', method: 'DELETE', url: '$1/Orders(3)', headers: { 'if-match': '*' } },
]
const malformed = (reason: string) => new Error(`malformed: ${reason}`)

/** A batch's answer as a service writes it. */
function answerOf(write: (out: ReturnType<typeof batchAnswer>) => readonly Buffer[], boundary = 'b'): { readonly contentType: string; readonly body: Buffer } {
  const out = batchAnswer('multipart', boundary)
  return { contentType: out.contentType, body: Buffer.concat([...write(out), out.close()]) }
}

const replies = (out: ReturnType<typeof batchAnswer>, order: readonly (readonly [string | undefined, number, string])[]) =>
  order.flatMap(([id, status, text]) => [out.begin({ ...(id === undefined ? {} : { id }), method: '', url: '', headers: {}, dependsOn: [] }, status, { 'content-type': 'application/json' }), out.body(Buffer.from(text)), out.end()])

describe('a change set as it is sent', () => {
  it('is read again as the changes it was written of', () => {
    const { contentType, body } = writeChangeSet(changes, 'n1')
    const { form, parts } = parseBatch(contentType, body, 10)
    expect(form).toBe('multipart')
    expect(parts).toEqual([
      { id: '1', method: 'POST', url: 'Customers', headers: { 'content-type': 'application/json', 'content-length': '18' }, group: 'changeset-1', dependsOn: [], body: Buffer.from('{"Name":"Bärbel"}') },
      { id: '2', method: 'DELETE', url: '$1/Orders(3)', headers: { 'if-match': '*' }, group: 'changeset-1', dependsOn: [] },
    ])
  })

  it.each([{ url: 'A\r\nX: 1' }, { url: 'A B' }, { method: 'POST\nX' }, { id: '1\r\n' }, { headers: { 'if-match': '*\r\nX: 1' } }, { headers: { 'a\nb': '1' } }])('holds nothing that would end its line: %j', (over) => {
    expect(() => writeChangeSet([{ ...changes[0]!, ...over }], 'n')).toThrow(TypeError)
  })

  it('keeps bytes that are no text', () => {
    const bytes = Buffer.from([0, 13, 10, 255, 128, 13, 10])
    const { contentType, body } = writeChangeSet([{ id: 'x', method: 'PUT', url: 'Photos(1)/$value', headers: { 'content-type': 'image/png' }, body: bytes }], 'n')
    expect(parseBatch(contentType, body, 1).parts[0]?.body).toEqual(bytes)
  })
})

const batch = (request: object) => () => parseBatch('application/json', Buffer.from(JSON.stringify({ requests: [{ id: '1', method: 'post', url: 'A', ...request }] })), 1)

describe('a batch in JSON', () => {
  it.each([{ 'if-match': '*\r\nX: 1' }, { 'x\n': '1' }, { '': '1' }, { 'a b': '1' }, { a: '\u0000' }])('holds no header that is none: %j', (headers) => {
    expect(batch({ headers })).toThrow(expect.objectContaining({ code: 'HUB_REQUEST_INVALID', message: expect.stringContaining('what no header can') }))
  })

  it('has bodies in JSON unless they say otherwise', () => {
    expect(batch({ body: { a: 1 } })().parts[0]).toMatchObject({ headers: { 'content-type': 'application/json' }, body: Buffer.from('{"a":1}') })
    expect(batch({ body: 'AQI', headers: { 'Content-Type': 'image/png' } })().parts[0]).toMatchObject({ headers: { 'content-type': 'image/png' }, body: Buffer.from([1, 2]) })
  })
})

describe('the answer to a change set', () => {
  const ids = ['1', '2']

  it('has an answer to each change, in their order', () => {
    const answer = answerOf((out) => [out.openGroup(), ...replies(out, [['2', 204, ''], ['1', 201, '{"ID":7,"Name":"Bärbel"}']]), out.closeGroup()])
    expect(readChangeSetReply(answer, ids, malformed)).toEqual({ kind: 'done', replies: [
      { id: '1', status: 201, headers: { 'content-type': 'application/json' }, body: Buffer.from('{"ID":7,"Name":"Bärbel"}') },
      { id: '2', status: 204, headers: { 'content-type': 'application/json' }, body: Buffer.alloc(0) },
    ] })
  })

  it('is told by place where answers have no ids', () => {
    const answer = answerOf((out) => [out.openGroup(), ...replies(out, [[undefined, 201, '1'], [undefined, 204, '']]), out.closeGroup()])
    expect(readChangeSetReply(answer, ids, malformed)).toMatchObject({ kind: 'done', replies: [{ status: 201 }, { status: 204 }] })
  })

  it.each([true, false])('is the one error for which nothing was done, within a change set or not: %s', (within) => {
    const answer = answerOf((out) => [...(within ? [out.openGroup()] : []), ...replies(out, [['2', 412, '{"error":{}}']]), ...(within ? [out.closeGroup()] : [])])
    expect(readChangeSetReply(answer, ids, malformed)).toEqual({ kind: 'failed', reply: { id: '2', status: 412, headers: { 'content-type': 'application/json' }, body: Buffer.from('{"error":{}}') } })
  })

  it('may have lengths, and lines that end otherwise', () => {
    const body = '--b\nContent-Type: application/http\n\nHTTP/1.1 400 Bad Request\nContent-Length: 3\n\nnot\n\n--b--'
    expect(readChangeSetReply({ contentType: 'multipart/mixed; boundary="b"', body: Buffer.from(body) }, ids, malformed)).toMatchObject({ kind: 'failed', reply: { status: 400, body: Buffer.from('not') } })
  })

  it.each<[string, string, string, string]>([
    ['no multipart', 'application/json', '{}', 'answered as application/json'],
    ['cut off', 'multipart/mixed;boundary=b', '--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', 'closing boundary'],
    ['no status', 'multipart/mixed;boundary=b', '--b\r\nContent-Type: application/http\r\n\r\nOK\r\n\r\n--b--', 'status line'],
    ['nothing', 'multipart/mixed;boundary=b', '--b\r\n--b--', 'is answered as'],
    ['another form within', 'multipart/mixed;boundary=b', '--b\r\nContent-Type: text/plain\r\n\r\nOK\r\n--b--', 'answered as text/plain'],
  ])('is told from what is none: %s', (_, contentType, text, reason) => {
    expect(() => readChangeSetReply({ contentType, body: Buffer.from(text) }, ids, malformed)).toThrow(reason)
  })

  it('is not taken where an answer is missing', () => {
    const answer = answerOf((out) => [out.openGroup(), ...replies(out, [['1', 201, '']]), out.closeGroup()])
    expect(() => readChangeSetReply(answer, ids, malformed)).toThrow('2 changes have 1 answers')
  })
})
