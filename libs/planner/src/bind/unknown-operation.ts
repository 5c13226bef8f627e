import type { Exposure } from '@tributary/catalog'
import { nearest, type EdmModel } from '@tributary/edm'
import { hubError, type HubError } from '@tributary/errors'
import type { ResourceSegment } from '@tributary/odata-url'

/** What to say of a name in a path that can only be an operation's; undefined: it may be something else. */
export function unknownOperation(segment: Extract<ResourceSegment, { readonly kind: 'unknown' }>, exposure: Exposure): HubError | undefined {
  if (segment.call !== true && !segment.name.includes('.')) return undefined
  const known = operationNames(exposure.model)
  const own = segment.name.slice(segment.name.lastIndexOf('.') + 1)
  const near = known.find((name) => name.endsWith(`.${own}`)) ?? nearest(segment.name, known)
  return hubError('HUB_RESOURCE_NOT_FOUND', { what: `The operation ${segment.name}`, hint: near === undefined ? '' : `Did you mean ${near}?` }, { target: segment.name })
}

const operationNames = ({ schemas, container }: EdmModel): readonly string[] =>
  [...[...schemas.values()].flatMap(({ namespace, operations }) => [...operations.keys()].map((name) => `${namespace}.${name}`)), ...(container?.operationImports.keys() ?? [])]
