import type { CapabilityObservation } from '../ports.js'
import type { CatalogStore } from '../store.js'
import { aContract, addService, aService } from './sample-records.js'

const fact = (feature: string, changes: Partial<CapabilityObservation> = {}): CapabilityObservation => ({
  endpoint: 'service-1',
  identity: 'first',
  entitySet: 'Orders',
  feature,
  trust: 'exact',
  origin: 'probed',
  why: 'it answered as we did',
  since: '2026-01-02T03:04:05.678Z',
  ...changes,
})

/** The facts of one endpoint, by feature. */
const byFeature = async (store: CatalogStore, identity = 'first') =>
  (await store.observations('service-1', identity)).toSorted((a, b) => (a.feature < b.feature ? -1 : 1))

/** What was learnt of sources is kept beside the catalog and raises no revision. */
export function describeStoredObservations(store: () => CatalogStore): void {
  describe('observations', () => {
    beforeEach(() => store().change((catalog) => addService(catalog, aService(1), aContract(1))))

    it('keeps the newest fact of each feature, by identity', async () => {
      const expiring = fact('top', { trust: 'unsupported', origin: 'learnt', expires: '2027-01-01T00:00:00.000Z' })
      await store().recordObservations([fact('filter'), fact('top'), fact('filter', { identity: 'second' })])
      await store().recordObservations([expiring])
      expect(await byFeature(store())).toEqual([fact('filter'), expiring])
      expect(await byFeature(store(), 'second')).toEqual([fact('filter', { identity: 'second' })])
      expect(await byFeature(store(), 'third')).toEqual([])
      await store().recordObservations([fact('top')])
      expect(await byFeature(store())).toEqual([fact('filter'), fact('top')])
    })

    it('takes the last of a batch that names one feature twice, and an empty batch', async () => {
      await store().recordObservations([fact('count', { why: 'first' }), fact('count', { why: 'last' })])
      await store().recordObservations([])
      expect(await byFeature(store())).toEqual([fact('count', { why: 'last' })])
    })

    it('raises no revision, drops what belongs to no service, and forgets with the service', async () => {
      const before = await store().revision()
      await store().recordObservations([fact('skip'), fact('skip', { endpoint: 'unknown' })])
      expect(await store().revision()).toBe(before)
      expect(await store().observations('unknown', 'first')).toEqual([])
      await store().change((catalog) => catalog.removeService(aService(1).uuid))
      expect(await byFeature(store())).toEqual([])
    })
  })
}
