/** One difference between two contracts. */
export interface ContractChange {
  readonly severity: 'breaking' | 'compatible'
  /** `Orders`, `Orders/Freight`, `Northwind.Color/Red` */
  readonly path: string
  readonly message: string
}

/** The compatibility verdict: breaking if one of the changes is. */
export interface ContractChanges {
  readonly verdict: 'identical' | 'compatible' | 'breaking'
  readonly list: readonly ContractChange[]
}
