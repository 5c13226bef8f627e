import type { ExposedNavigation } from '@tributary/catalog'
import type { EntityType } from '@tributary/edm'
import type { ExpandItem } from '@tributary/odata-url'
import type { RowScope } from './row-scope.js'

/** One navigation that is expanded. */
export interface ExpandTarget {
  readonly item: ExpandItem
  readonly navigation: ExposedNavigation
  /** The rows it is expanded from, seen as of the type that has it. */
  readonly from: RowScope
  /** Name of the column its rows stand in. */
  readonly column: string
  /** The complex properties on the way to it, with casts of theirs. */
  readonly within: readonly string[]
  /** Only rows of this type, a derived one, have it. */
  readonly only?: EntityType
  /** Of the related rows only those of this type are meant. */
  readonly cast?: EntityType
  /** The same navigation is expanded with other casts as well. */
  readonly alternative?: Alternative
}

/** One of several ways in which a navigation is expanded, told apart by casts: each row is shown in the narrowest way it fits. */
export interface Alternative {
  /** The name under which the rows of all ways are shown. */
  readonly into: string
  /** Qualified names of types of the rows above that have a narrower way. */
  readonly otherParents: readonly string[]
  /** Qualified names of types of the related rows that have a narrower way. */
  readonly otherRows: readonly string[]
}
