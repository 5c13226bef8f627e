import type { RefreshService } from '../use-cases.js'
import { findService } from './find-service.js'
import { register } from './register-service.js'

export const refreshService: RefreshService = async (ports, slug, options) => {
  const service = await ports.store.read((catalog) => findService(catalog, slug))
  return register(ports, { url: service.url, slug }, { ...options, sample: service.sample }, true)
}
