import type { Page, Rows } from '@tributary/plan'
import type { RowStream } from './execution-context.js'
import { rowsPage } from './page-rows.js'

/** Rows that stand in the plan itself. */
export const openConstantRows = (node: Rows): RowStream => ({ columns: node.columns, pages: constant(node), count: () => undefined })

async function* constant(node: Rows): AsyncGenerator<Page> {
  if (node.rows.length > 0) yield rowsPage(node.columns, node.rows)
}
