import { join } from 'node:path'
import { openClientHub, type ClientHub } from './client-hub.js'
import { contractInto, generate, openWorkshop, runProgram, transpile, typeErrors, type Workshop } from './generated-client.js'

/** The client that odata2ts generates of our `$metadata`, compiled, and run against a hub. */
describe('odata2ts', () => {
  let hub: ClientHub
  let workshop: Workshop
  let folder: string
  beforeAll(async () => {
    hub = await openClientHub()
    workshop = openWorkshop()
    folder = join(workshop.path, 'generated')
    const contract = await contractInto(workshop, hub.root, 'port')
    await generate(workshop, '@odata2ts/odata2ts/lib/run-cli.js', ['-s', contract, '-o', folder, '-e', 'ts', '-m', 'all', '-name', 'Port', '-n'])
    transpile(folder)
  }, 120_000)
  afterAll(async () => {
    workshop.remove()
    await hub.stop()
  })

  it('generates a client that compiles', () => {
    expect(typeErrors(folder)).toEqual([])
  }, 120_000)

  it('queries, follows pages, expands, calls operations and writes', async () => {
    hub.source.reset()
    expect(await runProgram('odata2ts-program.mjs', [join(folder, 'PortService.js'), hub.root])).toEqual({
      query: [4, ['CORAL', 'DAWN']], byKey: ['Amber Tide', 'Water,Power', 'Kiel', 2], byCompositeKey: '2024-02-29T23:30:00-05:00',
      expand: [['AMBER', 'Kiel', 2], ['DAWN', 'Kiel', 2]], related: [1, 2, 3], any: ['AMBER'],
      function: 310.25, boundFunction: true, action: ['hoy', 'hoy'], boundAction: 'Brisker',
      create: [201, 77, 1], patch: 204, put: 204, guarded: 204, afterwards: [4, 1.5, 'Amber Two'], delete: 204,
      pages: [['AMBER', 'BRISK', 'CORAL'], ['DAWN', 'EIDER', 'FORCE'], ['GÖTA', 'HERON']],
      missing: [404, expect.stringContaining('Sailors(77) was not found')],
    })
  }, 60_000)
})
