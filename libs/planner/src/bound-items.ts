import type { Column, ComputedColumn, Expression, OrderKey } from '@tributary/plan'

/** The column that all items of a collection stand in while they are matched. */
export const wholeColumn = '$these'
/** The column that one item stands in. */
export const itemColumn = '$this'
/** The column that the item around stands in, of a collection within the items of another that a resource path leads to. */
export const outerItem = '$it'

/**
 * What is asked of the items of a collection property, or of a single complex value, which is then the only item. Expressions read, beside the items, the
 * columns `reads` of the row that the property stands in.
 */
export interface BoundItems {
  /** What is computed of each item, over rows with the column `$this`: further members of the item. */
  readonly computed: readonly ComputedColumn[]
  /** The items that are meant, of a row whose column `$these` has all of them; undefined: all are. */
  readonly matching?: Expression
  /** Over rows with the column `$this`, an item. */
  readonly order: readonly OrderKey[]
  readonly skip: number
  readonly take?: number
  /** Their number is asked for, before `skip` and `take`. */
  readonly count: boolean
  /** `$these`, what is computed among its fields. */
  readonly collection: Column
  /** The property with the fields of its items that are shown, where not all are or some are computed. */
  readonly shown?: Column
  /** Names of columns of the row that expressions read. */
  readonly reads: readonly string[]
  /** What is asked of collections within each item. */
  readonly items: readonly ItemsWithin[]
  /** What `$select` names of the items, as the context URL has it. */
  readonly names?: readonly string[]
  /** The value is no collection. */
  readonly single: boolean
}

/** What is asked of a collection, by its path from the row or the item it is in: `['Address','Tags']`. */
export interface ItemsWithin {
  readonly path: readonly string[]
  readonly items: BoundItems
}
