import { startHub } from '../harness/hub.js'
import { tellsMemory } from '../harness/running.js'
import { startODataServer, type Row, type ServedSets } from '../harness/odata-server.js'

/** 100,000 rows to the end, with memory that stays flat. */

const count = 100_000
const rows: Row[] = Array.from({ length: count }, (_, index) => ({ ID: index, Name: `Row number ${index} with some words to carry`, Amount: `${index}.50`, Note: 'x'.repeat(80) }))
const sets: ServedSets = {
  Rows: {
    entityType: 'Row', key: ['ID'], rows,
    properties: [{ name: 'ID', type: 'Edm.Int32', nullable: false }, { name: 'Name', type: 'Edm.String' }, { name: 'Amount', type: 'Edm.Decimal' }, { name: 'Note', type: 'Edm.String' }],
  },
}

/** Stands once in every row. */
const mark = '"ID":'

const megabytes = (bytes: number) => Math.round(bytes / 1_048_576)

async function withHub(pageRows: string | undefined, work: (hub: Awaited<ReturnType<typeof startHub>>, server: Awaited<ReturnType<typeof startODataServer>>) => Promise<void>) {
  const server = await startODataServer({ sets, behaviour: { pageSize: 5000 } })
  const hub = await startHub({ TRIBUTARY_SAMPLES: 'off', ...(pageRows === undefined ? {} : { TRIBUTARY_PAGE_ROWS: pageRows }) })
  try {
    expect((await hub.send('POST', '/api/v1/services', { url: server.url, slug: 'big', name: 'Big' })).status).toBe(201)
    for (let warm = 0; warm < 100; warm += 1) await (await hub.get('/odata/big/Rows?$top=20')).arrayBuffer()
    await work(hub, server)
  } finally {
    await hub.stop()
    await server.stop()
  }
}

const peakOver = async (hub: Awaited<ReturnType<typeof startHub>>, work: () => Promise<void>) => {
  hub.resetPeak()
  const idle = hub.residentBytes()
  await work()
  return megabytes(hub.peakBytes() - idle)
}

const whereMemoryIsTold = tellsMemory ? describe : describe.skip
if (!tellsMemory) process.stderr.write('Memory is not told by this system: large reads are left out.\n')

whereMemoryIsTold('100,000 rows', () => {
  it('are read to the end over next links, each once, with flat memory', async () => {
    await withHub(undefined, async (hub) => {
      let next: string | undefined = '/odata/big/Rows'
      let seen = 0
      const over = await peakOver(hub, async () => {
        while (next !== undefined) {
          const page: { value: Row[]; '@odata.nextLink'?: string } = await hub.json(next)
          for (const row of page.value) {
            if (row['ID'] !== seen) throw new Error(`row ${String(row['ID'])} stands where ${seen} should`)
            seen += 1
          }
          next = page['@odata.nextLink']
        }
      })
      process.stderr.write(`paged: peak ${over} MB over idle\n`)
      expect(seen).toBe(count)
      expect(over).toBeLessThanOrEqual(100)
    })
  }, 240_000)

  it('leave in one response without paging, the first byte before the last page is read, with flat memory', async () => {
    await withHub('0', async (hub, server) => {
      let seen = 0
      let sentAtFirstByte = -1
      const over = await peakOver(hub, async () => {
        const before = server.rowsSent()
        const answer = await hub.get('/odata/big/Rows?$select=ID,Amount,Note')
        let rest = ''
        const decoder = new TextDecoder()
        for await (const chunk of answer.body ?? []) {
          if (sentAtFirstByte < 0) sentAtFirstByte = server.rowsSent() - before
          const text = rest + decoder.decode(chunk as Uint8Array, { stream: true })
          seen += text.split(mark).length - 1
          // A mark that is cut in two is found with the next chunk; what is kept is too short to hold a whole one.
          rest = text.slice(1 - mark.length)
        }
      })
      process.stderr.write(`unpaged: peak ${over} MB over idle, first byte after ${sentAtFirstByte} of ${count} rows were sent\n`)
      expect(seen).toBe(count)
      expect(sentAtFirstByte).toBeLessThan(count)
      expect(over).toBeLessThanOrEqual(100)
    })
  }, 240_000)
})
