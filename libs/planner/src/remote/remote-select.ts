import type { ExposedSet, Exposure } from '@tributary/catalog'
import { dialect401, printOptions, type ExpandItem, type QueryOptions, type SelectItem, type SelectSegment } from '@tributary/odata-url'
import { unsupported } from '../bind/refusal.js'
import { remoteCondition } from './remote-condition.js'
import { remoteNaming, type RemoteNaming } from './remote-naming.js'
import { spansSources } from './spans-sources.js'

/** What the options are about. */
export interface SelectPlace {
  readonly exposure: Exposure
  readonly endpoint: string
  readonly set?: ExposedSet
  /** Qualified name of the exposed type. */
  readonly type?: string
}

/**
 * `$select`, `$expand` and `$filter` in the names of the source, with parameter aliases and custom options, percent-encoded; '' where none is given.
 * @throws HUB_REQUEST_SPANS_SOURCES for an expansion along a relationship of a product, HUB_QUERY_UNSUPPORTED
 */
export function remoteSelect({ select, expand, filter, aliases, custom, spans }: QueryOptions, place: SelectPlace): string {
  const options = { aliases, custom, spans, ...(filter === undefined ? {} : { filter }), ...(select === undefined ? {} : { select }), ...(expand === undefined ? {} : { expand }) }
  return printOptions(turned(options, { ...place, aliases }), dialect401)
}

/**
 * All of the options that shape rows, in the names of the source, percent-encoded; '' where none is given.
 * @throws HUB_REQUEST_SPANS_SOURCES for an expansion along a relationship of a product, HUB_QUERY_UNSUPPORTED
 */
export const remoteOptions = (options: QueryOptions, place: SelectPlace): string => printOptions(turned(options, { ...place, aliases: options.aliases }), dialect401)

interface TurnedPlace extends SelectPlace {
  /** Aliases of the request, and of the options around. */
  readonly aliases: QueryOptions['aliases']
}

/** Parameter aliases are replaced by what they stand for: their names mean something only in their places. */
function turned(options: QueryOptions, place: TurnedPlace): QueryOptions {
  const names = remoteNaming(place.exposure, place.endpoint)
  if (names.same) return options
  const { select, expand, filter, orderby, compute } = options
  const aliases = new Map([...place.aliases, ...options.aliases])
  const inner = { exposure: place.exposure, endpoint: place.endpoint, type: place.type, aliases }
  if (options.apply !== undefined) throw unsupported('$apply over what a source of a data product returns', 'What it would give has names that only the source knows; read the rows by themselves.')
  for (const { name } of compute ?? []) requireUnknown(name, place)
  return {
    ...options, aliases: new Map(),
    ...(compute === undefined ? {} : { compute: compute.map((item) => ({ ...item, expression: remoteCondition(item.expression, inner) })) }),
    ...(select === undefined ? {} : { select: select.map((item) => selectItem(item, place, names)) }),
    ...(expand === undefined ? {} : { expand: expand.map((item) => expandItem(item, { ...place, aliases })) }),
    ...(filter === undefined ? {} : { filter: remoteCondition(filter, inner) }),
    ...(orderby === undefined ? {} : { orderby: orderby.map((item) => ({ ...item, expression: remoteCondition(item.expression, inner) })) }),
  }
}

/** What is computed must not be called like a property that the source has, which may be called otherwise here, or not be exposed. */
function requireUnknown(alias: string, { exposure, endpoint, type }: SelectPlace): void {
  const { model } = exposure.endpoints.get(endpoint) ?? {}
  const remote = model?.structured(type === undefined ? '' : remoteNaming(exposure, endpoint).remoteType(type))
  if (model === undefined || remote === undefined || (model.property(remote, alias) === undefined && model.navigation(remote, alias) === undefined)) return
  throw unsupported(`Computing ${alias} at the source ${endpoint}, which has a property of this name,`, 'Choose another name.')
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

function expandItem(item: ExpandItem, place: TurnedPlace): ExpandItem {
  const { exposure, endpoint, set } = place
  if (item.target === '$value') return item
  if (item.target === 'all') {
    for (const { name } of set?.navigations.values() ?? []) followed(name, place)
    return { ...item, options: turned(item.options, { exposure, endpoint, aliases: place.aliases }) }
  }
  const names = remoteNaming(exposure, endpoint)
  const last = item.target.at(-1)
  const casts = item.target.slice(0, -1)
  if (last?.kind !== 'navigation' || casts.some(({ kind }) => kind !== 'cast')) throw unsupported(`The expansion of ${item.target.map((segment) => ('name' in segment ? segment.name : segment.kind)).join('/')} at the source ${endpoint}`, 'A data product has no such navigation property.')
  const { remote, target } = followed(last.name, place)
  return {
    ...item, target: [...casts.map((segment): SelectSegment => (segment.kind === 'cast' ? { ...segment, type: names.remoteType(segment.type) } : segment)), { ...last, name: remote }],
    options: turned(item.options, { exposure, endpoint, set: target, type: target.entityType, aliases: place.aliases }),
  }
}

/** A navigation as the source knows it, and where it leads. */
function followed(name: string, { exposure, endpoint, set }: SelectPlace): { readonly remote: string; readonly target: ExposedSet } {
  const navigation = set?.navigations.get(name)
  const target = navigation?.target === undefined ? undefined : exposure.sets.get(navigation.target)
  if (navigation === undefined || target === undefined) throw unsupported(`The expansion of ${name} at the source ${endpoint}`, 'It leads to no entity set of the data product.')
  if (navigation.remoteNavigation === undefined) throw spansSources(`The expansion of ${name}`, [endpoint, target.endpoint], target.name)
  return { remote: navigation.remoteNavigation, target }
}
