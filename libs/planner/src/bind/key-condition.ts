import type { Key } from '@tributary/odata-url'
import { binary, column, conjunction, type Expression } from '@tributary/plan'
import type { Bind } from './bind-operand.js'
import { valueType } from './model-types.js'
import { invalid, typeError } from './refusal.js'
import type { RowScope } from './row-scope.js'

/**
 * The key of a row in an expression as a condition on rows of its set. Parts that the navigation to the rows gives (`given`) may be left out.
 * @throws HUB_QUERY_INVALID where the parts do not make the key, HUB_QUERY_TYPE
 */
export function keyCondition(key: Key, target: RowScope, bind: Bind, given: readonly string[] = []): Expression {
  const { parts } = key
  const whole = target.set.key
  const open = whole.filter((name) => !given.includes(name))
  const names = parts.length === whole.length ? whole : open
  if (names.length === 0 || names.length !== parts.length) throw noKey(key, target)
  const equalities = parts.map(({ name, value, span }, index) => {
    const part = name ?? names[index] ?? ''
    const property = names.includes(part) ? target.model.property(target.entityType, part) : undefined
    if (property === undefined) throw noKey(key, target)
    const type = valueType(target.model, property.type)
    const bound = bind(value, target, type)
    if (bound.kind !== 'literal' || bound.value === null) throw typeError({ what: 'A key', span, found: bound.type, expected: type.name })
    return binary('eq', column(type, part), bound)
  })
  const condition = conjunction(equalities)
  if (condition === undefined) throw noKey(key, target)
  return condition
}

const noKey = ({ parts }: Key, { set }: RowScope): Error =>
  invalid(`(${parts.map(({ name }) => name ?? '…').join(',')}) is no key of ${set.name}.`, set.key.length === 0 ? 'It has none.' : `Its key: ${set.key.join(', ')}.`)
