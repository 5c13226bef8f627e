import type { ExposedSet, Exposure } from '@tributary/catalog'
import { dialect401, printOptions, type ExpandItem, type QueryOptions, type SelectItem, type SelectSegment } from '@tributary/odata-url'
import { unsupported } from '../bind/refusal.js'
import { spansSources } from './follow-segment.js'
import { remoteExpression } from './remote-expression.js'
import { remoteNaming, type RemoteNaming } from './remote-naming.js'

/** What the options are about. */
export interface SelectPlace {
  readonly exposure: Exposure
  readonly endpoint: string
  readonly set?: ExposedSet
  /** Qualified name of the exposed type. */
  readonly type?: string
}

/**
 * `$select` and `$expand` in the names of the source, with parameter aliases and custom options, percent-encoded; '' where none is given.
 * @throws HUB_REQUEST_SPANS_SOURCES for an expansion along a relationship of a product, HUB_QUERY_UNSUPPORTED
 */
export function remoteSelect({ select, expand, aliases, custom, spans }: QueryOptions, place: SelectPlace): string {
  const options = { aliases, custom, spans, ...(select === undefined ? {} : { select }), ...(expand === undefined ? {} : { expand }) }
  return printOptions(turned(options, place), dialect401)
}

function turned(options: QueryOptions, place: SelectPlace): QueryOptions {
  const names = remoteNaming(place.exposure, place.endpoint)
  if (names.same) return options
  const { select, expand, filter, orderby } = options
  const model = place.exposure.model
  const inner = { names, model, ...(place.type === undefined ? {} : { type: place.type }) }
  if (options.compute !== undefined || options.apply !== undefined) throw unsupported('$compute and $apply in the answer to a change of a data product')
  return {
    ...options,
    ...(select === undefined ? {} : { select: select.map((item) => selectItem(item, place, names)) }),
    ...(expand === undefined ? {} : { expand: expand.map((item) => expandItem(item, place)) }),
    ...(filter === undefined ? {} : { filter: remoteExpression(filter, inner) }),
    ...(orderby === undefined ? {} : { orderby: orderby.map((item) => ({ ...item, expression: remoteExpression(item.expression, inner) })) }),
  }
}

function selectItem(item: SelectItem, place: SelectPlace, names: RemoteNaming): SelectItem {
  if (item.kind !== 'path') return item
  return { ...item, segments: remoteSegments(item.segments, place, names) }
}

/** Only the first name of a path can be another: what is within a complex value is called the same. */
function remoteSegments(segments: readonly SelectSegment[], { type }: SelectPlace, names: RemoteNaming): readonly SelectSegment[] {
  return segments.map((segment, index): SelectSegment => {
    if (segment.kind === 'cast') return { ...segment, type: names.remoteType(segment.type) }
    return index === 0 && segment.kind === 'property' && type !== undefined ? { ...segment, name: names.remoteProperty(type, segment.name) } : segment
  })
}

function expandItem(item: ExpandItem, place: SelectPlace): ExpandItem {
  const { exposure, endpoint, set } = place
  if (typeof item.target === 'string') throw unsupported(`$expand=${item.target === 'all' ? '*' : item.target} in the answer to a change of a data product`, 'Name what is to be expanded.')
  const [first] = item.target
  const navigation = first?.kind === 'navigation' ? set?.navigations.get(first.name) : undefined
  const target = navigation?.target === undefined ? undefined : exposure.sets.get(navigation.target)
  if (navigation === undefined || target === undefined || item.target.length > 1) throw unsupported('Such an $expand in the answer to a change of a data product')
  const { remoteNavigation } = navigation
  if (remoteNavigation === undefined) throw spansSources(`The expansion of ${navigation.name}`, [endpoint, target.endpoint], target.name)
  const segment: SelectSegment = { kind: 'navigation', name: remoteNavigation, span: item.span }
  return { ...item, target: [segment], options: turned(item.options, { exposure, endpoint, set: target, type: target.entityType }) }
}
