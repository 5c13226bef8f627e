/** A canonical function: its name as the specification writes it, and how many arguments it takes. */
export interface CanonicalFunction {
  readonly name: string
  readonly least: number
  readonly most: number
}

const table: readonly (readonly [names: string, least: number, most: number])[] = [
  ['concat contains endswith indexof startswith matchesPattern hassubset hassubsequence', 2, 2],
  ['substring', 2, 3],
  ['length tolower toupper trim', 1, 1],
  ['date day fractionalseconds hour minute month second time totaloffsetminutes totalseconds year', 1, 1],
  ['maxdatetime mindatetime now', 0, 0],
  ['ceiling floor round', 1, 1],
  ['cast isof', 1, 2],
  ['geo.distance geo.intersects', 2, 2],
  ['geo.length', 1, 1],
  ['case', 2, Number.MAX_SAFE_INTEGER],
  ['isdefined', 1, 1],
]

/**
 * Every canonical function by lower-case name.
 * @see OData URL Conventions 4.01, sections 5.1.1.5 to 5.1.1.12; OData Extension for Data Aggregation 4.0, section 5.2.1 for `isdefined`
 */
export const canonicalFunctions: ReadonlyMap<string, CanonicalFunction> = new Map(
  table.flatMap(([names, least, most]) => names.split(' ').map((name) => [name.toLowerCase(), Object.freeze({ name, least, most })] as const)),
)
