import { html, prose, type Html } from './html.js'
import type { JsonSchema } from './json-schema.js'

/** The components schemas refer to, by name. */
export type Components = Readonly<Record<string, JsonSchema>>

const record = (value: unknown): JsonSchema => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {})
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const nameOf = (schema: JsonSchema): string | undefined =>
  (typeof schema['$ref'] === 'string' ? schema['$ref'].slice('#/components/schemas/'.length) : undefined)

const resolved = (schema: JsonSchema, components: Components): JsonSchema => components[nameOf(schema) ?? ''] ?? schema

/** A type in a few words: `string`, `array of Attribute`, `"1" | "0..1" | "*"`. */
export function typeText(schema: JsonSchema): string {
  const name = nameOf(schema)
  if (name !== undefined) return name
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ')
  const either = list(schema['anyOf'] ?? schema['oneOf'])
  if (either.length > 0) return either.map((one) => typeText(record(one))).join(' | ')
  if (schema['type'] === 'array') return Array.isArray(schema['prefixItems']) ? 'pair' : `array of ${typeText(record(schema['items']))}`
  const format = typeof schema['format'] === 'string' ? ` (${schema['format']})` : ''
  return `${typeof schema['type'] === 'string' ? schema['type'] : 'any'}${format}`
}

/** What narrows a value: ranges, lengths, patterns, defaults. */
export function limitsText(schema: JsonSchema): string {
  const words: readonly (readonly [string, string])[] = [['minimum', '≥'], ['maximum', '≤'], ['minLength', 'length ≥'], ['maxLength', 'length ≤'], ['minItems', 'items ≥'], ['maxItems', 'items ≤'], ['pattern', 'pattern'], ['default', 'default']]
  return words.filter(([key]) => key in schema).map(([key, word]) => `${word} ${typeof schema[key] === 'object' ? JSON.stringify(schema[key]) : String(schema[key])}`).join(', ')
}

/** The fields of a schema as nested lists; fields that have fields themselves can be opened. Nothing for what has none. */
export function schemaFields(schema: JsonSchema, components: Components, depth = 0): Html | undefined {
  const own = resolved(schema, components)
  if (own['type'] === 'array') return schemaFields(record(own['items']), components, depth)
  const variants = list(own['oneOf'] ?? own['anyOf']).map(record).filter((variant) => 'properties' in resolved(variant, components))
  if (variants.length > 0) return html`${variants.map((variant) => html`<p class="or">one of:</p>${schemaFields(variant, components, depth)}`)}`
  const properties = Object.entries(record(own['properties']))
  if (properties.length === 0) return undefined
  const required = new Set(list(own['required']))
  return html`<ul class="fields">${properties.map(([name, property]) => field(name, record(property), { required: required.has(name), components, depth }))}</ul>`
}

interface FieldContext {
  readonly required: boolean
  readonly components: Components
  readonly depth: number
}

function field(name: string, schema: JsonSchema, { required, components, depth }: FieldContext): Html {
  const inner = depth < 6 ? schemaFields(schema, components, depth + 1) : undefined
  const described = schema['description'] ?? (nameOf(schema) === undefined ? undefined : resolved(schema, components)['description'])
  const limits = limitsText(schema)
  return html`<li><code class="name">${name}</code> <span class="type">${typeText(schema)}</span>${required && html` <span class="required">required</span>`}${limits !== '' && html` <span class="limits">${limits}</span>`}
${typeof described === 'string' && html`<span class="text">${prose(described)}</span>`}${inner !== undefined && html`<details><summary>fields</summary>${inner}</details>`}</li>`
}
