import type { Deployment } from '../../harness/hub.js'
import { startRichServer, type RichServer } from '../../harness/rich/rich-server.js'

/** A service whose contract says nothing of changes is written to once its owner allows it, by itself and through a product. */
export function describeWrites(name: string, start: () => Promise<Deployment>, { skipped = false } = {}): void {
  (skipped ? describe.skip : describe)(`changes through the hub, ${name}`, () => {
    let hub: Deployment
    let port: RichServer

    beforeAll(async () => {
      [hub, port] = [await start(), await startRichServer({ writes: 'undeclared' })]
      const registered = await hub.send('POST', '/api/v1/services', { url: port.url, slug: 'port', name: 'Port' })
      expect(registered.status).toBe(201)
      const product = await hub.send('PUT', '/api/v1/products/crews', { name: 'Crews', entities: [{ name: 'Hands', service: 'port', entitySet: 'Sailors', select: ['Id', 'Name', 'Papers', 'Rank'], rename: { Papers: 'Passport' } }], relationships: [] })
      expect(product.status).toBe(201)
    }, 120_000)
    afterAll(async () => {
      await hub.stop()
      await port.stop()
    })

    const changes = (): number => port.requests.filter(({ method }) => method !== 'GET').length

    it('are refused as long as nobody has allowed them', async () => {
      const refused = await hub.send('POST', '/odata/port/Sailors', { Id: 70, Name: 'Ann', Papers: 'P-70' })
      expect([refused.status, refused.headers.get('allow'), changes()]).toEqual([405, 'GET, HEAD, OPTIONS', 0])
      expect(await (await hub.get('/odata/port/$metadata')).text()).toContain('Property="Insertable" Bool="false"')
    })

    it('are sent once the connection allows them, and the metadata says so', async () => {
      expect((await hub.send('PUT', '/api/v1/services/port/connection', { writes: 'allowed' })).status).toBe(200)
      const { created, metadata } = await untilAllowed(hub)
      expect([created.status, created.headers.get('location')]).toEqual([201, `${hub.origin}/odata/port/Sailors(70)`])
      expect([metadata.includes('Property="Insertable" Bool="true"'), metadata.includes('Property="Insertable" Bool="false"')]).toEqual([true, false])
      expect(await hub.json('/odata/port/Sailors(70)')).toMatchObject({ Name: 'Ann', Papers: 'P-70' })
    })

    it('go through a product in its own names', async () => {
      const changed = await hub.send('PATCH', '/odata/crews/Hands(70)', { Passport: 'P-71' })
      expect(changed.status).toBe(204)
      expect(await hub.json('/odata/crews/Hands(70)')).toMatchObject({ Id: 70, Passport: 'P-71' })
      expect(port.state()).toContain('P-71')
      expect((await hub.send('DELETE', '/odata/crews/Hands(70)')).status).toBe(204)
      expect((await hub.get('/odata/port/Sailors(70)')).status).toBe(404)
    })
  })
}

/** A change of a connection reaches other processes within a second or so. */
async function untilAllowed(hub: Deployment): Promise<{ readonly created: Response; readonly metadata: string }> {
  for (let attempt = 1; ; attempt++) {
    const metadata = await (await hub.get('/odata/port/$metadata')).text()
    const allowed = metadata.includes('Property="Insertable" Bool="true"')
    if (allowed || attempt === 100) return { created: await hub.send('POST', '/odata/port/Sailors', { Id: 70, Name: 'Ann', Papers: 'P-70' }), metadata }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
