import { rowJson, type RowPlace } from './json-writer.js'
import type { WireColumn } from './page.js'
import { controlName, type JsonStyle } from './style.js'
import { valueText } from './value-text.js'

const contextMember = (context: string, style: JsonStyle): string =>
  style.metadata === 'none' ? '' : `"${controlName('context', style)}":${JSON.stringify(context)}`

/** An object's text with the context put before its members. */
function withContext(object: Buffer, context: string, style: JsonStyle): Buffer {
  const member = contextMember(context, style)
  if (member === '') return object
  const inner = object.subarray(object.indexOf('{') + 1)
  const empty = inner.toString('latin1', 0, Math.min(inner.length, 64)).trim() === '}'
  return Buffer.concat([Buffer.from(`{${member}${empty ? '' : ','}`), inner])
}

/**
 * A single entity in JSON; in chunks where it has related rows that are stored.
 * @see OData JSON Format 4.01, section 6
 */
export function entityJson(place: RowPlace, visible: readonly string[], context: string, style: JsonStyle): Buffer | AsyncIterable<Buffer> {
  const json = rowJson(place, visible, style)
  return Buffer.isBuffer(json) ? withContext(json, context, style) : beginningWithContext(json, context, style)
}

/** The first chunk holds the beginning of the object, which has members beside: there are rows among them. */
async function* beginningWithContext(chunks: AsyncIterable<Buffer>, context: string, style: JsonStyle): AsyncGenerator<Buffer> {
  let first = true
  for await (const chunk of chunks) {
    yield first ? withContext(chunk, context, style) : chunk
    first = false
  }
}

/** What is told of a property beside its value. */
export interface ToldOfProperty {
  readonly context: string
  /** Items of a collection before it was cut, where asked for. */
  readonly count?: number
}

/**
 * A single property in JSON: a complex value's members beside the context, everything else under `value`.
 * Null is not written: the protocol answers it with 204.
 * @see OData JSON Format 4.01, section 11
 */
export function propertyJson(column: WireColumn, value: unknown, told: string | ToldOfProperty, style: JsonStyle): Buffer {
  const { context, count } = typeof told === 'string' ? { context: told } : told
  const text = valueText(column, style)(value)
  if (column.type.base === 'structured' && !column.type.collection) return withContext(Buffer.from(text), context, style)
  const counted = count === undefined ? '' : `"${controlName('count', style)}":${style.ieee754 ? `"${count}"` : count}`
  const before = [contextMember(context, style), counted].filter((member) => member !== '').map((member) => `${member},`).join('')
  return Buffer.from(`{${before}"value":${text}}`)
}

/** The raw value of a property as `/$value` gives it, and its media type. Null has none: the protocol answers it with 204. */
export function rawValue(column: WireColumn, value: unknown): { readonly body: Buffer; readonly contentType: string } {
  if (column.type.base === 'Edm.Binary') return { body: Buffer.from(String(value), 'base64url'), contentType: 'application/octet-stream' }
  const text = typeof value === 'number' ? valueText(column, { metadata: 'none', ieee754: false, prefixed: true })(value).replaceAll('"', '') : String(value)
  return { body: Buffer.from(text), contentType: 'text/plain;charset=utf-8' }
}
