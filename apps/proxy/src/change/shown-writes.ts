import type { ExposedSet, Exposure } from '@tributary/catalog'
import { annotationValue, type Annotation, type AnnotationValue } from '@tributary/edm'
import { remoteNaming } from '@tributary/planner'
import { relays, type OpenEndpoint } from '@tributary/source'
import { annotationsOfResource, declaredIn, isSent, restrictionTerms, type ChangeKind } from './restrictions.js'

/** The open endpoint of a slug; undefined: it cannot be opened, and nothing is sent there. */
export type OpenEndpointOf = (slug: string) => OpenEndpoint | undefined

const kinds: readonly ChangeKind[] = ['insert', 'update', 'delete']
const capabilities = 'Org.OData.Capabilities.V1'
const deepTerms = [`${capabilities}.DeepInsertSupport`, `${capabilities}.DeepUpdateSupport`] as const
const navigationTerm = `${capabilities}.NavigationRestrictions`

/** Terms that `$metadata` shows as they hold here, whatever a contract says. */
export const shownWriteTerms: ReadonlySet<string> = new Set([...kinds.map((kind) => restrictionTerms[kind][0]), ...deepTerms])

const bool = (value: boolean): AnnotationValue => ({ kind: 'bool', text: String(value) })
const record = (properties: Iterable<readonly [string, AnnotationValue]>): AnnotationValue => ({ kind: 'record', properties: new Map(properties), annotations: [] })

/** What holds of changes to an entity set: what its source says of them, where they are sent there. */
export function shownWritesOf(set: ExposedSet, exposure: Exposure, endpointOf: OpenEndpointOf): readonly Annotation[] {
  return shownWrites(set.endpoint, set.remoteSet, { exposure, endpointOf, set })
}

/** What holds of changes to a singleton: a service's own. */
export function shownWritesOfSingleton(name: string, exposure: Exposure, endpointOf: OpenEndpointOf): readonly Annotation[] {
  const [slug] = exposure.endpoints.keys()
  return slug === undefined ? [] : shownWrites(slug, name, { exposure, endpointOf })
}

interface Shown {
  readonly exposure: Exposure
  readonly endpointOf: OpenEndpointOf
  readonly set?: ExposedSet
}

function shownWrites(slug: string, remoteName: string, { exposure, endpointOf, set }: Shown): readonly Annotation[] {
  const endpoint = takingWrites(endpointOf(slug))
  const given = endpoint === undefined ? [] : annotationsOfResource(endpoint.target.model, remoteName)
  const sent = new Set(kinds.filter((kind) => endpoint !== undefined && isSent(declaredIn(given, kind), endpoint.target.connection.writes)))
  const turned = (value: AnnotationValue): AnnotationValue | undefined => (set === undefined ? value : exposedValue(value, set, exposure))
  const restrictions = kinds.filter((kind) => set !== undefined || kind === 'update').map((kind): Annotation => {
    const [term, property] = restrictionTerms[kind]
    if (!sent.has(kind)) return { term, value: record([[property, bool(false)]]), annotations: [] }
    const own = annotationValue(given, term)
    const said = own?.kind === 'record' ? turned(own) : undefined
    return { term, value: record([[property, bool(true)], ...(said?.kind === 'record' ? said.properties : [])]), annotations: [] }
  })
  const deep = deepTerms.flatMap((term): Annotation[] => {
    const value = annotationValue(given, term)
    return value === undefined || !sent.has(term === deepTerms[0] ? 'insert' : 'update') ? [] : [{ term, value, annotations: [] }]
  })
  return [...restrictions, ...deep]
}

/** Sources that carry changes, over a protocol that has them as we send them, and whose connection does not refuse them. */
export function takingWrites(endpoint: OpenEndpoint | undefined): OpenEndpoint | undefined {
  if (endpoint === undefined || !relays(endpoint.source) || endpoint.target.connection.writes === 'refused') return undefined
  return ['1.0', '2.0', '3.0'].includes(endpoint.target.model.version) ? undefined : endpoint
}

/** True if nothing can be changed at any source. */
export const isReadOnly = ({ endpoints }: Exposure, endpointOf: OpenEndpointOf): boolean => [...endpoints.keys()].every((slug) => takingWrites(endpointOf(slug)) === undefined)

/** A source's words in the names of a product; undefined: they speak of what is not exposed, or of the source alone. */
function exposedValue(value: AnnotationValue, set: ExposedSet, exposure: Exposure): AnnotationValue | undefined {
  const names = remoteNaming(exposure, set.endpoint)
  if (names.same) return value
  switch (value.kind) {
    case 'bool': case 'int': case 'enumMember': case 'string': return value
    case 'path': case 'propertyPath': case 'navigationPropertyPath': case 'anyPropertyPath': {
      const [first = '', ...rest] = value.path.split('/')
      const exposed = names.exposedProperty(set.entityType, first)
      return exposed === undefined ? undefined : { ...value, path: [exposed, ...rest].join('/') }
    }
    case 'collection': return { ...value, items: value.items.flatMap((item) => exposedValue(item, set, exposure) ?? []) }
    case 'record': return record([...value.properties].flatMap(([name, inner]) => entryOf(name, exposedValue(inner, set, exposure))))
    default: return undefined
  }
}

const entryOf = (name: string, value: AnnotationValue | undefined): readonly (readonly [string, AnnotationValue])[] => (value === undefined ? [] : [[name, value]])

/** What a set says of its navigation properties, without what it says of changes along them where none are sent. */
export function shownNavigation(annotations: readonly Annotation[]): readonly Annotation[] {
  return annotations.map((annotation) => (annotation.term === navigationTerm ? { ...annotation, value: withoutChanges(annotation.value) } : annotation))
}

const changeNames: ReadonlySet<string> = new Set([...shownWriteTerms].map((term) => term.slice(capabilities.length + 1)))

function withoutChanges(value: AnnotationValue): AnnotationValue {
  if (value.kind === 'collection') return { ...value, items: value.items.map(withoutChanges) }
  if (value.kind !== 'record') return value
  return { ...value, properties: new Map([...value.properties].filter(([name]) => !changeNames.has(name)).map(([name, inner]) => [name, withoutChanges(inner)])) }
}
