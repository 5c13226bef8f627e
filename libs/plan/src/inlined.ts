import type { Column } from './page.js'
import type { Value } from './value.js'
import { stringType } from './value-type.js'

/** The hidden column that related rows of a source's navigation property come in. */
export const inlineColumn = (navigation: string): string => `~inline/${navigation}`

const LINK = '@odata.nextLink'

/** The column of the link to the rest of related rows. */
export const linkColumn = (column: string): string => `${column}${LINK}`

const COUNT = '@odata.count'

/** The column of the number of related rows, those included that did not come. */
export const countColumn = (column: string): string => `${column}${COUNT}`

/** Whether a column belongs to what is offered in `column`. */
export const isOfferedIn = (column: string, name: string): boolean => name === column || name === linkColumn(column) || name === countColumn(column)

/** The columns in which related rows come: absent where the source left them out. @param fields the related rows', by the names they have in that place */
export const inlineColumns = (name: string, toMany: boolean, fields: readonly Column[]): readonly [Column, Column, Column] => [
  Object.freeze({ name, type: Object.freeze({ name: 'Edm.Untyped', base: 'structured', collection: toMany }), fields: Object.freeze([...fields]), derived: true }),
  Object.freeze({ name: linkColumn(name), type: stringType, derived: true }),
  Object.freeze({ name: countColumn(name), type: stringType, derived: true }),
]

/** What stands in the place of an expanded column's value until it is known whether that can be believed. */
export interface Offered {
  /** What the source gave. */
  readonly offered: Value
  /** It said that there is more. */
  readonly more: boolean
  /** How many related rows it counted. */
  readonly count?: number
}
