import type { MemberName, Names, TypeHandle } from './names.js'

const crossjoinPrefix = '$crossjoin'

/** The type of `$crossjoin(A,B)`: instances that lead to one entity of each set by the set's name. */
export const crossjoinOf = (sets: readonly string[]): TypeHandle =>
  Object.freeze({ name: `${crossjoinPrefix}(${sets.join(',')})`, collection: true, structured: true })

/** What `$all` addresses: entities of whatever type. */
export const anyEntities: TypeHandle = Object.freeze({ name: 'Edm.EntityType', collection: true, structured: true })

/** What a name is on an instance of the type; qualified names are no members. */
export function memberOf(names: Names, type: TypeHandle | undefined, name: string): MemberName | undefined {
  if (name.includes('.')) return undefined
  if (type?.name.startsWith(crossjoinPrefix) === true) {
    const member = crossjoinMember(names, type, name)
    if (member !== undefined) return member
  }
  return names.member(type, name)
}

function crossjoinMember(names: Names, type: TypeHandle, name: string): MemberName | undefined {
  const sets = type.name.slice(crossjoinPrefix.length + 1, -1).split(',')
  const set = sets.includes(name) ? names.container(name) : undefined
  return set?.kind === 'entitySet' ? { kind: 'navigation', type: Object.freeze({ ...set.type, collection: false }) } : undefined
}
