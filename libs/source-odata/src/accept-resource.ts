import { hubError } from '@tributary/errors'
import type { RemoteResource } from '@tributary/plan'
import type { Accepted, Capabilities, Fact, ScanRequest } from '@tributary/source'
import { encodeOption } from './print-filter.js'
import { restrictionsOf } from './restrictions.js'
import { asHandle, type QueryOption } from './scan.js'
import { bySuspicion } from './suspicion.js'
import { takeLinkBatch } from './take-batch.js'
import { takeFilter } from './take-filter.js'
import { takeKeys, type TakenKeys } from './take-keys.js'
import { takeSelect } from './take-select.js'

/** Characters for the names of the options and the keys that fill the gaps of a path. */
const OTHER_OPTIONS = 400

/**
 * Takes a resource that is addressed by its path: nothing is proven of it, so that a filter is a superset at most and there is neither order
 * nor limit; a single entity knows no option but `$select`. A path with gaps is read by the keys that fill them. Pure.
 */
export function acceptResource(want: ScanRequest, resource: RemoteResource, able: Capabilities): Accepted {
  if (resource.gaps !== undefined && want.keys.length === 0) throw hubError('HUB_QUERY_UNSUPPORTED', { what: `The path ${printedPath(resource)} of ${want.target.slug} by itself`, hint: 'It is read from the rows it belongs to.' })
  const unproven = doubted(able)
  const declared = restrictionsOf(want.target.model, '')
  const filled: ReadonlySet<string> = new Set([...(resource.gaps?.flatMap(({ key }) => key.map(({ column }) => column)) ?? []), ...(resource.mark === undefined ? [] : [resource.mark])])
  const own = { ...want, columns: want.columns.filter(({ name }) => !filled.has(name)) }
  const keys: TakenKeys = resource.gaps !== undefined ? { form: 'in', limit: 1, features: [] } : resource.single ? { limit: 1, features: [] } : takeKeys(own, unproven, declared)
  const batch = resource.gaps === undefined || resource.bare === true ? undefined : takeLinkBatch(want.target.model, able)
  const select = resource.bare === true ? undefined : takeSelect(own, unproven, declared)
  const filter = resource.single ? undefined : takeFilter(own, unproven, declared, able.urlLimit - want.target.url.length - resource.path.length - OTHER_OPTIONS - encodeOption(select ?? '').length)
  const options: readonly QueryOption[] = [
    ...(filter?.text === undefined ? [] : [{ name: '$filter' as const, text: filter.text }]),
    ...(select === undefined ? [] : [{ name: '$select' as const, text: select }]),
  ]
  const relies = [...new Set([...(filter?.features ?? []), ...keys.features, ...(select === undefined ? [] : ['select']), ...(batch === undefined ? [] : ['batch'])])]
  const handle = asHandle({
    target: want.target, entitySet: '', path: resource.path, options, columns: want.columns, keys: want.keys, keyForm: keys.form, keyLimit: keys.limit, urlLimit: able.urlLimit,
    order: [], total: [], top: undefined, counted: false, selects: false, pageRows: resource.single ? 0 : want.pageRows, suspects: bySuspicion(relies, keys.form === 'or'), whole: false, resource, batch,
  })
  return Object.freeze({
    handle, trust: filter?.text === undefined ? 'exact' : 'inexact', ordered: false, limited: false, counted: false, relies,
    taken: [printedPath(resource), ...(batch === undefined ? [] : [`${batch.reads} in a batch`]), ...options.map(({ name, text }) => `${name}=${text}`), ...(keys.form === undefined || resource.gaps !== undefined ? [] : [`${want.keys.map(({ name }) => name).join(',')} by ${keys.form}`])],
    ...(want.filter === undefined ? {} : { residual: want.filter }),
    ...(keys.form === undefined ? {} : { keyForm: keys.form }),
  })
}

/** The path as explain shows it, with the names of what fills its gaps. */
const printedPath = ({ path, gaps = [] }: RemoteResource): string => `${path}${gaps.map(({ key, after, unwritten }) => (unwritten === true ? after : `(${key.map(({ name }) => name).join(',')})${after}`)).join('')}`

/** The same knowledge, in which nothing is exact. */
function doubted(able: Capabilities): Capabilities {
  const fact = (feature: string): Fact => {
    const known = able.fact(feature)
    return known.trust === 'exact' ? { ...known, trust: 'inexact' } : known
  }
  return { revision: able.revision, facts: able.facts, urlLimit: able.urlLimit, keyLimit: able.keyLimit, fact }
}
