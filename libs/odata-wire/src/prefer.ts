import { headerItems } from './media.js'
import type { OmittedValues } from './style.js'

/** What a Prefer header asks for, as far as it is understood; what is not understood is ignored, as the protocol says. */
export interface Preferences {
  readonly maxPageSize?: number
  /** Values that need not be told. */
  readonly omit?: OmittedValues
  /** Which annotations are wanted, as it was written: `display.*,-Org.OData.Core.V1.*`. */
  readonly includeAnnotations?: string
  /** Whether a batch goes on after a request that failed; undefined: nothing was said. */
  readonly continueOnError?: boolean
  /** Changes since this answer are to be asked for later. */
  readonly trackChanges?: true
  /** The answer may come later. */
  readonly respondAsync?: true
  /** How long the client waits for an answer that comes at once. */
  readonly waitSeconds?: number
  /** Names that the client wrote with the prefix of 4.0, without it: in what is applied they are told as he knows them. */
  readonly prefixed: ReadonlySet<string>
}

const nothingPreferred: Preferences = Object.freeze({ prefixed: new Set<string>() })

const first = (item: ReadonlyMap<string, string>): readonly [string, string] => item.entries().next().value ?? ['', '']
const prefix = 'odata.'

interface Wishes {
  readonly values: ReadonlyMap<string, string>
  readonly prefixed: ReadonlySet<string>
}

/** Of two equal names the first counts, and one without prefix before one with it. */
function wishesIn(prefer: string): Wishes {
  const values = new Map<string, string>()
  const prefixed = new Set<string>()
  for (const item of headerItems(prefer)) {
    const [name, value] = first(item)
    const isPrefixed = name.startsWith(prefix)
    const plain = isPrefixed ? name.slice(prefix.length) : name
    if (values.has(plain) && (isPrefixed || !prefixed.has(plain))) continue
    values.set(plain, value)
    if (isPrefixed) prefixed.add(plain)
    else prefixed.delete(plain)
  }
  return { values, prefixed }
}

/**
 * Reads the header `Prefer`; names with and without `odata.`.
 * @see OData Protocol 4.01, section 8.2.8
 */
export function parsePrefer(prefer: string | undefined): Preferences {
  if (prefer === undefined) return nothingPreferred
  const { values, prefixed } = wishesIn(prefer)
  const onError = values.get('continue-on-error')?.toLowerCase()
  const wait = values.get('wait') ?? ''
  const size = values.get('maxpagesize') ?? ''
  const omit = values.get('omit-values')?.toLowerCase()
  const annotations = values.get('include-annotations')
  return {
    ...(/^[1-9]\d{0,8}$/.test(size) ? { maxPageSize: Number(size) } : {}),
    ...(omit === 'nulls' || omit === 'defaults' ? { omit } : {}),
    ...(annotations === undefined || annotations.trim() === '' ? {} : { includeAnnotations: annotations }),
    ...(values.has('track-changes') ? { trackChanges: true as const } : {}),
    ...(values.has('respond-async') ? { respondAsync: true as const } : {}),
    ...(/^\d{1,9}$/.test(wait) ? { waitSeconds: Number(wait) } : {}),
    ...(onError === undefined ? {} : { continueOnError: onError !== 'false' }),
    prefixed,
  }
}

/** So its grammar has it, whatever it holds. */
const quotedAlways = 'include-annotations'

/** A preference as `Preference-Applied` tells it: by the name the client knows, its value quoted where it has to be. */
export function appliedPreference(name: string, value: string | undefined, { prefixed }: Pick<Preferences, 'prefixed'>): string {
  const told = `${prefixed.has(name) ? prefix : ''}${name}`
  if (value === undefined) return told
  return name !== quotedAlways && /^[\w!#$%&'*+.^`|~-]+$/.test(value) ? `${told}=${value}` : `${told}="${value.replaceAll(/["\\]/g, '\\$&')}"`
}
