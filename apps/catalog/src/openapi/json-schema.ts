import { z } from 'zod'

/** A JSON Schema, as a value. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * Schemas of an OpenAPI document: those with an id are written once, among the components, and referred to.
 * @see https://spec.openapis.org/oas/v3.1.1.html#schema-object — its dialect is JSON Schema 2020-12
 */
export class SchemaComponents {
  readonly #named = new Map<string, JsonSchema>()

  /** The schema of what is read (`input`: before defaults) or of what a default leaves (`output`). */
  write(schema: z.ZodType, io: 'input' | 'output' = 'input'): JsonSchema {
    const { $schema: _dialect, $defs, ...own } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' }) as JsonSchema & { readonly $defs?: Record<string, JsonSchema> }
    for (const [name, definition] of Object.entries($defs ?? {})) this.#add(name, definition)
    const name = schema.meta()?.id
    if (name === undefined || '$ref' in own) return referring(own)
    this.#add(name, own)
    return { $ref: reference(name) }
  }

  /** Everything written so far, by name. */
  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#named].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  #add(name: string, schema: JsonSchema): void {
    const { id: _id, ...rest } = schema
    this.#named.set(name, { title: name, ...referring(rest) })
  }
}

const reference = (name: string) => `#/components/schemas/${name}`

/** The same schema with references to where the components are. */
const referring = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' && value.startsWith('#/$defs/') ? reference(value.slice('#/$defs/'.length)) : value) as JsonSchema
