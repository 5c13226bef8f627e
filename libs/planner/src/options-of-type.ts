import type { EdmModel, StructuredType } from '@tributary/edm'
import type { Expression, Literal, NamedArgument, Path, PathSegment, QueryOptions, SelectItem, SelectSegment, Span } from '@tributary/odata-url'

/** Options about rows of several types, as they are for those of one; and which of the names in them that type does not have. */
export interface TypedOptions {
  readonly options: QueryOptions
  readonly missing: ReadonlySet<string>
}

/**
 * Options of `$all` for the entities of one of its sets. What only entities of other types have is null, selects nothing and expands nothing;
 * a cast to a type that these cannot be of leads nowhere.
 * @param typed the names are those of a type that all entities are of: none of them is looked at here
 * @see OData URL Conventions 4.01, section 4.14
 */
export function optionsOfType(options: QueryOptions, model: EdmModel, typeName: string, typed: boolean): TypedOptions {
  const type = model.entityType(typeName)
  const computed = new Set(options.compute?.map(({ name }) => name))
  const missing = new Set<string>()
  const has = (name: string): boolean => {
    const found = typed || computed.has(name) || type === undefined || hasMember(model, type, name)
    if (!found) missing.add(name)
    return found
  }
  const fits = (name: string): boolean => type === undefined || model.derivesFrom(name, type.qualifiedName) || model.derivesFrom(type.qualifiedName, name)
  const place: Place = { fits, has }
  const { filter, orderby, compute, select, expand } = options
  return {
    missing,
    options: {
      ...options,
      ...(filter === undefined ? {} : { filter: ofType(filter, place) }),
      ...(orderby === undefined ? {} : { orderby: orderby.map((item) => ({ ...item, expression: ofType(item.expression, place) })) }),
      ...(compute === undefined ? {} : { compute: compute.map((item) => ({ ...item, expression: ofType(item.expression, place) })) }),
      ...(select === undefined ? {} : { select: selected(select, place) }),
      ...(expand === undefined ? {} : { expand: expand.filter(({ target }) => !Array.isArray(target) || leadsOn(target as readonly SelectSegment[], place)) }),
      aliases: new Map([...options.aliases].map(([name, value]) => [name, ofType(value, place)])),
    },
  }
}

const hasMember = (model: EdmModel, type: StructuredType, name: string): boolean =>
  model.property(type, name) !== undefined || model.navigation(type, name) !== undefined || type.open

interface Place {
  /** Whether entities of the set may be of the type. */
  readonly fits: (type: string) => boolean
  readonly has: (name: string) => boolean
}

const nothing = (span: Span): Literal => ({ kind: 'literal', type: 'null', text: 'null', span })

function ofType(syntax: Expression, place: Place): Expression {
  const inner = (part: Expression): Expression => ofType(part, place)
  switch (syntax.kind) {
    case 'literal': case 'typeName': case 'alias': return syntax
    case 'unary': return { ...syntax, operand: inner(syntax.operand) }
    case 'binary': return { ...syntax, left: inner(syntax.left), right: inner(syntax.right) }
    case 'list': return { ...syntax, items: syntax.items.map(inner) }
    case 'json': return syntax.members === undefined ? syntax : { ...syntax, members: syntax.members.map((member) => ({ ...member, value: inner(member.value) })) }
    case 'call': {
      const [first, second] = syntax.arguments
      const tested = first?.kind === 'typeName' ? first : isRow(first) && second?.kind === 'typeName' ? second : undefined
      if (tested === undefined || place.fits(tested.name)) return { ...syntax, arguments: syntax.arguments.map(inner) }
      return syntax.name === 'isof' ? { kind: 'literal', type: 'Edm.Boolean', text: 'false', span: syntax.span } : nothing(syntax.span)
    }
    case 'path': return pathOf(syntax, place)
  }
}

const isRow = (syntax: Expression | undefined): boolean => syntax?.kind === 'path' && syntax.root.kind === '$it' && syntax.segments.length === 0

function pathOf(path: Path, place: Place): Expression {
  const [first] = path.segments
  const ofRow = path.root.kind === 'implicit' || path.root.kind === '$it'
  if (ofRow && first !== undefined && !leadsOn([first], place)) return nothing(path.span)
  return { ...path, segments: path.segments.map((segment) => segmentOf(segment, place)) }
}

/** Conditions over items are about those; in lambdas a name without prefix is the row's. */
function segmentOf(segment: PathSegment, place: Place): PathSegment {
  if (segment.kind === 'lambda' && segment.predicate !== undefined) return { ...segment, predicate: ofType(segment.predicate, place) }
  if (segment.kind === 'function') return { ...segment, arguments: segment.arguments.map((one): NamedArgument => ({ ...one, value: ofType(one.value, place) })) }
  return segment
}

function leadsOn([first]: readonly (PathSegment | SelectSegment)[], { fits, has }: Place): boolean {
  if (first?.kind === 'cast') return fits(first.type)
  return first?.kind === 'property' || first?.kind === 'navigation' || first?.kind === 'unknown' ? has(first.name) : true
}

/** Where nothing of what is selected is there, no property is: an operation is shown by its link at most. */
function selected(items: readonly SelectItem[], place: Place): readonly SelectItem[] {
  const kept = items.filter((item) => item.kind !== 'path' || leadsOn(item.segments, place))
  return kept.length > 0 || items.length === 0 ? kept : [{ kind: 'allOperations', namespace: '', span: items[0]?.span ?? { start: 0, end: 0 } }]
}
