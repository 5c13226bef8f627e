import type { EntityType, NavigationProperty } from '@tributary/edm'
import type { Column, Value } from '@tributary/plan'
import type { Session } from './probe-session.js'

/** One navigation property that is expanded over known rows. */
export interface ExpandTrial {
  readonly navigation: NavigationProperty
  readonly type: EntityType
  /** The related set; undefined: the related rows are in none. */
  readonly entitySet: string | undefined
  /** Of the related rows: their key, and what leads back. */
  readonly columns: readonly Column[]
  readonly key: readonly string[]
  readonly rows: readonly (readonly Value[])[]
  readonly base: string
}

/** An object within a row. */
export type Related = Readonly<{ [name: string]: Value }>

/** The navigation that leads back, whose constraint tells which rows belong together. */
export function partnerOf({ target, partner }: NavigationProperty, { target: { model } }: Session): NavigationProperty | undefined {
  const type = model.entityType(target)
  return type === undefined || partner === undefined ? undefined : model.navigation(type, partner)
}
