import { isHubError } from '@tributary/errors'
import { hashKey, parseRows, type Column, type Value } from '@tributary/plan'
import { capabilitiesOf, SourceContradicted, SourceRefused } from '@tributary/source'
import { acceptResource } from './accept-resource.js'
import { partnerOf, type ExpandTrial, type Related } from './expand-trial.js'
import { printEquality } from './print-filter.js'
import { ask, identityOf, ProbeEnded, type Session } from './probe-session.js'
import { readResource } from './read-resource.js'
import { scanOf } from './scan.js'

/** A row, and what came within it. */
interface Expanded {
  readonly row: readonly Value[]
  readonly related: readonly Related[]
}

type RelatedOf = ReadonlyMap<string, readonly Related[]>

/** Rows whose links are read where no column tells what belongs together. */
const MOST_LINKS = 2

/**
 * What belongs to rows, by the identities of these: by the columns of the referential constraint, or by the links of some of the rows.
 * Undefined: nothing tells.
 */
export async function relatedByKeys(session: Session, trial: ExpandTrial, rows: readonly Expanded[]): Promise<RelatedOf | undefined> {
  const { navigation } = trial
  if (!navigation.collection && navigation.constraints.length > 0) return namedByRows(session, trial, rows)
  const back = navigation.collection ? (partnerOf(navigation, session)?.constraints ?? []) : []
  const byColumns = back.length === 0 || trial.entitySet === undefined ? undefined : await namingRows(session, { ...trial, entitySet: trial.entitySet, back }, rows)
  return byColumns ?? byLinks(session, trial, rows)
}

/** The rows of a to-one navigation name the related one: it came, or there is none of that key. */
function namedByRows(session: Session, { navigation: { constraints }, columns: inner }: ExpandTrial, rows: readonly Expanded[]): RelatedOf {
  const types = constraints.map(({ referencedProperty }) => inner.find(({ name }) => name === referencedProperty)?.type ?? { name: 'null', base: 'null' as const, collection: false })
  return new Map(rows.map(({ row, related }) => {
    const named = constraints.map(({ property }) => row[session.columns.findIndex(({ name }) => name === property)])
    const right = !named.includes(null) && related.every((one) => hashKey(types, constraints.map(({ referencedProperty }) => one[referencedProperty])) === hashKey(types, named))
    // What cannot be right is compared with nothing.
    return [identityOf(session, row), right ? related : []]
  }))
}

interface NamingTrial extends ExpandTrial {
  readonly entitySet: string
  readonly back: ExpandTrial['navigation']['constraints']
}

/** Related rows that name the rows they belong to. Undefined: the remote does not give all of them. */
async function namingRows(session: Session, { columns, back, entitySet }: NamingTrial, rows: readonly Expanded[]): Promise<RelatedOf | undefined> {
  const typeOf = (name: string): Column['type'] => columns.find((column) => column.name === name)?.type ?? { name: 'null', base: 'null', collection: false }
  const valuesOf = (row: readonly Value[]): readonly Value[] => back.map(({ referencedProperty }) => row[session.columns.findIndex(({ name }) => name === referencedProperty)])
  const types = back.map(({ property }) => typeOf(property))
  const filter = rows.map(({ row }) => back.map(({ property }, index) => printEquality(property, typeOf(property), valuesOf(row)[index])).join(' and ')).map((text) => (back.length > 1 ? `(${text})` : text)).join(' or ')
  const answer = await ask(session, [{ name: '$filter', text: filter }], { columns, entitySet })
  if (answer === undefined || answer.more) return undefined
  const found = Map.groupBy(answer.rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]]))), (one) => hashKey(types, back.map(({ property }) => one[property])))
  return new Map(rows.map(({ row }) => [identityOf(session, row), found.get(hashKey(types, valuesOf(row))) ?? []]))
}

/** The links of the row with most related ones and of one without: `Orders(1)/Items`. */
async function byLinks(session: Session, trial: ExpandTrial, rows: readonly Expanded[]): Promise<RelatedOf | undefined> {
  const sorted = rows.toSorted((a, b) => b.related.length - a.related.length)
  const chosen = [...new Set([sorted[0], sorted.at(-1)])].flatMap((one) => one ?? []).slice(0, MOST_LINKS)
  const found = new Map<string, readonly Related[]>()
  for (const { row } of chosen) {
    const related = await linkOf(session, trial, row)
    if (related === undefined) return undefined
    found.set(identityOf(session, row), related)
  }
  return found
}

async function linkOf(session: Session, { navigation, type, columns }: ExpandTrial, row: readonly Value[]): Promise<readonly Related[] | undefined> {
  const { target, entitySet, transport, options, keyAt } = session
  if (session.requestsLeft <= 0) throw new ProbeEnded('no request is left')
  const keys = keyAt.map((at, index): Column => ({ name: `~${index}`, type: session.columns[at]?.type ?? { name: 'null', base: 'null', collection: false } }))
  const gap = { key: keyAt.map((at, index) => ({ name: session.columns[at]?.name ?? '', column: `~${index}` })), after: `/${encodeURIComponent(navigation.name)}` }
  const resource = { path: encodeURIComponent(entitySet), single: !navigation.collection, gaps: [gap] }
  const accepted = acceptResource({ target, entitySet: '', entityType: type.qualifiedName, resource, columns: [...columns, ...keys], key: [], order: [], skip: 0, count: false, keys, pageRows: 0 }, resource, capabilitiesOf(new Map()))
  const observe: typeof options.observe = (request) => {
    session.requestsLeft--
    options.observe(request)
  }
  const found: Related[] = []
  try {
    for await (const { page } of readResource(transport, scanOf(accepted), { signal: options.signal, observe, keys: [keyAt.map((at) => row[at])] })) {
      for (const values of page.kind === 'rows' ? page.rows : parseRows(page).rows) found.push(Object.fromEntries(columns.map(({ name }, index) => [name, values[index]])))
    }
    return found
  } catch (error) {
    if (isHubError(error) || error instanceof SourceRefused || error instanceof SourceContradicted) return undefined
    throw error
  }
}
