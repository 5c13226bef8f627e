import { advanced } from './advanced.js'
import { clauses } from './clauses.js'
import { openConformanceHub, type ConformanceHub } from './conformance-hub.js'
import { intermediate } from './intermediate.js'
import { minimal } from './minimal.js'
import { updatable } from './updatable.js'

const tests = { ...minimal, ...updatable, ...intermediate, ...advanced }

describe('the conformance levels of OData', () => {
  let hub: ConformanceHub
  beforeAll(async () => {
    hub = await openConformanceHub()
  })
  afterAll(() => hub.stop())

  it('have each clause once, with its test, and a reason where it is not met', () => {
    expect(clauses.map(({ id }) => id).toSorted()).toEqual(Object.keys(tests).toSorted())
    for (const { id, status, reason } of clauses) expect([id, reason === undefined]).toEqual([id, status === 'met'])
  })

  it.each(clauses.map(({ id, status, text }) => [id, status, text] as const))('%s (%s): %s', async (id) => {
    await tests[id]?.(hub)
    expect.hasAssertions()
  })
})
