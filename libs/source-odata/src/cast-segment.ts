import type { Capabilities, ScanRequest } from '@tributary/source'

/** How the rows of a derived type are asked for. */
export interface Cast {
  /** `/Trips.Flight`; '' where nothing is cast, or not by the remote. */
  readonly segment: string
  /** The remote knows no casts: it is asked for all rows. */
  readonly left: boolean
}

/** The cast of a set to the type whose rows are wanted. */
export function castOf({ target, entitySet, entityType }: ScanRequest, able: Capabilities): Cast {
  const declared = target.model.container?.entitySets.get(entitySet)?.entityType
  if (declared === undefined || declared === entityType) return { segment: '', left: false }
  const left = able.fact('cast').trust === 'unsupported'
  return { segment: left ? '' : `/${encodeURIComponent(entityType)}`, left }
}
