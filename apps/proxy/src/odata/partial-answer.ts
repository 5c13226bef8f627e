import type { HubError } from '@tributary/errors'
import { isSourceFailure, type RowStream } from '@tributary/operators'
import type { Page } from '@tributary/plan'
import { isPartial, type QueryRun } from './query-run.js'

/** Rows up to where their source failed. */
export interface GivenRows {
  readonly pages: AsyncIterable<Page>
  /** Why they ended before their end, known when they have ended. */
  readonly failure: () => HubError | undefined
}

/**
 * The rows, up to where their source fails if the client goes on without the rest: a page that is shorter and says why, with a next link to the
 * rest. Rows that cannot be paged, or have not begun, fail as they always do.
 */
export function untilFailure(rows: Pick<RowStream, 'pages' | 'count'>, run: QueryRun): GivenRows {
  const { bound, paging } = run
  if (!isPartial(run) || bound.shape !== 'collection' || bound.paging.kind === 'none') return { pages: rows.pages, failure: () => undefined }
  let failed: HubError | undefined
  const pages = async function* (): AsyncGenerator<Page> {
    let given = 0
    try {
      for await (const page of rows.pages) {
        given += page.kind === 'rows' ? page.rows.length : page.offsets.length >> 1
        yield page
      }
    } catch (error) {
      const counted = !bound.count || (paging.token?.count ?? rows.count()) !== undefined
      if (given === 0 || !counted || !isSourceFailure(error)) throw error
      failed = error
    }
  }
  return { pages: pages(), failure: () => failed }
}
