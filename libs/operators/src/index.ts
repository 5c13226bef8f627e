/** Plan → rows: pull-based operators over pages, in bounded memory. */
export { execute } from './execute.js'
export { defaultLimits, type ExecutionContext, type ExecutionLimits, type RowStream } from './execution.js'
export { withLessons, type LessonsOf } from './lessons.js'
