/** What a search finds. */
export type SearchKind = 'service' | 'product' | 'entity' | 'attribute' | 'operation'

/** One thing that can be found. */
export interface SearchDocument {
  /** Unique, and stable over re-registration: `service:sales`, `entity:sales/Orders`, `attribute:sales/Orders/Freight`. */
  readonly id: string
  readonly kind: SearchKind
  /** Of the service or product it belongs to. */
  readonly slug: string
  /** Technical name: `Orders`. */
  readonly name: string
  /** For people: the label where there is one, else the name. */
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  /** Name of the service or product. */
  readonly service: string
  /** Where the web page shows it, path-absolute. */
  readonly url: string
  /** Type of the environment; empty for products. */
  readonly environment: string
  /** Contract type (`CSDL`), or `Product`. */
  readonly type: string
  readonly owner: string
  /** Names of declared capabilities: `insertable`, `filterable` … */
  readonly capabilities: readonly string[]
  readonly validated: boolean
}

/** The texts of a document that are searched, the weightiest first. */
export const searchFields = ['name', 'title', 'tags', 'description', 'service'] as const
export type SearchField = (typeof searchFields)[number]
