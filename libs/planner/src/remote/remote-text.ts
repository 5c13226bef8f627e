import { dialect401, encodeQueryText, encodeSegmentText, printExpression, type Expression, type Key, type Literal } from '@tributary/odata-url'
import { bindKey } from '../bind/bind-key.js'
import { invalid } from '../bind/refusal.js'
import { rowScope } from '../bind/row-scope.js'
import { remoteCondition } from './remote-condition.js'
import type { RemoteNaming } from './remote-naming.js'
import type { RemoteWalk } from './walk-state.js'

type KeyValue = Key['parts'][number]['value']

/** A key as its source is told it. */
export interface RemoteKey {
  /** In the remote's names, percent-encoded: always in parentheses, which every service understands. */
  readonly text: string
  /** Its values by exposed property, percent-encoded: what rows behind it have by a referential constraint. */
  readonly values: ReadonlyMap<string, string>
}

/** A part of a key as it was given. `path`: the property it is a value of; undefined: not known. */
interface GivenPart {
  readonly name: string | undefined
  readonly path: string | undefined
  readonly text: string
}

/**
 * A key in the words of its source. Parts that the row before tells may have been left out: they are put in where their values are known.
 * @throws HUB_QUERY_INVALID, HUB_QUERY_TYPE, HUB_QUERY_UNKNOWN_PROPERTY where it is no key of the addressed set
 * @see OData URL Conventions 4.01, section 4.3.2
 */
export function remoteKey(key: Key, walk: RemoteWalk): RemoteKey {
  const { exposure, set, aliases, exposedType, told = new Map() } = walk
  // What is no key of the set is told here, with its nearest name.
  if (set !== undefined && exposedType !== undefined && exposure.model.derivesFrom(exposedType.name, set.entityType)) bindKey(key, rowScope(exposure, set, aliases, exposedType.name), [...told.keys()])
  const parts = wholeKey(givenParts(key, walk), walk)
  return { text: printed(parts, walk), values: new Map(parts.flatMap(({ path, text }) => (path === undefined ? [] : [[path, text] as const]))) }
}

function printed(parts: readonly GivenPart[], { names, exposedType }: RemoteWalk): string {
  const texts = parts.map(({ name, text }) => (name === undefined ? text : `${names.remoteProperty(exposedType?.name ?? '', name)}=${text}`))
  return `(${texts.join(',')})`
}

function givenParts(key: Key, walk: RemoteWalk): readonly GivenPart[] {
  const whole = keyPartsOf(walk)
  const untold = whole.filter(({ path }) => walk.told?.has(path) !== true)
  const meant = key.parts.length === untold.length ? untold : whole
  return key.parts.map(({ name, value }, index) => {
    const part = name === undefined ? meant[index] : (whole.find((one) => one.name === name) ?? { name, path: name })
    return { name: name ?? (key.parts.length > 1 ? part?.name : undefined), path: part?.path, text: valueText(value, { key, walk, keyName: part?.name }) }
  })
}

/** With the parts that were left out, in the order of the key. An alternate key, and one of which not all is known, stays as it is. */
function wholeKey(given: readonly GivenPart[], walk: RemoteWalk): readonly GivenPart[] {
  const { told } = walk
  const whole = keyPartsOf(walk)
  if (told === undefined || walk.keysAsWritten === true || given.length >= whole.length || !given.every(({ path }) => whole.some((part) => part.path === path))) return given
  const parts = whole.flatMap(({ name, path }): readonly GivenPart[] => {
    const text = given.find((one) => one.path === path)?.text ?? told.get(path)
    return text === undefined ? [] : [{ name, path, text }]
  })
  return parts.length === whole.length ? parts : given
}

function keyPartsOf({ exposure: { model }, exposedType }: RemoteWalk): readonly { readonly name: string; readonly path: string }[] {
  const type = exposedType === undefined ? undefined : model.entityType(exposedType.name)
  return type === undefined ? [] : model.key(type).map(({ path, alias }) => ({ name: alias ?? path, path }))
}

interface KeyPlace {
  readonly key: Key
  readonly walk: RemoteWalk
  readonly keyName: string | undefined
}

/** A key may stand as an alias here; at the source it stands for itself. */
function valueText(value: KeyValue, { key, walk, keyName }: KeyPlace): string {
  const literal = value.kind === 'alias' ? walk.aliases.get(value.name) : value
  if (literal?.kind !== 'literal') throw invalid(`The value of a key is no literal.`, 'Give the key itself.')
  const { model } = walk.exposure
  const type = walk.exposedType === undefined ? undefined : model.entityType(walk.exposedType.name)
  const property = type === undefined || keyName === undefined ? undefined : model.property(type, keyName)
  // A key segment holds the bare value, which is text only where the key is.
  const bare = key.form === 'segment' && property !== undefined && model.underlying(property.type.name) !== 'Edm.String'
  return encodeSegmentText(bare ? literal.text : literalText(literal, walk.names))
}

/** A literal in the remote's names, not percent-encoded. */
const literalText = (literal: Literal, names: RemoteNaming): string =>
  decodeURIComponent(printExpression(literal.enumType === undefined ? literal : { ...literal, enumType: names.remoteType(literal.enumType) }, dialect401))

/** `/$filter(…)`, percent-encoded. @throws HUB_REQUEST_SPANS_SOURCES, HUB_QUERY_UNSUPPORTED */
export function filterText(predicate: Expression, { exposure, endpoint, exposedType, aliases }: RemoteWalk): string {
  const remote = remoteCondition(predicate, { exposure, endpoint: endpoint.slug, type: exposedType?.name, aliases })
  return encodeSegmentText(`$filter(${decodeURIComponent(printExpression(remote, dialect401))})`)
}

/** The parameter aliases that a condition in the path names, as query options: those of a service, whose names are its source's. */
export function aliasOptions(text: string, { names, aliases }: RemoteWalk): readonly string[] {
  if (!names.same) return []
  const used = new Set([...decodeURIComponent(text).matchAll(/@([\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}_]*)/gu)].map(([, name = '']) => name))
  return [...aliases].filter(([name]) => used.has(name)).map(([name, value]) => `@${encodeQueryText(name)}=${printExpression(value, dialect401)}`)
}
