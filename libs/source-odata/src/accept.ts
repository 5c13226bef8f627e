import { hubError } from '@tributary/errors'
import type { Accepted, Capabilities, Feature, ScanRequest } from '@tributary/source'
import { type Cast, castOf } from './cast-segment.js'
import { encodeOption } from './print-filter.js'
import { restrictionsOf, type Restrictions } from './restrictions.js'
import { takeBatch, type TakenBatch } from './take-batch.js'
import { takeExpands } from './take-expand.js'
import { asHandle, type QueryOption } from './scan.js'
import { bySuspicion } from './suspicion.js'
import { takeFilter, type TakenFilter } from './take-filter.js'
import { takeKeys, type TakenKeys } from './take-keys.js'
import { takeLimit, takeOrder } from './take-order.js'
import { selectsAll, takeSelect } from './take-select.js'
import { takeTotalOrder } from './take-total-order.js'

/** Characters for the names of the options, the numbers of `$skip` and `$top`, and a key given in the query. */
const OTHER_OPTIONS = 160
/** A body holds as many times the keys of a URL. */
const POSTED = 5

/**
 * Takes of a request what the remote is known to do exactly, and of the filter also what it does as a superset. Pure.
 * @throws HUB_QUERY_INVALID if the contract forbids to read the set without a filter and there is none to give
 */
export function acceptScan(want: ScanRequest, able: Capabilities): Accepted {
  const cast = castOf(want, able)
  const declared = seenUncast(want, cast, restrictionsOf(want.target.model, want.entitySet))
  const base = `${encodeURIComponent(want.entitySet)}${cast.segment}`
  const keys = takeKeys(want, able, declared)
  const posts = keys.form === 'in' && declared.querySegment && able.fact('query-segment').trust !== 'unsupported'
  const batch = posts ? undefined : takeBatch(keys, want.target.model, able)
  const total = takeTotalOrder(want, able, declared)
  const order = total ?? takeOrder(want, able, declared)
  const select = takeSelect(want, able, declared)
  const expands = cast.left ? takeExpands({ ...want, expands: [] }, able, declared) : takeExpands(want, able, declared)
  const filter = takeFilter(want, able, declared, able.urlLimit - want.target.url.length - base.length - OTHER_OPTIONS - encodeOption(`${order.text ?? ''}${select ?? ''}${expands.text ?? ''}`).length)
  requireFilter(want, declared, filter, keys.form !== undefined)
  const whole = filter.trust === 'exact' && filter.residual === undefined && want.keys.length === 0 && !cast.left
  const limit = whole && (order.text !== undefined || want.order.length === 0) ? takeLimit(want, able, declared) : undefined
  const counted = want.count && whole && declared.count && able.fact('count').trust === 'exact'
  const options: readonly QueryOption[] = [
    ...(filter.text === undefined ? [] : [{ name: '$filter' as const, text: filter.text }]),
    ...(order.text === undefined ? [] : [{ name: '$orderby' as const, text: order.text }]),
    ...(limit?.options ?? []),
    ...(counted ? [{ name: '$count' as const, text: 'true' }] : []),
    ...(select === undefined ? [] : [{ name: '$select' as const, text: select }]),
    ...(expands.text === undefined ? [] : [{ name: '$expand' as const, text: expands.text }]),
  ]
  const relies = distinct([...expands.features, ...(cast.segment === '' ? [] : ['cast']), ...filter.features, ...keys.features, ...order.features, ...(limit?.features ?? []), ...(counted ? ['count'] : []), ...(select === undefined ? [] : ['select']), ...(posts ? ['query-segment'] : []), ...(batch === undefined ? [] : ['batch'])])
  const unlimited = want.skip === 0 && want.top === undefined
  const complete = whole && (order.text !== undefined || want.order.length === 0) && (limit !== undefined || unlimited) && (counted || !want.count) && (select !== undefined || selectsAll(want)) && expands.text === undefined
  const handle = asHandle({
    target: want.target, entitySet: want.entitySet, path: base, options, columns: [...want.columns, ...expands.columns], keys: want.keys, keyForm: keys.form, keyLimit: posts ? keys.limit * POSTED : keys.limit, urlLimit: posts ? able.urlLimit * 8 : able.urlLimit, posts, batch,
    order: order.text === undefined ? [] : want.order, total: total?.order ?? [], identified: want.key.length > 0 && want.key.every((name) => want.columns.some((column) => column.name === name)), top: limit === undefined ? undefined : want.top, counted,
    selects: select === undefined ? selectsAll(want) : able.fact('select').trust === 'exact', pageRows: able.fact('maxpagesize').trust === 'unsupported' ? 0 : want.pageRows, suspects: bySuspicion(relies, keys.form === 'or'), whole: complete, saysNull: able.fact('nulls').trust === 'exact', declared: declaredColumns(want),
  })
  return Object.freeze({
    handle, trust: filter.trust, ordered: order.text !== undefined && want.order.length > 0, limited: limit !== undefined, counted, relies,
    taken: [...(cast.segment === '' ? [] : [`cast to ${want.entityType}`]), ...options.map(({ name, text }) => `${name}=${text}`), ...(keys.form === undefined ? [] : [`${want.keys.map(({ name }) => name).join(',')} by ${posts ? 'in, posted' : keys.form}${batch === undefined ? '' : `, ${batch.reads} in a batch`}`])],
    ...(filter.residual === undefined ? {} : { residual: filter.residual }),
    ...(keys.form === undefined ? {} : { keyForm: keys.form }), ...batchKeysOf(keys, posts, batch),
    ...(cast.segment === '' ? {} : { cast: true as const }), ...(expands.taken.length === 0 ? {} : { expands: expands.taken }),
  })
}

/** What the type of the set declares: rows of a set that is not cast have only that. */
function declaredColumns({ target: { model }, entitySet, columns }: ScanRequest): ReadonlyMap<string, { readonly nullable: boolean }> {
  const type = model.entityType(model.container?.entitySets.get(entitySet)?.entityType ?? '')
  return new Map(columns.flatMap(({ name }) => {
    const property = type === undefined ? undefined : model.property(type, name)
    return property === undefined ? [] : [[name, { nullable: property.type.nullable }] as const]
  }))
}

/** More keys than usual go in the body of a request. */
function batchKeysOf({ limit }: TakenKeys, posts: boolean, batch: TakenBatch | undefined): Pick<Accepted, 'batchKeys'> {
  if (posts) return { batchKeys: limit * POSTED }
  return batch === undefined ? {} : { batchKeys: limit * batch.reads }
}

const distinct = (features: readonly Feature[]): readonly Feature[] => [...new Set(features)]

/** Of a set that is not cast, what only the derived type has can be neither selected nor looked at. */
function seenUncast({ target: { model }, entitySet, entityType }: ScanRequest, { left }: Cast, declared: Restrictions): Restrictions {
  if (!left) return declared
  const base = model.entityType(model.container?.entitySets.get(entitySet)?.entityType ?? '')
  const type = model.structured(entityType)
  const own = type === undefined ? [] : model.properties(type).map(({ name }) => name).filter((name) => base === undefined || model.property(base, name) === undefined)
  return { ...declared, select: false, nonFilterable: new Set([...declared.nonFilterable, ...own]), nonSortable: new Set([...declared.nonSortable, ...own]) }
}

function requireFilter(want: ScanRequest, declared: Restrictions, filter: TakenFilter, keyed: boolean): void {
  if (!declared.requiresFilter && declared.requiredProperties.length === 0) return
  const lacking = declared.requiredProperties.filter((name) => !filter.columns.has(name) && !(keyed && want.keys.some((key) => key.name === name)))
  if ((filter.text !== undefined || keyed) && lacking.length === 0) return
  throw hubError('HUB_QUERY_INVALID', {
    what: `The entity set ${want.entitySet} of ${want.target.slug} may only be read with a filter${lacking.length === 0 ? '' : ` on ${lacking.join(', ')}`}.`,
    hint: 'Its contract says so (Capabilities.FilterRestrictions).',
  })
}

