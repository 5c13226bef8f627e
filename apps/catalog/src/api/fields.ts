import { z } from 'zod'
import type { Parameter } from './operation.js'

/** A whole number in a query: its text must be one. */
const wholeNumber = (least: number, most: number) =>
  z.preprocess((text) => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text), z.int().min(least).max(most))

/** A switch in a query: `true` or `false`. */
export const flag = (description: string) =>
  z.preprocess((text) => (text === 'true' ? true : text === 'false' ? false : text), z.boolean('it must be true or false').default(false)).describe(description)

/** `true`, `false`, or left out: both. */
export const optionalFlag = (description: string) =>
  z.preprocess((text) => (text === 'true' ? true : text === 'false' ? false : text), z.boolean('it must be true or false').optional()).describe(description)

/** How much of a listing is wanted. */
export const pageFields = {
  limit: wholeNumber(1, 1000).default(100).describe('How many at most.'),
  offset: wholeNumber(0, 100_000_000).default(0).describe('How many to leave out from the start.'),
}

/** Rows of a preview. */
export const rowsField = wholeNumber(1, 200).default(20).describe('How many rows at most.')
/** A limit of its own range. */
export const limitField = (most: number, standard: number) => wholeNumber(1, most).default(standard).describe('How many at most.')

/** One name out of the path or body, as slugs are. */
export const slugField = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'a slug has lower-case letters, digits and single hyphens between them').max(63)
  .describe('Name in addresses, unique over services and data products.')

export const slugParameter: Parameter = { schema: z.string(), description: 'Slug of the service.', example: 'sales' }
export const productSlugParameter: Parameter = { schema: z.string(), description: 'Slug of the data product.', example: 'northwind-360' }
export const entitySetParameter: Parameter = { schema: z.string(), description: 'Name of the entity set.', example: 'Orders' }
export const ordinalParameter = (which: string, example: number): Parameter =>
  ({ schema: z.int().min(1), description: `Ordinal of the ${which} contract, 1 being the first.`, example })

/** The path parameter `ordinal`, read. */
export const ordinalField = wholeNumber(1, 1_000_000)
