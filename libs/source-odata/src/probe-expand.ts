import type { NavigationProperty } from '@tributary/edm'
import { comparatorOf, hashKey, inlineColumns, type Value } from '@tributary/plan'
import { expandsProbed } from '@tributary/source'
import { partnerOf, type ExpandTrial, type Related } from './expand-trial.js'
import { relatedByKeys } from './probe-related.js'
import { printValue } from './print-filter.js'
import { columnsOfType } from './probed-columns.js'
import type { Sample } from './probe-instances.js'
import { ask, identityOf, isAsked, note, noteFact, type Session } from './probe-session.js'
import { baseFilter, shapeRows } from './probe-shape.js'
import { restrictionsOf } from './restrictions.js'

/** Rows of an experiment; fewer where their filter is longer than what every remote takes. */
const MOST_ROWS = 10
const LONGEST_FILTER = 500

/** What came within each row; undefined: a link to more. */
type Given = readonly { readonly row: readonly Value[]; readonly related: readonly Related[] | undefined; readonly count: Value }[]

/**
 * Expands known rows and compares what comes within them with what belongs to each by keys. Proven only where all of the rows come as they are
 * without it, those that have no related row among them: a remote that joins with `$expand` may leave them out.
 */
export async function probeExpands(session: Session, sample: Sample): Promise<void> {
  const { target: { model }, entitySet } = session
  const type = model.entityType(model.container?.entitySets.get(entitySet)?.entityType ?? '')
  const declared = restrictionsOf(model, entitySet)
  if (type === undefined || !declared.expandable || !isAsked(session, 'expand')) return
  const navigations = model.navigations(type).slice(0, expandsProbed).filter(({ name }) => !declared.nonExpandable.has(name))
  for (const navigation of navigations) {
    const trial = trialOf(session, navigation, sample)
    if (trial === undefined) note(session, `expand:${navigation.name}`, 'inexact', 'no known rows could be asked for')
    else await probeExpand(session, trial)
  }
}

function trialOf(session: Session, navigation: NavigationProperty, sample: Sample): ExpandTrial | undefined {
  const { target: { model }, columns } = session
  const type = model.entityType(navigation.target)
  const known = type === undefined ? undefined : columnsOfType(model, type)
  const foreign = navigation.constraints.map(({ property }) => columns.findIndex(({ name }) => name === property))
  const without = foreign.length === 0 ? [] : sample.rows.filter((row) => foreign.some((at) => row[at] === null)).slice(0, 2)
  const { rows, base } = fittingRows(session, [...new Set([...without, ...shapeRows(sample)])].slice(0, MOST_ROWS))
  if (type === undefined || known === undefined || base === undefined || rows.length < 2) return undefined
  const back = navigation.collection ? partnerOf(navigation, session)?.constraints.map(({ property }) => property) ?? [] : navigation.constraints.map(({ referencedProperty }) => referencedProperty)
  const wanted = new Set([...known.key, ...back])
  return { navigation, type, entitySet: model.bindingTarget(session.entitySet, navigation.name), columns: known.columns.filter(({ name }) => wanted.has(name)), key: known.key, rows, base }
}

/** As many of the rows as a short filter asks for. */
function fittingRows(session: Session, rows: ExpandTrial['rows']): { readonly rows: ExpandTrial['rows']; readonly base: string | undefined } {
  const base = baseFilter(session, rows)
  return base === undefined || base.length <= LONGEST_FILTER || rows.length <= 2 ? { rows, base } : fittingRows(session, rows.slice(0, -1))
}

async function probeExpand(session: Session, trial: ExpandTrial): Promise<void> {
  const feature = `expand:${trial.navigation.name}`
  const select = `$select=${trial.columns.map(({ name }) => name).join(',')}`
  let given = await expanded(session, trial, [select])
  if (given === undefined) {
    given = await expanded(session, trial, [])
    if (given === undefined) return note(session, feature, 'unsupported', 'the remote refused it')
    note(session, `${feature}:select`, 'unsupported', 'the remote refused it')
  }
  if (given === 'otherwise') return note(session, feature, 'unsupported', 'known rows did not come as they do without it')
  const filled = given.filter(({ related = [] }) => related.length > 0)
  if (filled.length === 0) return note(session, feature, 'inexact', 'known rows came, and nothing within them')
  const right = await agrees(session, trial, given)
  if (right !== true) return note(session, feature, right === undefined ? 'inexact' : 'unsupported', right === undefined ? 'nothing tells which rows belong together' : 'other rows came within known ones than belong to them')
  const lonely = given.some(({ related }) => related?.length === 0) || (!trial.navigation.nullable && !trial.navigation.collection)
  const emptied = trial.navigation.collection && (await probeNestedFilter(session, trial, filled[0]?.related?.[0]))
  if (!lonely && !emptied) return note(session, feature, 'inexact', 'the right rows came within known ones, all of which have some')
  const largest = Math.max(...given.map(({ related = [] }) => related.length))
  noteFact(session, feature, { trust: 'exact', why: 'known rows came with the rows that belong to them', ...(trial.navigation.collection ? { upTo: largest } : {}) })
  if (trial.navigation.collection && largest > 1) await probeNestedTop(session, trial, given)
}

/** Known rows with what came within them; `otherwise`: not these rows, or not in that way; undefined: refused. */
async function expanded(session: Session, { navigation: { name, collection }, columns, rows, base }: ExpandTrial, nested: readonly string[]): Promise<Given | 'otherwise' | undefined> {
  const within = inlineColumns(name, collection, columns)
  const answer = await ask(session, [{ name: '$filter', text: base }, { name: '$expand', text: nested.length === 0 ? name : `${name}(${nested.join(';')})` }], { columns: [...session.columns, ...within] })
  if (answer === undefined) return undefined
  const known = new Set(rows.map((row) => identityOf(session, row)))
  const at = session.columns.length
  const same = !answer.more && answer.rows.length === known.size && answer.rows.every((row) => known.has(identityOf(session, row)))
  if (!same || new Set(answer.rows.map((row) => identityOf(session, row))).size !== known.size) return 'otherwise'
  const given = answer.rows.map((row) => ({ row, related: row[at + 1] === undefined || row[at + 1] === null ? relatedIn(row[at], collection) : undefined, more: typeof row[at + 1] === 'string', count: row[at + 2] }))
  return given.some(({ related, more }) => related === undefined && !more) ? 'otherwise' : given
}

/** Undefined: it is not what a navigation holds. */
function relatedIn(value: Value, collection: boolean): readonly Related[] | undefined {
  if (collection) return Array.isArray(value) && value.every(isObject) ? (value as readonly Related[]) : undefined
  return value === null ? [] : isObject(value) ? [value] : undefined
}

const isObject = (value: Value): value is Related => typeof value === 'object' && value !== null && !Array.isArray(value)

const identityWithin = ({ columns, key }: ExpandTrial, related: Related): string =>
  hashKey(key.map((name) => columns.find((column) => column.name === name)?.type ?? { name: 'null', base: 'null', collection: false }), key.map((name) => related[name]))

/** Whether the rows within known rows are those that belong to them; undefined: nothing tells. */
async function agrees(session: Session, trial: ExpandTrial, given: Given): Promise<boolean | undefined> {
  const complete = given.flatMap(({ row, related }) => (related === undefined ? [] : [{ row, related }]))
  const expected = await relatedByKeys(session, trial, complete)
  if (expected === undefined) return undefined
  const compared = complete.flatMap(({ row, related }) => {
    const right = expected.get(identityOf(session, row))
    return right === undefined ? [] : [{ right: right.map((one) => identityWithin(trial, one)).toSorted().join('\n'), given: related.map((one) => identityWithin(trial, one)).toSorted().join('\n') }]
  })
  return compared.some((one) => one.given !== '') ? compared.every((one) => one.given === one.right) : undefined
}

/** A nested filter that nothing meets: proves that nested filters are honoured, and that rows come of which nothing is left within. */
async function probeNestedFilter(session: Session, trial: ExpandTrial, some: Related | undefined): Promise<boolean> {
  const feature = `expand:${trial.navigation.name}:filter`
  const key = trial.columns.find(({ name }) => name === trial.key[0])
  if (key === undefined || some === undefined) return false
  const text = printValue(key.type, some[key.name])
  const given = await expanded(session, trial, [`$filter=${key.name} eq ${text} and ${key.name} ne ${text}`])
  const right = typeof given === 'object' && given.every(({ related }) => related?.length === 0)
  note(session, feature, right ? 'exact' : 'unsupported', right ? 'a filter that nothing meets left all rows, and nothing within them' : given === undefined ? 'the remote refused it' : given === 'otherwise' ? 'it filtered the rows themselves' : 'the remote passed it over')
  return right
}

/** The last row by its key within each; and how many there are, those included that do not come. */
async function probeNestedTop(session: Session, trial: ExpandTrial, all: Given): Promise<void> {
  const feature = `expand:${trial.navigation.name}`
  const last = [`$orderby=${trial.key.map((name) => `${name} desc`).join(',')}`, '$top=1']
  const counted = await expanded(session, trial, [...last, '$count=true'])
  const given = counted ?? (await expanded(session, trial, last))
  const right = typeof given === 'object' && given.every(({ row, related }) => isLast(session, trial, { all, row, related }))
  note(session, `${feature}:top`, right ? 'exact' : 'unsupported', right ? 'each row came with the last of its own' : given === undefined ? 'the remote refused it' : 'other rows came than the last of each row')
  const numbers = typeof counted === 'object' && counted.every(({ row, count }) => Number(count ?? Number.NaN) === relatedTo(session, all, row).length)
  note(session, `${feature}:count`, numbers ? 'exact' : 'unsupported', numbers ? 'related rows were counted that did not come' : counted === undefined ? 'the remote refused it' : 'related rows were not counted as they are')
}

const relatedTo = (session: Session, all: Given, row: readonly Value[]): readonly Related[] => all.find((one) => identityOf(session, one.row) === identityOf(session, row))?.related ?? []

function isLast(session: Session, trial: ExpandTrial, { all, row, related }: { readonly all: Given; readonly row: readonly Value[]; readonly related: readonly Related[] | undefined }): boolean {
  const expected = relatedTo(session, all, row).toSorted(descending(trial)).slice(0, 1)
  return related?.length === expected.length && related.every((one, index) => identityWithin(trial, one) === identityWithin(trial, expected[index] ?? {}))
}

const descending = ({ columns, key }: ExpandTrial) => (a: Related, b: Related): number => {
  for (const name of key) {
    const type = columns.find((column) => column.name === name)?.type
    const order = type === undefined ? 0 : comparatorOf(type)(b[name], a[name])
    if (order !== 0) return order
  }
  return 0
}
