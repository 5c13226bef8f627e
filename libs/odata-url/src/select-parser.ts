import type { SelectItem, SelectSegment } from './ast.js'
import { memberOf } from './member-names.js'
import type { TypeHandle } from './names.js'
import { elementOf, expect, look, nested, node, skipSpace, spanFrom, take, takeComma, takeIdentifier, takeQualified, type Scanner, type Scope } from './scanner.js'

const selectOptions: ReadonlySet<string> = new Set(['$filter', '$search', '$orderby', '$skip', '$top', '$count', '$select', '$compute'])

/** Where a select or expand path has come to. */
export interface SelectPath {
  readonly segments: readonly SelectSegment[]
  readonly type: TypeHandle | undefined
}

/**
 * Reads the items of `$select`.
 * @throws HUB_QUERY_SYNTAX
 * @see OData URL Conventions 4.01, section 5.1.4
 */
export function readSelect(scanner: Scanner, scope: Scope): readonly SelectItem[] {
  const items: SelectItem[] = []
  do {
    skipSpace(scanner)
    items.push(readItem(scanner, scope))
  } while (takeComma(scanner))
  return Object.freeze(items)
}

const allOperations = /([\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*)\.\*/uy

function readItem(scanner: Scanner, scope: Scope): SelectItem {
  const from = scanner.at
  if (take(scanner, '*')) return node(scanner, { kind: 'all' as const, span: spanFrom(scanner, from) })
  const namespace = look(scanner, allOperations)?.[1]
  if (namespace !== undefined) {
    scanner.at += namespace.length + 2
    return node(scanner, { kind: 'allOperations' as const, namespace, span: spanFrom(scanner, from) })
  }
  const { segments, type } = readSelectPath(scanner, scope.type)
  const inner = { ...scope, type: elementOf(type), current: elementOf(type) }
  const options = scanner.text[scanner.at] === '(' ? nested(scanner, () => scanner.session.grammar.nestedOptions(scanner, inner, selectOptions)) : undefined
  return node(scanner, { kind: 'path' as const, segments, ...(options === undefined ? {} : { options }), span: spanFrom(scanner, from) })
}

function readSelectPath(scanner: Scanner, start: TypeHandle | undefined): SelectPath {
  const segments: SelectSegment[] = []
  let type = start
  do {
    const step = readSelectSegment(scanner, type)
    segments.push(step.segment)
    type = step.type
  } while (take(scanner, '/'))
  return { segments: Object.freeze(segments), type }
}

/** Reads one segment of a select or expand path: a member, a type, an operation, an annotation, or an unknown name. @throws HUB_QUERY_SYNTAX */
export function readSelectSegment(scanner: Scanner, type: TypeHandle | undefined): { readonly segment: SelectSegment; readonly type: TypeHandle | undefined } {
  const from = scanner.at
  if (scanner.text[from] === '@') return { segment: readAnnotation(scanner), type: undefined }
  const name = takeQualified(scanner, 'a property, a type or *')
  const { names } = scanner.session
  const member = memberOf(names, type, name)
  if (member !== undefined) return { segment: node(scanner, { kind: member.kind, name, span: spanFrom(scanner, from) }), type: member.type }
  const cast = names.type(name)
  if (cast !== undefined) {
    const collection = type?.collection ?? false
    return { segment: node(scanner, { kind: 'cast' as const, type: name, span: spanFrom(scanner, from) }), type: Object.freeze({ ...cast, collection }) }
  }
  if (names.operation(name) === undefined) return { segment: node(scanner, { kind: 'unknown' as const, name, span: spanFrom(scanner, from) }), type: undefined }
  return { segment: readOperation(scanner, name, from), type: undefined }
}

function readAnnotation(scanner: Scanner): SelectSegment {
  const from = scanner.at++
  let term = takeQualified(scanner, 'the name of an annotation')
  if (take(scanner, '#')) term += `#${takeIdentifier(scanner, 'the qualifier of the annotation')}`
  return node(scanner, { kind: 'annotation' as const, term, span: spanFrom(scanner, from) })
}

function readOperation(scanner: Scanner, name: string, from: number): SelectSegment {
  if (!take(scanner, '(')) return node(scanner, { kind: 'operation' as const, name, span: spanFrom(scanner, from) })
  const parameters: string[] = []
  do parameters.push(takeIdentifier(scanner, 'the name of a parameter'))
  while (takeComma(scanner))
  expect(scanner, ')', "',' or ')'")
  return node(scanner, { kind: 'operation' as const, name, parameters: Object.freeze(parameters), span: spanFrom(scanner, from) })
}
