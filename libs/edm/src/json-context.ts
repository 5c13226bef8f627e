import type { JsonNode, JsonObject } from './json-text.js'
import type { NameResolver } from './qualified-name.js'

/** What every part of the JSON reader needs to know. */
export interface JsonContext {
  readonly names: NameResolver
  warn(at: JsonNode, message: string): void
}

/** A member that should be an object; anything else is skipped with a warning. */
export function objectMember(context: JsonContext, parent: JsonObject, name: string): JsonObject | undefined {
  const node = parent.members.get(name)
  if (node === undefined || node.kind === 'object') return node
  context.warn(node, `The member ${name} is not an object and is skipped.`)
  return undefined
}

/** The items of a member that should be an array. */
export function arrayMember(context: JsonContext, parent: JsonObject, name: string): readonly JsonNode[] {
  const node = parent.members.get(name)
  if (node === undefined) return []
  if (node.kind === 'array') return node.items
  context.warn(node, `The member ${name} is not an array and is skipped.`)
  return []
}

/** A member that should be a string. */
export function textMember(context: JsonContext, parent: JsonObject, name: string): string | undefined {
  const node = parent.members.get(name)
  if (node === undefined) return undefined
  if (node.kind === 'string') return node.text
  context.warn(node, `The member ${name} is not a string and is skipped.`)
  return undefined
}

/** A member that should be a string and has to be there: without it the parent is skipped. */
export function requiredMember(context: JsonContext, parent: JsonObject, name: string): string | undefined {
  const text = textMember(context, parent, name)
  if (text === undefined || text === '') context.warn(parent, `An object has no ${name} and is skipped.`)
  return text === '' ? undefined : text
}

/** A member that should be a boolean; absent is false unless said otherwise. */
export function flagMember(context: JsonContext, parent: JsonObject, name: string, absent = false): boolean {
  const node = parent.members.get(name)
  if (node === undefined) return absent
  if (node.kind === 'boolean') return node.value
  context.warn(node, `The member ${name} is not a boolean and is skipped.`)
  return absent
}

/** Warns of `$` members that are not among those known. Annotations and named children are judged elsewhere. */
export function checkMembers(context: JsonContext, object: JsonObject, known: ReadonlySet<string>): void {
  for (const [name, node] of object.members) {
    if (name.startsWith('$') && !name.includes('@') && !known.has(name)) context.warn(node, `The member ${name} is not known here and is skipped.`)
  }
}

/** Members that are neither `$` nor annotation members: named children, with their names. */
export function* namedMembers(context: JsonContext, object: JsonObject): Generator<readonly [name: string, child: JsonObject]> {
  for (const [name, node] of object.members) {
    if (name.startsWith('$') || name.includes('@')) continue
    if (node.kind === 'object') yield [name, node]
    else context.warn(node, `The member ${name} is not an object and is skipped.`)
  }
}
