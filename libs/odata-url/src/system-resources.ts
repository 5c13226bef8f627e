import { hubError, type HubError } from '@tributary/errors'
import type { QueryOptions, Resource, ResourceSegment } from './ast.js'
import { anyEntities, crossjoinOf } from './member-names.js'
import type { TypeHandle } from './names.js'
import { expect, look, node, spanFrom, take, takeIdentifier, unsupported, type Scanner } from './scanner.js'

/** A first segment that no container names, and what it addresses. */
export interface SystemResource {
  readonly segment: ResourceSegment
  readonly type: TypeHandle | undefined
  /** True where nothing may follow. */
  readonly ended: boolean
}

const roots = /\$(batch|all|entity|crossjoin)(?![\p{L}\p{N}_])/iuy

/**
 * Reads `$batch`, `$all`, `$entity` or `$crossjoin(A,B)`.
 * @throws HUB_QUERY_SYNTAX, HUB_RESOURCE_NOT_FOUND for any other name
 * @see OData URL Conventions 4.01, sections 4.3.4, 4.14, 4.15
 */
export function readSystemResource(scanner: Scanner): SystemResource {
  const name = look(scanner, roots)?.[1]?.toLowerCase()
  if (name === undefined) throw notFound(scanner.text)
  scanner.at += name.length + 1
  if (name === 'crossjoin') return readCrossjoin(scanner)
  const kind = name === 'batch' ? 'batch' : name === 'all' ? 'all' : 'entity'
  const segment = node(scanner, { kind, span: spanFrom(scanner, 0) } as const)
  return { segment, type: kind === 'all' ? anyEntities : undefined, ended: kind === 'batch' }
}

const notFound = (name: string): HubError =>
  hubError('HUB_RESOURCE_NOT_FOUND', { what: name.slice(0, 100), hint: 'Below the service root stand entity sets, singletons, operations, $metadata, $batch, $all, $entity and $crossjoin.' }, { target: 'resource path' })

function readCrossjoin(scanner: Scanner): SystemResource {
  expect(scanner, '(')
  const sets: string[] = []
  do sets.push(takeIdentifier(scanner, 'an entity set'))
  while (take(scanner, ','))
  expect(scanner, ')', "',' or ')'")
  const segment = node(scanner, { kind: 'crossjoin' as const, sets: Object.freeze(sets), span: spanFrom(scanner, 0) })
  return { segment, type: crossjoinOf(sets), ended: false }
}

const entityOptions: ReadonlySet<string> = new Set(['$id', '$format'])
const entityCastOptions: ReadonlySet<string> = new Set([...entityOptions, '$select', '$expand'])
const batchOptions: ReadonlySet<string> = new Set(['$format'])

/**
 * Checks which options `$batch`, `$entity`, the service document and `$metadata` have.
 * @throws HUB_QUERY_SYNTAX where an option has no meaning there or `$id` is missing, HUB_QUERY_UNSUPPORTED for what is not executed
 */
export function checkSystemResource(resource: Resource, options: QueryOptions, query: string): void {
  if (resource.kind !== 'path') {
    refuseUnexecuted(options)
    return
  }
  const [first, second] = resource.segments
  if (first?.kind === 'batch') allowOnly(batchOptions, options, query)
  if (first?.kind !== 'entity') return
  allowOnly(second === undefined ? entityOptions : entityCastOptions, options, query)
  if (options.id === undefined) throw misplaced(query, query.length, '$id and the id of the entity')
}

/** The service document and `$metadata` are answered without a look at the options: what nothing executes is refused here. */
function refuseUnexecuted({ spans }: QueryOptions): void {
  const found = [...spans.keys()].find((name) => unexecuted.has(name))
  if (found !== undefined) throw unsupported(found)
}

const unexecuted: ReadonlySet<string> = new Set(['$apply', '$compute', '$deltatoken', '$index', '$schemaversion', '$id', '$at', '$from', '$to', '$toInclusive'])

function allowOnly(allowed: ReadonlySet<string>, { spans }: QueryOptions, query: string): void {
  const found = [...spans].find(([name]) => name.startsWith('$') && !allowed.has(name))
  if (found !== undefined) throw misplaced(query, found[1].start, [...allowed].join(', '))
}

function misplaced(query: string, position: number, expected: string): HubError {
  const part = 'query option'
  const found = position >= query.length ? 'the end' : `'${/^[^=&]*/.exec(query.slice(position))?.[0] ?? ''}'`
  return hubError('HUB_QUERY_SYNTAX', { part, position, found, expected }, { target: part })
}
