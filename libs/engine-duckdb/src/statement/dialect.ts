/** Digits of a decimal behind the point, and all of them. */
export interface DecimalWidth {
  readonly digits: number
  readonly scale: number
}

/** Positions of a text are counted in characters of Unicode, from one. */
export interface TextSql {
  readonly contains: (text: string, part: string) => string
  readonly startsWith: (text: string, part: string) => string
  readonly endsWith: (text: string, part: string) => string
  readonly length: (text: string) => string
  /** Zero where the part does not occur. */
  readonly position: (text: string, part: string) => string
  readonly part: (text: string, from: number, count?: number) => string
  readonly concatenated: (a: string, b: string) => string
  /** Without any of these characters at its ends. */
  readonly trimmed: (text: string, characters: string) => string
  readonly lowered: (ascii: string) => string
  /** Whether the whole of it is of this form: literals, classes, repetitions, alternatives. */
  readonly isLike: (text: string, pattern: string) => string
}

/**
 * What the SQL of one database says in its own way; everything else the printer writes is the same for all. The arguments are SQL themselves, the
 * results are one expression each.
 */
export interface Dialect {
  readonly identifier: (name: string) => string
  readonly textLiteral: (text: string) => string
  /** Whole numbers of 64 bits. */
  readonly integer: (value: string) => string
  /** Null where the text is none. */
  readonly integerOrNull: (text: string) => string
  readonly decimal: (value: string, width: DecimalWidth) => string
  readonly double: (value: string) => string
  readonly doubleOrNull: (text: string) => string
  /** A number that is neither infinite, nor none, nor the zero below zero. */
  readonly isPlainDouble: (value: string) => string
  readonly isDate: (text: string) => string
  /** Whether `YYYY-MM-DDTHH:MM:SS` names a moment that there is. */
  readonly isMoment: (text: string) => string
  /** Microseconds between 1970 and such a moment in UTC. */
  readonly microseconds: (text: string) => string
  readonly asText: (value: string) => string
  /** Ends the statement with a message. */
  readonly fails: (message: string) => string
  /** Null equals null. */
  readonly same: (a: string, b: string) => string
  readonly texts: TextSql
  /** Rounded half away from zero, down, up. */
  readonly rounded: Readonly<Record<'round' | 'floor' | 'ceiling', (decimal: string) => string>>
  /** Any of the values of a group that are all the same. */
  readonly any: (value: string) => string
  /** The `text` of the row whose value is the least, or greatest, the first of them by number. Null values count for nothing. */
  readonly textOfExtreme: (extreme: 'min' | 'max', row: { readonly text: string; readonly value: string; readonly number: string }) => string
  /** An order key, nulls lowest. */
  readonly ordered: (value: string, descending: boolean) => string
  /** The texts as one JSON array. */
  readonly arrayOf: (texts: readonly string[]) => string
}
