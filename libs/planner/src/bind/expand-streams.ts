import type { ExpandItem, SelectSegment } from '@tributary/odata-url'
import type { BoundRows } from '../bound-query.js'
import { hasMedia } from './control-columns.js'
import { invalid } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** Streams whose bytes are shown within the rows, and what else is expanded. */
export interface ExpandedStreams {
  readonly streams: NonNullable<BoundRows['streams']>
  readonly others: readonly ExpandItem[]
}

/** How the bytes of a media entity are called in it. @see OData JSON Format 4.01 section 10 */
const mediaName = '$value'

/**
 * Parts `$expand=$value`, the stream of a media entity, and stream properties from what leads to other rows.
 * @throws HUB_QUERY_INVALID for `$value` of what is no media entity, for options of streams, and for streams of results
 * @see OData Protocol 4.01 section 11.2.5.2
 */
export function expandedStreams(items: readonly ExpandItem[], scope: RowScope): ExpandedStreams {
  const found = new Map(items.flatMap((item) => {
    const stream = streamOf(item, scope)
    if (stream === undefined) return []
    if (scope.rows !== undefined) throw invalid(`The stream ${stream.name} belongs to no result of $apply.`)
    if (item.suffix !== undefined || item.options.spans.size > 0) throw invalid(`No option applies to the expanded stream ${stream.name}.`)
    return [[item, stream] as const]
  }))
  return { streams: [...new Map([...found.values()].map((stream) => [stream.name, stream])).values()], others: items.filter((item) => !found.has(item)) }
}

function streamOf({ target }: ExpandItem, scope: RowScope): ExpandedStreams['streams'][number] | undefined {
  const { model, entityType } = scope
  if (target === mediaName) {
    const family = [entityType.qualifiedName, ...model.derivedTypes(entityType.qualifiedName)]
    const having = family.filter((name) => hasMedia(model, name))
    if (having.length === 0) throw invalid(`${entityType.qualifiedName} is no media entity, so that it has no $value.`)
    return { name: mediaName, path: '/$value', ...(having.length === family.length ? {} : { types: having }) }
  }
  return target === 'all' ? undefined : propertyOf(target, scope)
}

function propertyOf(segments: readonly SelectSegment[], { model, entityType }: RowScope): ExpandedStreams['streams'][number] | undefined {
  const last = segments.at(-1)
  const casts = segments.slice(0, -1).flatMap((segment) => (segment.kind === 'cast' ? [segment.type] : []))
  if (last === undefined || !('name' in last) || casts.length < segments.length - 1) return undefined
  const type = casts.length === 0 ? entityType : model.entityType(casts.at(-1) ?? '')
  const property = type === undefined ? undefined : model.property(type, last.name)
  if (type === undefined || property?.type.name !== 'Edm.Stream' || property.type.collection) return undefined
  const narrower = type.qualifiedName !== entityType.qualifiedName
  return {
    name: last.name, path: `${narrower ? `/${encodeURIComponent(type.qualifiedName)}` : ''}/${encodeURIComponent(last.name)}`,
    ...(narrower ? { types: [type.qualifiedName, ...model.derivedTypes(type.qualifiedName)] } : {}),
  }
}

/** True where `$expand`, however deep, may name a stream: rows that hold one are read with their keys. */
export const mayExpandStreams = (items: readonly ExpandItem[] = []): boolean => items.some(({ target, options }) => {
  const last = Array.isArray(target) ? (target as readonly SelectSegment[]).at(-1) : undefined
  return target === mediaName || last?.kind === 'property' || last?.kind === 'unknown' || mayExpandStreams(options.expand)
})
