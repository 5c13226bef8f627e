import { send, type Exchange } from './exchanges.js'

interface Part {
  readonly line: string
  readonly headers?: readonly string[]
  readonly body?: string
  readonly id?: string
}

const part = ({ line, headers = [], body = '', id }: Part): readonly string[] =>
  ['Content-Type: application/http', 'Content-Transfer-Encoding: binary', ...(id === undefined ? [] : [`Content-ID: ${id}`]), '', `${line} HTTP/1.1`, ...headers, '', body]

const changes = (mark: string, parts: readonly Part[]): readonly string[] =>
  [`Content-Type: multipart/mixed; boundary=${mark}`, '', ...parts.flatMap((one) => [`--${mark}`, ...part(one)]), `--${mark}--`]

const multipart = (...all: readonly (readonly string[])[]): string => [...all.flatMap((one) => ['--outer', ...one]), '--outer--', ''].join('\r\n')

const json = ['Content-Type: application/json']
const sailor = (id: number) => `{"Id":${id},"Name":"S","Papers":"P-${id}"}`
const many = (text: string, headers: Readonly<Record<string, string>> = {}): Exchange => send('POST $batch', text, { 'content-type': 'multipart/mixed; boundary=outer', ...headers })
const asJson = (requests: readonly unknown[], headers: Readonly<Record<string, string>> = {}): Exchange => send('POST $batch', { requests }, headers)

/** Batches, multipart and JSON. */
export const batchRequests: readonly Exchange[] = [
  many(multipart(part({ line: "GET Vessels('AMBER')" }), part({ line: 'GET Vessels?$orderby=Code&$top=1&$select=Code' }))),
  many(multipart(part({ line: 'GET Vessels/$count', headers: ['Accept: text/plain'] }), part({ line: 'GET Nope' }), part({ line: 'GET Sailors(1)' }))),
  many(multipart(part({ line: 'GET Nope' }), part({ line: 'GET Sailors(1)' })), { prefer: 'continue-on-error' }),
  many(multipart(part({ line: 'GET Nope' }), part({ line: 'GET Sailors(1)' })), { prefer: 'odata.continue-on-error' }),
  many(multipart(changes('inner', [{ line: 'POST Sailors', headers: json, body: sailor(60), id: '1' }]))),
  many(multipart(changes('inner', [{ line: 'POST Sailors', headers: json, body: sailor(60), id: '1' }, { line: 'PATCH $1', headers: json, body: '{"Rank":5}', id: '2' }]), part({ line: 'GET Sailors(60)' }))),
  many(multipart(changes('inner', [{ line: 'POST Sailors', headers: json, body: sailor(60), id: '1' }, { line: 'POST $1/Vessels/$ref', headers: json, body: '{"@odata.id":"Vessels(\'AMBER\')"}', id: '2' }]), part({ line: 'GET Sailors(60)/Vessels?$select=Code' }))),
  many(multipart(changes('inner', [{ line: 'POST Sailors', headers: json, body: sailor(60), id: '1' }, { line: 'POST Sailors', headers: json, body: sailor(1), id: '2' }]), part({ line: 'GET Sailors(60)' })), { prefer: 'continue-on-error' }),
  many(multipart(changes('inner', [{ line: 'DELETE Sailors(2)', id: '1' }, { line: "PATCH Vessels('AMBER')", headers: [...json, 'If-Match: *'], body: '{"Name":"B"}', id: '2' }]))),
  many(multipart(changes('inner', [{ line: "PATCH Vessels('AMBER')", headers: json, body: '{"Name":"B"}', id: '1' }]))),
  many(multipart(changes('inner', [{ line: 'POST Sailors(2)/Port.Retire', headers: json, body: '{}', id: '1' }]))),
  many(multipart(changes('a', [{ line: 'POST Sailors', headers: json, body: sailor(60), id: '1' }]), changes('b', [{ line: 'POST Sailors', headers: json, body: sailor(61), id: '2' }]))),
  many(multipart(part({ line: 'POST Sailors', headers: json, body: sailor(60), id: '1' }), part({ line: 'GET Sailors(60)' }))),
  many('nonsense'), many(''), send('POST $batch', 'x', { 'content-type': 'text/plain' }), send('GET $batch'),
  asJson([{ id: '1', method: 'get', url: 'Sailors(1)' }, { id: '2', method: 'GET', url: 'Vessels?$orderby=Code&$top=2&$select=Code' }]),
  asJson([{ id: '1', method: 'get', url: '/port/Sailors(1)' }].map((one) => ({ ...one, url: 'Sailors(1)/Name' }))),
  asJson([{ id: '1', method: 'get', url: 'Vessels/$count' }, { id: '2', method: 'get', url: 'Nope' }, { id: '3', method: 'get', url: 'Sailors(2)' }], { prefer: 'continue-on-error' }),
  asJson([{ id: '1', method: 'post', url: 'Sailors', body: { Id: 60, Name: 'S', Papers: 'P' } }, { id: '2', method: 'get', url: 'Sailors(60)', dependsOn: ['1'] }]),
  asJson([{ id: '1', method: 'post', url: 'Sailors', body: { Id: 60, Name: 'S', Papers: 'P' } }, { id: '2', method: 'patch', url: '$1', body: { Rank: 4 }, dependsOn: ['1'] }, { id: '3', method: 'get', url: '$1/Rank', dependsOn: ['2'] }]),
  asJson([{ id: '1', method: 'post', url: 'Sailors', atomicityGroup: 'g', body: { Id: 60, Name: 'S', Papers: 'P' } }, { id: '2', method: 'patch', url: 'Sailors(1)', atomicityGroup: 'g', body: { Rank: 9 } }]),
  asJson([{ id: '1', method: 'post', url: 'Sailors', atomicityGroup: 'g', body: { Id: 60, Name: 'S', Papers: 'P' } }, { id: '2', method: 'patch', url: '$1', atomicityGroup: 'g', body: { Rank: 9 } }, { id: '3', method: 'get', url: 'Sailors(60)', dependsOn: ['g'] }]),
  asJson([{ id: '1', method: 'delete', url: 'Sailors(2)' }, { id: '2', method: 'delete', url: "Vessels('AMBER')", headers: { 'If-Match': '*' } }, { id: '3', method: 'delete', url: "Vessels('BRISK')" }], { prefer: 'continue-on-error' }),
  asJson([{ id: '1', method: 'post', url: 'Announce', body: { text: 'x', times: 1 } }, { id: '2', method: 'get', url: 'Greeting()' }]),
  asJson([{ id: '1', method: 'get', url: 'Photos(2)/$value' }]),
  send('POST $batch', '{"requests":', { 'content-type': 'application/json' }), send('POST $batch', { requests: [{ method: 'get' }] }), send('POST $batch', {}),
]
