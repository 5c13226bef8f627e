import type { EdmModel, TypeRef } from '@tributary/edm'
import type { JsonTree } from '@tributary/odata-wire'

const integers: ReadonlyMap<string, readonly [least: bigint, most: bigint]> = new Map([
  ['Edm.Byte', [0n, 255n]], ['Edm.SByte', [-128n, 127n]], ['Edm.Int16', [-32_768n, 32_767n]], ['Edm.Int32', [-(2n ** 31n), 2n ** 31n - 1n]], ['Edm.Int64', [-(2n ** 63n), 2n ** 63n - 1n]],
])
const texts: ReadonlySet<string> = new Set(['Edm.String', 'Edm.Guid', 'Edm.Date', 'Edm.TimeOfDay', 'Edm.DateTimeOffset', 'Edm.Duration', 'Edm.Binary'])
const guid = /^"[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}"$/
const integer = /^-?\d+$/
const decimal = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const floating: ReadonlySet<string> = new Set(['"INF"', '"-INF"', '"NaN"'])

/**
 * What is certainly wrong with a primitive value of this type, as "found … where … is needed"; undefined: nothing that could be seen here.
 * Whether it fits its facets is for the source to say.
 * @see OData JSON Format 4.01, section 7.1
 */
export function primitiveFault(tree: JsonTree, { name }: Pick<TypeRef, 'name'>, model: EdmModel): string | undefined {
  if (tree.kind === 'word' && tree.text === 'null') return undefined
  const type = model.type(name)
  const base = model.underlying(name)
  const needed = (found: boolean): string | undefined => (found ? undefined : `${shown(tree)} where ${name} is needed`)
  if (type?.kind === 'enum') return needed(tree.kind === 'string' || tree.kind === 'number')
  if (base === 'Edm.Boolean') return needed(tree.kind === 'word')
  if (base === 'Edm.Guid') return needed(tree.kind === 'string' && guid.test(tree.text))
  if (texts.has(base)) return needed(tree.kind === 'string')
  const range = integers.get(base)
  if (range !== undefined) return needed(isWhole(tree, base === 'Edm.Int64', range))
  if (base === 'Edm.Decimal' || base === 'Edm.Double' || base === 'Edm.Single') return needed(isNumber(tree, base === 'Edm.Decimal'))
  return undefined
}

/** Int64 and Decimal may be strings, for clients whose numbers are doubles. */
const numberText = (tree: JsonTree, quoted: boolean): string | undefined =>
  tree.kind === 'number' ? tree.text : quoted && tree.kind === 'string' ? tree.text.slice(1, -1) : undefined

function isWhole(tree: JsonTree, quoted: boolean, [least, most]: readonly [bigint, bigint]): boolean {
  const text = numberText(tree, quoted)
  if (text === undefined) return false
  // 1.0 and 1e2 are whole numbers too; how exactly they are read is the source's.
  if (!integer.test(text)) return decimal.test(text) && Number.isInteger(Number(text))
  const value = BigInt(text)
  return value >= least && value <= most
}

function isNumber(tree: JsonTree, quoted: boolean): boolean {
  if (tree.kind === 'string' && floating.has(tree.text)) return true
  const text = numberText(tree, quoted)
  return text !== undefined && decimal.test(text)
}

const longest = 40

/** A value for an error: short, and never a whole document. */
export function shown(tree: JsonTree): string {
  if (tree.kind === 'object') return 'an object'
  if (tree.kind === 'array') return 'an array'
  return tree.text.length > longest ? `${tree.text.slice(0, longest)}…` : tree.text
}
