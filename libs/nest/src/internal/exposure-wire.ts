import type { Endpoint, ExposedNavigation, ExposedSet, Exposure, SealedConnection } from '@tributary/catalog'
import { readCsdl, writeCsdlXml, type EdmModel } from '@tributary/edm'
import { z } from 'zod'

const columns = z.array(z.object({ from: z.string(), to: z.string() }))

const navigationWire = z.object({
  name: z.string(),
  target: z.string().exactOptional(),
  toMany: z.boolean(),
  on: columns,
  remoteNavigation: z.string().exactOptional(),
}) satisfies z.ZodType<ExposedNavigation>

const setWire = z.object({
  name: z.string(),
  entityType: z.string(),
  endpoint: z.string(),
  remoteSet: z.string(),
  remoteType: z.string(),
  renamed: columns,
  key: z.array(z.string()),
  keyAliases: columns.exactOptional(),
  navigations: z.array(navigationWire),
})

const namedWire = z.object({ endpoint: z.string(), types: columns, operations: columns, imports: columns })

const endpointWire = z.object({
  slug: z.string(),
  kind: z.string(),
  url: z.string(),
  model: z.int(),
  connection: z.custom<SealedConnection>((value) => typeof value === 'string'),
  identity: z.string(),
})

/** A compiled exposure between catalog and proxy: models as CSDL, each once, referred to by their place; maps as lists. */
export const exposureWire = z.object({
  slug: z.string(),
  kind: z.enum(['service', 'product']),
  title: z.string(),
  revision: z.int(),
  models: z.array(z.string()),
  model: z.int(),
  sets: z.array(setWire),
  endpoints: z.array(endpointWire),
  named: z.array(namedWire).exactOptional(),
})
export type ExposureWire = z.output<typeof exposureWire>

/** Writes an exposure for the other service. Connections stay sealed. */
export function exposureToWire(exposure: Exposure): ExposureWire {
  const models = [...new Set([exposure.model, ...[...exposure.endpoints.values()].map(({ model }) => model)])]
  return {
    slug: exposure.slug,
    kind: exposure.kind,
    title: exposure.title,
    revision: exposure.revision,
    models: models.map((model) => writeCsdlXml(model, model.version === '4.01' ? { version: '4.01' } : {})),
    model: models.indexOf(exposure.model),
    sets: [...exposure.sets.values()].map(({ keyAliases, ...set }) => ({
      ...set,
      renamed: pairs(set.renamed),
      key: [...set.key],
      ...(keyAliases === undefined ? {} : { keyAliases: pairs(keyAliases) }),
      navigations: [...set.navigations.values()].map((navigation) => ({ ...navigation, on: navigation.on.map((pair) => ({ ...pair })) })),
    })),
    endpoints: [...exposure.endpoints.values()].map((endpoint) => ({ ...endpoint, model: models.indexOf(endpoint.model) })),
    ...(exposure.named === undefined ? {} : { named: [...exposure.named].map(([endpoint, { types, operations, imports }]) => ({ endpoint, types: pairs(types), operations: pairs(operations), imports: pairs(imports) })) }),
  }
}

type Pairs = z.output<typeof columns>

const pairs = (map: ReadonlyMap<string, string>): Pairs => [...map].map(([from, to]) => ({ from, to }))
const mapOf = (list: Pairs): ReadonlyMap<string, string> => new Map(list.map(({ from, to }) => [from, to]))

/** Reads an exposure as it was written; what is one model there is one model here. @throws HUB_CONTRACT_* if a model cannot be read */
export function exposureFromWire(wire: ExposureWire): Exposure {
  const models = wire.models.map((text) => readCsdl(text))
  const modelAt = (place: number): EdmModel => {
    const model = models[place]
    if (model === undefined) throw new RangeError(`the exposure ${wire.slug} has no model ${place}`)
    return model
  }
  return Object.freeze({
    slug: wire.slug,
    kind: wire.kind,
    title: wire.title,
    revision: wire.revision,
    model: modelAt(wire.model),
    sets: byName(wire.sets.map(setFromWire), ({ name }) => name),
    endpoints: byName(wire.endpoints.map((endpoint): Endpoint => Object.freeze({ ...endpoint, model: modelAt(endpoint.model) })), ({ slug }) => slug),
    ...(wire.named === undefined ? {} : { named: new Map(wire.named.map(({ endpoint, types, operations, imports }) => [endpoint, Object.freeze({ types: mapOf(types), operations: mapOf(operations), imports: mapOf(imports) })])) }),
  })
}

const setFromWire = ({ keyAliases, ...set }: z.output<typeof setWire>): ExposedSet => Object.freeze({
  ...set,
  renamed: mapOf(set.renamed),
  ...(keyAliases === undefined ? {} : { keyAliases: mapOf(keyAliases) }),
  navigations: byName(set.navigations, ({ name }) => name),
})

const byName = <T>(list: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, T> => new Map(list.map((one) => [nameOf(one), one]))
