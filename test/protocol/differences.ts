/** Requests the hub answers otherwise than the source, why, and whose it is to take that away; `design`: it stays. */
export interface KnownDifference {
  readonly owner: string
  readonly reason: string
  /** The names of the exchanges. */
  readonly requests: readonly string[]
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    owner: 'design', reason: 'where everything is told, so are the links of what is not selected',
    requests: [
      'GET Vessels?$expand=Home($select=Name),Calls($top=1;$orderby=Number)&$select=Code | accept: application/json;odata.metadata=full',
    ],
  },
]
