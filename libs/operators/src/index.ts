/** Plan → rows: pull-based operators over pages, in bounded memory. */
export { execute } from './execute.js'
export type { Engine, EngineWork, KeyedRow, RowKeeper, RowLines, RowSorter } from './engine.js'
export type { ExecutionContext, RowStream, TierNotice } from './execution-context.js'
export { defaultLimits, type ExecutionLimits } from './execution-limits.js'
export { withLessons, type LessonsOf } from './lessons.js'
