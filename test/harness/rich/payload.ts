import type { EdmModel, NavigationProperty, Property, StructuredType } from '@tributary/edm'
import type * as Url from '@tributary/odata-url'
import type { Value } from '@tributary/plan'
import { addressOf } from './addresses.js'
import { annotationsOf, annotationsWithin, isWished } from './annotations.js'
import { nothing, valueItem, type Item, type Scope } from './evaluate.js'
import { choose } from './options.js'
import { etagOf, related, structuredOf, type Entity, type Media } from './store.js'
import { computedMember, fromPlain, NumberText, parseJson, Refusal, typeMember, writeScalar, type Json } from './values.js'

/** How an answer is written. */
export interface Format {
  readonly metadata: 'minimal' | 'full' | 'none'
  readonly ieee754: boolean
  /** The character set was asked for by name. */
  readonly charset?: boolean
  readonly version: '4.0' | '4.01'
  /** Annotations that are wanted, as a preference has them. */
  readonly annotations?: string
  /** The service root, ends in `/`. */
  readonly root: string
}

/** What is wanted of an instance. */
export interface Wanted {
  readonly select?: readonly Url.SelectItem[] | undefined
  readonly expand?: readonly Url.ExpandItem[] | undefined
}

/** What is being written: the format and what expressions need. */
export interface Writing {
  readonly format: Format
  readonly scope: Scope
}

/** The name of a piece of control information: prefixed before 4.01. */
export const control = ({ version }: Format, name: string): string => (version === '4.01' ? `@${name}` : `@odata.${name}`)
const fragment = ({ version }: Format, type: string): string => (version === '4.01' || !type.includes('Edm.') ? `#${type.replace('Edm.', '')}` : `#${type.replace('Edm.', '')}`)

/** An entity as JSON, without its context. */
export function writeEntity(outer: Writing, one: Entity, declared: string, wanted: Wanted): Record<string, Json> {
  // `$it` is the outermost entity, in the options of whatever is written within it
  const writing = outer.scope.it === nothing ? { ...outer, scope: { ...outer.scope, it: { kind: 'entity' as const, entity: one } } } : outer
  const { format, scope: { model } } = writing
  const address = addressOf(model, one)
  const full = format.metadata === 'full'
  const etag = etagOf(one)
  const media = one.streams['']
  return {
    ...(full || (format.metadata === 'minimal' && one.type !== declared) ? { [control(format, 'type')]: `#${one.type}` } : {}),
    ...(full ? { [control(format, 'id')]: `${format.root}${address}`, [control(format, 'editLink')]: `${format.root}${address}` } : {}),
    ...(etag === undefined || format.metadata === 'none' ? {} : { [control(format, 'etag')]: etag }),
    ...(media === undefined || format.metadata === 'none' ? {} : { [control(format, 'mediaContentType')]: media.type, [control(format, 'mediaEtag')]: mediaTag(media.version), ...(full ? { [control(format, 'mediaReadLink')]: `${format.root}${address}/$value`, [control(format, 'mediaEditLink')]: `${format.root}${address}/$value` } : {}) }),
    ...wishedOf(format, one, wanted),
    ...writeMembers(writing, { owner: one, type: structuredOf(model, one.type), values: one.values, path: '' }, wanted),
    ...(wanted.expand?.some(({ target }) => target === '$value') === true ? { $value: media === undefined ? null : Buffer.from(media.bytes).toString('base64url') } : {}),
  }
}

function wishedOf({ annotations: wish }: Format, one: Entity, { select }: Wanted): Record<string, Json> {
  const isShown = (name: string): boolean => select === undefined || select.some((item) => item.kind === 'all' || (item.kind === 'path' && item.segments.some((segment) => 'name' in segment && segment.name === name)))
  return Object.fromEntries(Object.entries(annotationsOf(one, isShown)).filter(([name]) => wish !== undefined && isWished(wish, name.slice(name.indexOf('@') + 1))))
}

/** A count is an Int64. @see OData JSON Format 4.01 section 3.2 */
export const countText = ({ ieee754 }: Format, total: number): Json => (ieee754 ? String(total) : new NumberText(String(total)))

export const mediaTag = (version: number): string => `"m${version}"`

/** An entity, or a complex value of one. */
interface Instance {
  readonly owner: Entity | undefined
  readonly type: StructuredType
  readonly values: Readonly<Record<string, Value>>
  /** The property path from the entity, '' or ending in `/`. */
  readonly path: string
}

type Selection = ReadonlyMap<string, Wanted & Choice>
type Choice = Partial<Pick<Url.QueryOptions, 'filter' | 'search' | 'orderby' | 'skip' | 'top' | 'count' | 'compute'>>

/** What is selected by name; undefined: everything. */
function selectionOf(model: EdmModel, { type, values }: Instance, items: readonly Url.SelectItem[] | undefined): Selection | undefined {
  if (items === undefined || items.some(({ kind }) => kind === 'all')) return undefined
  const found = new Map<string, Wanted & Choice>()
  for (const item of items) {
    if (item.kind !== 'path') continue
    const [first, ...rest] = item.segments[0]?.kind === 'cast' ? applies(model, type, item.segments) : item.segments
    if (first === undefined || !('name' in first)) continue
    if (first.kind === 'unknown' && !type.open && !(first.name in values)) throw new Refusal(400, `${type.name} has no property ${first.name}`)
    const inner: readonly Url.SelectItem[] | undefined = rest.length === 0 ? item.options?.select : [{ kind: 'path', segments: rest, span: item.span, ...(item.options === undefined ? {} : { options: item.options }) }]
    const before = found.get(first.name)
    const { filter, search, orderby, skip, top, count, compute } = rest.length === 0 ? item.options ?? {} : {}
    const choice = Object.fromEntries(Object.entries({ filter, search, orderby, skip, top, count, compute }).filter(([, value]) => value !== undefined)) as Choice
    found.set(first.name, { ...choice, select: found.has(first.name) ? before?.select === undefined || inner === undefined ? undefined : [...before.select, ...inner] : inner })
  }
  return found
}

function applies(model: EdmModel, type: StructuredType, [cast, ...rest]: readonly Url.SelectSegment[]): readonly Url.SelectSegment[] {
  return cast?.kind === 'cast' && model.derivesFrom(type.qualifiedName, cast.type) ? rest : []
}

function writeMembers(writing: Writing, instance: Instance, wanted: Wanted): Record<string, Json> {
  const { scope: { model } } = writing
  const selection = selectionOf(model, instance, wanted.select)
  const expands = (wanted.expand ?? []).flatMap((item) => expandHere(model, instance.type, item))
  const json: Record<string, Json> = {}
  for (const property of model.properties(instance.type)) {
    const inner = expands.filter(({ name, rest }) => name === property.name && (rest.length > 0 || property.type.name === 'Edm.Stream')).map(({ item, rest }): Url.ExpandItem => ({ ...item, target: rest }))
    // an expand into a complex property brings that property, with nothing else in it, where it is not selected
    const selected = selection === undefined || selection.has(property.name)
    if (selected || inner.length > 0) writeProperty(writing, instance, property, { json, wanted: { ...(selected ? selection?.get(property.name) : { select: [] }), expand: inner } })
  }
  Object.assign(json, writeUndeclared(writing, instance, selection))
  if (instance.owner !== undefined) {
    for (const navigation of model.navigations(instance.type)) {
      const expanded = expands.filter(({ name, rest }) => name === navigation.name && rest.length === 0)
      if (writing.format.metadata === 'full') Object.assign(json, writeLinks(writing, instance, navigation, selection))
      Object.assign(json, writeWays(writing, instance, navigation, expanded))
    }
  }
  return json
}

interface ExpandHere {
  readonly name: string
  readonly rest: readonly Url.SelectSegment[]
  readonly item: Url.ExpandItem
  /** The cast before it. */
  readonly only?: string
}

function expandHere(model: EdmModel, type: StructuredType, item: Url.ExpandItem): readonly ExpandHere[] {
  if (item.target === 'all') return model.navigations(type).map(({ name }) => ({ name, rest: [], item }))
  if (item.target === '$value') return []
  const [first, ...rest] = item.target[0]?.kind === 'cast' ? applies(model, type, item.target) : item.target
  if (first === undefined || !('name' in first)) return []
  if (first.kind === 'unknown') throw new Refusal(400, `${type.name} has no navigation ${first.name}`)
  if (first.kind === 'navigation' && rest.some((one) => one.kind === 'unknown' || one.kind === 'navigation' || one.kind === 'property')) throw new Refusal(400, `a path behind ${first.name} cannot be expanded`)
  // a cast behind the navigation narrows what is expanded
  const only = item.target[0]?.kind === 'cast' ? { only: item.target[0].type } : {}
  if (first.kind === 'navigation') return [{ ...only, name: first.name, rest: [], item: rest.length === 0 ? item : { ...item, target: [first, ...rest] } }]
  return [{ name: first.name, rest, item }]
}

interface Output {
  readonly json: Record<string, Json>
  readonly wanted: Wanted & Choice
}

function writeProperty(writing: Writing, instance: Instance, property: Property, { json, wanted }: Output): void {
  const { format, scope: { model } } = writing
  const { name, type } = property
  if (type.name === 'Edm.Stream') return writeStream(writing, instance, name, { json, bytes: wanted.expand?.some(({ target }) => target.length === 0) === true })
  const value = instance.values[name]
  const simple = ['Edm.String', 'Edm.Boolean', 'Edm.Double'].includes(type.name) && !type.collection
  if (format.metadata === 'full' && value !== null && !simple && (type.collection || model.structured(type.name) === undefined)) json[`${name}${control(format, 'type')}`] = fragment(format, type.collection ? `Collection(${type.name.replace('Edm.', '')})` : type.name)
  if (!type.collection) {
    const made = wanted.compute === undefined || value === null || value === undefined ? undefined : choose(writing.scope, [valueItem(model, type.name, value)], { compute: wanted.compute }).items[0]
    json[name] = writeValue(writing, type.name, made?.kind === 'value' ? made.value : value ?? null, { owner: instance.owner, path: `${instance.path}${name}/`, wanted })
    return
  }
  const all = (Array.isArray(value) ? value : []).map((one: Value): Item => valueItem(model, type.name, one))
  const { items, total } = choose(writing.scope, all, wanted)
  if (wanted.count === true) json[`${name}${control(format, 'count')}`] = countText(format, total)
  json[name] = items.map((item) => writeValue(writing, type.name, item.kind === 'value' ? item.value : null, { owner: undefined, path: '', wanted }))
}

interface Within {
  readonly owner: Entity | undefined
  readonly path: string
  readonly wanted: Wanted
}

/** A primitive, enumeration or complex value as JSON. */
export function writeValue(writing: Writing, declared: string, value: Value, { owner, path, wanted }: Within): Json {
  const { format, scope: { model } } = writing
  if (value === null || value === undefined) return null
  const structured = model.structured(declared)
  if (structured === undefined) return writeScalar(model.type(declared)?.kind === 'enum' ? declared : model.underlying(declared), value, format.ieee754)
  const values = value as Readonly<Record<string, Value>>
  const own = values[typeMember]
  const type = typeof own === 'string' ? structuredOf(model, own) : structured
  const told = format.metadata === 'full' || (format.metadata === 'minimal' && type.qualifiedName !== declared)
  const said = Object.fromEntries(Object.entries(annotationsWithin(type.qualifiedName)).filter(([name]) => format.annotations !== undefined && wanted.select === undefined && isWished(format.annotations, name.slice(name.indexOf('@') + 1))))
  return { ...(told ? { [control(format, 'type')]: `#${type.qualifiedName}` } : {}), ...said, ...writeMembers(writing, { owner, type, values, path }, wanted) }
}

/** JSON as it is, text as a string, the rest in base64url. @see OData JSON Format 4.01 section 9 */
function streamValue({ type, bytes }: Media): Json {
  if (/^application\/json\b/.test(type)) return parseJson(new TextDecoder().decode(bytes))
  return type.startsWith('text/') ? new TextDecoder().decode(bytes) : Buffer.from(bytes).toString('base64url')
}

function writeStream({ format, scope: { model } }: Writing, { owner }: Instance, name: string, { json, bytes }: { readonly json: Record<string, Json>; readonly bytes: boolean }): void {
  const media = owner?.streams[name]
  if (bytes) json[name] = media === undefined ? null : streamValue(media)
  if (format.metadata === 'none' || owner === undefined) return
  const address = `${format.root}${addressOf(model, owner)}/${name}`
  if (media !== undefined) Object.assign(json, { [`${name}${control(format, 'mediaContentType')}`]: media.type, [`${name}${control(format, 'mediaEtag')}`]: mediaTag(media.version) })
  if (format.metadata === 'full') Object.assign(json, { [`${name}${control(format, 'mediaReadLink')}`]: address, [`${name}${control(format, 'mediaEditLink')}`]: address })
}

function writeUndeclared({ format, scope: { model } }: Writing, { type, values, owner, path }: Instance, selection: Selection | undefined): Record<string, Json> {
  const json: Record<string, Json> = {}
  for (const [name, value] of Object.entries(values)) {
    if (name === typeMember || name === computedMember || model.property(type, name) !== undefined || (selection !== undefined && !selection.has(name))) continue
    const computed = (values[computedMember] as Readonly<Record<string, string>> | undefined)?.[name]
    const told = path === '' && owner !== undefined && Object.hasOwn(owner.dynamic, name) ? owner.dynamic[name] : computed
    const annotated = told !== undefined && !['Edm.String', 'Edm.Boolean', 'Edm.Double'].includes(told)
    if (annotated && value !== null && format.metadata !== 'none') json[`${name}${control(format, 'type')}`] = fragment(format, told)
    json[name] = told === undefined ? fromPlain(value) : writeScalar(told, value, format.ieee754)
  }
  return json
}

function writeLinks({ format, scope: { model } }: Writing, { owner, type, path }: Instance, navigation: NavigationProperty, selection: Selection | undefined): Record<string, Json> {
  if (owner === undefined || (selection !== undefined && !selection.has(navigation.name))) return {}
  const base = 'name' in owner.home ? model.container?.entitySets.get(owner.home.name)?.entityType ?? owner.type : owner.type
  const cast = path !== '' || model.navigation(structuredOf(model, base), navigation.name) !== undefined ? '' : `${type.qualifiedName}/`
  const address = `${format.root}${addressOf(model, owner)}/${cast}${path}${navigation.name}`
  return { [`${navigation.name}${control(format, 'associationLink')}`]: `${address}/$ref`, [`${navigation.name}${control(format, 'navigationLink')}`]: address }
}

/** A navigation that is expanded several times, told apart by casts: each entity as the narrowest cast that fits it says. */
function writeWays(writing: Writing, instance: Instance, navigation: NavigationProperty, ways: readonly ExpandHere[]): Record<string, Json> {
  const { model } = writing.scope
  if (ways.length < 2) return ways[0] === undefined ? {} : writeExpanded(writing, instance, navigation, ways[0])
  const fits = ways.filter((way) => !ways.some((other) => other !== way && narrower(model, other.only, way.only)))
  const castOf = ({ item }: ExpandHere): string => castBehind(item) ?? navigation.target
  const json = fits.map((way) => writeExpanded(writing, instance, navigation, { item: way.item, others: fits.filter((other) => other !== way && castOf(other) !== castOf(way) && model.derivesFrom(castOf(other), castOf(way))).map(castOf) }))
  const { name } = navigation
  const values = json.map((one) => one[name])
  return navigation.collection ? { [name]: values.flatMap((one) => (Array.isArray(one) ? (one as readonly Json[]) : [])) } : { [name]: values.find((one) => one !== null) ?? null }
}

const narrower = (model: EdmModel, a: string | undefined, b: string | undefined): boolean => a !== undefined && a !== b && (b === undefined || model.derivesFrom(a, b))

/** The cast behind a navigation in `$expand`. */
function castBehind({ target }: Url.ExpandItem): string | undefined {
  const cast = Array.isArray(target) ? (target as readonly Url.SelectSegment[]).find(({ kind }, index) => kind === 'cast' && index > 0) : undefined
  return cast?.kind === 'cast' ? cast.type : undefined
}

function writeExpanded(writing: Writing, instance: Instance, navigation: NavigationProperty, { item, others }: { readonly item: Url.ExpandItem; readonly others?: readonly string[] }): Record<string, Json> {
  const { format, scope } = writing
  const { name } = navigation
  if (instance.owner === undefined) return {}
  const cast = castBehind(item)
  const all = related(scope.model, scope.store, instance.owner, `${instance.path}${name}`)
    .filter((one) => (cast === undefined || scope.model.derivesFrom(one.type, cast)) && others?.some((other) => scope.model.derivesFrom(one.type, other)) !== true).map((entity): Item => ({ kind: 'entity', entity }))
  const { items, total } = choose({ ...scope, aliases: new Map([...scope.aliases, ...item.options.aliases]) }, all, item.options)
  const entities = items.flatMap((one) => (one.kind === 'entity' ? [one.entity] : []))
  const counted = navigation.collection && (item.options.count === true || item.suffix === '$count') ? { [`${name}${control(format, 'count')}`]: countText(format, total) } : {}
  if (item.suffix === '$count') return counted
  const write = (one: Entity): Json => (item.suffix === '$ref' ? { [control(format, 'id')]: `${format.root}${addressOf(scope.model, one)}` } : writeEntity(writing, one, navigation.target, { select: item.options.select, expand: deeper(item) }))
  return { ...counted, [name]: navigation.collection ? entities.map(write) : entities[0] === undefined ? null : write(entities[0]) }
}

const deepest = 10

/** The nested expands; `$levels` repeats the item below itself. */
function deeper(item: Url.ExpandItem): readonly Url.ExpandItem[] {
  const { levels, ...options } = item.options
  const nested = options.expand ?? []
  const left = levels === 'max' ? deepest : levels ?? 1
  return left <= 1 || item.target === 'all' ? nested : [...nested, { ...item, options: { ...item.options, levels: left - 1 } }]
}
