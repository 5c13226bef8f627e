import type { Asked } from './exchange.js'
import { etagOf, type Entity } from './store.js'
import { Refusal } from './values.js'

/** If-Match and If-None-Match against an entity. @throws Refusal 412, 428 */
export function guard({ request: { headers } }: Asked, one: Entity | undefined): void {
  const etag = one === undefined ? undefined : etagOf(one)
  const match = headers['if-match']
  if (headers['if-none-match'] === '*' && one !== undefined) throw new Refusal(412, 'it exists')
  if (match === undefined) {
    if (etag !== undefined) throw new Refusal(428, 'If-Match is needed')
    return
  }
  if (one === undefined || (match !== '*' && etag !== undefined && !match.split(',').some((tag) => tag.trim() === etag))) throw new Refusal(412, 'it has changed')
}
