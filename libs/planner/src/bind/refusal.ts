import { nearest } from '@tributary/edm'
import { type HubError, hubError } from '@tributary/errors'
import type { Span } from '@tributary/odata-url'
import { printType, type ValueType } from '@tributary/plan'

/** How the binder refuses: by name, with the place and the nearest right name. */

const didYouMean = (name: string, candidates: Iterable<string>): string => {
  const near = nearest(name, candidates)
  return near === undefined ? '' : `Did you mean ${near}?`
}

/** A name the type does not have, with the nearest it has. */
export const unknownProperty = (type: string, property: string, candidates: Iterable<string>): HubError =>
  hubError('HUB_QUERY_UNKNOWN_PROPERTY', { type, property, hint: didYouMean(property, candidates) }, { target: property })

/** A function that does not exist, or not with so many arguments. */
export const unknownFunction = (name: string, count: number, candidates: Iterable<string>): HubError =>
  hubError('HUB_QUERY_UNKNOWN_FUNCTION', { name, count, hint: didYouMean(name, candidates) }, { target: name })

/** An address that leads nowhere. */
export const resourceNotFound = (what: string, name: string, candidates: Iterable<string> = []): HubError =>
  hubError('HUB_RESOURCE_NOT_FOUND', { what, hint: didYouMean(name, candidates) }, { target: name })

/** A segment of a path that the type has nothing for. */
export const noSuchSegment = (type: string, name: string, candidates: Iterable<string>): HubError => resourceNotFound(`The property ${name} of ${type}`, name, candidates)

/** What is not built is refused by name, never answered wrongly. */
export const unsupported = (what: string, hint = ''): HubError => hubError('HUB_QUERY_UNSUPPORTED', { what, hint })

/** What is well-formed but makes no sense here. */
export const invalid = (what: string, hint = ''): HubError => hubError('HUB_QUERY_INVALID', { what, hint })

/** A name that the sequences of `concat` gave to values of several types: nothing can be computed with them. */
export const severalTypes = (name: string): HubError =>
  invalid(`${name} is of several types in the results of concat.`, 'Give what is of one type a name of its own in each sequence.')

/** What a type error is about: where it stands, what is there, and what is needed there. */
export interface TypeFault {
  readonly what: string
  readonly span: Span
  readonly found: ValueType | string
  readonly expected: string
}

/** A value of one type where another is needed. */
export const typeError = ({ what, span, found, expected }: TypeFault): HubError =>
  hubError('HUB_QUERY_TYPE', { what, position: span.start, found: typeof found === 'string' ? found : printType(found), expected })
