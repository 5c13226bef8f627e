import type { ExposedSet } from '@tributary/catalog'

/** What a value in the answer of a source is. */
export interface Meant {
  /** Qualified name of the exposed type; undefined: not known. */
  readonly type?: string
  readonly collection?: boolean
  readonly set?: ExposedSet
}
