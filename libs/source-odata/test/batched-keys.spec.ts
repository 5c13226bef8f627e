import { parseRows, stringType } from '@tributary/plan'
import { capabilitiesOf, SourceContradicted, SourceRefused, type Accepted, type Capabilities, type Fact, type RemoteRequest } from '@tributary/source'
import { ODataSource } from '@tributary/source-odata'
import { customersAndOrders, startODataServer, type Behaviour, type ODataServer } from '../../../test/harness/odata-server.js'
import { targetOf, wantAll } from './served.js'

const plain = customersAndOrders(400, 10)
const fact = (trust: Fact['trust']): Fact => ({ trust, origin: 'learnt', why: '501', since: new Date(0) })
const withoutIn: Capabilities = capabilitiesOf(new Map([['filter:in:Edm.String', fact('unsupported')], ['batch', fact('exact')]]))
const withoutBatch: Capabilities = capabilitiesOf(new Map([['filter:in:Edm.String', fact('unsupported')], ['batch', fact('unsupported')]]))
const unheard: Capabilities = capabilitiesOf(new Map([['filter:in:Edm.String', fact('unsupported')]]))
const shortUrls: Capabilities = capabilitiesOf(new Map([['batch', fact('exact')]]), { urlLimit: 500 })
const keys = Array.from({ length: 200 }, (_, index) => [`C${String(index).padStart(5, '0')}`])
const refusesIn: Behaviour = { in: 'refuse', filterTerms: 60 }

describe('keys in several reads that are sent as one', () => {
  let server: ODataServer
  const source = new ODataSource()
  beforeEach(async () => {
    server = await startODataServer({ sets: plain, behaviour: { ...refusesIn, batch: 'honour' } })
  })
  afterEach(() => server.stop())
  afterAll(() => source.close())

  const accept = (able: Capabilities): Accepted => source.accept(wantAll(targetOf(server, plain), plain, 'Customers', { keys: [{ name: 'CustomerID', type: stringType }] }), able)

  async function read(able = withoutIn, wanted: readonly (readonly string[])[] = keys, observed: RemoteRequest[] = []): Promise<readonly unknown[]> {
    const scan = accept(able)
    const found: unknown[] = []
    for await (const { page } of source.read(scan, { signal: new AbortController().signal, keys: wanted.slice(0, source.batchOf(scan, wanted)), observe: (request) => observed.push(request) })) {
      found.push(...(page.kind === 'bytes' ? parseRows(page) : page).rows.map(([id]) => id))
    }
    return found
  }

  it('are as many as the chains of a batch hold, and come with all their rows', async () => {
    const observed: RemoteRequest[] = []
    expect(accept(withoutIn).taken).toEqual(['CustomerID by or, 8 in a batch'])
    expect(accept(withoutIn).batchKeys).toBe(200)
    expect(await read(withoutIn, keys, observed)).toEqual(keys.flat())
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /odata/$batch'])
    expect(server.batched.length).toBe(8)
    expect(observed).toMatchObject([{ method: 'POST', url: `${server.url}$batch`, rows: 200 }])
  })

  it('go in a batch where URLs are short, each read within what a URL may hold', async () => {
    server.behave({ batch: 'honour', urlLimit: 500 })
    expect(accept(shortUrls).taken).toEqual(['CustomerID by in, 8 in a batch'])
    const found = await read(shortUrls)
    expect(found).toEqual(keys.flat().slice(0, found.length))
    expect(found.length).toBeGreaterThan(100)
    expect(server.requests.length).toBe(1)
    expect(server.batched.every(({ url }) => new URL(url, server.url).href.replaceAll('%27', "'").length <= 500)).toBe(true)
  })

  it('go in a batch only where the source is known to take it', () => {
    expect(accept(unheard).taken).toEqual(['CustomerID by or'])
    expect(accept(withoutBatch).taken).toEqual(['CustomerID by or'])
    expect(accept(capabilitiesOf(new Map([['batch', fact('exact')]]))).taken).toEqual(['CustomerID by in'])
  })

  it('are followed page by page', async () => {
    server.behave({ ...refusesIn, batch: 'honour', pageSize: 10 })
    expect((await read()).toSorted()).toEqual(keys.flat())
    server.behave({ ...refusesIn, batch: 'honour', pageSize: 10, nextLinks: 'relative' })
    expect((await read()).toSorted()).toEqual(keys.flat())
  })

  it('bring each row once, whatever the source thinks of case, and though it ignores filters', async () => {
    const twins = keys.flatMap(([key = '']) => [[key], [key.toLowerCase()]])
    server.behave({ ...refusesIn, batch: 'honour', caseInsensitive: true })
    expect((await read(withoutIn, twins)).toSorted()).toEqual(keys.flat().slice(0, 100))
    server.behave({ batch: 'honour', filter: 'ignore' })
    const found = (await read()).filter((id) => keys.flat().includes(String(id)))
    expect(found.toSorted()).toEqual(keys.flat())
  })

  it('are suspected of the batch first where it is refused or forbidden', async () => {
    for (const behaviour of [refusesIn, { ...refusesIn, batch: 'forbid' as const }]) {
      server.behave(behaviour)
      const error = await read().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(SourceRefused)
      expect((error as SourceRefused).features[0]).toBe('batch')
    }
    expect(await read(withoutBatch)).toEqual(keys.flat().slice(0, 25))
  })

  it('show what a source does not answer in a batch and answers alone', async () => {
    for (const batch of ['forget', 'html', 'refuse-inner'] as const) {
      server.behave({ ...refusesIn, batch })
      const error = await read().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(SourceContradicted)
      expect((error as SourceContradicted).feature).toBe('batch')
    }
  })

  it('are not suspected of the batch where reads are refused alone, too', async () => {
    server.behave({ in: 'refuse', filterTerms: 10, batch: 'honour' })
    const error = await read().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SourceRefused)
    expect(error).toMatchObject({ status: 400, chainedKeys: 25 })
    expect((error as SourceRefused).features).not.toContain('batch')
  })

  it('are asked for once more where the answer breaks off, and then named', async () => {
    server.behave({ ...refusesIn, batch: 'cut' })
    await expect(read()).rejects.toMatchObject({ code: 'HUB_SOURCE_INVALID' })
    expect(server.requests.length).toBe(2)
  })

  it('are asked alone where a read meets a fault that may pass', async () => {
    server.behave({ ...refusesIn, batch: 'honour', fault: 'failure', faultTimes: 2 })
    expect((await read()).toSorted()).toEqual(keys.flat())
  })

  it('name what is wrong with a read in them', async () => {
    for (const fault of ['html', 'missing-value', 'in-stream-error', 'foreign-link'] as const) {
      server.behave({ ...refusesIn, batch: 'honour', fault, ...(fault === 'foreign-link' ? { pageSize: 10 } : {}) })
      await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^HUB_SOURCE_(INVALID|FAILED|LINK_REFUSED)$/) as unknown })
    }
  })

  it('carry the token that a source wants against forged requests', async () => {
    server.behave({ ...refusesIn, batch: 'token' })
    expect(await read()).toEqual(keys.flat())
  })
})

describe('a contract that says batches are taken', () => {
  const source = new ODataSource()
  afterAll(() => source.close())

  it.each([['multipart', ''], ['json', '<PropertyValue Property="SupportedFormats"><Collection><String>application/json</String></Collection></PropertyValue>']])('is taken at its word, in the form it names: %s', async (form, formats) => {
    const annotation = `<Annotation Term="Org.OData.Capabilities.V1.BatchSupport"><Record>${formats}</Record></Annotation>`
    const server = await startODataServer({ sets: plain, behaviour: { ...refusesIn, batch: 'honour', pageSize: 20 } })
    try {
      const target = targetOf(server, plain, {}, annotation)
      const scan = source.accept(wantAll(target, plain, 'Customers', { keys: [{ name: 'CustomerID', type: stringType }] }), unheard)
      const found: unknown[] = []
      for await (const { page } of source.read(scan, { signal: new AbortController().signal, keys, observe: () => undefined })) found.push(...(page.kind === 'bytes' ? parseRows(page) : page).rows.map(([id]) => id))
      expect(found.toSorted()).toEqual(keys.flat())
      expect(server.requests[0]?.headers['content-type']).toMatch(form === 'json' ? /^application\/json/ : /^multipart\/mixed/)
    } finally {
      await server.stop()
    }
  })
})
