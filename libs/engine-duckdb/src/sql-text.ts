/** The two ways that text gets into SQL: every name and every constant of every statement comes through here. */

/** A name as DuckDB takes it, whatever it holds. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A constant text. */
export const textLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`
