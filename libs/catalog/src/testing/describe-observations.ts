import type { CapabilityObservation, Observations } from '../ports.js'

/** Observations over a catalog that holds the service `sales`. */
export interface ObservationsUnderTest {
  readonly observations: Observations
  /** The present moment of the catalog's clock. */
  now(): Date
  close(): Promise<void>
}

/** The contract with observations as a test: those in the catalog's process and the remote ones pass it alike. */
export function describeObservations(name: string, open: () => Promise<ObservationsUnderTest>): void {
  describe(`${name} keep what was learnt`, () => {
    let under: ObservationsUnderTest
    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.close())

    it('gives back what is still valid, by endpoint and identity', async () => {
      const now = under.now().getTime()
      const fact = (feature: string, rest: Partial<CapabilityObservation> = {}): CapabilityObservation => ({
        endpoint: 'sales', identity: 'i', entitySet: 'Orders', feature, trust: 'exact', origin: 'probed', why: 'it answered as we did', since: new Date(now).toISOString(), ...rest,
      })
      const lasting = fact('top', { origin: 'learnt', trust: 'unsupported', expires: new Date(now + 3_600_000).toISOString() })
      await under.observations.record([fact('filter'), lasting, fact('skip', { expires: new Date(now - 1_000).toISOString() }), fact('count', { identity: 'other' })])
      const known = await under.observations.known('sales', 'i')
      expect(known.toSorted((a, b) => (a.feature < b.feature ? -1 : 1))).toEqual([fact('filter'), lasting])
      expect(await under.observations.known('nowhere', 'i')).toEqual([])
    })

    it('takes an empty batch', async () => {
      await under.observations.record([])
      expect(await under.observations.known('sales', 'i')).toEqual([])
    })
  })
}
