import type { ResolvedEntity } from '../products/resolved-entity.js'

/** The types that one entity of a product has there. */
export interface TypeFamily {
  readonly resolved: ResolvedEntity
  /** Qualified name at the service → in the product; the entity's own type first, then those derived from it. */
  readonly types: ReadonlyMap<string, string>
}
