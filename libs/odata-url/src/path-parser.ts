import { readNamedArguments } from './arguments-parser.js'
import type { Key, Literal, NamedArgument, Resource, ResourceSegment } from './ast.js'
import { readKey } from './key-parser.js'
import { memberOf } from './member-names.js'
import { readPredicate } from './member-parser.js'
import type { ContainerName, TypeHandle } from './names.js'
import {
  atEnd, elementOf, expectEnd, look, lookQualified, node, scan, scopeOf, spanFrom, take, takeQualified, unexpected,
  type Scanner, type Session,
} from './scanner.js'
import { segmentEnd } from './segment-end.js'
import { plainText } from './source-text.js'
import { readSystemResource } from './system-resources.js'

/** A resource and the type of what it addresses, for the query options. */
export interface ResolvedResource {
  readonly resource: Resource
  readonly type: TypeHandle | undefined
  /** Parameters of the operation without arguments that the path ends in: query options may give them. */
  readonly parameters: readonly string[]
}

/** Where a resource path has come to. */
interface Walk {
  readonly segments: ResourceSegment[]
  type: TypeHandle | undefined
  /** Entities (not values) are addressed here: keys, `/$ref` and media `/$value` make sense. */
  entities: boolean
  ended: boolean
  parameters: readonly string[]
}

const part = 'resource path'

/**
 * Reads a resource path relative to the service root, cut at its raw slashes.
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_LIMIT
 * @see OData URL Conventions 4.01, section 4
 */
export function readResource(session: Session, path: string): ResolvedResource {
  const span = Object.freeze({ start: 0, end: path.length })
  if (path === '') return { resource: Object.freeze({ kind: 'service' as const, span }), type: undefined, parameters: [] }
  const walk: Walk = { segments: [], type: undefined, entities: false, ended: false, parameters: [] }
  for (let start = 0; start <= path.length; ) {
    const end = segmentEnd(path, start)
    const scanner = scan(session, path, { start, end, part, plusIsSpace: false })
    if (walk.ended) throw unexpected(scanner, 'the end of the path', 0)
    if (start === 0) {
      if (scanner.text === '$metadata') readMetadata(scanner, walk)
      else readFirst(scanner, walk)
    } else readNext(scanner, walk)
    expectEnd(scanner, "'/' or the end of the path")
    start = end + 1
  }
  // Only $metadata is read without becoming a segment.
  if (walk.segments.length === 0) return { resource: Object.freeze({ kind: 'metadata' as const, span }), type: undefined, parameters: [] }
  return { resource: Object.freeze({ kind: 'path' as const, segments: Object.freeze(walk.segments), span }), type: walk.type, parameters: walk.parameters }
}

function readMetadata(scanner: Scanner, walk: Walk): void {
  scanner.at = scanner.text.length
  walk.ended = true
}

function readFirst(scanner: Scanner, walk: Walk): void {
  if (scanner.text.startsWith('$')) {
    readSystemRoot(scanner, walk)
    return
  }
  const name = takeQualified(scanner, 'an entity set, a singleton or $metadata')
  const found = name.includes('.') ? undefined : scanner.session.names.container(name)
  if (found === undefined) readUnknown(scanner, walk, name)
  else readContainerName(scanner, walk, { name, found })
}

function readSystemRoot(scanner: Scanner, walk: Walk): void {
  const { segment, type, ended } = readSystemResource(scanner)
  Object.assign(walk, { type, ended, entities: true })
  walk.segments.push(segment)
}

function readContainerName(scanner: Scanner, walk: Walk, { name, found }: { name: string; found: ContainerName }): void {
  walk.type = found.type
  if (found.kind === 'entitySet') {
    walk.entities = true
    walk.segments.push(node(scanner, { kind: 'entitySet' as const, name, ...readKeyHere(scanner, walk), span: spanFrom(scanner, 0) }))
  } else if (found.kind === 'singleton') {
    walk.entities = true
    walk.segments.push(node(scanner, { kind: 'singleton' as const, name, span: spanFrom(scanner, 0) }))
  } else readOperation(scanner, walk, { name, parameters: 'parameters' in found ? found.parameters : undefined })
}

function readNext(scanner: Scanner, walk: Walk): void {
  walk.parameters = []
  const last = walk.segments.at(-1)?.kind
  if (scanner.text.startsWith('$')) {
    readSystemSegment(scanner, walk)
    return
  }
  if (last === 'all' || last === 'entity') readOnlyCast(scanner, walk)
  else if (last === 'each') readAction(scanner, walk)
  else if (last === 'crossjoin') throw unexpected(scanner, '$query or the end of the path')
  else if (!readKeySegment(scanner, walk) && !readOrdinal(scanner, walk)) readNamed(scanner, walk)
}

/** Behind `$all` and `$entity` only a type may follow. */
function readOnlyCast(scanner: Scanner, walk: Walk): void {
  const name = takeQualified(scanner, 'a type')
  if (scanner.session.names.type(name) === undefined) throw unexpected(scanner, 'a type', 0)
  readCast(scanner, walk, name)
}

/** Behind `/$each` an operation may follow, and nothing else. */
function readAction(scanner: Scanner, walk: Walk): void {
  const name = takeQualified(scanner, 'an operation')
  const operation = scanner.session.names.operation(name)
  if (operation === undefined) readUnknown(scanner, walk, name)
  else readOperation(scanner, walk, { name, parameters: operation.parameters })
}

function readNamed(scanner: Scanner, walk: Walk): void {
  const name = takeQualified(scanner, 'a property, a type or $count')
  const { names } = scanner.session
  const member = memberOf(names, walk.type, name)
  if (member?.kind === 'navigation') {
    Object.assign(walk, { type: member.type, entities: true })
    walk.segments.push(node(scanner, { kind: 'navigation' as const, name, ...readKeyHere(scanner, walk), span: spanFrom(scanner, 0) }))
  } else if (member?.kind === 'property') {
    Object.assign(walk, { type: member.type, entities: false })
    walk.segments.push(node(scanner, { kind: 'property' as const, name, span: spanFrom(scanner, 0) }))
  } else if (names.type(name) !== undefined) readCast(scanner, walk, name)
  else if (names.operation(name) === undefined) readUnknown(scanner, walk, name)
  else {
    walk.type = names.operation(name)?.type
    readOperation(scanner, walk, { name, parameters: names.operation(name)?.parameters })
  }
}

function readCast(scanner: Scanner, walk: Walk, name: string): void {
  const type = scanner.session.names.type(name)
  if (walk.segments.at(-1)?.kind === 'cast' || type?.structured !== true) throw unexpected(scanner, 'a property or $count', 0)
  walk.type = Object.freeze({ ...type, collection: walk.type?.collection ?? false })
  walk.segments.push(node(scanner, { kind: 'cast' as const, type: name, ...readKeyHere(scanner, walk), span: spanFrom(scanner, 0) }))
}

interface NamedOperation {
  readonly name: string
  readonly parameters: readonly string[] | undefined
}

function readOperation(scanner: Scanner, walk: Walk, { name, parameters = [] }: NamedOperation): void {
  walk.entities = walk.type?.structured === true
  const args: readonly NamedArgument[] = scanner.text[scanner.at] === '(' ? readNamedArguments(scanner, scopeOf(undefined)) : Object.freeze([])
  if (args.length === 0) walk.parameters = parameters
  walk.segments.push(node(scanner, { kind: 'operation' as const, name, arguments: args, ...readKeyHere(scanner, walk), span: spanFrom(scanner, 0) }))
}

function readUnknown(scanner: Scanner, walk: Walk, name: string): void {
  Object.assign(walk, { type: undefined, entities: true })
  const call = take(scanner, '()') ? { call: true as const } : {}
  const key = call.call === undefined && scanner.text[scanner.at] === '(' ? { key: readKey(scanner) } : {}
  walk.segments.push(node(scanner, { kind: 'unknown' as const, name, ...key, ...call, span: spanFrom(scanner, 0) }))
}

/** A key in parentheses, where a collection of entities is addressed and a parenthesis stands. */
function readKeyHere(scanner: Scanner, walk: Walk): { readonly key?: Key } {
  if (scanner.text[scanner.at] !== '(') return {}
  if (!walk.entities || walk.type?.collection === false) throw unexpected(scanner, "'/' or the end of the path")
  const key = readKey(scanner)
  walk.type = elementOf(walk.type)
  return { key }
}

const systemSegments = /\$(count|value|ref|each|query)$/iy
const filterSegment = /\$filter(?=\()/iy

type SystemSegment = 'count' | 'value' | 'ref' | 'each' | 'query'
const isSystemSegment = (kind: string | undefined): kind is SystemSegment => kind !== undefined && ['count', 'value', 'ref', 'each', 'query'].includes(kind)

function readSystemSegment(scanner: Scanner, walk: Walk): void {
  if (look(scanner, filterSegment) !== undefined) {
    readFilter(scanner, walk)
    return
  }
  const kind = look(scanner, systemSegments)?.[1]?.toLowerCase()
  if (!isSystemSegment(kind) || !allows(walk, kind)) throw unexpected(scanner, 'a property, $count, $value or $ref', 0)
  scanner.at = scanner.text.length
  if (kind === 'each') walk.type = elementOf(walk.type)
  else walk.ended = true
  walk.segments.push(node(scanner, { kind, span: spanFrom(scanner, 0) }))
}

/** `/$filter(Age gt 3)`, then perhaps the key of one of the members that are left. @see OData URL Conventions 4.01, section 4.12 */
function readFilter(scanner: Scanner, walk: Walk): void {
  if (walk.type?.collection === false) throw unexpected(scanner, 'a property, $value or $ref', 0)
  scanner.at += '$filter'.length
  const predicate = readPredicate(scanner, scopeOf(walk.type))
  walk.segments.push(node(scanner, { kind: 'filter' as const, predicate, ...readKeyHere(scanner, walk), span: spanFrom(scanner, 0) }))
}

/** `/$count` counts a collection, `/$ref` refers to entities, `/$value` is a primitive value or a media entity. What is unknown may be anything. */
function allows({ type, entities, segments }: Walk, kind: SystemSegment): boolean {
  const last = segments.at(-1)?.kind
  if (last === 'all' || last === 'entity' || last === 'each') return false
  if (kind === 'query') return true
  if (last === 'crossjoin') return false
  if (type === undefined) return true
  if (kind === 'count' || kind === 'each') return type.collection
  if (kind === 'ref') return entities
  return !type.collection && (entities || !type.structured) && type.name !== 'Edm.Stream'
}

// ── Key segments ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** `/3` after a collection of entities, and further values of the same key. @see OData URL Conventions 4.01, section 4.3.6 */
function readKeySegment(scanner: Scanner, walk: Walk): boolean {
  const { names } = scanner.session
  const last = walk.segments.at(-1)
  if (!names.keyAsSegment || !walk.entities || last === undefined || !('key' in last || walk.type?.collection === true)) return false
  const first = walk.type?.collection === true
  if (!isKeyValue(scanner, walk, first)) return false
  scanner.at = scanner.text.length
  const span = spanFrom(scanner, 0)
  const value: Literal = node(scanner, { kind: 'literal' as const, type: 'Edm.String' as const, text: plainText(scanner.source, 0, scanner.at), span })
  const before = first ? [] : keyOf(last)
  const whole = Object.freeze({ start: before[0]?.span.start ?? span.start, end: span.end })
  const key: Key = Object.freeze({ form: 'segment' as const, parts: Object.freeze([...before, Object.freeze({ value, span })]), span: whole })
  walk.segments[walk.segments.length - 1] = Object.freeze({ ...last, key })
  walk.type = elementOf(walk.type)
  return true
}

const keyOf = (segment: ResourceSegment): Key['parts'] => ('key' in segment && segment.key?.form === 'segment' ? segment.key.parts : [])

function isKeyValue(scanner: Scanner, walk: Walk, first: boolean): boolean {
  // A name with empty parentheses is a call, not a value.
  if (atEnd(scanner) || /^[\p{L}_][\p{L}\p{N}_.]*\(\)$/u.test(scanner.text)) return false
  const { names } = scanner.session
  const name = lookQualified(scanner)
  const word = name === undefined || name.length < scanner.text.replace(/\(.*$/s, '').length ? undefined : name
  if (first) return word === undefined || (names.type(word) === undefined && names.operation(word) === undefined)
  const last = walk.segments.at(-1)
  const given = last === undefined ? 0 : keyOf(last).length
  if (given === 0) return false
  const wanted = walk.type === undefined ? undefined : names.keyParts?.(walk.type)
  return wanted === undefined ? word === undefined : given < wanted
}

/** `/0`, `/-1` after a collection. @see OData URL Conventions 4.01, section 4.10 */
function readOrdinal(scanner: Scanner, walk: Walk): boolean {
  const digits = walk.type?.collection === true ? look(scanner, /-?\d+$/y)?.[0] : undefined
  if (digits === undefined) return false
  scanner.at = scanner.text.length
  const index = Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number(digits), Number.MAX_SAFE_INTEGER))
  walk.segments.push(node(scanner, { kind: 'ordinal' as const, index, span: spanFrom(scanner, 0) }))
  walk.type = elementOf(walk.type)
  return true
}
