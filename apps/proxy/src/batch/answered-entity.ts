import { encodeSegmentText, parseODataUrl } from '@tributary/odata-url'
import { MalformedJson, memberOf, readJsonTree, stringOf, type JsonTree } from '@tributary/odata-wire'
import { lastOperation } from '@tributary/planner'
import type { Exposure } from '@tributary/catalog'
import { namesFor } from '../odata/service-names.js'
import { literalOf } from './answer-values.js'
import type { KeptAnswer } from './kept-answers.js'

/**
 * Where the entity is that an operation gave, by its answer: the raw path below the root. Undefined: the request called none, or it gave
 * no single entity, or no one refers to it.
 */
export function answeredEntity({ path, headers, body, exposure }: KeptAnswer, root: string): string | undefined {
  if (body === undefined || headers['location'] !== undefined || !/json/i.test(headers['content-type'] ?? '') || !callsOperation(path, exposure)) return undefined
  const tree = treeOf(body)
  if (tree?.kind !== 'object') return undefined
  const id = ['@odata.id', '@id', '@odata.editLink', '@editLink'].map((name) => stringOf(memberOf(tree, name))).find((one) => one !== undefined)
  if (id !== undefined) return id.startsWith(root) ? id.slice(root.length) : /^[a-z][a-z\d+.-]*:|^\//i.test(id) ? undefined : id
  return byKey(tree, exposure)
}

function callsOperation(path: string, exposure: Exposure): boolean {
  return lastOperation(parseODataUrl(path, '', namesFor(exposure.model)), exposure) !== undefined
}

function treeOf(body: Buffer): JsonTree | undefined {
  try {
    return readJsonTree(body)
  } catch (error) {
    if (error instanceof MalformedJson) return undefined
    throw error
  }
}

/** The context says of which set the entity is (`#Vessels/$entity`), its members which of that set. */
function byKey(tree: JsonTree, { model, sets }: Exposure): string | undefined {
  const context = stringOf(memberOf(tree, '@odata.context') ?? memberOf(tree, '@context')) ?? ''
  const name = /#([^/()]+)(?:\([^)]*\))?(?:\/[\w.]+)?\/\$entity$/.exec(context)?.[1]
  const set = name === undefined ? undefined : sets.get(name)
  const type = set === undefined ? undefined : model.entityType(set.entityType)
  if (set === undefined || type === undefined) return undefined
  const parts = model.key(type).map(({ path, alias }) => {
    const value = path.split('/').reduce<JsonTree | undefined>((before, step) => (before === undefined ? undefined : memberOf(before, step)), tree)
    const property = model.property(type, path)
    const literal = value === undefined || property === undefined ? undefined : literalOf({ tree: value, type: { name: property.type.name, collection: false, structured: false } }, model)
    return literal === undefined ? undefined : { name: alias ?? path, literal: encodeSegmentText(literal) }
  })
  if (parts.length === 0 || parts.some((part) => part === undefined)) return undefined
  return `${set.name}(${parts.flatMap((part) => (part === undefined ? [] : parts.length === 1 ? [part.literal] : [`${encodeSegmentText(part.name)}=${part.literal}`])).join(',')})`
}
