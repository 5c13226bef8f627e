import { annotationName, jsonString, stringOf, type JsonMember, type JsonTree } from '@tributary/odata-wire'

/** In 4.0 entities that were deleted, and links added and deleted, name entities by plain members. @see OData JSON Format 4.0, section 14 */
const naming: ReadonlySet<string> = new Set(['id', 'source', 'target'])

/**
 * A delta answer whose deleted entities are named as we name them.
 * @param idOf our name for the id of an entity at its source
 */
export function deltaPayload(tree: JsonTree, idOf: (id: string) => string): JsonTree {
  if (tree.kind !== 'object') return tree
  return { kind: 'object', members: tree.members.map((member) => outerMember(member, idOf)) }
}

function outerMember({ name, value }: JsonMember, idOf: (id: string) => string): JsonMember {
  if (name !== 'value' || value.kind !== 'array') return { name, value }
  return { name, value: { kind: 'array', items: value.items.map((item) => (isChange(item) ? named(item, idOf) : item)) } }
}

const isChange = (item: JsonTree): item is Extract<JsonTree, { kind: 'object' }> =>
  item.kind === 'object' && item.members.some(({ name, value }) => annotationName(name)?.control === 'context' && /\/\$(?:deletedEntity|link|deletedLink)$/.test(stringOf(value) ?? ''))

const named = ({ members }: Extract<JsonTree, { kind: 'object' }>, idOf: (id: string) => string): JsonTree => ({
  kind: 'object',
  members: members.map(({ name, value }) => {
    const text = stringOf(value)
    return naming.has(name) && text !== undefined ? { name, value: jsonString(idOf(text)) } : { name, value }
  }),
})
