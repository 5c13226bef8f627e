import { rowTextColumn, seekingColumns, textRows, type Limit, type Page, type Plan, type TextForm } from '@tributary/plan'
import type { Execution } from './execution.js'
import type { RowStream } from './execution-context.js'
import { openExpand } from './expand.js'
import { limited } from './limit.js'

/**
 * Opens a plan whose rows are written as they come: where nothing but expands and limits stands above the rows that a source gives,
 * nobody looks into them but for the keys of the joins, so their members go through as text. Other plans are opened as always.
 */
export function openWritten(plan: Plan, execution: Execution, form: TextForm): RowStream {
  const keys = joinColumns(plan)
  if (keys.length === 0 || isOffered(plan)) return execution.open(plan, execution)
  const wanted = { ...form, parsed: [...new Set([...form.parsed, ...keys])] }
  const open = (part: Plan, within: Execution): RowStream => {
    if (part.kind === 'expand') return openExpand(part, within, open)
    if (part.kind === 'limit' && isAbove(part)) return limited(open(part.input, within), part)
    return asText(within.open(part, within), wanted)
  }
  return open(plan, execution)
}

/** Whether related rows come with the rows: these are parsed for them anyway. */
const isOffered = (plan: Plan): boolean => (plan.kind === 'expand' ? plan.inline !== undefined || isOffered(plan.input) : plan.kind === 'limit' && isOffered(plan.input))

/** Whether an expand follows beneath: a limit nearer to the rows is executed with them. */
const isAbove = (limit: Limit): boolean => joinColumns(limit).length > 0

/** The columns of the rows that the expands above them join by. */
function joinColumns(plan: Plan): readonly string[] {
  if (plan.kind === 'expand') return [...seekingColumns(plan.on), ...joinColumns(plan.input)]
  return plan.kind === 'limit' ? joinColumns(plan.input) : []
}

function asText(input: RowStream, form: TextForm): RowStream {
  return { ...input, columns: [...input.columns, rowTextColumn], pages: texts(input, form) }
}

async function* texts({ columns, pages }: RowStream, form: TextForm): AsyncGenerator<Page> {
  const textOf = textRows(form)
  const withText = [...columns, rowTextColumn]
  for await (const page of pages) yield page.kind === 'bytes' ? textOf(page, columns) : { ...page, columns: withText }
}
