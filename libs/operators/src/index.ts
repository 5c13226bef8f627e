/** Plan → rows: pull-based operators over pages, in bounded memory. */
export { execute } from './execute.js'
export type { ExecutionContext, RowStream } from './execution-context.js'
export { defaultLimits, type ExecutionLimits } from './execution-limits.js'
export { withLessons, type LessonsOf } from './lessons.js'
