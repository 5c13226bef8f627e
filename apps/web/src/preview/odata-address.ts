import type { AttributeView } from '../api/views.js'
import type { Condition, PreviewState } from './preview-state.js'

/** Types whose literals stand without quotes. */
const bare = /^Edm\.(Byte|SByte|Int16|Int32|Int64|Decimal|Double|Single|Boolean|Guid|Date|DateTimeOffset|TimeOfDay)$/

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

function literal(value: string, attribute: AttributeView | undefined): string {
  if (value === 'null') return 'null'
  if (attribute?.type === 'Edm.Duration') return `duration${quoted(value)}`
  return attribute !== undefined && bare.test(attribute.type) ? value.trim() : quoted(value)
}

function conditionText({ property, operator, value }: Condition, attributes: readonly AttributeView[]): string {
  const text = literal(value, attributes.find(({ name }) => name === property))
  return operator === 'contains' || operator === 'startswith' || operator === 'endswith' ? `${operator}(${property},${text})` : `${property} ${operator} ${text}`
}

/** Query options as people write them, in the order of reading. */
export function queryOptionsOf(state: PreviewState, attributes: readonly AttributeView[]): readonly (readonly [string, string])[] {
  const complete = state.where.filter(({ value }) => value !== '')
  return [
    ...(complete.length === 0 ? [] : [['$filter', complete.map((condition) => conditionText(condition, attributes)).join(' and ')] as const]),
    ...(state.expand.length === 0 ? [] : [['$expand', state.expand.join(',')] as const]),
    ...(state.sort === undefined ? [] : [['$orderby', `${state.sort.property}${state.sort.descending ? ' desc' : ''}`] as const]),
    ['$top', String(state.top)],
  ]
}

/** Percent-encodes what a query must not hold; quotes, commas and parentheses stay readable (RFC 3986 section 3.4). */
const encode = (text: string) => encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%24', '$').replaceAll('%3A', ':').replaceAll('%2F', '/')

/** The absolute OData address of a preview. */
export function odataAddress(root: string, entitySet: string, options: readonly (readonly [string, string])[]): string {
  return `${root}${encodeURIComponent(entitySet)}?${options.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`
}
