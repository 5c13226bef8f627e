/**
 * Keys as they stand in a spooled line: control characters, the blank and the exclamation mark become two characters each that sort as they
 * did, so that nothing in a key ends a field or a line. Null is the empty field, every other key begins with `=`.
 */
export function keyField(key: string | null): string {
  if (key === null) return ''
  const whole = key.isWellFormed() ? key : key.replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, (half) => `\u{10FFFF}${half.charCodeAt(0).toString(16)}`)
  return special.test(whole) ? `=${whole.replaceAll(specials, (sign) => `!${String.fromCharCode(0x40 + sign.charCodeAt(0))}`)}` : `=${whole}`
}

/** Everything below the quotation mark. */
const special = /[^"-\u{10FFFF}]/u
const specials = /[^"-\u{10FFFF}]/gu

/** Bytes a field may take at most. */
export const fieldBytes = (field: string): number => 3 * field.length + 1
