import { dialect401, encodeQueryText, encodeSegmentText, printExpression, type Expression, type Key } from '@tributary/odata-url'
import { bindKey } from '../bind/bind-key.js'
import { invalid } from '../bind/refusal.js'
import { rowScope } from '../bind/row-scope.js'
import type { RemoteNaming } from './remote-naming.js'
import { remoteExpression } from './remote-expression.js'
import type { RemoteWalk } from './walk-state.js'

type KeyValue = Key['parts'][number]['value']

/**
 * A key in the remote's names, percent-encoded: always in parentheses, which every service understands.
 * @throws HUB_QUERY_INVALID, HUB_QUERY_TYPE, HUB_QUERY_UNKNOWN_PROPERTY where it is no key of the addressed set
 */
export function remoteKey(key: Key, walk: RemoteWalk): string {
  const { exposure, set, aliases, names, exposedType } = walk
  // What is no key of the set is told here, with its nearest name.
  if (set !== undefined && exposedType !== undefined && exposure.model.derivesFrom(exposedType.name, set.entityType)) bindKey(key, rowScope(exposure, set, aliases, exposedType.name))
  const keyNames = keyNamesOf(walk)
  const parts = key.parts.map(({ name, value }, index) => {
    const text = valueText(value, { key, walk, keyName: name ?? keyNames[index] })
    const given = name ?? (key.parts.length > 1 ? keyNames[index] : undefined)
    return given === undefined ? text : `${names.remoteProperty(exposedType?.name ?? '', given)}=${text}`
  })
  return `(${parts.join(',')})`
}

function keyNamesOf({ exposure: { model }, exposedType }: RemoteWalk): readonly string[] {
  const type = exposedType === undefined ? undefined : model.entityType(exposedType.name)
  return type === undefined ? [] : model.key(type).map(({ path, alias }) => alias ?? path)
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
  return encodeSegmentText(bare ? literal.text : expressionText(literal, walk.names))
}

/** An expression in the remote's names, not percent-encoded. */
const expressionText = (expression: Expression, names: RemoteNaming): string => decodeURIComponent(printExpression(remoteExpression(expression, { names }), dialect401))

/** `/$filter(…)`, percent-encoded. */
export const filterText = (predicate: Expression, { names, exposedType, exposure }: RemoteWalk): string =>
  encodeSegmentText(`$filter(${decodeURIComponent(printExpression(remoteExpression(predicate, { names, ...(exposedType === undefined ? {} : { type: exposedType.name, model: exposure.model }) }), dialect401))})`)

/** The parameter aliases that a condition in the path names, as query options. */
export function aliasOptions(text: string, { names, aliases }: RemoteWalk): readonly string[] {
  const used = new Set([...decodeURIComponent(text).matchAll(/@([\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}_]*)/gu)].map(([, name = '']) => name))
  return [...aliases].filter(([name]) => used.has(name)).map(([name, value]) => `@${encodeQueryText(name)}=${printExpression(remoteExpression(value, { names }), dialect401)}`)
}
