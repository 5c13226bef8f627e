import type { ScanTarget } from './plan.js'

/**
 * The entity set whose evidence counts for a scan. Of a resource that has to be addressed by its path nothing is proven by what its entity
 * set honours, and a refusal there says nothing of the set: all such resources of an endpoint stand under the empty name.
 */
export const evidenceSet = ({ entitySet, resource }: Pick<ScanTarget, 'entitySet' | 'resource'>): string => (resource === undefined ? entitySet : '')
