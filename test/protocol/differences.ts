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
  {
    owner: 'design', reason: 'keys may stand in segments at the hub, whether its source knows that or not',
    requests: [
      'GET Vessels/AMBER',
    ],
  },
  {
    owner: 'design', reason: 'the key of what a function gives is not known before its answer begins',
    requests: [
      'GET NearestHarbour(lat=54,lon=10)/Berths?$filter=Occupied',
    ],
  },
]
