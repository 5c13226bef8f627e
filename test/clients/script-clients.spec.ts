import { o } from 'odata'
import { OData } from '@odata/client'
import { openClientHub, type ClientHub } from './client-hub.js'

type Row = Readonly<Record<string, unknown>>

const openO = (root: string) => o(root, { headers: { 'Content-Type': 'application/json', 'If-Match': '*' } })
const openClient = (root: string) => OData.New4({ serviceEndpoint: root })

/** Clients that are generated of nothing: they are given the address. */
describe('clients without generated code', () => {
  let hub: ClientHub
  beforeAll(async () => {
    hub = await openClientHub()
  })
  beforeEach(() => hub.source.reset())
  afterAll(() => hub.stop())

  describe('o.js', () => {
    it('queries, pages, reads by key and expands', async () => {
      const heavy = await openO(hub.root).get('Vessels').query({ $filter: 'Weight gt 1000', $orderby: 'Weight desc', $select: 'Code', $top: 2 }) as readonly Row[]
      expect(heavy.map(({ Code }) => Code)).toEqual(['CORAL', 'DAWN'])
      expect((await openO(hub.root).get('Vessels').query({ $orderby: 'Code', $skip: 6, $select: 'Code' }) as readonly Row[]).map(({ Code }) => Code)).toEqual(['GÖTA', 'HERON'])
      expect(await openO(hub.root).get("Vessels('AMBER')").query({ $select: 'Name', $expand: 'Home($select=Name),Calls($filter=Number gt 1;$select=Number)' })).toMatchObject({ Name: 'Amber Tide', Home: { Name: 'Kiel' }, Calls: [{ Number: 2 }, { Number: 3 }] })
      await expect(openO(hub.root).get("Vessels('NOPE')").query()).rejects.toMatchObject({ status: 404 })
    })

    it('inserts, changes and deletes', async () => {
      expect(await openO(hub.root).post('Sailors', { Id: 77, Name: 'Pilot Yew', Papers: 'P-77' }).query()).toMatchObject({ Id: 77, Rank: 1 })
      await openO(hub.root).patch('Sailors(77)', { Rank: 4 }).query()
      await openO(hub.root).patch("Vessels('AMBER')", { Name: 'Amber Two' }).query()
      expect(await openO(hub.root).get('Sailors(77)').query()).toMatchObject({ Rank: 4 })
      expect(await openO(hub.root).get("Vessels('AMBER')").query({ $select: 'Name' })).toMatchObject({ Name: 'Amber Two' })
      await openO(hub.root).delete('Sailors(77)').query()
      await expect(openO(hub.root).get('Sailors(77)').query()).rejects.toMatchObject({ status: 404 })
    })

    it('sends several requests as one batch', async () => {
      const answers = await openO(hub.root).get("Vessels('AMBER')").get('Sailors(1)').batch() as readonly { readonly body: Row }[]
      expect(answers.map(({ body }) => body['Name'])).toEqual(['Amber Tide', 'Bosun Alder'])
    })
  })

  describe('@odata/client', () => {
    it('queries, counts, pages, reads by key and expands', async () => {
      const client = openClient(hub.root)
      const vessels = client.getEntitySet<Row>('Vessels')
      const found = await vessels.query(client.newOptions().filter(client.newFilter().property('Name').eq('Brisk')).select(['Code', 'Name']))
      expect(found.map(({ Code }) => Code)).toEqual(['BRISK'])
      expect(await vessels.count()).toBe(8)
      const page = await vessels.query(client.newOptions().orderby([{ field: 'Code', order: 'asc' }]).skip(2).top(2))
      expect(page.map(({ Code }) => Code)).toEqual(['CORAL', 'DAWN'])
      expect(await vessels.retrieve('AMBER', client.newOptions().expand(['Home']))).toMatchObject({ Name: 'Amber Tide', Home: { Name: 'Kiel' } })
      expect(await client.getEntitySet<Row>('Calls').retrieve({ VesselCode: 'AMBER', Number: 2 })).toMatchObject({ HarbourId: 2 })
    })

    it('inserts, changes and deletes, and calls operations', async () => {
      const client = openClient(hub.root)
      const sailors = client.getEntitySet<Row>('Sailors')
      expect(await sailors.create({ Id: 77, Name: 'Pilot Yew', Papers: 'P-77' })).toMatchObject({ Id: 77, Rank: 1 })
      await sailors.update(77, { Rank: 4 })
      expect(await sailors.retrieve(77)).toMatchObject({ Rank: 4 })
      await sailors.delete(77)
      await expect(sailors.retrieve(77)).rejects.toThrow(/not found/)
      expect(await client.functionImport('LoadedAt', { harbour: 1 })).toMatchObject({ value: 431.75 })
      expect(await client.actionImport('Announce', { text: 'hoy', times: 2 })).toMatchObject({ value: ['hoy', 'hoy'] })
    })

    it('sends several requests as one batch', async () => {
      const client = openClient(hub.root)
      const answers = await client.execBatchRequests([client.newBatchRequest({ collection: 'Vessels', id: 'AMBER', method: 'GET' }), client.newBatchRequest({ collection: 'Sailors', entity: { Id: 78, Name: 'Batch Ash', Papers: 'P-78' }, method: 'POST' })])
      expect(await Promise.all(answers.map(async (answer) => (await answer.json() as Row)['Name']))).toEqual(['Amber Tide', 'Batch Ash'])
    })
  })
})
