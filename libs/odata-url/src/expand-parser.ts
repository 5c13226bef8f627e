import type { ExpandItem, QueryOptions, SelectSegment } from './ast.js'
import type { TypeHandle } from './names.js'
import { elementOf, look, nested, node, skipSpace, spanFrom, take, takeComma, unexpected, type Scanner, type Scope } from './scanner.js'
import { readSelectSegment } from './select-parser.js'

const countOptions = ['$filter', '$search']
const referenceOptions = [...countOptions, '$orderby', '$skip', '$top', '$count']
const expandOptions = [...referenceOptions, '$select', '$expand', '$levels', '$compute', '$apply', '$at', '$from', '$to', '$toInclusive']
/** What may stand in the parentheses, by how the path ends. */
const allowed: Readonly<Record<'' | '$ref' | '$count' | '*', ReadonlySet<string>>> = Object.freeze({
  '': new Set(expandOptions),
  $ref: new Set(referenceOptions),
  $count: new Set(countOptions),
  '*': new Set(['$levels']),
})

const noOptions: QueryOptions = Object.freeze({ aliases: new Map(), custom: Object.freeze([]), spans: new Map() })

/**
 * Reads the items of `$expand`.
 * @throws HUB_QUERY_SYNTAX, HUB_QUERY_UNSUPPORTED
 * @see OData URL Conventions 4.01, section 5.1.3
 */
export function readExpand(scanner: Scanner, scope: Scope): readonly ExpandItem[] {
  const items: ExpandItem[] = []
  do {
    skipSpace(scanner)
    items.push(readItem(scanner, scope))
  } while (takeComma(scanner))
  return Object.freeze(items)
}

/** An expand path as it was read: what it names, and how it ends. */
interface Target {
  readonly target: ExpandItem['target']
  readonly star: boolean
  readonly suffix?: '$ref' | '$count'
  readonly type: TypeHandle | undefined
}

function readItem(scanner: Scanner, scope: Scope): ExpandItem {
  const from = scanner.at
  const { target, star, suffix, type } = readTarget(scanner, scope.type)
  const element = elementOf(type)
  const inner = { ...scope, type: element, current: element }
  const options =
    scanner.text[scanner.at] === '(' && target !== '$value'
      ? nested(scanner, () => scanner.session.grammar.nestedOptions(scanner, inner, allowed[star && suffix === undefined ? '*' : (suffix ?? '')]))
      : noOptions
  return node(scanner, { target, ...(suffix === undefined ? {} : { suffix }), options, span: spanFrom(scanner, from) })
}

const mediaStream = /\$value(?![\p{L}\p{N}_])/iuy

function readTarget(scanner: Scanner, start: TypeHandle | undefined): Target {
  const segments: SelectSegment[] = []
  let type = start
  if (look(scanner, mediaStream) !== undefined) {
    scanner.at += '$value'.length
    return { target: '$value', star: false, type: undefined }
  }
  for (;;) {
    const from = scanner.at
    if (take(scanner, '*')) {
      if (segments.length > 0) segments.push(node(scanner, { kind: 'star' as const, span: spanFrom(scanner, from) }))
      const suffix = readSuffix(scanner, /\/(\$ref)/iy)
      return { target: segments.length === 0 ? 'all' : Object.freeze(segments), star: true, type: undefined, ...(suffix === undefined ? {} : { suffix }) }
    }
    const step = readSelectSegment(scanner, type)
    if (step.segment.kind === 'operation') throw unexpected(scanner, 'a navigation property', from)
    segments.push(step.segment)
    type = step.type
    const suffix = readSuffix(scanner, /\/(\$ref|\$count)/iy)
    if (suffix !== undefined || !take(scanner, '/')) return { target: Object.freeze(segments), star: false, type, ...(suffix === undefined ? {} : { suffix }) }
  }
}

function readSuffix(scanner: Scanner, pattern: RegExp): '$ref' | '$count' | undefined {
  const match = look(scanner, pattern)
  if (match === undefined) return undefined
  scanner.at += match[0].length
  return match[1]?.toLowerCase() === '$ref' ? '$ref' : '$count'
}
