import { hubError } from '@tributary/errors'

/** Where a request of a batch leads to, below the service root. */
export interface PartAddress {
  /** Raw, below the root. */
  readonly path: string
  /** Raw, without `?`. */
  readonly query: string
}

/** Top-level resources that begin with `$` and are no references. */
const system: ReadonlySet<string> = new Set(['$batch', '$crossjoin', '$all', '$entity', '$root', '$id', '$metadata'])

/**
 * The address of a request in a batch: absolute, relative to the host, relative to the service, or relative to the resource an earlier
 * request addressed (`$1/Orders`).
 * @param root absolute URL of the service, ends in `/`
 * @param addressed the path an earlier request had, by its id; without it no request stands before
 * @throws HUB_REQUEST_INVALID for addresses outside of the service and references outside of a batch, HUB_DEPENDENCY_FAILED for a reference to nothing
 * @see OData Protocol 4.01, section 11.7.3
 */
export function partAddress(url: string, root: string, addressed?: ReadonlyMap<string, string>): PartAddress {
  const [target = ''] = url.split('#', 1)
  const mark = target.indexOf('?')
  const query = mark < 0 ? '' : target.slice(mark + 1)
  return { path: pathOf(mark < 0 ? target : target.slice(0, mark), root, addressed), query }
}

function pathOf(path: string, root: string, addressed?: ReadonlyMap<string, string>): string {
  const { pathname, origin } = new URL(root)
  if (/^[a-z][a-z\d+.-]*:/i.test(path)) return below(path, root, `${origin}${pathname}`)
  if (path.startsWith('/')) return below(path, pathname, pathname)
  const [first = '', ...rest] = path.split('/')
  const name = first.replace(/\(.*$/, '')
  if (!first.startsWith('$') || system.has(name)) return path
  if (addressed === undefined) throw hubError('HUB_REQUEST_INVALID', { reason: `${url(path)} names another request, as only requests of a batch do` })
  const known = addressed.get(first.slice(1))
  if (known === undefined) throw hubError('HUB_DEPENDENCY_FAILED', { id: url(path), reason: `no request before it has the id ${first.slice(1)} and succeeded` })
  return [known.replace(/\/$/, ''), ...rest].join('/')
}

const url = (path: string): string => path.slice(0, 100)

function below(path: string, prefix: string, named: string): string {
  // The root may stand without its last slash.
  if (`${path}/` === prefix) return ''
  if (path.toLowerCase().startsWith(prefix.toLowerCase())) return path.slice(prefix.length)
  throw hubError('HUB_REQUEST_INVALID', { reason: `${url(path)} lies outside of the service ${named}` })
}
