import type { Key } from '@tributary/odata-url'
import { binary, conjunction, type Expression } from '@tributary/plan'
import type { Bind } from './bind-operand.js'
import { keyParts, keyPartValue } from './key-parts.js'
import { invalid, typeError } from './refusal.js'
import type { RowScope } from './row-scope.js'

/**
 * The key of a row in an expression as a condition on rows of its set. Parts that the navigation to the rows gives (`given`) may be left out.
 * @throws HUB_QUERY_INVALID where the parts do not make the key, HUB_QUERY_TYPE
 */
export function keyCondition(key: Key, target: RowScope, bind: Bind, given: readonly string[] = []): Expression {
  const { parts } = key
  const whole = keyParts(target.set)
  const open = whole.filter(({ path }) => path.length > 1 || !given.includes(path[0]))
  const expected = parts.length === whole.length ? whole : open
  if (expected.length === 0 || expected.length !== parts.length) throw noKey(key, target)
  const equalities = parts.map(({ name, value, span }, index) => {
    const part = name === undefined ? expected[index] : expected.find((one) => one.name === name)
    if (part === undefined) throw noKey(key, target)
    const held = keyPartValue(part, target)
    const bound = bind(value, target, held.type)
    if (bound.kind !== 'literal' || bound.value === null) throw typeError({ what: 'A key', span, found: bound.type, expected: held.type.name })
    return binary('eq', held, bound)
  })
  const condition = conjunction(equalities)
  if (condition === undefined) throw noKey(key, target)
  return condition
}

const noKey = ({ parts }: Key, { set }: RowScope): Error =>
  invalid(`(${parts.map(({ name }) => name ?? '…').join(',')}) is no key of ${set.name}.`, set.key.length === 0 ? 'It has none.' : `Its key: ${keyParts(set).map(({ name }) => name).join(', ')}.`)
