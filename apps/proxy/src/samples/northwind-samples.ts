import { exposeService, type Exposure, type SealedConnection } from '@tributary/catalog'

import { sampleServices, type SampleService } from '@tributary/samples'
import type { SampleServices } from './sample-services.js'

const urlOf = ({ name }: SampleService): string => `memory:${name}`

function exposureOf(service: SampleService): Exposure {
  const endpoint = { slug: service.name, kind: 'memory', url: urlOf(service), model: service.model, connection: '' as SealedConnection, identity: urlOf(service) }
  return exposeService(endpoint)
}

/** Northwind's three services over their rows in memory. */
export function northwindSamples(): SampleServices {
  const services = sampleServices()
  return Object.freeze({
    exposures: new Map(services.map((service) => [service.name, exposureOf(service)])),
    memory: new Map(services.map((service) => [urlOf(service), service])),
  })
}
