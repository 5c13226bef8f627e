import { serviceExposure, type Exposure, type SealedConnection } from '@tributary/catalog'
import { sampleServices, type SampleService } from '@tributary/samples'
import type { SampleServices } from './sample-services.js'

const urlOf = ({ name }: SampleService): string => `memory:${name}`

/** Nothing is sealed: rows in memory are entered without a connection. */
const noConnection = '' as SealedConnection

function exposureOf(service: SampleService): Exposure {
  const { name, model } = service
  const url = urlOf(service)
  return serviceExposure({ slug: name, name, revision: 1 }, { slug: name, kind: 'memory', url, model, connection: noConnection, identity: url })
}

/** Northwind's three services over their rows in memory. */
export function northwindSamples(): SampleServices {
  const services = sampleServices()
  return Object.freeze({
    exposures: new Map(services.map((service) => [service.name, exposureOf(service)])),
    memory: new Map(services.map((service) => [urlOf(service), service])),
  })
}
