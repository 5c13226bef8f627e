import type { Expression as Syntax, PathSegment, QueryOptions, SelectItem } from '@tributary/odata-url'

/** Whether an expression refers to `$it`, in the values of aliases too. */
export function mentionsIt(syntax: Syntax, aliases: ReadonlyMap<string, Syntax>, replaced: ReadonlySet<string> = new Set()): boolean {
  const inner = (part: Syntax): boolean => mentionsIt(part, aliases, replaced)
  switch (syntax.kind) {
    case 'literal': case 'typeName': return false
    case 'unary': return inner(syntax.operand)
    case 'binary': return inner(syntax.left) || inner(syntax.right)
    case 'call': return syntax.arguments.some(inner)
    case 'list': return syntax.items.some(inner)
    case 'json': return syntax.members?.some(({ value }) => inner(value)) === true
    case 'path': return syntax.root.kind === '$it' || syntax.segments.some((segment) => partsOf(segment).some(inner))
    case 'alias': {
      const value = replaced.has(syntax.name) ? undefined : aliases.get(syntax.name)
      return value !== undefined && mentionsIt(value, aliases, new Set([...replaced, syntax.name]))
    }
  }
}

function partsOf(segment: PathSegment): readonly Syntax[] {
  switch (segment.kind) {
    case 'lambda': return segment.predicate === undefined ? [] : [segment.predicate]
    case 'count': return segment.filter === undefined ? [] : [segment.filter]
    case 'filter': return [segment.predicate]
    case 'function': return segment.arguments.map(({ value }) => value)
    case 'property': case 'navigation': case 'unknown': case 'cast': case 'aggregate': case 'customAggregate': case 'annotation': return []
  }
}

type Aliases = ReadonlyMap<string, Syntax>

/** Whether options of what is expanded, or those nested in them, refer to `$it`: the outermost row, wherever they stand. */
export function optionsMentionIt(options: QueryOptions, given: Aliases): boolean {
  const aliases = new Map([...given, ...options.aliases])
  const { filter, orderby = [], compute = [], expand = [], select = [] } = options
  const own = [...(filter === undefined ? [] : [filter]), ...orderby.map(({ expression }) => expression), ...compute.map(({ expression }) => expression)]
  return own.some((expression) => mentionsIt(expression, aliases)) || shapeMentionsIt({ expand, select }, aliases)
}

/** Whether options stand behind a property in `$select`: what they look at is of the row. */
export const asksOfItems = ({ select = [] }: Pick<QueryOptions, 'select'>): boolean => select.some((item) => item.kind === 'path' && item.options !== undefined)

/** Whether options nested in `$select` or `$expand` do. */
export const shapeMentionsIt = ({ expand = [], select = [] }: Pick<QueryOptions, 'expand' | 'select'>, aliases: Aliases): boolean =>
  expand.some((item) => optionsMentionIt(item.options, aliases)) || select.some((item: SelectItem) => item.kind === 'path' && item.options !== undefined && optionsMentionIt(item.options, aliases))
