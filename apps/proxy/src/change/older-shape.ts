import type { JsonMember, JsonTree } from '@tributary/odata-wire'

/**
 * A body in the shape that services of 4.0 understand, as far as it has one: related entities that are only named become
 * `Customer@odata.bind`.
 * @see OData JSON Format 4.0, section 8.5; 4.01, section 8.5
 */
export function olderShape(tree: JsonTree): JsonTree {
  if (tree.kind === 'array') return { kind: 'array', items: tree.items.map(olderShape) }
  if (tree.kind !== 'object') return tree
  return { kind: 'object', members: tree.members.map(olderMember) }
}

function olderMember({ name, value }: JsonMember): JsonMember {
  const one = idOf(value)
  if (one !== undefined && !name.includes('@')) return { name: `${name}@odata.bind`, value: one }
  if (value.kind === 'array' && value.items.length > 0 && !name.includes('@') && name !== 'value') {
    const ids = value.items.map(idOf)
    if (ids.every((id) => id !== undefined)) return { name: `${name}@odata.bind`, value: { kind: 'array', items: ids } }
  }
  return { name, value: olderShape(value) }
}

/** The id of an entity of which nothing else is said. */
function idOf(tree: JsonTree): JsonTree | undefined {
  if (tree.kind !== 'object') return undefined
  const [only, ...others] = tree.members
  return only?.name === '@odata.id' && others.length === 0 ? only.value : undefined
}

/** True if the body says what only 4.01 has words for: members removed from collections, and changes within them. */
export function needs401(tree: JsonTree): boolean {
  if (tree.kind === 'array') return tree.items.some(needs401)
  if (tree.kind !== 'object') return false
  return tree.members.some(({ name, value }) => name === '@odata.removed' || name.endsWith('@odata.delta') || needs401(value))
}
