import type { EdmModel } from '@tributary/edm'
import { isHubError } from '@tributary/errors'
import { addressOf } from './addresses.js'
import { preference, type Asked } from './exchange.js'
import { control } from './payload.js'
import type { Entity } from './store.js'
import { NumberText, Refusal, type JsonObject } from './values.js'

/** What was tried on one thing of several. */
export type FailedOperation = 'insert' | 'update' | 'delete' | 'link' | 'unlink' | 'invoke'

/** What became of one change of several. */
export type Outcome<T> = { readonly done: T } | { readonly refusal: Refusal }

/** The request seen with the store as it is now. */
export const asItIsNow = (asked: Asked): Asked => ({ ...asked, scope: { ...asked.scope, store: asked.service.store } })

/** True where what fails does not end the request. @see OData Protocol 4.01 section 8.2.8.3 */
export const goesOn = ({ request: { headers } }: Asked): boolean => ['', 'true'].includes(preference(headers, 'continue-on-error') ?? 'no')

/** Does one change of several; one that fails leaves the store as it was before. @throws Refusal where the request is not to go on */
export function attempt<T>(asked: Asked, change: (now: Asked) => T): Outcome<T> {
  const before = structuredClone(asked.service.store)
  try {
    return { done: change(asItIsNow(asked)) }
  } catch (error) {
    const refusal = error instanceof Refusal ? error : isHubError(error) ? new Refusal(error.status, error.message, 'Invalid') : undefined
    if (refusal === undefined || !goesOn(asked)) throw error
    asked.service.store = before
    return { refusal }
  }
}

/** The annotation of what failed. @see Core.DataModificationException */
export const exceptionOf = (operation: FailedOperation, { status, code, message }: Refusal): JsonObject => ({
  '@Org.OData.Core.V1.DataModificationException': { failedOperation: operation, responseCode: new NumberText(String(status)), info: { code, message } },
})

/** An entity by its id alone. */
export const referenceTo = ({ format }: Pick<Asked, 'format'>, model: EdmModel, one: Entity): JsonObject => ({ [control(format, 'id')]: `${format.root}${addressOf(model, one)}` })

/** What was preferred and done. */
export function appliedTo({ request: { headers } }: Asked): Readonly<Record<string, string>> {
  const told = ['return', 'continue-on-error'].flatMap((name) => {
    const wish = preference(headers, name)
    return wish === undefined ? [] : [name === 'return' ? `return=${wish}` : 'continue-on-error=true']
  })
  return told.length === 0 ? {} : { 'preference-applied': told.join(', ') }
}

/** True where nothing is to be told of what was done: nothing failed, and no representation is wanted. */
export function isQuiet({ request: { headers } }: Asked, outcomes: readonly Outcome<unknown>[]): boolean {
  return preference(headers, 'return') !== 'representation' && outcomes.every((one) => 'done' in one)
}

/** The annotations of an item that come back with it. */
export const contentIdOf = (item: JsonObject): JsonObject => Object.fromEntries(Object.entries(item).filter(([name]): boolean => name === '@Org.OData.Core.V1.ContentID'))
