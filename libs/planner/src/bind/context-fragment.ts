import { conjuncts, type Expression, printExpression } from '@tributary/plan'
import type { Address } from './address.js'
import { lastStep } from './address.js'

/**
 * What stands in the parentheses of a context URL, nothing if neither `$select` nor `$expand` was given.
 * @see OData JSON 4.01 section 10.7 to 10.10
 */
export function printSelectList(selected: readonly string[] | undefined, expanded: readonly string[]): string | undefined {
  if (selected === undefined && expanded.length === 0) return undefined
  return [...(selected ?? []), ...expanded].join(',')
}

/**
 * What follows `$metadata#` in the context URL of an answer.
 * @see OData JSON 4.01 section 10
 */
export function contextFragment(address: Address, selectList: string | undefined): string {
  const { scope, cast, key } = lastStep(address)
  const set = `${scope.set.name}${cast === undefined ? '' : `/${cast}`}`
  const list = selectList === undefined ? '' : `(${selectList})`
  if (address.property.length > 0) return key === undefined ? `${set}/${address.property.join('/')}` : `${scope.set.name}${printKey(key)}/${address.property.join('/')}`
  return `${set}${list}${address.single ? '/$entity' : ''}`
}

function printKey(key: Expression): string {
  const parts = conjuncts(key).flatMap((part) => (part.kind === 'binary' ? [[printExpression(part.left), encodeURIComponent(printExpression(part.right)).replaceAll('%27', "'")] as const] : []))
  return parts.length === 1 ? `(${parts[0]?.[1] ?? ''})` : `(${parts.map(([name, value]) => `${name}=${value}`).join(',')})`
}
