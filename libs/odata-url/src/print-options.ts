import type { ExpandItem, ODataUrl, QueryOptions, Resource, ResourceSegment, SelectItem, SelectSegment, TemporalBound } from './ast.js'
import { inexpressible, type Dialect } from './dialect.js'
import { printApply, printCompute } from './print-apply.js'
import { argumentsText, expressionText, keyText, printExpression } from './print-expression.js'
import { searchText } from './print-search.js'
import { encodeQueryText, encodeSegmentText } from './url-encoding.js'

/**
 * Prints a URL below a service root: `Orders(1)/Items?$top=2`. Parsed again it gives the same tree (but for spans), unless the dialect
 * made an `in` an or-chain.
 * @throws HUB_QUERY_UNSUPPORTED for what the dialect cannot say
 */
export function printODataUrl({ resource, options }: ODataUrl, dialect: Dialect): string {
  const query = printOptions(options, dialect)
  return printResource(resource, dialect) + (query === '' ? '' : `?${query}`)
}

/** Prints a resource path, relative to the service root. @throws HUB_QUERY_UNSUPPORTED */
export function printResource(resource: Resource, dialect: Dialect): string {
  if (resource.kind === 'service') return ''
  if (resource.kind === 'metadata') return '$metadata'
  return resource.segments.map((segment) => resourceSegment(segment, dialect)).join('/')
}

function resourceSegment(segment: ResourceSegment, dialect: Dialect): string {
  switch (segment.kind) {
    case 'count':
    case 'value':
    case 'ref':
    case 'batch':
    case 'all':
    case 'entity':
      return `$${segment.kind}`
    case 'each':
    case 'query':
      return only401(`$${segment.kind}`, dialect)
    case 'ordinal':
      return only401(String(segment.index), dialect, 'A position in a collection')
    case 'crossjoin':
      return `$crossjoin(${segment.sets.map(encodeSegmentText).join(',')})`
    case 'filter':
      return only401(encodeSegmentText(`$filter(${expressionText(segment.predicate, dialect)})`) + resourceKey(segment), dialect, '/$filter')
    case 'property':
    case 'singleton':
      return encodeSegmentText(segment.name)
    case 'operation': {
      const args = segment.arguments.length === 0 && segment.key === undefined ? '' : argumentsText(segment.arguments, dialect)
      return encodeSegmentText(segment.name + args) + resourceKey(segment)
    }
    case 'cast':
      return encodeSegmentText(segment.type) + resourceKey(segment)
    case 'entitySet':
    case 'navigation':
      return encodeSegmentText(segment.name) + resourceKey(segment)
    case 'unknown':
      return encodeSegmentText(segment.name) + (segment.call === true ? '()' : resourceKey(segment))
  }
}

function only401(text: string, dialect: Dialect, what = `/${text}`): string {
  if (dialect.version === '4.0') throw inexpressible(what, dialect)
  return text
}

function resourceKey({ key }: Pick<Extract<ResourceSegment, { kind: 'entitySet' }>, 'key'>): string {
  if (key === undefined) return ''
  if (key.form !== 'segment') return encodeSegmentText(keyText(key))
  return key.parts.map(({ value }) => `/${encodeSegmentText(value.kind === 'alias' ? `@${value.name}` : value.text)}`).join('')
}

/** Prints query options joined with `&`, as after the `?` of a URL; '' where there are none. @throws HUB_QUERY_UNSUPPORTED */
export function printOptions(options: QueryOptions, dialect: Dialect): string {
  const custom = options.custom.map(({ name, value }) => (value === '' && name !== '' ? encodeName(name) : `${encodeName(name)}=${encodeQueryText(value)}`))
  return [...optionTexts(options, dialect), ...custom].join('&')
}

/** A name must not look as if it ended. */
const encodeName = (name: string): string => encodeQueryText(name).replaceAll('=', '%3D')

type Print = (options: QueryOptions, dialect: Dialect) => string | undefined

/** How each option's value is printed, in the order in which options are written; undefined where it is not given. */
const printers: readonly (readonly [name: string, print: Print])[] = [
  ['$apply', ({ apply }, dialect) => apply && printApply(apply, dialect)],
  ['$compute', ({ compute }, dialect) => compute && printCompute(compute, dialect)],
  ['$filter', ({ filter }, dialect) => filter && printExpression(filter, dialect)],
  ['$search', ({ search }) => search && encodeQueryText(searchText(search, true)).replaceAll(';', '%3B')],
  ['$select', ({ select }, dialect) => select?.map((item) => selectItem(item, dialect)).join(',')],
  ['$expand', ({ expand }, dialect) => expand?.map((item) => expandItem(item, dialect)).join(',')],
  ['$orderby', ({ orderby }, dialect) => orderby?.map(({ expression, descending }) => printExpression(expression, dialect) + (descending ? '%20desc' : '')).join(',')],
  ['$skip', ({ skip }) => skip?.toString()],
  ['$top', ({ top }) => top?.toString()],
  ['$count', ({ count }) => count?.toString()],
  ['$levels', ({ levels }) => levels?.toString()],
  ['$format', ({ format }) => (format === undefined ? undefined : encodeQueryText(format))],
  ['$skiptoken', ({ skiptoken }) => (skiptoken === undefined ? undefined : encodeQueryText(skiptoken))],
  ['$deltatoken', ({ deltatoken }) => (deltatoken === undefined ? undefined : encodeQueryText(deltatoken))],
  ['$index', ({ index }, dialect) => (index === undefined ? undefined : only401(String(index), dialect, '$index'))],
  ['$schemaversion', ({ schemaversion }, dialect) => (schemaversion === undefined ? undefined : only401(schemaversion, dialect, '$schemaversion'))],
  ['$id', ({ id }) => (id === undefined ? undefined : encodeQueryText(id))],
  ['$at', ({ at }, dialect) => temporalText(at, dialect)],
  ['$from', ({ from }, dialect) => temporalText(from, dialect)],
  ['$to', ({ to }, dialect) => temporalText(to, dialect)],
  ['$toInclusive', ({ toInclusive }, dialect) => temporalText(toInclusive, dialect)],
]

const temporalText = (bound: TemporalBound | undefined, dialect: Dialect): string | undefined => (typeof bound === 'object' ? printExpression(bound, dialect) : bound)

function optionTexts(options: QueryOptions, dialect: Dialect): readonly string[] {
  const system = printers.flatMap(([name, print]) => {
    const value = print(options, dialect)
    return value === undefined ? [] : [`${name}=${value}`]
  })
  const aliases = [...options.aliases].map(([name, value]) => `@${encodeQueryText(name)}=${printExpression(value, dialect)}`)
  const parameters = [...(options.parameters ?? [])].map(([name, value]) => `${encodeQueryText(name)}=${printExpression(value, dialect)}`)
  return [...system, ...aliases, ...parameters]
}

const inParentheses = (options: QueryOptions | undefined, dialect: Dialect): string => {
  const texts = options === undefined ? [] : optionTexts(options, dialect)
  return texts.length === 0 ? '' : `(${texts.join(';')})`
}

function selectItem(item: SelectItem, dialect: Dialect): string {
  switch (item.kind) {
    case 'all':
      return '*'
    case 'allOperations':
      return `${encodeQueryText(item.namespace)}.*`
    case 'path':
      if (item.options !== undefined && dialect.version === '4.0') throw inexpressible('$select with options', dialect)
      return pathText(item.segments) + inParentheses(item.options, dialect)
  }
}

function expandItem({ target, suffix, options }: ExpandItem, dialect: Dialect): string {
  return (target === 'all' ? '*' : target === '$value' ? target : pathText(target)) + (suffix === undefined ? '' : `/${suffix}`) + inParentheses(options, dialect)
}

const pathText = (segments: readonly SelectSegment[]): string => segments.map((segment) => encodeQueryText(selectSegment(segment))).join('/')

function selectSegment(segment: SelectSegment): string {
  switch (segment.kind) {
    case 'property':
    case 'navigation':
    case 'unknown':
      return segment.name
    case 'cast':
      return segment.type
    case 'annotation':
      return `@${segment.term}`
    case 'star':
      return '*'
    case 'operation':
      return segment.name + (segment.parameters === undefined ? '' : `(${segment.parameters.join(',')})`)
  }
}
