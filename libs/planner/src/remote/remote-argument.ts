import type { Exposure } from '@tributary/catalog'
import type { StructuredType, TypeRef } from '@tributary/edm'
import { namesOf, parseResourcePath, type Expression as Syntax } from '@tributary/odata-url'
import { annotationName, jsonString, jsonTreeText, MalformedJson, readJsonTree, stringOf, type JsonMember, type JsonTree } from '@tributary/odata-wire'
import { invalid, unknownProperty } from '../bind/refusal.js'
import type { RemoteNaming } from './remote-naming.js'

/** Where the arguments of a call go. */
export interface ArgumentPlace {
  readonly exposure: Exposure
  readonly names: RemoteNaming
  /** Slug. */
  readonly endpoint: string
}

/**
 * A structured argument in the words of its source: names of properties and types, and the entities it refers to.
 * @throws HUB_QUERY_INVALID for JSON that is none and references that lead nowhere, HUB_QUERY_UNKNOWN_PROPERTY
 */
export function remoteArgument(value: Syntax, type: TypeRef, place: ArgumentPlace): Syntax {
  if (place.names.same || value.kind !== 'json' || value.members !== undefined) return value
  return { ...value, text: jsonTreeText(turned(parsed(value.text), type.name, place)) }
}

function parsed(text: string): JsonTree {
  try {
    return readJsonTree(Buffer.from(text))
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error
    throw invalid(`An argument is no JSON: ${error.message}.`)
  }
}

function turned(tree: JsonTree, type: string | undefined, place: ArgumentPlace): JsonTree {
  if (tree.kind === 'array') return { kind: 'array', items: tree.items.map((item) => turned(item, type, place)) }
  const structured = tree.kind === 'object' && type !== undefined ? place.exposure.model.structured(type) : undefined
  if (tree.kind !== 'object' || structured === undefined) return tree
  const own = saidType(tree.members, structured, place)
  return { kind: 'object', members: tree.members.map((member) => turnedMember(member, own, place)) }
}

function saidType(members: readonly JsonMember[], meant: StructuredType, { exposure: { model } }: ArgumentPlace): StructuredType {
  const said = members.find(({ name }) => annotationName(name)?.control === 'type' && annotationName(name)?.of === '')
  const text = stringOf(said?.value)
  const type = text === undefined ? meant : model.structured(text.slice(text.lastIndexOf('#') + 1))
  if (type === undefined || !model.derivesFrom(type.qualifiedName, meant.qualifiedName)) throw invalid(`${text ?? ''} is no type derived from ${meant.qualifiedName}.`)
  return type
}

function turnedMember({ name, value }: JsonMember, type: StructuredType, place: ArgumentPlace): JsonMember {
  const { exposure: { model }, names } = place
  const annotation = annotationName(name)
  if (annotation === undefined) {
    const property = model.property(type, name)
    const navigation = model.navigation(type, name)
    if (property === undefined && navigation === undefined && !type.open) throw unknownProperty(type.qualifiedName, name, [...model.properties(type), ...model.navigations(type)].map((one) => one.name))
    return { name: names.remoteProperty(type.qualifiedName, name), value: turned(value, property?.type.name ?? navigation?.target, place) }
  }
  const of = annotation.of === '' ? '' : names.remoteProperty(type.qualifiedName, annotation.of)
  const text = stringOf(value)
  if (annotation.control === 'type' && text !== undefined) return { name: `${of}@odata.type`, value: jsonString(typeText(text, names)) }
  if ((annotation.control === 'id' || annotation.control === 'bind') && text !== undefined) return { name: `${of}@odata.${annotation.control}`, value: jsonString(reference(text, place)) }
  return { name: `${of}${name.slice(annotation.of.length)}`, value }
}

function typeText(text: string, names: RemoteNaming): string {
  const [, collection, name = ''] = /^#?(Collection\()?([^()]+)\)?$/.exec(text) ?? []
  if (!name.includes('.') || name.startsWith('Edm.')) return text
  return collection === undefined ? `#${names.remoteType(name)}` : `#Collection(${names.remoteType(name)})`
}

/** An entity of the product by its set and key: what its source calls it. */
function reference(url: string, { exposure, names, endpoint }: ArgumentPlace): string {
  const refused = (): Error => invalid(`${url.slice(0, 100)} is no entity of the source ${endpoint}.`, 'Give its set and key: Customers(1).')
  if (/^(?:[a-z][a-z\d+.-]*:|\/)/i.test(url)) throw refused()
  const resource = parseResourcePath(url, namesOf(exposure.model))
  const [segment, ...rest] = resource.kind === 'path' ? resource.segments : []
  const set = segment?.kind === 'entitySet' ? exposure.sets.get(segment.name) : undefined
  if (segment?.kind !== 'entitySet' || rest.length > 0 || set?.endpoint !== endpoint || segment.key === undefined) throw refused()
  const parts = segment.key.parts.map(({ name, value }) => {
    if (value.kind !== 'literal') throw refused()
    const text = value.type === 'Edm.String' ? `'${value.text.replaceAll("'", "''")}'` : value.text
    return name === undefined ? text : `${names.remoteProperty(set.entityType, name)}=${text}`
  })
  return `${encodeURIComponent(set.remoteSet)}(${parts.map((part) => encodeURIComponent(part).replaceAll('%3D', '=').replaceAll('%2C', ',')).join(',')})`
}
