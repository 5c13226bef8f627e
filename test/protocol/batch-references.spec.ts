import { openProtocolHub, type ProtocolHub } from './protocol-hub.js'

interface Answer {
  readonly id: string
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>> & { readonly value?: readonly Readonly<Record<string, unknown>>[]; readonly error?: { readonly code: string; readonly message: string } }
}

const sailor = (id: number) => ({ Id: id, Name: 'S', Papers: `P-${id}` })
const text = (id: string, method: string, url: string, more: object = {}) => ({ id, method, url, ...more })

/** What requests of a batch say of the answers to those before them. */
describe('references between the requests of a batch', () => {
  let port: ProtocolHub
  beforeAll(async () => {
    port = await openProtocolHub()
  })
  beforeEach(() => port.source.reset())
  afterAll(() => port.stop())

  async function batch(requests: readonly object[] | string, headers: Readonly<Record<string, string>> = {}): Promise<readonly Answer[]> {
    const body = typeof requests === 'string' ? requests : JSON.stringify({ requests })
    const response = await fetch(`${port.root}$batch`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
    const told = await response.text()
    expect([response.status, told.slice(0, 300)]).toEqual([200, told.slice(0, 300)])
    return (JSON.parse(told) as { readonly responses: readonly Answer[] }).responses
  }

  async function mime(parts: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<readonly (readonly [status: number, body: string])[]> {
    const sections = parts.map((part, index) => `--x\r\nContent-Type: application/http\r\nContent-ID: ${index + 1}\r\n\r\n${part.includes('\r\n') ? part : `${part} HTTP/1.1\r\n\r\n`}\r\n`)
    const response = await fetch(`${port.root}$batch`, { method: 'POST', headers: { 'content-type': 'multipart/mixed;boundary=x', ...headers }, body: `${sections.join('')}--x--` })
    return (await response.text()).split('HTTP/1.1 ').slice(1).map((one) => [Number(one.slice(0, 3)), one.slice(one.indexOf('\r\n\r\n') + 4).replace(/\r\n--.*$/s, '')] as const)
  }

  it.each([
    ["Vessels('AMBER')", 'Vessels', 'Code eq $1/Code'],
    ["Vessels('AMBER')/Moored", 'Vessels', 'Moored/City eq $1/City'],
    ["Vessels('AMBER')", 'Vessels', "Moored/City eq $1/Moored/City and Name ne '$1/Code'"],
    ["Vessels('AMBER')/Weight", 'Vessels', 'Weight ge $1'],
    ["Vessels('AMBER')", 'Vessels', 'Cargo eq $1/Cargo'],
    ["Calls(VesselCode='AMBER',Number=1)", 'Calls', 'Arrived ge $1/Arrived'],
    ["Vessels('AMBER')/Crew", 'Sailors', 'Rank ge $1/$count'],
    ['Vessels/$count', 'Sailors', 'Id lt $1'],
    ["Vessels('AMBER')/Log", 'Vessels', 'Name in $1'],
    ["Vessels('AMBER')?$expand=Home($select=Name)", 'Harbours', 'Name eq $1/Home/Name'],
    ['Readings(0a1b2c3d-0000-4000-8000-000000000004)', 'Readings', 'Id eq $1/Id and Whole eq $1/Whole and Exact eq $1/Exact'],
  ])('%s, then %s?$filter=%s', async (first, set, filter) => {
    const [one, other] = await batch([text('1', 'get', first), text('2', 'get', `${set}?$filter=${filter}&$count=true`, { dependsOn: ['1'] })])
    expect([one?.status, other?.status, other?.body?.error]).toEqual([200, 200, undefined])
    // The same values written by hand give the same rows.
    const byHand = handWritten(filter, one?.body)
    const [alone] = await batch([text('a', 'get', `${set}?$filter=${encodeURIComponent(byHand)}&$count=true`)])
    expect([byHand, alone?.status, other?.body]).toEqual([byHand, 200, alone?.body])
  })

  it('put values into keys, parameters and bodies, to the last digit', async () => {
    const answers = await batch([
      text('1', 'get', "Calls(VesselCode='AMBER',Number=1)"),
      text('2', 'get', 'Vessels($1/VesselCode)/Name', { dependsOn: ['1'] }),
      text('3', 'get', 'LoadedAt(harbour=$1/HarbourId)', { dependsOn: ['1'] }),
      text('4', 'get', 'Readings(0a1b2c3d-0000-4000-8000-000000000004)', { dependsOn: ['1'] }),
      text('5', 'patch', 'Readings(0a1b2c3d-0000-4000-8000-000000000001)', { dependsOn: ['4', '2'], headers: { prefer: 'return=representation' }, body: { Exact: '$4/Exact', Text: '$2/value', Large: '$4/Large', Day: '$4/Day' } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(answers[4]?.body).toMatchObject({ Text: '$2/value', Day: answers[3]?.body?.['Day'] })
    const sent = port.source.requests.find(({ method }) => method === 'PATCH')?.body ?? ''
    const seen = await (await fetch(`${port.source.url}Readings(0a1b2c3d-0000-4000-8000-000000000004)?$select=Exact,Large`)).text()
    for (const name of ['Exact', 'Large']) expect(sent).toContain(new RegExp(`"${name}":[^,}]+`).exec(seen)?.[0] ?? 'nothing was read')
  })

  it('leave text alone that only begins like a reference', async () => {
    const answers = await batch([
      text('1', 'get', 'Sailors(1)'),
      text('2', 'patch', 'Sailors(2)', { dependsOn: ['1'], body: { Name: '$1/2 and more', Papers: '$1' } }),
      text('3', 'get', 'Sailors(2)?$select=Name,Papers', { dependsOn: ['2'] }),
      text('4', 'get', "Sailors?$filter=Papers eq '$1' and not contains(Name,'$1/Name')&$select=Id", { dependsOn: ['2'] }),
    ])
    expect(answers[2]?.body).toMatchObject({ Name: '$1/2 and more', Papers: '$1' })
    expect(answers[3]?.body?.value).toEqual([{ Id: 2 }])
  })

  it('take the version an answer told for the one that must match', async () => {
    const answers = await batch([
      text('1', 'get', "Vessels('AMBER')?$select=Name"),
      text('2', 'patch', "Vessels('AMBER')", { dependsOn: ['1'], headers: { 'if-match': '$1' }, body: { Name: 'Anew' } }),
      text('3', 'patch', "Vessels('AMBER')", { dependsOn: ['2'], headers: { 'if-match': '$1' }, body: { Name: 'Again' } }),
      text('4', 'get', "Vessels('AMBER')?$select=Name", { headers: { 'if-none-match': '$1' } }),
      text('5', 'get', 'Sailors(1)'),
      text('6', 'delete', 'Sailors(2)', { headers: { 'if-match': '$5' } }),
      text('7', 'delete', 'Sailors(2)', { headers: { 'if-match': '$nobody' } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 204, 412, 200, 200, 424, 424])
    expect(answers[3]?.body).toMatchObject({ Name: 'Anew' })
    expect(await mime(["GET Vessels('BRISK') HTTP/1.1\r\n\r\n", "PATCH Vessels('BRISK') HTTP/1.1\r\nContent-Type: application/json\r\nIf-Match: $1\r\n\r\n{\"Name\":\"B\"}\r\n"])).toMatchObject([[200, expect.any(String)], [204, '']])
  })

  it('lead to what an action or a function gave, too', async () => {
    const answers = await batch([
      text('1', 'post', "Vessels('AMBER')/Port.Rename", { headers: { 'if-match': '*' }, body: { name: 'Renamed' } }),
      text('2', 'get', '$1/Name', { dependsOn: ['1'] }),
      text('3', 'post', 'Found', { body: { name: 'Firth', address: { City: 'Firth' } } }),
      text('4', 'get', '$3/Address/City', { dependsOn: ['3'] }),
      text('5', 'get', 'NearestHarbour(lat=54,lon=10)'),
      text('6', 'get', '$5/Vessels?$select=Code', { dependsOn: ['5'] }),
      text('7', 'get', 'Harbours($5/Id)/Name', { dependsOn: ['5'] }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 200])
    expect([answers[1]?.body?.['value'], answers[3]?.body?.['value']]).toEqual(['Renamed', 'Firth'])
    expect(answers[6]?.body?.['value']).toBe(answers[4]?.body?.['Name'])
  })

  it('reach across groups, and what they created', async () => {
    const answers = await batch([
      text('1', 'post', 'Sailors', { atomicityGroup: 'g', body: sailor(60) }),
      text('2', 'post', 'Sailors', { atomicityGroup: 'g', body: sailor(61) }),
      text('3', 'patch', '$1', { atomicityGroup: 'h', dependsOn: ['g'], body: { Rank: 7 } }),
      text('4', 'post', '$2/Vessels/$ref', { atomicityGroup: 'h', dependsOn: ['g'], body: { '@odata.id': "Vessels('AMBER')" } }),
      text('5', 'post', '$1/Vessels/$ref', { dependsOn: ['h'], body: { '@odata.id': "Vessels('BRISK')" } }),
      text('6', 'get', '$1?$select=Rank', { dependsOn: ['h'] }),
      text('7', 'get', "Sailors?$filter=Papers eq $1/Papers or Id eq $2/Id&$select=Id&$orderby=Id", { dependsOn: ['g'] }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 204, 204, 204, 200, 200])
    expect(answers[5]?.body).toMatchObject({ Rank: 7 })
    expect(answers[6]?.body?.value).toEqual([{ Id: 60 }, { Id: 61 }])
  })

  it.each([
    ['$1/$succeeded', 200], ['not $2/$succeeded', 200], ['$2/$succeeded', 424], ["$1/Code eq 'AMBER'", 200], ["$1/Code eq 'Nobody'", 424], ['$1/Weight gt 1', 200],
    ["$1/$succeeded and contains($1/Code,'MB') and not ($2/$succeeded)", 200], ['$1/Moored/City ne null', 200], ['$3 gt 2 and $3 lt 100', 200], ["$4/$count gt 0", 200],
    ['$2/Name eq 1', 424], ['Name eq 1', 424], ['$9/$succeeded', 424], ['$1/Bogus eq 1', 424], ['', 424], ['$1/Name', 424], ['true', 200], ['(true', 424],
  ])('if %s', async (condition, status) => {
    const answers = await batch([
      text('1', 'get', "Vessels('AMBER')"), text('2', 'get', 'Nope'), text('3', 'get', 'Vessels/$count'), text('4', 'get', 'Sailors'),
      text('5', 'get', 'Office', { dependsOn: ['1', '2', '3', '4'], if: condition }),
    ])
    expect([answers[4]?.status, answers[4]?.body?.error?.message?.includes('condition') ?? false]).toEqual([status, status !== 200])
  })

  it('are refused by name where nobody can follow them', async () => {
    const answers = await batch([
      text('1', 'get', 'Sailors'), text('2', 'get', 'Sailors?$filter=Name eq $1/Name'), text('3', 'get', 'Photos(1)/$value'), text('4', 'get', 'Sailors?$filter=Name eq $3/Name'),
      text('5', 'get', 'Sailors(1)?$select=Name'), text('6', 'get', 'Sailors?$filter=Papers eq $5/Papers'), text('7', 'get', 'Nope'), text('8', 'get', 'Sailors?$filter=Name eq $7/Name'),
      text('9', 'patch', 'Sailors(1)', { atomicityGroup: 'g', body: { Rank: 3 } }), text('10', 'patch', 'Sailors(2)', { atomicityGroup: 'g', body: { Rank: '$9/Rank' } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 424, 200, 424, 200, 424, 404, 424, 501, 501])
    expect(answers.map(({ body }) => body?.error?.message ?? '').filter((message) => message !== '')).toEqual([
      expect.stringContaining('collection'), expect.stringContaining('only JSON has values'), expect.stringContaining('has no Papers'), expect.stringContaining('Nope'), expect.stringContaining('7 failed'),
      expect.stringContaining('same change set'), expect.stringContaining('same change set'),
    ])
  })

  it('inherit what the batch says of all of them, and refuse what a batch cannot have', async () => {
    const [one, two] = await batch([text('1', 'get', "Vessels('AMBER')?$select=Weight"), text('2', 'get', "Vessels('AMBER')?$select=Weight", { headers: { accept: 'application/json;odata.metadata=full' } })],
      { accept: 'application/json;odata.metadata=none', prefer: 'omit-values=nulls' })
    expect(Object.keys(one?.body ?? {})).toEqual(['Weight'])
    expect(Object.keys(two?.body ?? {})).toContain('@odata.type')
    for (const headers of [{ 'if-match': '*' }, { 'if-none-match': '*' }, { prefer: 'return=minimal' }, { isolation: 'snapshot' }] as readonly Record<string, string>[]) {
      const response = await fetch(`${port.root}$batch`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{"requests":[]}' })
      expect([headers, response.status]).toEqual([headers, headers['isolation'] === undefined ? 400 : 412])
      await response.text()
    }
  })
})

/** The filter with the values of an answer written where it refers to them. */
function handWritten(filter: string, body: unknown): string {
  const isScalar = typeof body !== 'object'
  return filter.replaceAll(/(?<!')\$1((?:\/[$\w]+)*)/g, (_, path: string) => {
    const value = path.split('/').slice(1).reduce<unknown>((before, step) => (step === '$count' ? (before as { readonly value: readonly unknown[] }).value.length : (before as Record<string, unknown>)[step]), body)
    const shown = isScalar ? body : path === '' ? (value as { readonly value: unknown }).value : value
    if (Array.isArray(shown)) return `(${shown.map((one) => `'${String(one)}'`).join(',')})`
    const plain = typeof shown === 'number' || /^\d+$|^[\da-f]{8}-|^\d{4}-/.test(String(shown))
    return plain ? String(shown) : `'${String(shown)}'`
  })
}
