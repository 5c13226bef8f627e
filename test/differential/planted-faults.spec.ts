import * as fc from 'fast-check'
import type { DataDoor } from '../../apps/proxy/test/data-door.js'
import { randomOf } from '../harness/odata-server.js'
import type { Landscape } from './landscape.js'
import { masksOf } from './masks.js'
import { modelOf, type Model } from './model.js'
import { faults, openSeams, planted, type Fault } from './plant.js'
import { readable, type Query } from './query.js'
import { queriesOf } from './queries.js'
import { diceOf } from './random-rows.js'
import { referenceOf } from './reference.js'

const seed = 20_261_122
const within = 1000
const models = 4
/** As many of the queries are asked once more without the fault, the telling one among them. */
const again = 40
const administrator = 'administrator-of-the-planted-faults-1'

/** The door as a principal uses it. */
const asPrincipal = (door: DataDoor, token: string): DataDoor => ({ ...door, get: (path, headers, init) => door.get(path, { ...headers, authorization: `Bearer ${token}` }, init) })

/** The suite proves itself: an engine that is wrong in one of ten ways is found within 1,000 queries. */
describe('the generated queries find an engine that is wrong', () => {
  let openDoor: typeof import('../../apps/proxy/test/data-door.js').openDoor
  let landscapes: typeof import('./landscape.js')
  let answers: typeof import('./answers.js')
  const opened: { door?: DataDoor; readonly landscapes: Landscape[] } = { landscapes: [] }

  beforeAll(async () => {
    await openSeams()
    ;({ openDoor } = await import('../../apps/proxy/test/data-door.js'))
    landscapes = await import('./landscape.js')
    answers = await import('./answers.js')
  })
  const close = async (): Promise<void> => {
    delete planted.fault
    await Promise.all(opened.landscapes.splice(0).map(landscapes.closeLandscape))
    await opened.door?.stop()
    delete opened.door
  }
  afterEach(close)

  /** The sources of a model behind a door of their own: whatever a fault taught the hub ends with it. */
  async function open(model: Model, names: readonly string[]): Promise<readonly Landscape[]> {
    await close()
    opened.door = await openDoor({ environment: { TRIBUTARY_LOG_LEVEL: 'silent', TRIBUTARY_ADMIN_TOKEN: administrator }, connection: { cache: { ttlSeconds: 600 } } })
    for (const mask of masksOf(diceOf(randomOf(model.seed))).filter(({ name }) => names.includes(name))) {
      opened.landscapes.push(await landscapes.openLandscape(model, mask, opened.door, `faults-${mask.name}`))
    }
    return opened.landscapes
  }

  /** Tells whether a query is answered wrongly; `shared`: after another principal asked it, to whom the sources show other rows. */
  function wrongness(model: Model, shared: boolean): (landscape: Landscape, query: Query) => Promise<boolean> {
    const other = modelOf(model.seed, model.seed + 1)
    const reference = referenceOf(model)
    return async (landscape, query) => {
      const { door } = opened
      if (door === undefined) throw new Error('no door is open')
      if (shared) {
        landscape.hold(other)
        await answers.ask(asPrincipal(door, door.processToken), landscape.slug, other, query)
        landscape.hold(model)
      }
      const given = await answers.ask(asPrincipal(door, administrator), landscape.slug, model, query)
      return answers.meaning(model, query, given) !== answers.meaning(model, query, reference(query))
    }
  }

  interface Telling {
    readonly model: Model
    readonly mask: string
    /** The last one tells; those before it did not. */
    readonly queries: readonly Query[]
  }

  /** The first query that tells, and the mask it told under. */
  async function hunt(fault: Fault): Promise<Telling | undefined> {
    for (let number = 0; number < models; number++) {
      const model = modelOf(seed + number)
      const isWrong = wrongness(model, fault === 'stale cache across principals')
      const queries = fc.sample(queriesOf(model), { seed, numRuns: within / models })
      const masked = await open(model, ['all', 'none'])
      planted.fault = fault
      for (const [index, query] of queries.entries()) {
        for (const landscape of masked) if (await isWrong(landscape, query)) return { model, mask: landscape.mask.name, queries: queries.slice(0, index + 1) }
      }
    }
    return undefined
  }

  it.each(faults)('%s', async (fault) => {
    const found = await hunt(fault)
    if (found === undefined) throw new Error(`none of ${within} queries tells: ${fault}`)
    const { model, mask, queries } = found
    // It is the fault that was found: without it the same queries are answered rightly.
    const isWrong = wrongness(model, fault === 'stale cache across principals')
    const [sound] = await open(model, [mask])
    for (const query of queries.slice(-again)) expect([readable(query, model), sound === undefined || await isWrong(sound, query)]).toEqual([readable(query, model), false])
  }, 300_000)
})
