import { annotationName, jsonString, stringOf, type JsonMember, type JsonTree } from '@tributary/odata-wire'

/** How the links of a delta answer are turned. */
export interface DeltaLinks {
  /** A link to further changes, or further pages of them. @throws HUB_SOURCE_LINK_REFUSED */
  readonly seal: (link: string) => string
  /** The id of an entity. */
  readonly id: (id: string) => string
}

const further: ReadonlySet<string> = new Set(['nextLink', 'deltaLink'])
/** In 4.0 entities that were deleted, and links added and deleted, name entities by plain members. @see OData JSON Format 4.0, section 14 */
const naming: ReadonlySet<string> = new Set(['id', 'source', 'target'])

/** A delta answer whose links to more of it are ours, and whose deleted entities are named as we name them. */
export function deltaPayload(tree: JsonTree, links: DeltaLinks): JsonTree {
  if (tree.kind !== 'object') return tree
  return { kind: 'object', members: tree.members.map((member) => outerMember(member, links)) }
}

function outerMember({ name, value }: JsonMember, links: DeltaLinks): JsonMember {
  const said = annotationName(name)
  const text = stringOf(value)
  if (said?.of === '' && said.control !== undefined && further.has(said.control) && text !== undefined) return { name, value: jsonString(links.seal(text)) }
  if (name !== 'value' || value.kind !== 'array') return { name, value }
  return { name, value: { kind: 'array', items: value.items.map((item) => (isChange(item) ? named(item, links) : item)) } }
}

const isChange = (item: JsonTree): item is Extract<JsonTree, { kind: 'object' }> =>
  item.kind === 'object' && item.members.some(({ name, value }) => annotationName(name)?.control === 'context' && /\/\$(?:deletedEntity|link|deletedLink)$/.test(stringOf(value) ?? ''))

const named = ({ members }: Extract<JsonTree, { kind: 'object' }>, { id }: DeltaLinks): JsonTree => ({
  kind: 'object',
  members: members.map(({ name, value }) => {
    const text = stringOf(value)
    return naming.has(name) && text !== undefined ? { name, value: jsonString(id(text)) } : { name, value }
  }),
})
