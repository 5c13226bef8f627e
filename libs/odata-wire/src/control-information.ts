import type { JsonStyle } from './style.js'

/** An annotation's name taken apart: `Photo@odata.mediaReadLink` is control information `mediaReadLink` of `Photo`. */
export interface AnnotationName {
  /** What it is about; '': the object it stands in. */
  readonly of: string
  /** The control information's name without prefix; undefined: an annotation of a vocabulary. */
  readonly control?: string
  /** As it was written, without `@`. */
  readonly term: string
}

/** Undefined: the name is a property's. @see OData JSON Format 4.01, section 4.6 */
export function annotationName(name: string): AnnotationName | undefined {
  const at = name.indexOf('@')
  if (at < 0) return undefined
  const term = name.slice(at + 1)
  const plain = term.startsWith('odata.') ? term.slice('odata.'.length) : term
  return { of: name.slice(0, at), term, ...(/[.#]/.test(plain) ? {} : { control: plain }) }
}

/** The name as a client knows it: with the prefix `odata.` for clients of 4.0. */
export const annotationText = ({ of, control, term }: AnnotationName, { prefixed }: Pick<JsonStyle, 'prefixed'>): string =>
  `${of}@${control === undefined ? term : prefixed ? `odata.${control}` : control}`

/** What an item of a delta tells where it is no entity. */
export type DeltaItem = 'deletedEntity' | 'link' | 'deletedLink'

/** What an item is by its context URL; undefined: an entity, or no item of a delta. @see OData JSON Format 4.01, section 15 */
export function deltaItemOf(context: string | undefined): DeltaItem | undefined {
  const [, said] = /[/#]\$(deletedEntity|link|deletedLink)$/.exec(context ?? '') ?? []
  return said as DeltaItem | undefined
}

/** Control information whose value is a URL. */
export const linkControls: ReadonlySet<string> = new Set(['id', 'editLink', 'readLink', 'navigationLink', 'associationLink', 'mediaReadLink', 'mediaEditLink', 'nextLink', 'deltaLink', 'bind'])

/** Control information that stays where a client wants none: without it an answer would be cut, or mean something else. */
export const essentialControls: ReadonlySet<string> = new Set(['nextLink', 'count', 'deltaLink', 'delta', 'removed', 'error'])
