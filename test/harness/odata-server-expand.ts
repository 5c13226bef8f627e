import type { ServedNavigation, ServedProperty, ServedSet, ServedSets } from './odata-server-contract.js'
import { orderOf, predicateOf, Refusal, type LanguageOptions, type Row, type TypeOf } from './odata-server-language.js'
import { writeRow } from './odata-server-writing.js'

/**
 * What a server gets wrong that expands: `pages`: three rows and a link. `cut`: three rows, and not a word of the others. `inner-join`: rows without
 * related ones are left out. `empty`: nothing within any row. `keys-only`: related rows hold their key alone. `bare`: nested options are passed over.
 * `outer-filter`: a nested filter leaves out rows. `global-top`: a nested `$top` counts over all rows. `disorder`: a nested `$orderby` is passed over. `own-count`: a nested `$count` counts what comes. `uncounted`: a nested `$count` is refused. `cut-uncounted`: both.
 */
export type ExpandFlaw = 'pages' | 'cut' | 'inner-join' | 'empty' | 'keys-only' | 'bare' | 'outer-filter' | 'global-top' | 'disorder' | 'own-count' | 'uncounted' | 'cut-uncounted'

export const expandFlaws: readonly ExpandFlaw[] = ['pages', 'cut', 'inner-join', 'empty', 'keys-only', 'bare', 'outer-filter', 'global-top', 'disorder', 'own-count', 'uncounted', 'cut-uncounted']

/** One navigation property that is expanded. */
export interface Expanding {
  readonly name: string
  /** The rows that come at all. */
  outer(rows: readonly Row[]): readonly Row[]
  /** The members it adds to a row, as JSON. */
  members(row: Row, ieee754: boolean): readonly string[]
}

interface Served {
  readonly sets: ServedSets
  readonly set: ServedSet
  readonly flaw: ExpandFlaw | undefined
  readonly language: LanguageOptions
  readonly typesOf: (set: ServedSet) => TypeOf
}

const SMALL = 3
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Text split at signs that stand outside of quotes and parentheses. */
function split(text: string, sign: string): readonly string[] {
  const parts: string[] = ['']
  let depth = 0
  let quoted = false
  for (const char of text) {
    if (char === "'") quoted = !quoted
    else if (!quoted && char === '(') depth++
    else if (!quoted && char === ')') depth--
    if (!quoted && depth === 0 && char === sign) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts
}

/** The columns that tell what belongs together. */
function pairsOf(navigation: ServedNavigation, sets: ServedSets): readonly { readonly from: string; readonly to: string }[] {
  const back = sets[navigation.target]?.navigation?.find(({ name }) => name === navigation.partner)
  return navigation.via ?? navigation.on ?? (back?.via ?? back?.on ?? []).map(({ from, to }) => ({ from: to, to: from }))
}

/** The rows a navigation property leads to from a row. */
export function relatedRows(row: Row, navigation: ServedNavigation, sets: ServedSets, folds = false): readonly Row[] {
  const pairs = pairsOf(navigation, sets)
  const rows = sets[navigation.target]?.rows ?? []
  const folded = (value: unknown): string => (folds || guid.test(String(value)) ? String(value).toLowerCase() : String(value))
  return pairs.length === 0 ? [] : rows.filter((one) => pairs.every(({ from, to }) => row[from] !== null && row[from] !== undefined && folded(row[from]) === folded(one[to])))
}

/** What `$expand` asks for. @throws Refusal for a navigation property the set does not have, and for options it does not know */
export function expandingOf(text: string, served: Served): readonly Expanding[] {
  return split(text, ',').map((item) => {
    const [, name = '', nested] = /^([\p{L}_][\p{L}\p{N}_]*)(?:\((.*)\))?$/su.exec(item.trim()) ?? []
    const navigation = served.set.navigation?.find((one) => one.name === name)
    const target = served.sets[navigation?.target ?? '']
    if (navigation === undefined || target === undefined) throw new Refusal(400, `no navigation property ${name}`)
    const options = new Map((nested === undefined ? [] : split(nested, ';')).map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const))
    return expanding(navigation, target, options, served)
  })
}

function expanding(navigation: ServedNavigation, target: ServedSet, options: ReadonlyMap<string, string>, { sets, flaw, language, typesOf }: Served): Expanding {
  const heeded = flaw === 'bare' ? new Map<string, string>() : options
  const [select, filter, orderby, top] = ['$select', '$filter', '$orderby', '$top'].map((name) => heeded.get(name))
  const offered = ['$select', '$filter', '$orderby', '$top', ...(flaw?.endsWith('uncounted') === true ? [] : ['$count'])]
  for (const name of options.keys()) if (!offered.includes(name)) throw new Refusal(501, `${name} within $expand is not supported`)
  const names = flaw === 'keys-only' ? target.key : select?.split(',')
  for (const name of names ?? []) if (!target.properties.some((property) => property.name === name)) throw new Refusal(400, `no property ${name}`)
  const properties = names === undefined ? target.properties : target.properties.filter(({ name }) => names.includes(name))
  const matches = filter === undefined || flaw === 'outer-filter' ? (): boolean => true : predicateOf(filter, typesOf(target), language)
  const compare = orderby === undefined || flaw === 'disorder' ? undefined : orderOf(orderby, typesOf(target), language)
  let left = top === undefined ? Infinity : Number(top)
  const cutOff = (rows: readonly Row[]): readonly Row[] => {
    if (top === undefined) return rows
    if (flaw !== 'global-top') return rows.slice(0, Number(top))
    const taken = rows.slice(0, left)
    left -= taken.length
    return taken
  }
  const related = (row: Row): readonly Row[] => relatedRows(row, navigation, sets, language.caseInsensitive)
  const found = (row: Row): Found => {
    const all = flaw === 'empty' ? [] : related(row).filter(matches)
    const rows = cutOff(compare === undefined ? all : all.toSorted(compare))
    return { rows, ...(heeded.get('$count') === 'true' ? { count: flaw === 'own-count' ? rows.length : all.length } : {}) }
  }
  const outerFilter = filter === undefined || flaw !== 'outer-filter' ? undefined : predicateOf(filter, typesOf(target), language)
  return {
    name: navigation.name,
    outer: (rows) => (flaw === 'inner-join' ? rows.filter((row) => related(row).length > 0) : outerFilter === undefined ? rows : rows.filter((row) => related(row).some(outerFilter))),
    members: (row, ieee754) => membersOf(navigation, found(row), { properties, ieee754, flaw }),
  }
}

interface Found {
  readonly rows: readonly Row[]
  readonly count?: number
}

function membersOf({ name, collection }: ServedNavigation, { rows, count }: Found, { properties, ieee754, flaw }: { readonly properties: readonly ServedProperty[]; readonly ieee754: boolean; readonly flaw: ExpandFlaw | undefined }): readonly string[] {
  const written = rows.map((row) => writeRow(row, properties, ieee754))
  if (!collection) return [`${JSON.stringify(name)}:${written[0] ?? 'null'}`]
  const short = (flaw === 'pages' || flaw?.startsWith('cut') === true) && rows.length > SMALL
  const link = short && flaw === 'pages' ? [`"${name}@odata.nextLink":"elsewhere"`] : []
  const counted = count === undefined ? [] : [`"${name}@odata.count":${ieee754 ? `"${count}"` : count}`]
  return [...counted, `${JSON.stringify(name)}:[${(short ? written.slice(0, SMALL) : written).join(',')}]`, ...link]
}

/** The members that expanding adds to a row. */
export const expandedMembers = (row: Row, { expanding, ieee754 }: { readonly expanding: readonly Expanding[]; readonly ieee754: boolean }): readonly string[] => expanding.flatMap((one) => one.members(row, ieee754))
