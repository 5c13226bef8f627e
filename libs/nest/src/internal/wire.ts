import type { CapabilityObservation, DataRows } from '@tributary/catalog'
import { z } from 'zod'

/** Paths between catalog and proxy; every one is guarded by the internal token. */
export const internalPaths = Object.freeze({
  /** GET, on the catalog: `exposureListWire`. */
  exposures: '/internal/v1/exposures',
  /** GET, on the catalog: `exposureWire`; 404 HUB_RESOURCE_NOT_FOUND for an unknown slug. */
  exposure: (slug: string) => `/internal/v1/exposures/${encodeURIComponent(slug)}`,
  /** GET, on the catalog: `revisionWire`, at once if it is not `after` any more, else as soon as it changes, at the latest after `waitMs`. */
  revision: (after: number, waitMs: number) => `/internal/v1/revision?after=${after}&waitMs=${waitMs}`,
  /** POST, on the catalog, with `observationsWire`: 204. */
  observations: '/internal/v1/observations',
  /** GET, on the catalog: `observationsWire`. */
  knownObservations: (endpoint: string, identity: string) => `/internal/v1/observations?${new URLSearchParams({ endpoint, identity })}`,
  /** GET, on the proxy: `dataRowsWire`. */
  preview: (slug: string, entitySet: string, top: number) => `/internal/v1/preview/${encodeURIComponent(slug)}/${encodeURIComponent(entitySet)}?top=${top}`,
  /** POST, on the proxy, with `probeWire`: 204 when it is done. */
  probe: '/internal/v1/probe',
})

/** Longest wait of a long poll for the revision. */
export const longestWaitMs = 25_000

/** The catalog's revision. */
export const revisionWire = z.object({ revision: z.int() })

/** What is exposed, by slug, and as of which revision. */
export const exposureListWire = z.object({
  exposures: z.array(z.object({ slug: z.string(), title: z.string(), kind: z.enum(['service', 'product']) })),
})

const observationWire = z.object({
  endpoint: z.string(),
  identity: z.string(),
  entitySet: z.string(),
  feature: z.string(),
  trust: z.enum(['exact', 'inexact', 'unsupported']),
  origin: z.enum(['declared', 'probed', 'learnt', 'presumed']),
  why: z.string(),
  since: z.string(),
  expires: z.string().exactOptional(),
}) satisfies z.ZodType<CapabilityObservation>

/** What was learnt of sources. */
export const observationsWire = z.object({ observations: z.array(observationWire).max(10_000) })

/** A few rows, as `DataPreview` gives them. */
export const dataRowsWire = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.record(z.string(), z.unknown())),
}) satisfies z.ZodType<DataRows>

/** What is to be probed; the first sets where none are named. */
export const probeWire = z.object({ slug: z.string(), entitySets: z.array(z.string()).exactOptional() })
