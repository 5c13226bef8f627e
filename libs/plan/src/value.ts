/**
 * A value as it travels through the engine. What JavaScript type carries it depends on its Edm type:
 * Int64 and Decimal: decimal text · Byte, SByte, Int16, Int32: number · Double, Single: number incl. ±Infinity and NaN ·
 * Boolean: boolean · String, Date, TimeOfDay, DateTimeOffset, Duration, Guid: the source's text · Binary: base64url text ·
 * enumeration: member text · complex and geo: object · collection: array · null: `null` · not selected: `undefined`.
 * Only `plan/values` compares, hashes and computes with values; JavaScript's operators never do.
 */
export type Value = string | number | boolean | null | undefined | StructuredValue | readonly Value[]

/** A complex value by the names of its properties. */
export interface StructuredValue {
  readonly [name: string]: Value
}

/** The Edm type of an expression or column: a primitive (`Edm.…`), enumeration, complex or entity type's qualified name. */
export interface ValueType {
  readonly name: string
  readonly collection: boolean
  /** What comparisons and arithmetic go by: for enumerations and definitions the primitive beneath; 'structured' for complex and entity; 'null' for the null literal. */
  readonly base: BaseType
  /** Of an enumeration: its members' numeric values by name; what `has` and comparisons go by. */
  readonly members?: ReadonlyMap<string, bigint>
  /** Of an enumeration: its values may be several members at once. */
  readonly flags?: true
  /** Of an enumeration: the integer type beneath; Int32 unless told. */
  readonly underlying?: BaseType
  /** Of a complex or entity type: the types of its properties, those of derived types included; asked for only when values are compared member by member. */
  readonly properties?: () => ReadonlyMap<string, ValueType>
  /** Of a collection whose items have no order that means anything: two such are equal whatever their order. */
  readonly unordered?: true
}

/** The types values are compared, hashed and computed by. */
export type BaseType =
  | 'Edm.String' | 'Edm.Boolean' | 'Edm.Byte' | 'Edm.SByte' | 'Edm.Int16' | 'Edm.Int32' | 'Edm.Int64' | 'Edm.Decimal' | 'Edm.Double'
  | 'Edm.Single' | 'Edm.Date' | 'Edm.TimeOfDay' | 'Edm.DateTimeOffset' | 'Edm.Duration' | 'Edm.Guid' | 'Edm.Binary' | 'Edm.Stream'
  | 'Edm.Geography' | 'Edm.Geometry' | 'Edm.Untyped' | 'enum' | 'structured' | 'null'
