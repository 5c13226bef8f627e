import { hubError } from '@tributary/errors'
import { annotationName, deltaItemOf, jsonString, stringOf, type JsonMember, type JsonTree } from '@tributary/odata-wire'
import { remoteNaming, spansSources, type RemoteAddress } from '@tributary/planner'
import { referencedEntity, remoteReference, type ReferencePlace } from './references.js'

type JsonObject = Extract<JsonTree, { kind: 'object' }>

/** The context an object says it has, whichever way it is written. */
const contextOf = ({ members }: JsonObject): string | undefined => {
  const said = members.find(({ name }) => annotationName(name)?.of === '' && annotationName(name)?.control === 'context')
  return stringOf(said?.value)
}

/** True for an item of a delta that adds or removes a link between two entities. @see OData JSON Format 4.01, section 15.4 */
export function isLinkChange(tree: JsonTree): tree is JsonObject {
  const said = tree.kind === 'object' ? deltaItemOf(contextOf(tree)) : undefined
  return said === 'link' || said === 'deletedLink'
}

/**
 * A link that is added or removed, in the words of its source.
 * @param path where it stands, for errors: `value/0`
 * @throws HUB_PAYLOAD_INVALID, HUB_REQUEST_SPANS_SOURCES, HUB_RESOURCE_NOT_FOUND, HUB_QUERY_*
 */
export function remoteLinkChange(tree: JsonObject, path: string, place: ReferencePlace): JsonTree {
  const text = (name: string): string => textOf(tree, name, path)
  const from = referencedEntity(text('source'), `${path}/source`, place)
  const members: readonly JsonMember[] = [
    { name: '@odata.context', value: jsonString(remoteContext(contextOf(tree) ?? '', from, place)) },
    { name: 'source', value: jsonString(remoteReference(text('source'), `${path}/source`, place)) },
    { name: 'relationship', value: jsonString(remoteRelationship(text('relationship'), from, place)) },
    { name: 'target', value: jsonString(remoteReference(text('target'), `${path}/target`, place)) },
  ]
  const strange = tree.members.find(({ name }) => annotationName(name) === undefined && !members.some((member) => member.name === name))
  if (strange !== undefined) throw wrong(`${path}/${strange.name}`, 'a link has source, relationship and target, and nothing else')
  return { kind: 'object', members: [...members, ...tree.members.filter(({ name }) => annotationName(name) !== undefined && annotationName(name)?.control === undefined)] }
}

function textOf(tree: JsonObject, name: string, path: string): string {
  const text = stringOf(tree.members.find((member) => member.name === name)?.value)
  if (text === undefined) throw wrong(`${path}/${name}`, 'a link has source, relationship and target, which are texts')
  return text
}

const wrong = (path: string, reason: string): Error => hubError('HUB_PAYLOAD_INVALID', { path, reason, hint: '' }, { target: path })

/** `#Orders/$link`, by the source's name of the set. */
function remoteContext(context: string, from: RemoteAddress | undefined, { exposure }: ReferencePlace): string {
  const fragment = context.slice(context.indexOf('#') + 1)
  const [name = ''] = fragment.split('/')
  return `#${exposure.sets.get(name)?.remoteSet ?? from?.set?.remoteSet ?? name}/$${deltaItemOf(context) ?? ''}`
}

/** A relationship of a product is ours: no source can be told of it. */
function remoteRelationship(name: string, from: RemoteAddress | undefined, { exposure, target }: ReferencePlace): string {
  const navigation = from?.set?.navigations.get(name)
  if (navigation === undefined || remoteNaming(exposure, target.slug).same) return name
  const other = navigation.target === undefined ? undefined : exposure.sets.get(navigation.target)
  if (navigation.remoteNavigation === undefined) throw spansSources(`The relationship ${name}`, [target.slug, other?.endpoint ?? target.slug], other?.name)
  return navigation.remoteNavigation
}
