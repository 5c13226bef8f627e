import { headerItems } from './media.js'

/** What a Prefer header asks for, as far as it is understood; what is not understood is ignored, as the protocol says. */
export interface Preferences {
  readonly maxPageSize?: number
  readonly omitNulls: boolean
  /** Whether a batch goes on after a request that failed; undefined: nothing was said. */
  readonly continueOnError?: boolean
  /** Changes since this answer are to be asked for later. */
  readonly trackChanges?: true
  /** The answer may come later. */
  readonly respondAsync?: true
  /** How long the client waits for an answer that comes at once. */
  readonly waitSeconds?: number
}

const nothingPreferred: Preferences = Object.freeze({ omitNulls: false })

const first = (item: ReadonlyMap<string, string>): readonly [string, string] => item.entries().next().value ?? ['', '']

/**
 * Reads the header `Prefer`; names with and without `odata.`, the first of two equal ones counts.
 * @see OData Protocol 4.01, section 8.2.8
 */
export function parsePrefer(prefer: string | undefined): Preferences {
  if (prefer === undefined) return nothingPreferred
  const wishes = new Map<string, string>()
  for (const item of headerItems(prefer ?? '')) {
    const [name, value] = first(item)
    const plain = name.replace(/^odata\./, '')
    if (!wishes.has(plain)) wishes.set(plain, value)
  }
  const onError = wishes.get('continue-on-error')?.toLowerCase()
  const wait = wishes.get('wait') ?? ''
  const size = wishes.get('maxpagesize') ?? ''
  return {
    ...(/^[1-9]\d{0,8}$/.test(size) ? { maxPageSize: Number(size) } : {}),
    ...(wishes.has('track-changes') ? { trackChanges: true as const } : {}),
    ...(wishes.has('respond-async') ? { respondAsync: true as const } : {}),
    ...(/^\d{1,9}$/.test(wait) ? { waitSeconds: Number(wait) } : {}),
    ...(onError === undefined ? {} : { continueOnError: onError !== 'false' }),
    omitNulls: wishes.get('omit-values')?.toLowerCase() === 'nulls',
  }
}
