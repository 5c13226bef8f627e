import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { openDoor, type DataDoor } from '../../apps/proxy/test/data-door.js'
import { randomOf } from '../harness/odata-server.js'
import { ask, meaning } from './answers.js'
import { allowed, isAsked } from './exclusions.js'
import { closeLandscape, openLandscape, type Landscape } from './landscape.js'
import { masksOf } from './masks.js'
import { modelOf } from './model.js'
import { readable, type Query } from './query.js'
import { queriesOf } from './queries.js'
import { diceOf } from './random-rows.js'
import { referenceOf } from './reference.js'

/**
 * Every answer is the same where nothing is held in memory: the embedded engine takes over with the first row of every sort, group and
 * join. `DIFFERENTIAL_ENGINE_RUNS` is the number of queries, `DIFFERENTIAL_SEED` chooses them.
 */
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_122) + 70_000
const runs = Number(process.env['DIFFERENTIAL_ENGINE_RUNS'] ?? 240)
const models = Math.max(4, Math.ceil(runs / 500))

describe(`answers that the embedded engine has a part in (seed ${seed})`, () => {
  const opened: Landscape[] = []
  let door: DataDoor
  let spool: string
  beforeAll(async () => {
    spool = await mkdtemp(join(tmpdir(), 'tributary-differential-'))
    door = await openDoor({ environment: { TRIBUTARY_LOG_LEVEL: 'silent', TRIBUTARY_SPOOL_DIR: spool, TRIBUTARY_ENGINE_FROM_ROWS: '0' } })
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(closeLandscape))
  })
  afterAll(async () => {
    await door.stop()
    await rm(spool, { recursive: true })
  })

  it.each(Array.from({ length: models }, (_, index) => seed + index))('of model %i', async (modelSeed) => {
    const model = modelOf(modelSeed)
    const masks = masksOf(diceOf(randomOf(modelSeed + 500))).filter(({ name }) => ['all', 'none'].includes(name))
    for (const mask of masks) opened.push(await openLandscape(model, mask, door, `e${modelSeed}-${mask.name}`))
    const reference = referenceOf(model)
    const check = async (query: Query): Promise<void> => {
      const right = meaning(model, query, reference(query))
      for (const { mask, slug } of opened.filter((one) => isAsked(query, one.mask))) {
        const given = meaning(model, query, await ask(door, slug, model, query))
        if (given !== right) throw new Error(`Sources that honour: ${mask.name}\n${readable(query, model)}\nright:\n${right}\nanswered:\n${given}`)
      }
    }
    const queries = queriesOf(model).map((query) => allowed(query, model))
    await fc.assert(fc.asyncProperty(queries, check), { numRuns: Math.ceil(runs / models), seed: modelSeed })
    // Groups, and what stands above and beneath them, are what statements are made of.
    await fc.assert(fc.asyncProperty(queries.filter(({ applied, crossed }) => applied !== undefined || crossed !== undefined), check), { numRuns: Math.ceil(runs / models / 2), seed: modelSeed })
    expect(door.plane.embedded?.engine.spooledBytes()).toBe(0)
  }, 600_000 + 6_000 * runs)

  it('went beyond memory often enough', () => {
    expect(door.plane.embedded?.engine.requests()).toBeGreaterThan(runs / 4)
  })
})
