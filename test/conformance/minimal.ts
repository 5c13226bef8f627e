import { readCsdl } from '@tributary/edm'
import { expectRefused, ids, idsOf, rowsOf, type ClauseTests } from './support.js'

/** The answer that a request with `respond-async` gives later, asked for with these headers until it is there. */
async function fetchedLater(hub: Parameters<ClauseTests[string]>[0], path: string, headers: Readonly<Record<string, string>>): ReturnType<typeof hub.ask> {
  const begun = await hub.ask(path, { ...headers, prefer: 'respond-async' })
  expect([begun.status, begun.headers.get('preference-applied'), begun.headers.get('retry-after')]).toEqual([202, 'respond-async', expect.any(String)])
  return hub.ask(begun.headers.get('location') ?? '', { ...headers, prefer: 'wait=30' })
}

const comesLater: ClauseTests[string] = async (hub) => {
  const answer = await fetchedLater(hub, 'store/Products(1)?$select=ID', { 'odata-maxversion': '4.01' })
  expect([answer.status, answer.headers.get('asyncresult'), answer.json?.['ID']]).toEqual([200, '200', 1])
  const failed = await fetchedLater(hub, 'store/Nothing', {})
  expect([failed.status, failed.headers.get('asyncresult')]).toEqual([200, '404'])
  expect((await hub.ask('store/$metadata')).text).toMatch(/AsynchronousRequestsSupported" Bool="true"/)
}

const comesAsMessage: ClauseTests[string] = async (hub) => {
  const answer = await fetchedLater(hub, 'store/Products(1)?$select=ID', { 'accept': 'application/json, application/http', 'odata-maxversion': '4.0' })
  expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([200, 'application/http', expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\{"@odata\.context":[^]*"ID":1\}$/)])
}

const isReadOnly: ClauseTests[string] = async (hub) => {
  for (const [method, path] of [['POST', 'store/Products'], ['PATCH', 'store/Products(1)'], ['PUT', 'store/Products(1)/Category/$ref'], ['DELETE', 'store/Products(1)']] as const) {
    const answer = await hub.ask(path, { 'content-type': 'application/json' }, { method, ...(method === 'DELETE' ? {} : { body: '{}' }) })
    expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD, OPTIONS'])
  }
  const { text } = await hub.ask('store/$metadata')
  for (const restriction of ['Insertable', 'Updatable', 'Deletable']) expect(text).toMatch(new RegExp(`Property="${restriction}" Bool="false"`))
}

/** The clauses of the minimal level. */
export const minimal: ClauseTests = {
  M1: async (hub) => expect((await hub.ask('store/')).json).toEqual({
    '@odata.context': `${hub.origin}/odata/store/$metadata`,
    'value': [{ name: 'Products', kind: 'EntitySet', url: 'Products' }, { name: 'Categories', kind: 'EntitySet', url: 'Categories' }],
  }),
  M2: async (hub) => {
    const answer = await hub.ask('store/Products(1)', { accept: 'application/json' })
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(answer.json).toMatchObject({ ID: 1, Name: 'Bread', Paint: 'Yellow', Lasting: 'P2D', Origin: { City: 'Bern' }, Tags: ['food', 'fresh'] })
    expect(answer.text).toContain('"Price":2.50,"Serial":9007199254740993')
  },
  M3: async (hub) => {
    const { rows, pages } = await hub.pages('shop/Orders?$select=OrderID', { prefer: 'odata.maxpagesize=25' })
    expect([rows.length, pages]).toEqual([60, [25, 25, 10]])
    expect(new Set(rows.map(({ OrderID }) => OrderID)).size).toBe(60)
  },
  M4: async (hub) => {
    for (const path of ['store/', 'store/$metadata', 'store/Products', 'store/Products(1)', 'store/Products/$count', 'store/Nothing']) {
      expect([path, (await hub.ask(path)).headers.get('odata-version')]).toEqual([path, '4.0'])
    }
    for (const path of ['store/Products', 'store/Nothing', 'store/Products?$filter=(', 'store/Products?$format=gif']) {
      expect([path, (await hub.ask(path, { 'odata-maxversion': '4.01' })).headers.get('odata-version')]).toEqual([path, '4.01'])
    }
    expect((await hub.ask('store/Products', { 'odata-maxversion': '3.0' })).headers.get('odata-version')).toBe('4.0')
  },
  M5: async (hub) => {
    expect((await hub.ask('store/Products', { accept: 'application/atom+xml' })).status).toBe(406)
    expect((await hub.ask('store/Products', { accept: 'application/atom+xml, application/json;q=0.1' })).status).toBe(200)
    expect((await hub.ask('store/Products', { 'odata-maxversion': '3.0' })).status).toBe(400)
  },
  M6: async (hub) => {
    await expectRefused(hub, ['store/Products?$unknown=1', 'store/Products?$levels=2'], 400)
    expect((await hub.ask('store/Products?custom=1&other')).status).toBe(200)
  },
  M7: (hub) => expectRefused(hub, ['store/Products?$index=1', 'store/Products/$each', 'store/Products?$deltatoken=x', 'store/Products?$from=min']),
  M8: async (hub) => {
    const model = readCsdl((await hub.ask('store/$metadata')).text)
    for (const schema of model.schemas.values()) {
      for (const type of schema.types.values()) {
        const named = 'properties' in type ? [...type.properties.values()].map((property) => property.type.name) : []
        for (const name of named) expect(name.startsWith('Edm.') || model.type(name) !== undefined).toBe(true)
      }
    }
  },
  M9: async (hub) => {
    const plain = await hub.ask('store/Products', { accept: 'application/json;odata.metadata=none' })
    expect(plain.text).not.toContain('@')
    expect(ids(rowsOf(plain.json))).toEqual([1, 2, 3, 4])
  },
  M10: isReadOnly,
  M11: async (hub) => {
    expect(await idsOf(hub, "$filter=Rating gt 3 or Name eq 'Orphan'&$orderby=ID desc")).toEqual([4, 3, 1])
    expect(await idsOf(hub, '$filter=Rating ne 4')).toEqual([2, 3, 4])
    expect(await idsOf(hub, '$filter=not (Rating gt 3)')).toEqual([2, 4])
  },
  M12: async (hub) => expect((await hub.rows('store/Products?$expand=Category($select=Title)&$select=ID')).map(({ Category }) => Category)).toEqual([{ Title: 'Food' }, { Title: 'Food' }, { Title: 'Tools' }, null]),
  M13: async (hub) => {
    const [xml, json] = [await hub.ask('store/$metadata'), await hub.ask('store/$metadata', { accept: 'application/json' })]
    expect([readCsdl(xml.text).container?.entitySets.size, readCsdl(json.text).container?.entitySets.size]).toEqual([2, 2])
  },
  M14: async (hub) => {
    const answer = await hub.ask('store/Products', { prefer: 'odata.maxpagesize=2' })
    expect([rowsOf(answer.json).length, answer.headers.get('preference-applied')]).toEqual([2, 'odata.maxpagesize=2'])
  },
  M15: async (hub) => {
    expect(await idsOf(hub, "$filter=Paint eq Store.Color'Yellow'")).toEqual([1])
    expect(await idsOf(hub, "$filter=Lasting gt duration'P6DT23H59M59.9999S'&$orderby=ID")).toEqual([2, 3])
  },
  M16: comesAsMessage,
  M17: comesLater,
  N3: comesLater,
  A13: comesLater,
}
