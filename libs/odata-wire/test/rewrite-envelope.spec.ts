import * as fc from 'fast-check'
import { rewriteEnvelope, rewriteWhole, type EnvelopeRewrite } from '../src/index.js'

const rewrite: EnvelopeRewrite = {
  style: { metadata: 'minimal', ieee754: false, prefixed: true }, context: 'http://hub/odata/s/$metadata#Things', count: true, slug: 'erp',
  nextLink: (link) => `http://hub/wrapped?of=${encodeURIComponent(link)}`,
}

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function run(text: string, options: Partial<EnvelopeRewrite> = {}, size = 7): Promise<string> {
  const out: Buffer[] = []
  for await (const chunk of rewriteEnvelope(inChunks(text, size), { ...rewrite, ...options })) out.push(chunk)
  const streamed = Buffer.concat(out).toString()
  // Where all of it is there at once, nothing else comes of it.
  expect(rewriteWhole(Buffer.from(text), { ...rewrite, ...options }).toString()).toBe(streamed)
  return streamed
}

describe('rewriteEnvelope', () => {
  it('replaces context and next link, keeps the count and drops what leads to the source', async () => {
    const text = '{"@odata.context":"http://erp/$metadata#T","@odata.metadataEtag":"W/1","@odata.count":2,"value":[{"a":12.50}, {"a":1}],"@odata.nextLink":"Things?$skip=2","@odata.deltaLink":"http://erp/d"}'
    expect(await run(text)).toBe('{"@odata.context":"http://hub/odata/s/$metadata#Things","@odata.count":2,"value":[{"a":12.50}, {"a":1}],"@odata.nextLink":"http://hub/wrapped?of=Things%3F%24skip%3D2"}')
  })

  it('leaves strings within rows alone that look like an envelope', async () => {
    const row = String.raw`{"a":"\",\"@odata.nextLink\":\"x\"}","@odata.nextLink":"inner","b":{"value":["]}","\\"]}}`
    expect(await run(`{"value":[${row}],"@odata.count":1}`)).toBe(`{"@odata.context":"http://hub/odata/s/$metadata#Things","value":[${row}],"@odata.count":1}`)
  })

  it('knows the names of 4.01 and white space everywhere', async () => {
    const text = ' {\n "@context" : "x" , "value" : [ ] , "@count" : "5" , "@nextLink" : "n" }\n'
    expect(JSON.parse(await run(text, { style: { ...rewrite.style, prefixed: false, ieee754: true } }))).toEqual({ '@context': rewrite.context, 'value': [], '@count': '5', '@nextLink': 'http://hub/wrapped?of=n' })
  })

  it('writes no context for metadata=none and no count that was not asked for', async () => {
    expect(await run('{"value":[1],"@odata.count":1}', { count: false, style: { ...rewrite.style, metadata: 'none' } })).toBe('{"value":[1]}')
  })

  it.each([
    ['broken off within a row', '{"value":[{"a":1},{"a"'],
    ['broken off after a row', '{"value":[{"a":1}'],
    ['broken off after an object of a row', '{"value":[{"a":{"b":[1]}'],
    ['broken off after the rows', '{"@odata.count":1,"value":[{"a":1}]'],
    ['broken off in the envelope', '{"@odata.count":1,"value":[{"a":1}],"@odata.nextLink":"htt'],
    ['broken off before the rows', '{"@odata.context":"x"'],
    ['broken off after a row that ends behind a long array', `{"value":[{"a":1},{"long":[${'1,'.repeat(40_000)}1],"b":2}`],
    ['broken off within a row, behind a long array', `{"value":[{"a":{"long":[${'1,'.repeat(40_000)}1],"b":2}`],
    ['broken off within a string', '{"value":[{"a":"]}'],
    ['followed by something else', '{"value":[{"a":1}]} {}'],
    ['ended by an error within the stream', '{"@odata.count":1,"value":[{"a":1}],"error":{"code":"x","message":"the cursor was lost"}}'],
    ['no collection', '{"@odata.context":"x","a":1}'],
    ['an error page', '<html></html>'],
    ['rows that are an object', '{"value":{}}'],
    ['no count although asked for', '{"value":[]}'],
  ])('fails on a body that is %s', async (_what, text) => {
    const fault = { code: 'HUB_SOURCE_INVALID', message: expect.stringContaining('erp') as string }
    await expect(run(text)).rejects.toMatchObject(fault)
    expect(() => rewriteWhole(Buffer.from(text), rewrite)).toThrow(expect.objectContaining(fault))
  })

  it('is right for any rows, member order and chunk size, also beyond what is held back', async () => {
    const member = fc.constantFrom('"@odata.count":7', '"@odata.nextLink":"n"', '"@Some.term":[{"x":["]"]}]', '"@odata.metadataEtag":"\\\\"')
    const rows = fc.array(fc.jsonValue(), { maxLength: 20 })
    await fc.assert(fc.asyncProperty(rows, fc.uniqueArray(member), fc.uniqueArray(member), fc.constantFrom(1, 3, 64, 5000), async (values, before, after, size) => {
      const filler = size === 5000 ? [{ filler: 'x"}]'.repeat(10_000) }] : []
      const inner = [...filler, ...values, ...filler]
      const seen = new Set(before)
      const text = `{${[...before, `"value":${JSON.stringify(inner)}`, ...after.filter((one) => !seen.has(one))].join(',')}}`
      const source = JSON.parse(text) as Record<string, unknown>
      const result = JSON.parse(await run(text, { count: '@odata.count' in source }, size)) as Record<string, unknown>
      expect(result['value']).toEqual(source['value'])
      expect(result['@odata.count']).toBe(source['@odata.count'])
      expect(result['@odata.nextLink']).toBe('@odata.nextLink' in source ? 'http://hub/wrapped?of=n' : undefined)
      expect(Object.keys(result).length).toBe(2 + Number('@odata.count' in source) + Number('@odata.nextLink' in source))
    }), { numRuns: 60 })
  })

  it('closes the source when the client goes away', async () => {
    let closed = false
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        yield Buffer.from('{"value":[')
        for (;;) yield Buffer.from(`{"a":"${'x'.repeat(40_000)}"},`)
      } finally {
        closed = true
      }
    }
    for await (const chunk of rewriteEnvelope(endless(), rewrite)) if (chunk.length > 30_000) break
    expect(closed).toBe(true)
  })
})
