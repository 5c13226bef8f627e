const notInQuery = /[^A-Za-z0-9\-._~!$'()*,;=:@/?]/gu
const notInSegment = /[^A-Za-z0-9\-._~!$'()*,;=:@]/gu

const encoded = (character: string): string => encodeURIComponent(character)

/**
 * Percent-encodes text for a query. What RFC 3986 allows there stays as it is, quotes, commas and parentheses too: sources limit the
 * length of a URL. `&`, `+`, `#`, `%`, spaces and everything beyond ASCII are encoded.
 * @see RFC 3986, section 3.4
 */
export const encodeQueryText = (text: string): string => text.toWellFormed().replaceAll(notInQuery, encoded)

/** Percent-encodes text for one segment of a path: `/` and `?` as well. @see RFC 3986, section 3.3 */
export const encodeSegmentText = (text: string): string => text.toWellFormed().replaceAll(notInSegment, encoded)
