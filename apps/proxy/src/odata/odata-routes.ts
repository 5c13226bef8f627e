import { hubError } from '@tributary/errors'
import { answeredLater, answerMonitor, monitoredId } from '../async/answer-async.js'
import type { AsyncJobs } from '../async/async-jobs.js'
import type { DataRoute } from '../http/data-handler.js'
import type { Exchange } from '../http/exchange.js'
import type { Exposures } from '../data/exposures.js'
import type { SampleServices } from '../samples/sample-services.js'
import { answerRoot } from './root-listing.js'
import { admits } from '../http/methods.js'
import { reading } from '../http/respond.js'
import { answerService, type ServiceParts } from './service.js'
import type { Offered } from './shown-model.js'

/** `/odata/{slug}/…`: every service and product of the catalog. */
export const odataRoute = (exposures: Exposures, services: Omit<ServiceParts, keyof Offered> & { readonly jobs: AsyncJobs }): DataRoute => ({
  path: '/odata/',
  answer: async (given) => {
    const exchange = withoutLastSlash(given, '/odata/')
    const { name, rest, root } = split(exchange, '/odata/')
    if (name === '') return admits(exchange, reading) ? answerRoot(exchange, await exposures.all()) : undefined
    requireUrlLimit(exchange, services.limits)
    const exposure = await exposures.of(name)
    const asked = { exchange, slug: exposure.slug, root }
    const id = monitoredId(rest)
    if (id !== undefined) return answerMonitor(id, asked, services.jobs)
    const answer = (own: Exchange) => answerService({ exchange: own, exposure, root, path: rest }, { ...services, answersLater: services.jobs.offered })
    if (!(await answeredLater(asked, services.jobs, { answer, log: services.log }))) await answer(exchange)
  },
})

/** `/samples/{name}/…`: the sample landscape's services, which the catalog registers like anybody's. */
export const samplesRoute = (samples: SampleServices, services: Omit<ServiceParts, keyof Offered>): DataRoute => ({
  path: '/samples/',
  answer: async (given) => {
    const exchange = withoutLastSlash(given, '/samples/')
    const { name, rest, root } = split(exchange, '/samples/')
    const all = samples.exposures
    if (name === '') return !admits(exchange, reading) ? undefined : answerRoot(exchange, [...all.values()].map(({ slug, title, kind }) => ({ slug, title, kind })))
    const exposure = all.get(name)
    if (exposure === undefined) throw hubError('HUB_SERVICE_NOT_FOUND', { slug: name, hint: `Sample services: ${[...all.keys()].join(', ')}.` })
    await answerService({ exchange, exposure, root, path: rest }, { ...services, answersLater: false })
  },
})

/** @throws HUB_LIMIT_URL */
function requireUrlLimit({ path, query }: Exchange, { urlLength }: ServiceParts['limits']): void {
  if (path.length > urlLength) throw hubError('HUB_LIMIT_URL', { part: 'path', reached: path.length, limit: urlLength })
  if (query.length > urlLength) throw hubError('HUB_LIMIT_URL', { part: 'query', reached: query.length, limit: urlLength })
}

/** A slash at the end of a resource's path says nothing more. */
const withoutLastSlash = (exchange: Exchange, route: string): Exchange =>
  exchange.path.endsWith('/') && /^[^/]+\/.*[^/]\/$/s.test(exchange.path.slice(route.length)) ? { ...exchange, path: exchange.path.slice(0, -1) } : exchange

/** The service's name, the raw path below its root, and the root as the caller sees it. */
function split({ path, origin }: Exchange, route: string): { readonly name: string; readonly rest: string; readonly root: string } {
  const below = path.slice(route.length)
  const slash = below.indexOf('/')
  const raw = slash < 0 ? below : below.slice(0, slash)
  return { name: decode(raw), rest: slash < 0 ? '' : below.slice(slash + 1), root: `${origin}${route}${raw}/` }
}

function decode(segment: string): string {
  try {
    return (segment.includes('%') ? decodeURIComponent(segment) : segment).toLowerCase()
  } catch (cause) {
    throw hubError('HUB_RESOURCE_NOT_FOUND', { what: segment, hint: 'The address is malformed.' }, { cause })
  }
}
