import { isHubError } from '@tributary/errors'
import * as fc from 'fast-check'
import { batchAnswer, parseBatch, type BatchPart } from '../src/index.js'

const crlf = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'))

const mixed = crlf(`this is ignored
--b 1
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: a

GET Orders?$filter=Name%20eq%20'--b' HTTP/1.1
Accept: application/json
Accept: text/plain


--b 1
Content-Type: multipart/mixed; boundary="c"

--c
Content-Type: application/http
content-id: 7

PATCH /service/Orders(1) HTTP/1.1
Content-Type: application/json

{"a":"ä"}
--c
Content-Type: application/http

DELETE Orders(2)
--c--

--b 1--
and so is this`)

const multipart = 'Multipart/Mixed; charset=utf-8; boundary="b 1"'
const json = (requests: unknown): Buffer => Buffer.from(JSON.stringify({ requests }))
const get = (id: string, more: object = {}) => ({ id, method: 'get', url: 'Orders', ...more })

const part = (id: string, more: Partial<BatchPart> = {}): BatchPart => ({ id, method: 'GET', url: 'A', headers: {}, dependsOn: [], ...more })
const written = (form: 'json' | 'multipart', answers: readonly (readonly [BatchPart, number, string, readonly string[]])[]) => {
  const out = batchAnswer(form, 'b')
  const text = answers.flatMap(([one, status, type, chunks]) => [out.begin(one, status, { 'content-type': type }), ...chunks.map((chunk) => out.body(Buffer.from(chunk))), out.end()])
  return Buffer.concat([...text, out.close()]).toString()
}

const codeOf = (read: () => unknown): string => {
  try {
    read()
    return 'read'
  } catch (error) {
    return isHubError(error) ? error.code : String(error)
  }
}

const change = (boundary: string) => `--${boundary}\nContent-Type: application/http\nContent-ID: 1\n\nDELETE A(1) HTTP/1.1\n\n`
const set = (boundary: string) => `--x\nContent-Type: multipart/mixed;boundary=${boundary}\n\n${change(boundary)}--${boundary}--\n`

describe('a batch in MIME parts', () => {
  it('is read with its change sets, headers and bodies', () => {
    const { form, parts } = parseBatch(multipart, mixed, 10)
    expect(form).toBe('multipart')
    expect(parts.map(({ body, ...part }) => ({ ...part, ...(body === undefined ? {} : { body: body.toString() }) }))).toEqual([
      { id: 'a', method: 'GET', url: "Orders?$filter=Name%20eq%20'--b'", headers: { accept: 'application/json, text/plain' }, dependsOn: [] },
      { id: '7', method: 'PATCH', url: '/service/Orders(1)', headers: { 'content-type': 'application/json' }, dependsOn: [], group: 'changeset-1', body: '{"a":"ä"}' },
      { method: 'DELETE', url: 'Orders(2)', headers: {}, dependsOn: [], group: 'changeset-1' },
    ])
  })

  it('may count the requests of each change set anew', () => {
    expect(parseBatch('multipart/mixed;boundary=x', Buffer.from(`${set('a')}${set('b')}--x--`), 9).parts.map(({ id, group }) => [id, group])).toEqual([['1', 'changeset-1'], ['1', 'changeset-2']])
    expect(() => parseBatch('multipart/mixed;boundary=x', Buffer.from(`--x\nContent-Type: multipart/mixed;boundary=a\n\n${change('a')}${change('a')}--a--\n--x--`), 9)).toThrow('not unique')
  })

  it('may end its lines with LF alone, and hold nothing', () => {
    expect(parseBatch('multipart/mixed;boundary=x', Buffer.from('--x\nContent-Type: application/http\n\nGET A HTTP/1.1\n\n\n--x--'), 1).parts).toMatchObject([{ method: 'GET', url: 'A' }])
  })

  it('leaves it to each request whether blanks in its URL make sense, as in JSON', () => {
    const [filtered, bare] = parseBatch('multipart/mixed;boundary=x', Buffer.from('--x\nContent-Type: application/http\n\nGET A?$filter=B eq 1 HTTP/1.1\n\n\n--x\nContent-Type: application/http\n\nGET A?$filter=B eq 1\n\n\n--x--'), 2).parts
    expect([filtered?.url, bare?.url]).toEqual(['A?$filter=B eq 1', 'A?$filter=B eq 1'])
    expect(parseBatch('multipart/mixed;boundary=x', Buffer.from('--x--\r\n'), 1).parts).toEqual([])
  })

  it.each([
    ['cut off', '--x\nContent-Type: application/http\n\nGET A HTTP/1.1\n\n', 'closing boundary'],
    ['cut off within the last boundary', '--x\nContent-Type: application/http\n\nGET A HTTP/1.1\n\n--x-', 'closing boundary'],
    ['of another type', '--x\nContent-Type: text/plain\n\nGET A HTTP/1.1\n\n--x--', 'application/http'],
    ['without a request line', '--x\nContent-Type: application/http\n\n$A B C D\n\n--x--', 'request line'],
    ['with a header that is none', '--x\nContent-Type: application/http\n\nGET A HTTP/1.1\nwhat is this\n\n--x--', 'header line'],
    ['in base64', '--x\nContent-Type: application/http\nContent-Transfer-Encoding: base64\n\nR0VU\n--x--', 'base64'],
    ['with a query among the changes', '--x\nContent-Type: multipart/mixed;boundary=y\n\n--y\nContent-Type: application/http\n\nGET A HTTP/1.1\n\n--y--\n--x--', 'changes only'],
    ['with an id twice', `${'--x\nContent-Type: application/http\nContent-ID: 1\n\nGET A HTTP/1.1\n\n'.repeat(2)}--x--`, 'not unique'],
  ])('is refused %s', (_what, text, word) => {
    expect(() => parseBatch('multipart/mixed;boundary=x', Buffer.from(text), 10)).toThrow(expect.objectContaining({ code: 'HUB_REQUEST_INVALID', message: expect.stringContaining(word) }))
  })

  it('fails cleanly, whatever it is', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('--x', '--x--', '\r\n', '\n', 'Content-Type: application/http', 'Content-Type: multipart/mixed;boundary=x', 'GET A HTTP/1.1', ':', ' ', 'ÿ')), (words) => {
      expect(codeOf(() => parseBatch('multipart/mixed;boundary=x', Buffer.from(words.join('')), 10))).toMatch(/^(?:read|HUB_REQUEST_INVALID)$/)
    }), { numRuns: 500 })
  })
})

describe('a batch in JSON', () => {
  it('is read with its dependencies, conditions and bodies', () => {
    const { form, parts } = parseBatch('application/json;odata.metadata=none', json([
      get('1', { headers: { Accept: 'x' } }),
      { id: '2', method: 'POST', url: '/s/Orders', atomicityGroup: 'g', dependsOn: ['1'], if: '$1/$succeeded', body: { a: 1 } },
      { id: '3', method: 'put', url: 'Orders(1)/Photo', headers: { 'content-type': 'image/png' }, atomicityGroup: 'g', body: 'AQI' },
      { id: '4', method: 'put', url: 'Orders(1)/Note/$value', headers: { 'content-type': 'text/plain' }, dependsOn: ['g'], body: 'ä' },
    ]), 4)
    expect(form).toBe('json')
    expect(parts).toMatchObject([
      { id: '1', method: 'GET', headers: { accept: 'x' }, dependsOn: [] },
      { id: '2', group: 'g', dependsOn: ['1'], condition: '$1/$succeeded', body: Buffer.from('{"a":1}') },
      { id: '3', group: 'g', body: Buffer.of(1, 2) },
      { id: '4', dependsOn: ['g'], body: Buffer.from('ä') },
    ])
  })

  it('keeps the numbers of its bodies to the last digit', () => {
    const { parts } = parseBatch('application/json', Buffer.from('{"requests":[{"id":"1","method":"post","url":"A","body":{"a":12345678901234567890.0123456789,"b":[1.10,-0.0,1E400]}}]}'), 1)
    expect(parts[0]?.body?.toString()).toBe('{"a":12345678901234567890.0123456789,"b":[1.10,-0.0,1E400]}')
  })

  it.each([
    ['no JSON', Buffer.from('{'), 'JSON'],
    ['no requests', Buffer.from('{}'), 'requests'],
    ['no id', json([{ method: 'get', url: 'A' }]), '"id"'],
    ['an id twice', json([get('1'), get('1')]), 'not unique'],
    ['a group named like a request', json([get('1'), get('2', { atomicityGroup: '1' })]), 'not unique'],
    ['a group that does not stand together', json([get('1', { atomicityGroup: 'g' }), get('2'), get('3', { atomicityGroup: 'g' })]), 'together'],
    ['a dependency on what comes later', json([get('1', { dependsOn: ['2'] }), get('2')]), 'does not stand before'],
    ['headers that are no strings', json([get('1', { headers: { a: 1 } })]), 'headers.a'],
  ])('is refused with %s', (_what, body, word) => {
    expect(() => parseBatch('application/json', body, 10)).toThrow(expect.objectContaining({ code: 'HUB_REQUEST_INVALID', message: expect.stringContaining(word) }))
  })

  it('is refused beyond the limit, and in any other form', () => {
    expect(() => parseBatch('application/json', json([get('1'), get('2')]), 1)).toThrow(expect.objectContaining({ code: 'HUB_LIMIT_EXCEEDED' }))
    for (const type of [undefined, 'text/plain', 'multipart/mixed', 'multipart/form-data;boundary=x']) {
      expect(() => parseBatch(type, Buffer.from('{}'), 1)).toThrow(expect.objectContaining({ code: 'HUB_CONTENT_UNSUPPORTED', status: 415 }))
    }
  })
})

describe('the answer to a batch', () => {
  it('holds JSON as it is, text as a string and bytes as base64url', () => {
    expect(JSON.parse(written('json', [
      [part('1'), 200, 'application/json;odata.metadata=minimal', ['{"a":', '1}']],
      [part('2', { group: 'g' }), 200, 'text/plain', ['4', '2"']],
      [part('3'), 200, 'image/png', ['\u0001']],
      [part('4'), 204, '', []],
    ]))).toEqual({ responses: [
      { id: '1', status: 200, headers: { 'content-type': 'application/json;odata.metadata=minimal' }, body: { a: 1 } },
      { id: '2', atomicityGroup: 'g', status: 200, headers: { 'content-type': 'text/plain' }, body: '42"' },
      { id: '3', status: 200, headers: { 'content-type': 'image/png' }, body: 'AQ' },
      { id: '4', status: 204, headers: { 'content-type': '' } },
    ] })
    expect(written('json', [])).toBe('{"responses":[]}')
  })

  it('is read by the reader of batches again, as MIME parts', () => {
    const text = written('multipart', [[part('1'), 404, 'application/json', ['{"error":1}']]])
    expect(text).toBe('--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\n\r\n{"error":1}\r\n--b--\r\n')
  })
})
