import type { EdmModel, EdmType } from '@tributary/edm'

/** A slug as part of a namespace: `-` becomes `_`, a leading digit gets a `_` before it. */
export const namespaceOf = (slug: string): string => slug.replaceAll('-', '_').replace(/^(?=\d)/, '_')

/** Hands out names that are unique without regard to case, as some clients read them; none of those that are taken already. */
export function nameGiver(...before: readonly string[]): (...wishes: readonly string[]) => string {
  const taken = new Set(before.map((name) => name.toLowerCase()))
  return (...wishes) => {
    const last = wishes.at(-1) ?? ''
    let name = wishes.find((wish) => !taken.has(wish.toLowerCase()))
    for (let number = 2; name === undefined; number += 1) {
      if (!taken.has(`${last}_${number}`.toLowerCase())) name = `${last}_${number}`
    }
    taken.add(name.toLowerCase())
    return name
  }
}

/** Types of a service that values of these types are made of: properties' types, base types' members and derived complex types. */
export function reachableTypes(model: EdmModel, names: Iterable<string>): readonly Exclude<EdmType, { kind: 'entity' }>[] {
  const found = new Map<string, Exclude<EdmType, { kind: 'entity' }>>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const type = model.type(name)
    if (type === undefined || type.kind === 'entity' || found.has(type.qualifiedName)) continue
    found.set(type.qualifiedName, type)
    if (type.kind !== 'complex') continue
    open.push(...model.properties(type).map((property) => property.type.name), ...model.derivedTypes(type.qualifiedName))
    if (type.baseType !== undefined) open.push(type.baseType)
  }
  return [...found.values()].toSorted((a, b) => (a.qualifiedName < b.qualifiedName ? -1 : 1))
}
