import type { ChangeConnection } from '../use-cases.js'
import { checkAddresses } from './check-addresses.js'
import { completeConnection } from './connections.js'
import { modelOf } from './contract-models.js'
import { findService } from './find-service.js'
import { viewOf } from './service-views.js'

export const changeConnection: ChangeConnection = async (ports, slug, request, { actor }) => {
  const connection = completeConnection(request)
  await checkAddresses(ports, connection.allowedOrigins ?? [])
  const view = await ports.store.change(async (catalog) => {
    const service = await findService(catalog, slug)
    const at = ports.now().toISOString()
    await catalog.audit({ at, actor, action: 'connection.changed', subject: slug, detail: `credentials of kind ${connection.auth.kind}` })
    const changed = Object.freeze({
      ...service,
      connection: ports.sealing.seal(slug, connection),
      connectionVersion: service.connectionVersion + 1,
      changedAt: at,
      revision: await catalog.revision(),
    })
    await catalog.saveService(changed)
    const usedBy = (await catalog.productsUsing(slug)).map((product) => product.slug)
    return viewOf(changed, await modelOf(ports.contracts, catalog, changed.contract), { usedBy })
  })
  if (!view.sample) await ports.probe.probe(slug)
  return view
}
