import { isHubError, type HubError } from '@tributary/errors'
import type { MissingPart } from '@tributary/plan'
import type { Execution } from './execution.js'
import type { InnerSide } from './related-reader.js'

/** Whether it is a source that failed, not the request or the engine. */
export const isSourceFailure = (error: unknown): error is HubError => isHubError(error) && error.code.startsWith('HUB_SOURCE_')

/**
 * What stands for the related rows that a source did not give.
 * @throws the error itself where the request does not go on without them, because it did not ask for that, or because they decide about
 * other rows: expands the client does not see serve filters and orders
 */
export function missingPart(error: unknown, { node }: InnerSide, { context }: Execution): MissingPart {
  if (context.partial !== true || node.navigation.name.startsWith('~') || !isSourceFailure(error)) throw error
  return Object.freeze({ missing: Object.freeze({ code: error.code, message: error.message }) })
}
