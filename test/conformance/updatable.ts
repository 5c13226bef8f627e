import type { Answer, ConformanceHub } from './conformance-hub.js'
import type { ClauseTests } from './support.js'

type Sent = Readonly<Record<string, string>>

/** Changes `port`, a service that takes changes, from its first rows on. */
interface Port {
  readonly root: string
  get(path: string): Promise<Readonly<Record<string, unknown>>>
  send(method: string, path: string, body?: unknown, headers?: Sent): Promise<Answer>
}

const all: Sent = { 'if-match': '*' }
const wholeBack: Sent = { ...all, prefer: 'return=representation' }

function portOf(hub: ConformanceHub): Port {
  hub.port.reset()
  return {
    root: `${hub.origin}/odata/port/`,
    get: async (path) => {
      const { status, text, json } = await hub.ask(`port/${path}`)
      if (status !== 200 || json === undefined) throw new Error(`${path} answered ${status}: ${text}`)
      return json
    },
    send: (method, path, body, headers = {}) => hub.ask(path.startsWith('http') ? path : `port/${path}`, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, {
      method, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  }
}

/** The codes of the vessels a path leads to, in order of their codes. */
const codes = async ({ get }: Port, path: string): Promise<readonly unknown[]> => ((await get(`${path}?$select=Code&$orderby=Code`))['value'] as readonly { Code: string }[]).map(({ Code }) => Code)

const sailor = { Id: 100, Name: 'Ann', Papers: 'P-100' }

/** Of the representation of a change: everything but what is said of it. */
const plain = (body: Answer['json']): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(body ?? {}).filter(([name]) => !name.includes('@')))

const updates: ClauseTests = {
  U18: async (hub) => {
    const port = portOf(hub)
    const full = await hub.ask("port/Vessels('AMBER')", { accept: 'application/json;odata.metadata=full' })
    const link = full.json?.['@odata.editLink']
    expect(typeof link).toBe('string')
    const edited = new URL(String(link), port.root).href
    expect((await port.send('PATCH', edited, { Name: 'Edited' }, all)).status).toBe(204)
    expect(await port.get("Vessels('AMBER')?$select=Name")).toMatchObject({ Name: 'Edited' })
  },
  U19: async (hub) => {
    const port = portOf(hub)
    const created = await port.send('POST', 'Sailors', sailor)
    expect([created.status, created.json]).toEqual([201, expect.objectContaining({ ...sailor, '@odata.context': `${port.root}$metadata#Sailors/$entity` })])
    expect(await port.get('Sailors(100)')).toMatchObject(sailor)
    expect((await port.send('POST', 'Sailors', sailor)).status).toBe(409)
  },
  U20: async (hub) => {
    const port = portOf(hub)
    expect((await port.send('POST', "Vessels('AMBER')/Crew", sailor)).status).toBe(201)
    expect((await port.get("Vessels('AMBER')/Crew(100)"))['Name']).toBe('Ann')
    expect((await port.send('POST', 'Harbours(1)/Berths', { Number: 77, Occupied: false })).status).toBe(201)
    expect((await port.get('Harbours(1)/Berths(77)'))['Occupied']).toBe(false)
  },
  U21: async (hub) => {
    const port = portOf(hub)
    await port.send('POST', 'Sailors', sailor)
    expect((await port.send('POST', 'Sailors(100)/Vessels/$ref', { '@odata.id': `${port.root}Vessels('BRISK')` })).status).toBe(204)
    expect(await codes(port, 'Sailors(100)/Vessels')).toEqual(['BRISK'])
  },
  U22: async (hub) => {
    const port = portOf(hub)
    await port.send('POST', 'Sailors', sailor)
    expect((await port.send('PUT', 'Sailors(100)/Mentor/$ref', { '@odata.id': 'Sailors(1)' })).status).toBe(204)
    expect((await port.get('Sailors(100)/Mentor'))['Id']).toBe(1)
  },
  U23: async (hub) => {
    const port = portOf(hub)
    const changed = await port.send('PATCH', "Vessels('AMBER')", '{"Draught":4.20,"Weight":999999999999.125}', wholeBack)
    expect([changed.status, changed.text.includes('"Weight":999999999999.125')]).toEqual([200, true])
    expect(plain(changed.json)).toMatchObject({ Code: 'AMBER', Name: 'Amber Tide', Cargo: 'Grain' })
  },
  U24: async (hub) => {
    const port = portOf(hub)
    expect((await port.send('DELETE', 'Sailors(1)')).status).toBe(204)
    expect((await hub.ask('port/Sailors(1)')).status).toBe(404)
  },
  U25: async (hub) => {
    const port = portOf(hub)
    await port.send('POST', "Vessels('AMBER')/Crew", sailor)
    expect((await port.send('DELETE', `Sailors(100)/Vessels/$ref?$id=${encodeURIComponent(`${port.root}Vessels('AMBER')`)}`)).status).toBe(204)
    expect(await codes(port, 'Sailors(100)/Vessels')).toEqual([])
    await port.send('PUT', 'Sailors(100)/Mentor/$ref', { '@odata.id': 'Sailors(1)' })
    expect((await port.send('DELETE', 'Sailors(100)/Mentor/$ref')).status).toBe(204)
    expect((await hub.ask('port/Sailors(100)/Mentor')).status).toBe(204)
  },
  U26: async (hub) => {
    const port = portOf(hub)
    const read = await hub.ask("port/Vessels('AMBER')")
    const etag = read.headers.get('etag') ?? ''
    expect([etag === '', read.json?.['@odata.etag']]).toEqual([false, etag])
    expect((await port.send('PATCH', "Vessels('AMBER')", { Name: 'A' })).status).toBe(428)
    expect((await port.send('PATCH', "Vessels('AMBER')", { Name: 'A' }, { 'if-match': 'W/"other"' })).status).toBe(412)
    const changed = await port.send('PATCH', "Vessels('AMBER')", { Name: 'A' }, { 'if-match': etag })
    expect([changed.status, changed.headers.get('etag') === etag]).toEqual([204, false])
    expect((await port.send('DELETE', "Vessels('AMBER')", undefined, { 'if-match': etag })).status).toBe(412)
    expect(await port.get("Vessels('AMBER')?$select=Name")).toMatchObject({ Name: 'A' })
    expect((await hub.ask("port/Vessels('AMBER')", { 'if-none-match': changed.headers.get('etag') ?? '' })).status).toBe(304)
  },
  U27: async (hub) => {
    const port = portOf(hub)
    const created = await port.send('POST', 'Sailors', sailor)
    expect(created.headers.get('location')).toBe(`${port.root}Sailors(100)`)
    expect((await hub.ask(created.headers.get('location') ?? '')).json).toMatchObject(sailor)
  },
  U28: async (hub) => {
    const port = portOf(hub)
    const created = await port.send('POST', 'Sailors', sailor, { prefer: 'return=minimal' })
    expect(['odata-entityid', 'location', 'preference-applied'].map((name) => created.headers.get(name))).toEqual([`${port.root}Sailors(100)`, `${port.root}Sailors(100)`, 'return=minimal'])
    expect([created.status, created.text]).toEqual([204, ''])
  },
  U29: async (hub) => {
    const port = portOf(hub)
    const created = await port.send('PUT', 'Sailors(101)', { Name: 'Up', Papers: 'P-101' })
    expect([created.status === 201 || created.status === 204, (await port.get('Sailors(101)'))['Name']]).toEqual([true, 'Up'])
    expect((await port.send('PATCH', 'Sailors(101)', { Name: 'Twice', Papers: 'P-101' }, { 'if-none-match': '*' })).status).toBe(412)
    expect((await port.send('PATCH', 'Sailors(102)', { Name: 'No', Papers: 'P-102' }, { 'if-match': '*' })).status).toBeGreaterThanOrEqual(404)
    expect((await hub.ask('port/Sailors(102)')).status).toBe(404)
  },
  U30: async (hub) => {
    const port = portOf(hub)
    expect((await port.send('PUT', "Vessels('AMBER')/Name", { value: 'Put' }, all)).status).toBe(204)
    expect((await port.send('PATCH', "Vessels('AMBER')/Moored", { City: 'Ulm' }, all)).status).toBe(204)
    expect(await port.get("Vessels('AMBER')")).toMatchObject({ Name: 'Put', Moored: { Street: 'Mole 1', City: 'Ulm' } })
    expect((await port.send('PUT', "Vessels('AMBER')/Log", { value: ['one'] }, all)).status).toBe(204)
    expect((await port.get("Vessels('AMBER')/Log"))['value']).toEqual(['one'])
    expect((await port.send('PUT', "Vessels('AMBER')/Name/$value", 'Raw', { ...all, 'content-type': 'text/plain' })).status).toBe(204)
    expect((await hub.ask("port/Vessels('AMBER')/Name/$value")).text).toBe('Raw')
  },
  U31: async (hub) => {
    const port = portOf(hub)
    expect((await port.send('DELETE', "Vessels('AMBER')/Draught", undefined, all)).status).toBe(204)
    expect((await hub.ask("port/Vessels('AMBER')/Draught")).status).toBe(204)
  },
  U32: async (hub) => {
    const port = portOf(hub)
    const made = await port.send('POST', 'Sailors?$expand=Pupils', { ...sailor, 'Mentor@odata.bind': `${port.root}Sailors(1)`, 'Pupils': [{ Id: 201, Name: 'Bo', Papers: 'P-201' }] })
    expect([made.status, made.json?.['Pupils']]).toEqual([201, [expect.objectContaining({ Id: 201 })]])
    expect((await port.get('Sailors(201)/Mentor'))['Id']).toBe(100)
    expect((await port.get('Sailors(100)/Mentor'))['Id']).toBe(1)
  },
  U33: async (hub) => {
    const port = portOf(hub)
    const answer = await port.send('PATCH', 'Sailors/$filter(Id%20eq%201)/$each', { Rank: 9 })
    expect([answer.status, (await port.get('Sailors(1)'))['Rank'], (await port.get('Sailors(2)'))['Rank']]).toEqual([204, 9, 2])
    expect(hub.port.requests.filter(({ method }) => method === 'PATCH').map(({ url }) => decodeURIComponent(url))).toEqual(['/port/Sailors/$filter(Id eq 1)/$each'])
  },
}

const updates401: ClauseTests = {
  N18: async (hub) => {
    for (const test of Object.values(updates)) await test(hub)
  },
  N19: async (hub) => {
    const port = portOf(hub)
    await port.send('POST', "Vessels('AMBER')/Crew", sailor)
    expect((await port.send('DELETE', "Sailors(100)/Vessels('AMBER')/$ref")).status).toBe(204)
    expect(await codes(port, 'Sailors(100)/Vessels')).toEqual([])
  },
  N20: async (hub) => {
    const port = portOf(hub)
    await port.send('POST', 'Sailors', { ...sailor, Pupils: [{ Id: 201, Name: 'Bo', Papers: 'P-201' }, { Id: 202, Name: 'Cy', Papers: 'P-202' }] })
    const body = { ...sailor, Pupils: [{ Id: 202, Name: 'Cyd', Papers: 'P-202' }] }
    await passesOrRefuses(hub, port, { method: 'PUT', path: 'Sailors(100)', body, sent: { ...sailor, Pupils: [{ Id: 202, Name: 'Cyd', Papers: 'P-202' }] } })
  },
  N21: async (hub) => {
    const port = portOf(hub)
    await port.send('POST', 'Sailors', { ...sailor, Pupils: [{ Id: 201, Name: 'Bo', Papers: 'P-201' }] })
    const body = { 'Name': 'Anna', 'Pupils@delta': [{ '@removed': { reason: 'changed' }, '@id': `${port.root}Sailors(201)` }] }
    await passesOrRefuses(hub, port, { method: 'PATCH', path: 'Sailors(100)', body, sent: { 'Name': 'Anna', 'Pupils@odata.delta': [{ '@odata.removed': { reason: 'changed' }, '@odata.id': `${hub.port.url}Sailors(201)` }] } })
  },
  N22: async (hub) => {
    const port = portOf(hub)
    await port.send('POST', 'Sailors', sailor)
    const body = { value: [{ '@id': `${port.root}Vessels('AMBER')` }, { '@id': "Vessels('BRISK')" }] }
    await passesOrRefuses(hub, port, { method: 'PUT', path: 'Sailors(100)/Vessels/$ref', body, sent: { value: [{ '@odata.id': `${hub.port.url}Vessels('AMBER')` }, { '@odata.id': "Vessels('BRISK')" }] } })
    await passesOrRefuses(hub, port, { method: 'DELETE', path: 'Sailors(100)/Vessels/$ref' })
  },
  N23: async (hub) => passesOrRefuses(hub, portOf(hub), { method: 'POST', path: "Vessels('AMBER')/Log", body: { value: 'new' }, sent: { value: 'new' } }),
  N24: async (hub) => {
    const port = portOf(hub)
    await passesOrRefuses(hub, port, { method: 'PATCH', path: 'Sailors/$each', body: { Rank: 2 }, sent: { Rank: 2 } })
    expect((await port.get('Sailors?$filter=Rank ne 2'))['value']).toEqual([])
    await passesOrRefuses(hub, port, { method: 'DELETE', path: 'Tides/$each' })
    expect((await port.get('Tides'))['value']).toEqual([])
    // What cannot be done for one is told of that one, where the others are to be done all the same.
    const some = await port.send('PATCH', 'Vessels/$each', { Passengers: 3 }, { ...all, 'prefer': 'continue-on-error', 'odata-maxversion': '4.01' })
    const failed = ((some.json?.['value'] ?? []) as readonly Answer['json'][]).filter((one) => one?.['@Org.OData.Core.V1.DataModificationException'] !== undefined)
    expect([some.status, some.headers.get('preference-applied'), failed.some((one) => one?.['Code'] === 'AMBER'), (await port.get("Vessels('DAWN')"))['Passengers']]).toEqual([200, 'continue-on-error=true', true, 3])
  },
  N25: async (hub) => {
    const port = portOf(hub)
    const body = { Code: 'NEWF', Name: 'New', Needs: '0', Passengers: 3 }
    await passesOrRefuses(hub, port, { method: 'POST', path: 'Vessels/Port.Ferry', body, sent: body })
    await passesOrRefuses(hub, port, { method: 'PATCH', path: 'Vessels/Port.Ferry/$each', body: { Passengers: 1 }, sent: { Passengers: 1 } })
    await passesOrRefuses(hub, port, { method: 'DELETE', path: 'Vessels/Port.Ferry/$each' })
  },
  N26: async (hub) => {
    const port = portOf(hub)
    await passesOrRefuses(hub, port, {
      method: 'PATCH', path: 'Sailors', body: { '@context': '#$delta', 'value': [{ Id: 1, Rank: 2 }, sailor, { '@removed': { reason: 'deleted' }, 'Id': 2 }] }, sent: { '@odata.context': '#$delta', 'value': [{ Id: 1, Rank: 2 }, sailor, { '@odata.removed': { reason: 'deleted' }, 'Id': 2 }] },
    })
    expect([(await port.get('Sailors(1)'))['Rank'], (await port.get('Sailors(100)'))['Name'], (await hub.ask('port/Sailors(2)')).status]).toEqual([2, 'Ann', 404])
  },
  N27: async (hub) => {
    const port = portOf(hub)
    const created = await port.send('POST', 'Sailors?$select=Name&$expand=Mentor($select=Id)', { ...sailor, 'Mentor@odata.bind': 'Sailors(1)' })
    expect(plain(created.json)).toEqual({ Name: 'Ann', Mentor: expect.objectContaining({ Id: 1 }) })
    expect((created.json?.['Mentor'] as Answer['json'])?.['Name']).toBeUndefined()
    const changed = await port.send('PATCH', 'Sailors(100)?$select=Rank', { Rank: 4 }, { prefer: 'return=representation' })
    expect([changed.status, plain(changed.json)]).toEqual([200, { Rank: 4 }])
  },
}

/** What a change says of 4.01, and what its source must get of it. */
interface NewerChange {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly sent?: unknown
}

/** A change that a source may know or not: it gets it whole, once, and what it says of it is what the client hears. */
async function passesOrRefuses(hub: ConformanceHub, port: Port, { method, path, body, sent }: NewerChange): Promise<void> {
  const before = hub.port.requests.length
  const answer = await port.send(method, path, body, { 'odata-version': '4.01', 'odata-maxversion': '4.01', ...(path.startsWith('Vessels') ? all : {}) })
  const [only, ...others] = hub.port.requests.slice(before)
  expect([only?.method, decodeURIComponent(only?.url ?? ''), others.length]).toEqual([method, `/port/${path}`, 0])
  expect(only?.body === '' ? undefined : JSON.parse(only?.body ?? '')).toEqual(sent)
  if (answer.status < 300) return expect([200, 201, 204]).toContain(answer.status)
  expect([answer.json?.['error'], [400, 405, 409, 422, 501].includes(answer.status)]).toEqual([expect.objectContaining({ code: 'HUB_SOURCE_REJECTED' }), true])
}

/** The clauses of updates, of 4.0 and 4.01, over a service that takes them. */
export const updatable: ClauseTests = { ...updates, ...updates401 }
