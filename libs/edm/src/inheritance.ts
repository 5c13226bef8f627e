import { hubError } from '@tributary/errors'
import type { EdmType, EntityType, Schema, StructuredType } from './model.js'

/** Who descends from whom. */
export interface Inheritance {
  /** The type's line of descent: the root first, the type itself last. Base types outside the model end it. */
  line(type: StructuredType): readonly (StructuredType | EntityType)[]
  /** Qualified names of all types that descend from the one named, itself not included. */
  derived(qualifiedName: string): ReadonlySet<string>
}

/**
 * Reads the lines of descent of all structured types.
 * @throws HUB_CONTRACT_INVALID where a type is its own ancestor
 */
export function inheritance(schemas: ReadonlyMap<string, Schema>, find: (name: string) => EdmType | undefined): Inheritance {
  const lines = new Map<string, readonly StructuredType[]>()
  const derived = new Map<string, Set<string>>()
  for (const schema of schemas.values()) {
    for (const type of schema.types.values()) {
      if (type.kind !== 'entity' && type.kind !== 'complex') continue
      const line = lineOf(type, find)
      lines.set(type.qualifiedName, line)
      for (const ancestor of line.slice(0, -1)) {
        const heirs = derived.get(ancestor.qualifiedName)
        if (heirs === undefined) derived.set(ancestor.qualifiedName, new Set([type.qualifiedName]))
        else heirs.add(type.qualifiedName)
      }
    }
  }
  return {
    line: (type) => lines.get(type.qualifiedName) ?? lineOf(type, find),
    derived: (qualifiedName) => derived.get(qualifiedName) ?? nobody,
  }
}

const nobody: ReadonlySet<string> = new Set()

/** Lines of descent are kept for every type: their length is what an absurd contract could exhaust memory with. */
const deepest = 100

function lineOf(type: StructuredType, find: (name: string) => EdmType | undefined): readonly StructuredType[] {
  const line: StructuredType[] = [type]
  const seen = new Set([type.qualifiedName])
  let base = type.baseType
  while (base !== undefined) {
    const next = find(base)
    if (next?.kind !== 'entity' && next?.kind !== 'complex') break
    if (seen.size >= deepest) throw hubError('HUB_CONTRACT_INVALID', { reason: `the type ${type.qualifiedName} has more than ${deepest - 1} ancestors` })
    if (seen.has(next.qualifiedName)) throw hubError('HUB_CONTRACT_INVALID', { reason: `the type ${next.qualifiedName} is its own ancestor` })
    seen.add(next.qualifiedName)
    line.unshift(next)
    base = next.baseType
  }
  return Object.freeze(line)
}
