import type { Exposure } from '@tributary/catalog'
import { nearest, type EdmModel } from '@tributary/edm'
import { hubError, type HubError } from '@tributary/errors'
import type { ResourceSegment } from '@tributary/odata-url'
import { unsupported } from './refusal.js'

/**
 * What to say of a name in a path that can only be an operation's; undefined: it may be something else. Operations of a data product's
 * sources are refused by name: they would be about entities in the source's names.
 */
export function unknownOperation(segment: Extract<ResourceSegment, { readonly kind: 'unknown' }>, exposure: Exposure): HubError | undefined {
  const owner = exposure.kind === 'product' ? ownerOf(segment.name, exposure) : undefined
  if (owner !== undefined) return unsupported(`The operation ${segment.name} of the source ${owner} in a data product`, `Call it at the service itself: /odata/${owner}/.`)
  if (segment.call !== true && !segment.name.includes('.')) return undefined
  const near = nearest(segment.name, operationNames(exposure.model))
  return hubError('HUB_RESOURCE_NOT_FOUND', { what: `The operation ${segment.name}`, hint: near === undefined ? '' : `Did you mean ${near}?` }, { target: segment.name })
}

const operationNames = ({ schemas, container }: EdmModel): readonly string[] =>
  [...[...schemas.values()].flatMap(({ namespace, operations }) => [...operations.keys()].map((name) => `${namespace}.${name}`)), ...(container?.operationImports.keys() ?? [])]

/** The source that has an operation or an import of this name. */
function ownerOf(name: string, { endpoints }: Exposure): string | undefined {
  const own = name.slice(name.lastIndexOf('.') + 1)
  const qualified = own !== name
  return [...endpoints.values()].find(({ model: { schemas, container } }) =>
    (qualified ? [...schemas.values()].some(({ operations }) => operations.has(own)) : container?.operationImports.has(own) === true))?.slug
}
