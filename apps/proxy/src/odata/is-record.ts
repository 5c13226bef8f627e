import type { Value } from '@tributary/plan'

/** True for complex values, and for expanded rows with what is told of them. */
export const isRecord = (value: Value): value is { readonly [name: string]: Value } => typeof value === 'object' && value !== null && !Array.isArray(value)
