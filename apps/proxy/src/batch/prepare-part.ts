import { lastOperation } from '@tributary/planner'
import { hubError } from '@tributary/errors'
import { prepareChange, type ChangeParts, type PreparedChange } from '../change/prepare-change.js'
import { reading } from '../http/respond.js'
import type { Query } from '../odata/answer-query.js'
import { resolveEntity } from '../odata/entity-address.js'
import type { ServiceRequest } from '../odata/service-request.js'
import { prepareOperation } from '../operation/prepare-operation.js'

/**
 * Puts one change of a change set into the words of its source: a change of data, or the call of an action.
 * @throws as `prepareChange` and `prepareOperation`
 */
export const preparePart = (queryOf: (asked: ServiceRequest) => Query) => async (given: ServiceRequest, parts: ChangeParts): Promise<PreparedChange> => {
  const asked = resolveEntity(given)
  const query = queryOf(asked)
  const called = lastOperation(query.url, asked.exposure)
  if (called === undefined) return prepareChange(asked, parts)
  const { method = '' } = asked.exchange.request
  if (called.operation.kind === 'function' || method !== 'POST') throw hubError('HUB_METHOD_NOT_ALLOWED', { method, resource: asked.path, allowed: called.operation.kind === 'action' ? 'POST, OPTIONS' : reading })
  return prepareOperation(query, called, parts)
}
