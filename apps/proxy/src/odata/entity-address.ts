import { hubError } from '@tributary/errors'
import { partAddress } from '../batch/part-address.js'
import type { ServiceRequest } from './service-request.js'

/** Behind it perhaps the derived type that the entity is seen as. */
const entityPath = /^(?:\$|%24)entity((?:\/[^/]+)?)\/?$/i
const isEntityPath = (path: string): boolean => entityPath.test(path)
const isId = (option: string): boolean => /^(?:\$|%24)?id=/i.test(option)

/**
 * `$entity?$id=Orders(1)`, perhaps with a cast, as the request it stands for; any other request as it is.
 * @throws HUB_QUERY_INVALID without an id, HUB_REQUEST_INVALID for an id outside of the service
 * @see OData URL Conventions 4.01, section 4.11
 */
export function resolveEntity(asked: ServiceRequest): ServiceRequest {
  const { exchange, path, root } = asked
  if (!isEntityPath(path)) return asked
  const options = exchange.query.split('&')
  const id = options.find(isId)
  if (id === undefined) throw hubError('HUB_QUERY_INVALID', { what: '$entity needs the option $id.', hint: 'Give the id of the entity: $entity?$id=Orders(1).' }, { target: '$id' })
  const { path: entity, query } = partAddress(decoded(id.slice(id.indexOf('=') + 1)), root)
  if (entity === '' || query !== '' || isEntityPath(entity)) throw hubError('HUB_QUERY_INVALID', { what: 'The option $id is no entity\'s id.', hint: 'An id is a path without query: Orders(1).' }, { target: '$id' })
  const meant = `${entity.replace(/\/$/, '')}${entityPath.exec(path)?.[1] ?? ''}`
  const base = exchange.path.slice(0, exchange.path.length - path.length)
  return { ...asked, path: meant, exchange: { ...exchange, path: `${base}${meant}`, query: options.filter((option) => !isId(option)).join('&') } }
}

/** An id is encoded once more as the value of an option, as it should be, or stands as it is, as people write it. */
function decoded(value: string): string {
  try {
    return isEncodedAgain(value) ? decodeURIComponent(value) : value
  } catch (cause) {
    throw hubError('HUB_QUERY_INVALID', { what: 'The option $id is malformed.', hint: 'Percent-encode the id.' }, { target: '$id', cause })
  }
}

/** What no id that is encoded once has: an encoded scheme, an encoded percent sign before two digits, an encoded slash behind a key. */
const isEncodedAgain = (value: string): boolean => /^https?%3A|%25[0-9a-f]{2}/i.test(value) || /\)%2F/i.test(value.replaceAll(quoted, ''))

const quoted = /(?:'|%27)(?:[^'%]|%(?!27))*(?:'|%27)/g
