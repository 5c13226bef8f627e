import type { ExposedSet, Exposure } from '@tributary/catalog'
import type { EdmModel } from '@tributary/edm'
import { dialect401, namesOf, parseResourcePath, printResource, type Key, type Names, type ResourceSegment } from '@tributary/odata-url'
import { remoteNaming, type RemoteNaming } from './remote-naming.js'

/** How far a path of the source has been turned into one of the exposure. */
interface Turned {
  readonly segments: readonly ResourceSegment[]
  readonly set?: ExposedSet
  /** Qualified name of the exposed type; undefined: not known. */
  readonly type?: string
}

interface Place {
  readonly exposure: Exposure
  readonly names: RemoteNaming
  /** The set meant, where several are over one of the source's. */
  readonly near?: ExposedSet
}

const parsers = new WeakMap<EdmModel, Names>()

/**
 * A resource path as its source writes it, in the names of the exposure, percent-encoded: what links of the source's answers become.
 * Undefined: it leads to nothing that is exposed.
 * @param near the set meant, where several are over one of the source's
 */
export function exposedAddress(path: string, exposure: Exposure, endpoint: string, near?: ExposedSet): string | undefined {
  const names = remoteNaming(exposure, endpoint)
  const model = exposure.endpoints.get(endpoint)?.model
  if (names.same || model === undefined) return path
  const parser = parsers.get(model) ?? namesOf(model)
  parsers.set(model, parser)
  const resource = parsed(path, parser)
  if (resource === undefined || resource.kind !== 'path') return undefined
  let turned: Turned | undefined = { segments: [] }
  for (const segment of resource.segments) turned = turned === undefined ? undefined : turn(turned, segment, { exposure, names, ...(near === undefined ? {} : { near }) })
  return turned === undefined ? undefined : printResource({ ...resource, segments: turned.segments }, dialect401)
}

/** What a source writes may be anything; a link that is no path of its model has no counterpart. */
function parsed(path: string, parser: Names): ReturnType<typeof parseResourcePath> | undefined {
  try {
    return parseResourcePath(path, parser)
  } catch {
    return undefined
  }
}

function turn(turned: Turned, segment: ResourceSegment, { exposure, names, near }: Place): Turned | undefined {
  const { set, type } = turned
  const on = (next: ResourceSegment, behind: Omit<Turned, 'segments'>): Turned => ({ ...behind, segments: [...turned.segments, next] })
  switch (segment.kind) {
    case 'entitySet': {
      const over = names.setsOver(segment.name)
      const found = over.find((one) => one === near) ?? over[0]
      return found === undefined ? undefined : on({ ...segment, name: found.name, ...keyOf(segment.key, found.entityType, names) }, { set: found, type: found.entityType })
    }
    case 'navigation': {
      const followed = [...(set?.navigations.values() ?? [])].find(({ remoteNavigation }) => remoteNavigation === segment.name)
      const target = followed?.target === undefined ? undefined : exposure.sets.get(followed.target)
      return followed === undefined || target === undefined ? undefined : on({ ...segment, name: followed.name, ...keyOf(segment.key, target.entityType, names) }, { set: target, type: target.entityType })
    }
    case 'property': {
      const name = type === undefined ? undefined : names.exposedProperty(type, segment.name)
      return name === undefined ? undefined : on({ ...segment, name }, { ...typeBehind(exposure.model, type, name) })
    }
    // The types of a product's entities have no others derived from them.
    case 'cast': return turned
    case 'value': case 'count': case 'ref': return on(segment, {})
    default: return undefined
  }
}

function keyOf(key: Key | undefined, type: string, names: RemoteNaming): { readonly key?: Key } {
  if (key === undefined) return {}
  return { key: { ...key, parts: key.parts.map((part) => (part.name === undefined ? part : { ...part, name: names.exposedProperty(type, part.name) ?? part.name })) } }
}

function typeBehind(model: EdmModel, type: string | undefined, name: string): { readonly type?: string } {
  const structured = type === undefined ? undefined : model.structured(type)
  const property = structured === undefined ? undefined : model.property(structured, name)
  return property === undefined ? {} : { type: property.type.name }
}
