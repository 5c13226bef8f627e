import type { CatalogReader } from '@tributary/catalog'
import type { Exchange } from '../http/exchange.js'
import { respond } from '../http/respond.js'

/** Answers what is served below this path: every service and product with its address. */
export function answerRoot(exchange: Exchange, exposed: Awaited<ReturnType<CatalogReader['exposures']>>): void {
  const base = `${exchange.origin}${exchange.path.replace(/\/?$/, '/')}`
  const services = exposed.map(({ slug, title, kind }) => ({ name: slug, title, kind, url: `${base}${slug}/`, metadata: `${base}${slug}/$metadata` }))
  respond(exchange, 200, { headers: { 'content-type': 'application/json;charset=utf-8', 'cache-control': 'no-store' }, body: JSON.stringify({ services }) })
}
