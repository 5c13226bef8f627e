import type { Path, PathSegment } from './ast.js'
import { memberOf } from './member-names.js'
import type { TypeHandle } from './names.js'
import { implicitRoot, node, spanFrom, take, takeQualified, unexpected, type Scanner, type Scope } from './scanner.js'

/** Whether a path may lead through collections: paths to group by may not, those to a hierarchy's nodes may; those to nested instances may end in a cast, too. */
export type Reach = 'single' | 'any' | 'instances'

/**
 * Reads a path of properties and casts without keys, functions or annotations: `Product/Category/Name`.
 * @throws HUB_QUERY_SYNTAX where it goes on behind a primitive value, through a collection that it may not, or ends in a cast
 * @see OData Extension for Data Aggregation 4.0, section 3.2.2
 */
export function readGroupingPath(scanner: Scanner, scope: Scope, reach: Reach): Path {
  const from = scanner.at
  const segments: PathSegment[] = []
  let type = scope.type
  do {
    const step = readSegment(scanner, type)
    segments.push(step.segment)
    type = step.type
  } while (mayGoOn(type, reach, segments.at(-1)) && take(scanner, '/'))
  if (segments.at(-1)?.kind === 'cast' && (reach !== 'instances' || segments.length === 1)) throw unexpected(scanner, "'/' and a property")
  if (reach === 'single' && type?.collection === true) throw unexpected(scanner, 'a single value: the path leads to a collection')
  return node(scanner, { kind: 'path' as const, root: implicitRoot, segments: Object.freeze(segments), span: spanFrom(scanner, from) })
}

function mayGoOn(type: TypeHandle | undefined, reach: Reach, last: PathSegment | undefined): boolean {
  if (last?.kind === 'cast' || type === undefined) return true
  return type.structured && (reach !== 'single' || !type.collection)
}

function readSegment(scanner: Scanner, type: TypeHandle | undefined): { readonly segment: PathSegment; readonly type: TypeHandle | undefined } {
  const from = scanner.at
  const name = takeQualified(scanner, 'a property to group by')
  const { names } = scanner.session
  const member = memberOf(names, type, name)
  if (member !== undefined) return { segment: node(scanner, { kind: member.kind, name, span: spanFrom(scanner, from) }), type: member.type }
  const cast = names.type(name)
  if (cast === undefined) return { segment: node(scanner, { kind: 'unknown' as const, name, span: spanFrom(scanner, from) }), type: undefined }
  return { segment: node(scanner, { kind: 'cast' as const, type: name, span: spanFrom(scanner, from) }), type: Object.freeze({ ...cast, collection: type?.collection ?? false }) }
}
