import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openClientHub, type ClientHub } from './client-hub.js'
import { contractInto, generate, openWorkshop, runProgram, transpile, typeErrors, type Workshop } from './generated-client.js'

/**
 * The client that the SAP Cloud SDK generates of the `$metadata` of a data product, compiled, and run against a hub. The product leaves
 * out what the generator does not know: type definitions, and functions that give enumerations.
 */
describe('SAP Cloud SDK', () => {
  let hub: ClientHub
  let workshop: Workshop
  let folder: string
  beforeAll(async () => {
    hub = await openClientHub()
    workshop = openWorkshop()
    folder = join(workshop.path, 'generated', 'crew')
    const contract = await contractInto(workshop, hub.crew, 'crew')
    const options = join(workshop.path, 'options.json')
    // Without it the client takes the path for `/`, and its batches lead out of the service.
    writeFileSync(options, JSON.stringify({ 'crew.xml': { directoryName: 'crew', basePath: new URL(hub.crew).pathname.replace(/\/$/, '') } }))
    await generate(workshop, '@sap-cloud-sdk/generator/dist/cli.js', ['-i', contract, '-o', join(workshop.path, 'generated'), '-s', options, '--overwrite'])
    transpile(folder)
  }, 120_000)
  afterAll(async () => {
    workshop.remove()
    await hub.stop()
  })

  it('generates a client that compiles', () => {
    expect(typeErrors(folder)).toEqual([])
  }, 120_000)

  it('queries, reads by key, expands, writes with versions, and batches', async () => {
    hub.source.reset()
    expect(await runProgram('sap-cloud-sdk-program.mjs', [folder, hub.hub.origin])).toEqual({
      query: [['EIDER', 'Eider/Ferry'], ['DAWN', 'Dawn Ferry'], ['CORAL', "Coral d'Or"]], count: 8, paging: ['CORAL', 'DAWN'],
      byKey: ['Amber Tide', '4.2', '1998-04-02', 3, 'string'], byCompositeKey: '2024-03-01T04:30:00.000Z', int64: '9007199254740993',
      expand: [[1, 'Dawn Ferry'], [2, 'Dawn Ferry'], [3, 'Dawn Ferry']], any: ['AMBER', 'DAWN'],
      create: ['77', 'Pilot Yew'], update: 'Pilot Fir', guarded: 'Amber Two', stale: 412, missing: 404, batch: ['Bosun Alder', 201],
    })
  }, 60_000)
})
