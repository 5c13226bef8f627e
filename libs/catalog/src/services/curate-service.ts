import { hubError } from '@tributary/errors'
import { serviceDocuments } from '../search/service-documents.js'
import type { ServiceEndpoint } from '../records.js'
import type { CurateService } from '../use-cases.js'
import { modelOf } from './contract-models.js'
import { findService } from './find-service.js'
import { uniqueTags } from './plan-registration.js'
import type { Curation } from './registration.js'
import { checkTexts } from './registration-texts.js'
import { viewOf } from './service-views.js'

export const curateService: CurateService = (ports, slug, curation, { actor, revision }) => {
  const { description, tags, owner } = curation
  checkTexts({ ...(typeof description === 'string' ? { description } : {}), ...(tags === undefined ? {} : { tags }), ...(owner === undefined || owner === null ? {} : { owner }) })
  return ports.store.change(async (catalog) => {
    const service = await findService(catalog, slug)
    if (revision !== undefined && revision !== service.revision) throw hubError('HUB_PRECONDITION_FAILED', { what: `The service ${slug}` })
    const usedBy = (await catalog.productsUsing(slug)).map((product) => product.slug)
    const model = await modelOf(ports.contracts, catalog, service.contract)
    const curated = curatedBy(service, curation)
    if (wordsOf(curated) === wordsOf(service)) return viewOf(service, model, { usedBy })
    const at = ports.now().toISOString()
    await catalog.audit({ at, actor, action: 'service.curated', subject: slug, detail: Object.keys(curation).join(', ') })
    const changed = Object.freeze({ ...curated, changedAt: at, revision: await catalog.revision() })
    await catalog.saveService(changed)
    await catalog.index(slug, serviceDocuments(changed, model))
    return viewOf(changed, model, { usedBy })
  })
}

/** What a curation can change. */
const wordsOf = ({ description, tags, owner }: ServiceEndpoint): string => JSON.stringify([description, tags, owner?.name, owner?.email])

/** Null takes away, what is left out stays. */
function curatedBy(service: ServiceEndpoint, { description, tags, owner }: Curation): ServiceEndpoint {
  const { description: _description, owner: _owner, ...rest } = service
  const words = description === undefined ? service.description : description ?? undefined
  const person = owner === undefined ? service.owner : owner ?? undefined
  return {
    ...rest,
    ...(tags === undefined ? {} : { tags: uniqueTags(tags) }),
    ...(words === undefined ? {} : { description: words }),
    ...(person === undefined ? {} : { owner: person }),
  }
}
