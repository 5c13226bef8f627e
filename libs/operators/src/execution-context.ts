import type { Column, Fragment, Page, Remote, TextForm } from '@tributary/plan'
import type { Endpoints, Languages, RemoteRequest } from '@tributary/source'
import type { Engine } from './engine.js'
import type { ExecutionLimits } from './execution-limits.js'

/** What a plan is executed with. */
export interface ExecutionContext {
  readonly endpoints: Endpoints
  /**
   * Places a fragment with what `endpoints` know: the planner's `placeFragment`. The endpoints given are those of this context, or a
   * view of them in which features a remote refused count as unsupported (`withLessons`).
   */
  readonly place: (fragment: Fragment, endpoints: Endpoints) => Remote
  /** Ends the request: every read of a source is cancelled. */
  readonly signal: AbortSignal
  /** Hears of every request that went to a source. */
  readonly observe: (request: RemoteRequest) => void
  readonly limits: ExecutionLimits
  /** Whose request it is: answers that sources' adapters keep are given to no other. Left out: nothing is kept. */
  readonly scope?: string
  /** Stands for the request in the queues to its sources. Default: its signal. */
  readonly asker?: object
  /** The languages that rows are wanted in, and who hears which they are in. */
  readonly languages?: Languages
  /** Goes on beyond memory. Undefined: reaching a limit of memory is an error. */
  readonly engine?: Engine
  /** Hears which operators went on elsewhere, and why: what explain tells. */
  readonly notice?: (notice: TierNotice) => void
  /** Hears how joins were read, and what both ways would have cost. */
  readonly chosen?: (choice: JoinNotice) => void
  /** Rows whose expands cannot be read because a source fails are given all the same, with a `MissingPart` in their place. */
  readonly partial?: boolean
  /** Rows may be carried as text where nobody looks into them: they are written in this form. */
  readonly written?: TextForm
  /** Whoever reads the rows understands values that are stored rows, and has read them before it asks for the next page or ends. */
  readonly stored?: boolean
  /** The present moment, for facts that are learnt. Default: the system's clock. */
  readonly now?: () => Date
}

/** How the inner side of a join is read, decided while it runs. */
export interface JoinNotice {
  readonly navigation: string
  /** Slug of the inner side. */
  readonly source: string
  readonly join: 'by keys' | 'whole' | 'within rows'
  /** Keys still to be asked for, as expected when this was decided; rows of the inner side, where it was asked for their number. */
  readonly keys: number
  readonly count?: number
  /** Expected costs from then on: by keys, and by reading the whole inner side, or by getting related rows within the rows. */
  readonly bindMs: number
  readonly scanMs?: number
  readonly inlineMs?: number
}

/** Where an operator worked, if that was not as planned. */
export interface TierNotice {
  readonly operator: string
  readonly tier: 'memory' | 'embedded engine'
  readonly why: string
}

/** Rows as they come: nothing is read before the first page is asked for, and returning the iterator cancels what is being read. */
export interface RowStream {
  /** The columns every page has, in this order (a `BytesPage` may hold more in its text). */
  readonly columns: readonly Column[]
  readonly pages: AsyncIterable<Page>
  /** Rows counted by the plan's outermost counting limit, or by the source; always known after the last page where the plan counts. */
  count(): number | undefined
}
