import type { Code } from '@tributary/errors'
import type { z } from 'zod'

/** One operation of the API as data: the routes validate with it, and the OpenAPI document is made from it. */
export interface Operation {
  /** Unique, verb first: `registerService`. */
  readonly id: string
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** As OpenAPI writes it: `/api/v1/services/{slug}`. */
  readonly path: string
  readonly tag: Tag
  /** A few words, for lists. */
  readonly summary: string
  /** Some sentences, in Markdown without headings. */
  readonly description?: string
  /** The parameters in the path, by name. */
  readonly parameters?: Readonly<Record<string, Parameter>>
  readonly query?: z.ZodObject
  /** Values of query parameters to show, by name. */
  readonly queryExample?: Readonly<Record<string, unknown>>
  readonly body?: { readonly schema: z.ZodType; readonly examples: Readonly<Record<string, Example>> }
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>
  /** Codes it may answer beside those any operation may (authentication, internal error). */
  readonly errors: readonly Code[]
}

/** How operations are grouped in the reference. */
export type Tag = 'Services' | 'Data products' | 'Search' | 'Samples' | 'Hub'

export interface Parameter {
  readonly schema: z.ZodType
  readonly description: string
  readonly example: string | number
}

export interface Example {
  readonly summary: string
  readonly value: unknown
}

export interface Answer {
  readonly description: string
  /** Left out where there is no body. */
  readonly schema?: z.ZodType
  readonly example?: unknown
  /** `application/json` where left out. */
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An operation, with the types of its query and body kept for the controller. */
export const operation = <const Described extends Operation>(described: Described): Described => Object.freeze(described)
