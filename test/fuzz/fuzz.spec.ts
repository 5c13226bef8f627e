import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { readCsdl } from '@tributary/edm'
import { openProtocolHub, type ProtocolHub } from '../protocol/protocol-hub.js'
import { fuzzRequest, type FuzzRequest } from './fuzz-requests.js'
import { judge, openAgent } from './verdict.js'

/** Sends bytes and reads until the server closes. */
async function raw({ hostname, port }: URL, bytes: Buffer): Promise<string> {
  const socket = connect(Number(port), hostname)
  socket.end(bytes)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Generated and mutated URLs, payloads and batches against a hub over the rich server: whatever comes, no crash, no hang, no 500, and
 * every error is an OData error object.
 *
 * `npm test` asks a few thousand. `TRIBUTARY_FUZZ=100000` asks that many, `TRIBUTARY_FUZZ_SEED=…` begins elsewhere, and
 * `TRIBUTARY_FUZZ_REPORT=file` writes what was found wrong: a seed alone makes its request again.
 */
const wanted = Number(process.env['TRIBUTARY_FUZZ'] ?? 3000)
const firstSeed = Number(process.env['TRIBUTARY_FUZZ_SEED'] ?? 1)
const lanes = 8
const blockSize = 500

describe('whatever is asked', () => {
  let hub: ProtocolHub
  beforeAll(async () => {
    hub = await openProtocolHub()
  })
  afterAll(() => hub.stop())

  it('is answered, and never by an internal error', async () => {
    const model = readCsdl(hub.source.metadata)
    const agent = openAgent()
    const found: string[] = []
    const failing: string[] = []
    const counts = new Map<string, number>()
    const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
    const ask = async (given: FuzzRequest): Promise<void> => {
      const { status, wrong } = await judge(agent, hub.root, given)
      add(given.kind)
      if (status < 300) add(`${given.kind} answered`)
      add(status < 500 ? `${Math.floor(status / 100)}xx` : String(status))
      if (status > 501) failing.push(`seed ${given.seed}: ${status} ${given.method} ${given.path.slice(0, 300)}`)
      if (wrong !== undefined) found.push(`seed ${given.seed}: ${given.method} ${given.path.slice(0, 400)} ${JSON.stringify(given.headers)} ${given.body?.toString('utf8').slice(0, 600) ?? ''}\n    ${wrong}`)
    }
    for (let from = firstSeed; from < firstSeed + wanted; from += blockSize) {
      const block = Array.from({ length: Math.min(blockSize, firstSeed + wanted - from) }, (_, index) => fuzzRequest(model, from + index))
      // what is read does not change meanwhile; changes are forgotten, so that there is always something to read
      const reading = block.filter(({ kind }) => kind === 'url' || kind === 'mutated url').values()
      await Promise.all(Array.from({ length: lanes }, async () => {
        for (const given of reading) await ask(given)
      }))
      for (const given of block) if (given.kind === 'payload' || given.kind === 'batch') await ask(given)
      hub.source.reset()
    }
    agent.destroy()
    process.stdout.write(`fuzzing: ${wanted} requests from seed ${firstSeed}: ${[...counts].toSorted().map(([name, count]) => `${count} ${name}`).join(', ')}; ${found.length} wrong\n`)
    const report = process.env['TRIBUTARY_FUZZ_REPORT']
    if (report !== undefined) writeFileSync(report, [...found, ...failing].join('\n'))
    expect(found.slice(0, 20)).toEqual([])
  }, 3_600_000)

  it.each([
    'GET /odata/port/V\xe9ssels HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 'nonsense\r\n\r\n', 'GET /odata/port/Vessels HTTP/9.9\r\n\r\n',
    'POST /odata/port/Sailors HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n', 'POST /odata/port/Sailors HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'GET /odata/port/Vessels HTTP/1.1\r\nHost: 127.0.0.1\r\nA b: c\r\n\r\n',
  ])('answers what is no HTTP by an OData error object (%#)', async (text) => {
    const answer = await raw(new URL(hub.root), Buffer.from(text, 'latin1'))
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    const { error } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { readonly error: { readonly code: string; readonly message: string } }
    expect(error).toEqual({ code: expect.stringMatching(/^HUB_/), message: expect.any(String) })
  })
})
