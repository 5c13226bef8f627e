import { randomOf, type Row, type ServedProperty } from '../harness/odata-server.js'
import { allTypes, cell, diceOf, keyTypes, keyValue, type Dice } from './random-rows.js'

/** How rows of one set lead to rows of another, by exposed names. */
export interface Navigation {
  readonly name: string
  readonly target: string
  readonly toMany: boolean
  readonly on: readonly { readonly from: string; readonly to: string }[]
  /** False: a to-one whose rows may meet two, which has to be refused. */
  readonly unique: boolean
}

export interface ModelSet {
  readonly name: string
  /** Number of the source that serves it. */
  readonly source: number
  readonly key: readonly string[]
  readonly properties: readonly ServedProperty[]
  /** A property that holds many texts, beside the others. */
  readonly marks?: ServedProperty
  readonly rows: readonly Row[]
  /** Exposed → remote names, where they differ. */
  readonly renamed: ReadonlyMap<string, string>
  readonly navigations: readonly Navigation[]
  typeOf(property: string): string
  navigation(name: string): Navigation
}

/** Sets over several sources, their rows, and what relates them. */
export interface Model {
  readonly seed: number
  readonly sources: number
  readonly sets: readonly ModelSet[]
  set(name: string): ModelSet
}

interface Draft {
  readonly name: string
  readonly source: number
  readonly key: string[]
  readonly properties: ServedProperty[]
  marks?: ServedProperty
  readonly rows: Record<string, unknown>[]
  readonly renamed: Map<string, string>
  readonly navigations: Navigation[]
}

const setNames = ['Customers', 'Orders', 'Lines', 'Products', 'Regions', 'Größen']

/** A model from its seed; `rowSeed` gives other rows of the same model, as another principal would see them. */
export function modelOf(seed: number, rowSeed = seed): Model {
  const shape = diceOf(randomOf(seed))
  const fill = diceOf(randomOf(rowSeed * 7919 + 13))
  const sources = shape.whole(2, 4)
  const drafts = setNames.slice(0, Math.max(sources, shape.whole(2, 6))).map((name, index) => draftOf(name, index < sources ? index : shape.whole(0, sources - 1), shape))
  const references = drafts.flatMap((from, index) => (index === 0 ? (shape.chance(0.3) ? [referenceTo(from, from, shape)] : []) : parentsOf(drafts, index, shape).map((to) => referenceTo(from, to, shape))))
  const kindred = [kindredOf(drafts, shape)]
  for (const draft of drafts) for (const type of shape.chance(0.3) ? allTypes : some(allTypes, shape)) draft.properties.push({ name: `P${draft.properties.length}`, type })
  for (const draft of drafts) if (shape.chance(0.6)) draft.marks = { name: 'Marks', type: 'Collection(Edm.String)', nullable: false }
  for (const draft of drafts) fillRows(draft, fill)
  for (const reference of references) fillReference(reference, fill)
  for (const { left, right, name } of kindred) relate(left, right, name)
  for (const draft of drafts) for (const { name } of draft.properties) if (shape.chance(0.2)) draft.renamed.set(name, `${name}_remote`)
  const sets = new Map(drafts.map((draft) => [draft.name, setOf(draft)]))
  return { seed, sources, sets: [...sets.values()], set: (name) => known(sets.get(name), name) }
}

const some = <T>(list: readonly T[], dice: Dice): readonly T[] => list.filter(() => dice.chance(0.5))

function known<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`the model has no ${name}`)
  return found
}

const setOf = (draft: Draft): ModelSet => ({
  ...draft,
  typeOf: (name) => known(draft.properties.find((property) => property.name === name), name).type,
  navigation: (name) => known(draft.navigations.find((navigation) => navigation.name === name), name),
})

function draftOf(name: string, source: number, dice: Dice): Draft {
  const composite = dice.chance(0.25)
  const key = composite ? ['K1', 'K2'] : ['Id']
  const properties = key.map((column): ServedProperty => ({ name: column, type: dice.pick(keyTypes), nullable: false }))
  return { name, source, key, properties, rows: [], renamed: new Map(), navigations: [] }
}

/** One or two of the sets before. */
function parentsOf(drafts: readonly Draft[], index: number, dice: Dice): readonly Draft[] {
  const before = drafts.slice(0, index)
  const first = dice.pick(before)
  const second = dice.pick(before)
  return dice.chance(0.4) && second !== first ? [first, second] : [first]
}

interface Reference {
  readonly from: Draft
  readonly to: Draft
  readonly on: readonly { readonly from: string; readonly to: string }[]
}

/** Foreign key columns, and the navigations they give. */
function referenceTo(from: Draft, to: Draft, dice: Dice): Reference {
  const own = from === to
  const name = own ? 'Parent' : to.name.slice(0, -1)
  const on = to.key.map((column) => ({ from: `${name}_${column}`, to: column }))
  for (const { from: column, to: target } of on) {
    const type = known(to.properties.find((property) => property.name === target), target).type
    from.properties.push({ name: column, type: foreignType(type, dice), nullable: true })
  }
  from.navigations.push({ name, target: to.name, toMany: false, on, unique: true })
  if (dice.chance(0.85)) {
    to.navigations.push({ name: own ? 'Children' : `${from.name}Of`, target: from.name, toMany: true, on: on.map((pair) => ({ from: pair.to, to: pair.from })), unique: true })
  }
  return { from, to, on }
}

const foreignTypes: Readonly<Record<string, readonly string[]>> = { 'Edm.Int32': ['Edm.Int64', 'Edm.Decimal', 'Edm.String'], 'Edm.Int64': ['Edm.Decimal', 'Edm.String'], 'Edm.Guid': ['Edm.String'] }

/** Now and then the foreign key is of a wider type of number than the key it means, or a text that is written of it. */
const foreignType = (type: string, dice: Dice): string => (dice.chance(0.25) ? dice.pick(foreignTypes[type] ?? [type]) : type)

/** A key as a column of another type holds it; some texts only look like it. */
function keyAs(type: string, value: unknown, dice: Dice): unknown {
  if (value === null || value === undefined || type === 'Edm.Int32') return value
  const text = String(value)
  if (type !== 'Edm.String') return type === 'Edm.Int64' || type === 'Edm.Decimal' ? text : value
  return text.includes('-4000-8000-') ? dice.pick([text, text.toUpperCase(), `{${text}}`]) : dice.chance(0.15) ? dice.pick([`0${text}`, ` ${text}`, `+${text}`]) : text
}

interface Kindred {
  readonly left: Draft
  readonly right: Draft
  readonly name: string
}

/** Two sets that share a column which is no key: many relate to many, and a to-one over it may meet two rows. */
function kindredOf(drafts: readonly Draft[], dice: Dice): Kindred {
  const left = dice.pick(drafts)
  const right = dice.pick(drafts)
  const type = dice.pick(['Edm.String', 'Edm.Int32', 'Edm.Date', 'Edm.Guid'])
  for (const draft of new Set([left, right])) draft.properties.push({ name: 'Tag', type })
  return { left, right, name: 'Tag' }
}

function relate(left: Draft, right: Draft, column: string): void {
  const on = [{ from: column, to: column }]
  left.navigations.push({ name: 'SameTag', target: right.name, toMany: true, on, unique: true }, { name: 'OneTag', target: right.name, toMany: false, on, unique: false })
}

function fillRows(draft: Draft, dice: Dice): void {
  const count = dice.whole(12, 45)
  for (let index = 0; index < count; index++) {
    const row: Record<string, unknown> = {}
    for (const property of draft.properties) row[property.name] = cell(property, draft.rows, property.name, dice)
    const [first = '', second] = draft.key
    const typeOf = (name: string): string => known(draft.properties.find((property) => property.name === name), name).type
    row[first] = keyValue(typeOf(first), second === undefined ? index : Math.floor(index / 4))
    if (second !== undefined) row[second] = keyValue(typeOf(second), index % 4)
    if (draft.marks !== undefined) row[draft.marks.name] = Array.from({ length: dice.whole(0, 3) }, () => dice.pick(['red', 'Red', 'blue', 'x/y', "O'Neil", '']))
    draft.rows.push(row)
  }
  for (let index = draft.rows.length - 1; index > 0; index--) {
    const other = dice.whole(0, index)
    const [a, b] = [draft.rows[index], draft.rows[other]]
    if (a !== undefined && b !== undefined) [draft.rows[index], draft.rows[other]] = [b, a]
  }
}

/** Foreign keys: half of them lead to three rows, some nowhere, some are null in one column or all. */
function fillReference({ from, to, on }: Reference, dice: Dice): void {
  for (const row of from.rows) {
    const target = dice.chance(0.5) ? dice.pick(to.rows.slice(0, 3)) : dice.pick(to.rows)
    const dangling = dice.chance(0.08)
    for (const pair of on) {
      const type = known(to.properties.find((property) => property.name === pair.to), pair.to).type
      const meant = dangling ? keyValue(type, 90 + dice.whole(0, 4)) : target[pair.to]
      const own = known(from.properties.find((property) => property.name === pair.from), pair.from).type
      row[pair.from] = dice.chance(0.08) ? null : own === type ? meant : keyAs(own, meant, dice)
    }
    if (dice.chance(0.06)) for (const pair of on) row[pair.from] = swapped(row[pair.from])
  }
}

/** The same text in the other case: a key that only looks alike. */
function swapped(value: unknown): unknown {
  return typeof value === 'string' && !/^[\d-]/.test(value) ? [...value].map((sign) => (sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase())).join('') : value
}
