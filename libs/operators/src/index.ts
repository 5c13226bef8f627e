/** Plan → rows: pull-based operators over pages, in bounded memory. */
export { execute } from './execute.js'
export { EngineDeclined, JoinedTwice, type Engine, type EngineWork, type KeyedRow, type MostFound, type RowKeeper, type RowLines, type RowLog, type RowSorter, type SpooledTable } from './engine.js'
export type { ExecutionContext, JoinNotice, RowStream, TierNotice } from './execution-context.js'
export { isSourceFailure } from './missing-part.js'
export { joinCosts, type JoinCosts, type JoinFigures } from './join-choice.js'
export { defaultLimits, type ExecutionLimits } from './execution-limits.js'
export { withLessons, type LessonsOf } from './lessons.js'
