import type { QueryOptions, Resource, SelectSegment } from '@tributary/odata-url'
import { applyTreeText, computeTreeText } from './apply-text.js'
import { keyText, searchTreeText, treeText } from './tree-text.js'

/** A resource in one line, for tables of expected trees. */
export function resourceText(resource: Resource): string {
  if (resource.kind !== 'path') return resource.kind
  return resource.segments
    .map((segment) => {
      const key = 'key' in segment && segment.key !== undefined ? keyText(segment.key) : ''
      if (segment.kind === 'operation') return `operation ${segment.name}{${segment.arguments.map(({ name, value }) => `${name}=${treeText(value)}`).join(', ')}}${key}`
      if (segment.kind === 'unknown' && segment.call === true) return `unknown ${segment.name}()`
      if (segment.kind === 'filter') return `where ${treeText(segment.predicate)}${key}`
      if (segment.kind === 'ordinal') return `ordinal ${segment.index}`
      if (segment.kind === 'crossjoin') return `crossjoin ${segment.sets.join(' x ')}`
      return `${segment.kind}${'name' in segment ? ` ${segment.name}` : 'type' in segment ? ` ${segment.type}` : ''}${key}`
    })
    .join(' / ')
}

const segmentText = (segment: SelectSegment): string => {
  if (segment.kind === 'star') return '*'
  if (segment.kind === 'cast') return `as ${segment.type}`
  if (segment.kind === 'annotation') return `@${segment.term}`
  if (segment.kind === 'operation') return `${segment.name}()${segment.parameters?.join('+') ?? ''}`
  return `${{ property: '', navigation: '->', unknown: '?' }[segment.kind]}${segment.name}`
}

/** Query options in one line. */
export function optionsText(options: QueryOptions): string {
  const parts = [
    options.filter && `filter ${treeText(options.filter)}`,
    options.select && `select ${options.select.map((item) => (item.kind === 'path' ? item.segments.map(segmentText).join('/') + nested(item.options) : item.kind === 'all' ? '*' : `${item.namespace}.*`)).join(', ')}`,
    options.expand && `expand ${options.expand.map(({ target, suffix, options: inner }) => `${target === 'all' ? '*' : target === '$value' ? 'media' : target.map(segmentText).join('/')}${suffix === undefined ? '' : ` ${suffix}`}${nested(inner)}`).join(', ')}`,
    options.orderby && `orderby ${options.orderby.map(({ expression, descending }) => `${treeText(expression)}${descending ? ' down' : ''}`).join(', ')}`,
    options.search && `search ${searchTreeText(options.search)}`,
    ...(['top', 'skip', 'count', 'levels', 'format', 'skiptoken'] as const).map((name) => (options[name] === undefined ? undefined : `${name} ${String(options[name])}`)),
    options.apply && `apply ${applyTreeText(options.apply)}`,
    options.compute && `compute ${computeTreeText(options.compute)}`,
    ...(['deltatoken', 'index', 'schemaversion', 'id'] as const).map((name) => (options[name] === undefined ? undefined : `${name} ${String(options[name])}`)),
    ...(['at', 'from', 'to', 'toInclusive'] as const).map((name) => {
      const bound = options[name]
      return bound === undefined ? undefined : `${name} ${typeof bound === 'string' ? bound : treeText(bound)}`
    }),
    ...[...(options.parameters ?? [])].map(([name, value]) => `parameter ${name}=${treeText(value)}`),
    ...[...options.aliases].map(([name, value]) => `@${name} ${treeText(value)}`),
    ...options.custom.map(({ name, value }) => `custom ${name}=${value}`),
  ]
  return parts.filter((part) => part !== undefined).join('; ')
}

const nested = (options: QueryOptions | undefined): string => {
  const text = options === undefined ? '' : optionsText(options)
  return text === '' ? '' : ` [${text}]`
}
