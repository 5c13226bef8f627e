import type { KeyPart } from '@tributary/edm'
import type { ExposedSet } from '../exposure.js'

/** The key of an exposed set: the paths of its parts, and the aliases under which addresses give them. @see OData CSDL XML 4.01, section 6.6 */
export function exposedKey(parts: readonly KeyPart[]): Pick<ExposedSet, 'key' | 'keyAliases'> {
  const aliases = parts.flatMap(({ path, alias }) => (alias === undefined || alias === path ? [] : [[path, alias] as const]))
  return { key: parts.map(({ path }) => path), ...(aliases.length === 0 ? {} : { keyAliases: new Map(aliases) }) }
}
