import type { Given, Page, Transformation } from '@tributary/plan'
import type { Execution } from '../execution.js'
import type { RowStream } from '../execution-context.js'
import { rowsPage, toRows, type Row } from '../page-rows.js'
import { aggregatedRows } from './aggregates.js'
import { attachedRows } from './attach.js'
import { cutRows } from './cut.js'
import { groupedRows } from './groups.js'
import { nestRows } from './nest.js'
import { nestedRows } from './nested.js'
import { positionedRows } from './position.js'
import { projectedRows } from './project.js'
import { reducedRows } from './reduce.js'
import { relativeRows } from './relatives.js'
import { spreadRows } from './spread.js'
import { subtreeRows } from './subtrees.js'
import { traversedRows } from './traverse.js'
import { unnestedRows } from './unnest.js'
import { wrappedRows } from './wrap.js'

/** Rows of a page that leaves a transformation which held its input. */
const pageRows = 1000

/** Transforms the rows of its inputs. @throws HUB_LIMIT_EXCEEDED if a step has to hold more than one operator may */
export function openTransformation(node: Transformation, execution: Execution): RowStream {
  return { columns: node.columns, pages: pagesOf(node, rowsOf(node, execution)), count: () => undefined }
}

function rowsOf(node: Transformation, execution: Execution): AsyncIterable<readonly Row[]> {
  const { inputs, step, columns } = node
  const [input, other, nodes] = inputs
  switch (step.kind) {
    case 'aggregates': return aggregatedRows(input, step, columns, execution)
    case 'groups': return groupedRows(input, step, columns, execution)
    case 'nested': return nestedRows(input, step, { execution, mayStore: execution.state.handedOn.has(node) })
    case 'unnest': return unnestedRows(input, step, execution)
    case 'nest': return nestRows(node, execution)
    case 'wrap': return wrappedRows(input, execution)
    case 'spread': return spreadRows(input, step, execution)
    case 'project': return projectedRows(input, step, execution)
    case 'attach': return attachedRows(input, other ?? input, execution)
    case 'cut': return cutRows(input, step, execution)
    case 'reduce': return reducedRows(input, step, execution)
    case 'relatives': return relativeRows([input, other ?? input, nodes ?? input], step, execution)
    case 'traverse': return traversedRows([input, other ?? input, nodes], step, columns, execution)
    case 'subtrees': return subtreeRows([input, other ?? input, nodes], step, columns, execution)
    case 'position': return positionedRows([input, other ?? input], step, execution)
  }
}

async function* pagesOf({ columns }: Transformation, chunks: AsyncIterable<readonly Row[]>): AsyncGenerator<Page> {
  for await (const rows of chunks) {
    for (let start = 0; start < rows.length; start += pageRows) yield rowsPage(columns, rows.length <= pageRows ? rows : rows.slice(start, start + pageRows))
  }
}

/** The rows that the step around gives. */
export function openGiven({ columns }: Given, { given }: Execution): RowStream {
  if (given === undefined) throw new Error('The plan reads given rows outside of the step that gives them')
  return { columns, pages: givenPages(columns, given), count: () => undefined }
}

async function* givenPages(columns: Given['columns'], given: NonNullable<Execution['given']>): AsyncGenerator<Page> {
  for await (const rows of given.pages()) yield toRows(rowsPage(given.columns, rows), columns)
}
