import type { EdmModel } from './edm-model.js'

/** How strictly models are compared. */
export interface ComparisonOptions {
  /**
   * True: as far as CSDL JSON can tell. It writes constants other than booleans, and all paths but value paths, alike,
   * has no `max` for lengths, and takes a scale that is not given as variable.
   */
  readonly asJson?: boolean
}

/** True where two models describe the same; see firstDifference. */
export const equalModels = (a: EdmModel, b: EdmModel, options: ComparisonOptions = {}): boolean => firstDifference(a, b, options) === undefined

/**
 * Where two models first differ, as a path with both values, or undefined where they describe the same. The order of
 * named things does not count, nor do warnings and the version a contract was written in.
 * @example "schemas/Shop/types/Product/properties/Price/type/nullable: true, false"
 */
export function firstDifference(a: EdmModel, b: EdmModel, options: ComparisonOptions = {}): string | undefined {
  return difference({ a: parts(a), b: parts(b), path: '', asJson: options.asJson ?? false })
}

const parts = (model: EdmModel): unknown => ({ schemas: model.schemas, references: model.references, container: model.container?.qualifiedName })

interface Pair {
  readonly a: unknown
  readonly b: unknown
  readonly path: string
  readonly asJson: boolean
}

function difference(pair: Pair): string | undefined {
  const a = pair.asJson ? jsonForm(pair.a) : pair.a
  const b = pair.asJson ? jsonForm(pair.b) : pair.b
  if (Object.is(a, b)) return undefined
  if (a instanceof Map && b instanceof Map) return membersDiffer({ ...pair, a, b }, new Set([...a.keys(), ...b.keys()]), (from: ReadonlyMap<unknown, unknown>, key) => from.get(key))
  if (isRecord(a) && isRecord(b) && Array.isArray(a) === Array.isArray(b)) {
    if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return `${pair.path.slice(1)}/length: ${a.length}, ${b.length}`
    return membersDiffer({ ...pair, a, b }, new Set([...Object.keys(a), ...Object.keys(b)]), (from, key) => from[key])
  }
  return `${pair.path.slice(1)}: ${shown(a)}, ${shown(b)}`
}

interface TypedPair<T> extends Pair {
  readonly a: T
  readonly b: T
}

function membersDiffer<T>(pair: TypedPair<T>, keys: ReadonlySet<string>, get: (from: T, key: string) => unknown): string | undefined {
  for (const key of keys) {
    const found = difference({ a: get(pair.a, key), b: get(pair.b, key), path: `${pair.path}/${key}`, asJson: pair.asJson })
    if (found !== undefined) return found
  }
  return undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !(value instanceof Map)

/** What a value is once written as JSON: constants by their text, facets without those that say nothing. */
function jsonForm(value: unknown): unknown {
  if (!isRecord(value)) return value
  const { kind, text, path } = value
  if (typeof kind === 'string' && kind !== 'bool' && typeof text === 'string') return { text }
  if (typeof kind === 'string' && kind !== 'path' && typeof path === 'string') return { text: path }
  if ('maxLength' in value || 'scale' in value) return { ...value, maxLength: value['maxLength'] === 'max' ? undefined : value['maxLength'], scale: value['scale'] === 'variable' ? undefined : value['scale'] }
  return value
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? `${each}` : each instanceof Map ? Object.fromEntries(each) : each))
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
