import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startHub, type RunningHub } from '../harness/hub.js'
import { repository } from '../harness/running.js'

/** The README's tour, word for word: every shell block of it is run, in order, against a hub with the sample landscape. */

const readme = readFileSync(join(repository, 'README.md'), 'utf8')
const tour = readme.slice(readme.indexOf('## A tour in five minutes'), readme.indexOf('## Configuration'))
const blocks = [...tour.matchAll(/```sh\n([^`]*)```/g)].map(([, block = '']) => block)
const inline = [...tour.matchAll(/`(curl -X DELETE [^`]+)`/g)].map(([, command = '']) => command)
const failing = 'curl() { command curl --silent --show-error --fail-with-body "$@"; }\n'

describe('the tour of the README', () => {
  let hub: RunningHub
  const shell = async (script: string) => (await promisify(execFile)('bash', ['-euc', failing + script.replaceAll('http://127.0.0.1:3000', hub.origin)])).stdout

  beforeAll(async () => {
    hub = await startHub()
  }, 60_000)
  afterAll(async () => {
    await hub.stop()
  })

  it('joins, explains, registers, finds and composes as it says', async () => {
    const [joined = '', plan = '', registered = '', found = '', composed = ''] = await blocks.reduce<Promise<readonly string[]>>(async (outputs, block) => [...await outputs, await shell(block)], Promise.resolve([]))
    expect(blocks).toHaveLength(5)
    expect((JSON.parse(joined) as { value: unknown[] }).value[0]).toEqual({ OrderID: 10_540, Freight: 1007.64, Customer: { CompanyName: 'QUICK-Stop', Country: 'Germany' } })
    expect((JSON.parse(plan) as { text: string }).text).toMatch(/Expand Customer[\s\S]*sales\.Orders[\s\S]*crm\.Customers/)
    expect((JSON.parse(registered) as { slug: string; odataUrl: string })).toMatchObject({ slug: 'customer-relations', odataUrl: `${hub.origin}/odata/customer-relations/` })
    expect((JSON.parse(found) as { hits: { name: string }[] }).hits.map(({ name }) => name)).toContain('Customers')
    const [put = '', ...rows] = composed.split('{"@odata.context"')
    expect(JSON.parse(put)).toMatchObject({ slug: 'who-buys-what' })
    expect((JSON.parse(`{"@odata.context"${rows.join('')}`) as { value: { CustomerID: string; Orders: unknown[] }[] }).value).toEqual([
      expect.objectContaining({ CustomerID: 'SANTG', Orders: [{ OrderID: 11_015, OrderDate: '1998-04-10' }, { OrderID: 10_909, OrderDate: '1998-02-26' }] }),
    ])
    expect(await shell(blocks[2] ?? '')).toContain('"slug":"customer-relations"')
  }, 60_000)

  it('shows pages where it says', async () => {
    for (const path of ['/', '/api/docs']) expect((await hub.get(path, { accept: 'text/html' })).status).toBe(200)
    expect(existsSync(join(repository, 'docs', 'tributary.svg'))).toBe(true)
  })

  it('cleans up as it says', async () => {
    expect(inline).toHaveLength(2)
    for (const command of inline) await shell(command)
    await shell('curl -X DELETE http://127.0.0.1:3000/api/v1/services/customer-relations')
    expect(await hub.json('/api/v1/services')).toMatchObject({ total: 0 })
    expect(await hub.json('/api/v1/products')).toMatchObject({ total: 0 })
  })
})
