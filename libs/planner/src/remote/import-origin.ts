import type { Exposure } from '@tributary/catalog'

/** A service has one endpoint, to which all that is no entity set belongs. */
export const onlyEndpoint = ({ kind, endpoints }: Exposure): string | undefined => (kind === 'service' ? endpoints.keys().next().value : undefined)

/** The source that has an import, and its name there. */
export function importOrigin(exposure: Exposure, name: string): { readonly endpoint: string; readonly name: string } | undefined {
  const only = onlyEndpoint(exposure)
  if (only !== undefined) return { endpoint: only, name }
  return [...(exposure.named ?? [])].flatMap(([endpoint, { imports }]) => {
    const remote = imports.get(name)
    return remote === undefined ? [] : [{ endpoint, name: remote }]
  })[0]
}
