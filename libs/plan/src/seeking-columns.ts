import type { JoinPair } from './plan.js'

/** The columns a join reads of its input: the keys, and what rows say of their type where only some types have related rows. */
export const seekingColumns = (on: readonly JoinPair[]): readonly string[] => on.flatMap(({ from, of }) => (of === undefined ? [from] : [from, '@odata.type']))
