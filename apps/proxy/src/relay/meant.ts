import type { ExposedSet } from '@tributary/catalog'
import type { QueryOptions } from '@tributary/odata-url'

/** What a value in the answer of a source is. */
export interface Meant {
  /** Qualified name of the exposed type; undefined: not known. */
  readonly type?: string
  readonly collection?: boolean
  readonly set?: ExposedSet
  /** The options by which it was asked for, which may compute more than its type has. */
  readonly options?: Pick<QueryOptions, 'compute' | 'expand'>
}
