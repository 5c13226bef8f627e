/** How rows are written that nobody looks into on their way. */
export interface TextForm {
  /** Names of the columns that are written. */
  readonly visible: readonly string[]
  /** Int64 and Decimal are written as strings. */
  readonly ieee754: boolean
  /** Names of columns whose values are needed beside the text: what rows are joined and paged by. */
  readonly parsed: readonly string[]
}
