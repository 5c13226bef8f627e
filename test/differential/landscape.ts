import type { Exposure } from '@tributary/catalog'
import { endpointOf, productExposure } from '../../apps/proxy/test/exposures.js'
import type { DataDoor } from '../../apps/proxy/test/data-door.js'
import { probes } from '@tributary/source'
import { csdlOf, type ServedSets } from '../harness/odata-server-contract.js'
import { startODataServer, type ODataServer, type Row } from '../harness/odata-server.js'
import type { Mask } from './masks.js'
import type { Model, ModelSet } from './model.js'
import { enumBits, enumName } from './values.js'

/** The sources of a model under one mask, and the product over them behind the door. */
export interface Landscape {
  readonly mask: Mask
  readonly slug: string
  readonly servers: readonly ODataServer[]
  /** Puts the rows of another model of the same shape into the sources. */
  hold(other: Model): void
}

const renamedRow = (set: ModelSet, row: Row): Row => Object.fromEntries(Object.entries(row).map(([name, value]) => [set.renamed.get(name) ?? name, value]))

const marksOf = ({ marks }: ModelSet): ModelSet['properties'] => (marks === undefined ? [] : [marks])

/** Whether the source itself leads from one set to the other: where it does not have to compare values of unlike types for that. */
const isOwn = (model: Model, set: ModelSet, { target, on, unique }: ModelSet['navigations'][number]): boolean =>
  unique && model.set(target).source === set.source && on.every(({ from, to }) => set.typeOf(from) === model.set(target).typeOf(to))

/** The sets as their source serves them: by remote names, related to others of the same source. */
function servedBy(source: number, model: Model): ServedSets {
  return Object.fromEntries(model.sets.filter((set) => set.source === source).map((set) => [set.name, {
    key: set.key.map((name) => set.renamed.get(name) ?? name),
    properties: [...set.properties.map((property) => ({ ...property, type: property.type === enumName ? `Source${source}.Color` : property.type, name: set.renamed.get(property.name) ?? property.name })), ...marksOf(set)],
    rows: set.rows.map((row) => renamedRow(set, row)),
    navigation: set.navigations.filter((navigation) => isOwn(model, set, navigation)).map(({ name, target, toMany, on }) => ({ name, target, collection: toMany, via: on.map(({ from, to }) => ({ from: set.renamed.get(from) ?? from, to: model.set(target).renamed.get(to) ?? to })) })),
  }]))
}

/** The contract with the enumeration that some properties are of. */
const withColors = (contract: string): string =>
  contract.replace('<EntityContainer', `<EnumType Name="Color" IsFlags="true">${Object.entries(enumBits).map(([name, bits]) => `<Member Name="${name}" Value="${bits}"/>`).join('')}</EnumType><EntityContainer`)

/** The sets as the product exposes them. */
const exposed = (model: Model): ServedSets => Object.fromEntries(model.sets.map((set) => [set.name, {
  key: set.key, properties: [...set.properties, ...marksOf(set)], rows: [],
  navigation: set.navigations.map(({ name, target, toMany }) => ({ name, target, collection: toMany })),
}]))

/** Finds out of the sources what is found out after their first use. */
async function probeWholly(door: DataDoor, exposure: Exposure): Promise<void> {
  const endpoints = await door.plane.pool.of(exposure)
  for (const set of exposure.sets.values()) {
    const { source, target } = endpoints.endpoint(set.endpoint)
    if (!probes(source)) continue
    const facts = await source.probe(target, set.remoteSet, { signal: AbortSignal.timeout(30_000), maxRequests: 28, observe: () => undefined })
    endpoints.learn(set.endpoint, set.remoteSet, [...facts].map(([feature, fact]) => ({ kind: 'fact', feature, fact })))
  }
}

/** Starts the sources and puts the product behind the door. */
export async function openLandscape(model: Model, mask: Mask, door: DataDoor, slug: string): Promise<Landscape> {
  const served = Array.from({ length: model.sources }, (_, number) => servedBy(number, model))
  const servers = await Promise.all(served.map((sets, number) => startODataServer({ sets, behaviour: mask.behaviour(number), namespace: `Source${number}` })))
  const endpoints = servers.map((server, number) => endpointOf(`${slug}-s${number}`, server.url, withColors(csdlOf(served[number] ?? {}, `Source${number}`))))
  const of = (set: ModelSet): (typeof endpoints)[number] => {
    const endpoint = endpoints[set.source]
    if (endpoint === undefined) throw new Error(`no endpoint for ${set.name}`)
    return endpoint
  }
  const product = productExposure(slug, withColors(csdlOf(exposed(model), 'Product')), {
    endpointOfSet: Object.fromEntries(model.sets.map((set) => [set.name, of(set)])),
    relationships: model.sets.flatMap((set) => set.navigations.map((navigation) => ({ navigation, ...navigation })).map(({ name, target, toMany, on, navigation }) => ({ from: set.name, name, to: target, toMany, on, ...(isOwn(model, set, navigation) ? { remote: name } : {}) }))),
  })
  door.catalog.put(withRenaming(product, model))
  if (mask.probed) await probeWholly(door, withRenaming(product, model))
  const hold = (other: Model): void => served.forEach((sets, number) => {
    const others = servedBy(number, other)
    for (const [name, { rows }] of Object.entries(sets)) (rows as Row[]).splice(0, rows.length, ...(others[name]?.rows ?? []))
  })
  return { mask, slug, servers, hold }
}

const withRenaming = (product: Exposure, model: Model): Exposure => ({
  ...product,
  sets: new Map([...product.sets].map(([name, set]) => [name, { ...set, renamed: model.set(name).renamed }])),
})

export const closeLandscape = (landscape: Landscape): Promise<void[]> => Promise.all(landscape.servers.map((server) => server.stop()))
