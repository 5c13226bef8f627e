/** A clause of the protocol's conformance levels, and how it stands with the data routes. */
export interface Clause {
  /** M: 4.0 Minimal, U: Updatable, I: Intermediate, A: Advanced; N, P, Q: 4.01 Minimal, Intermediate, Advanced. */
  readonly id: string
  readonly level: 'MUST' | 'SHOULD' | 'MAY'
  readonly text: string
  /** met: all of it. declared: not offered, and `$metadata` or the refusal says so. open: in part; what is missing is refused by name. */
  readonly status: 'met' | 'declared' | 'open'
  /** Of what is not met. */
  readonly reason?: string
}

const met = (id: string, level: Clause['level'], text: string): Clause => ({ id, level, text, status: 'met' })
const declared = (id: string, level: Clause['level'], text: string, reason: string): Clause => ({ id, level, text, status: 'declared', reason })
const open = (id: string, level: Clause['level'], text: string, reason: string): Clause => ({ id, level, text, status: 'open', reason })

const readOnly = 'Services are read only: Capabilities.InsertRestrictions, UpdateRestrictions and DeleteRestrictions say so of every set, and writes are answered with 405.'
const noAsync = 'Capabilities.AsynchronousRequestsSupported is false; requests that would like it are answered at once.'
const noOperations = 'Operations are refused by name with 501.'

/** Every clause of the reading and writing levels. `docs/conformance.md` is made from this table, and the tests go through it. */
export const clauses: readonly Clause[] = Object.freeze([
  met('M1', 'MUST', 'a service document at the service root'),
  met('M2', 'MUST', 'data in the JSON format'),
  met('M3', 'MUST', 'partial results only by server-driven paging'),
  met('M4', 'MUST', 'the right OData-Version header'),
  met('M5', 'MUST', 'Accept and OData-MaxVersion honoured, or the request fails'),
  met('M6', 'MUST', 'unknown system query options fail, custom options pass'),
  met('M7', 'MUST', '501 for functionality that is not supported'),
  met('M8', 'MUST', 'only types that CSDL defines'),
  met('M9', 'MUST', 'clients need not understand annotations or custom headers'),
  met('M10', 'MUST', 'no violation of update semantics'),
  met('M11', 'MUST', 'no violation of any other semantics'),
  met('M12', 'SHOULD', '$expand'),
  met('M13', 'SHOULD', '$metadata in XML and JSON'),
  met('M14', 'MUST', 'headers and preferences with the prefix odata.'),
  met('M15', 'MUST', 'enumeration and duration literals with their type'),
  declared('M16', 'MUST', 'asynchronous answers as an HTTP message for 4.0, if there are any', noAsync),
  declared('M17', 'MAY', 'AsyncResult', noAsync),
  declared('U18', 'MUST', 'edit links', readOnly),
  declared('U19', 'MUST', 'POST of an entity', readOnly),
  declared('U20', 'MUST', 'POST of a related entity', readOnly),
  declared('U21', 'MUST', 'POST of a reference', readOnly),
  declared('U22', 'MUST', 'PUT of a reference', readOnly),
  declared('U23', 'MUST', 'PATCH', readOnly),
  declared('U24', 'MUST', 'DELETE of an entity', readOnly),
  declared('U25', 'MUST', 'DELETE of a reference', readOnly),
  declared('U26', 'MUST', 'If-Match on what has an entity tag', readOnly),
  declared('U27', 'MUST', 'Location of what was created', readOnly),
  declared('U28', 'MUST', 'OData-EntityId with 204', readOnly),
  declared('U29', 'MUST', 'upsert', readOnly),
  declared('U30', 'SHOULD', 'PUT, PATCH of a property', readOnly),
  declared('U31', 'SHOULD', 'DELETE of a property', readOnly),
  declared('U32', 'SHOULD', 'deep insert', readOnly),
  declared('U33', 'MAY', 'updates of a set', readOnly),
  met('I1', 'MUST', 'everything of the minimal level'),
  met('I2', 'MUST', 'the whole URL language is parsed; 501 for what is not supported'),
  met('I3', 'MUST', '$select'),
  open('I4', 'MUST', 'casts to derived types', 'Casts in $select are answered; casts in $filter are refused by name, and casts in paths need a source that knows them.'),
  met('I5', 'MUST', '$top'),
  open('I6', 'MUST', '/$value of properties and media entities', 'Properties are answered; media streams are refused by name.'),
  met('I7', 'MUST', '$filter with eq and ne, aliases, all operators and canonical functions, on expanded entities too'),
  met('I8', 'SHOULD', '$metadata'),
  met('I9', 'SHOULD', 'JSON'),
  met('I10', 'SHOULD', 'Basic authentication'),
  met('I11', 'SHOULD', '$search'),
  met('I12', 'SHOULD', '$skip'),
  met('I13', 'SHOULD', '$count'),
  met('I14', 'SHOULD', '$expand'),
  met('I15', 'SHOULD', 'any and all'),
  met('I16', 'SHOULD', '/$count'),
  met('I17', 'SHOULD', '$orderby, ascending and descending'),
  open('A1', 'MUST', 'everything of the intermediate level', 'As far as I4 and I6 are.'),
  met('A2', 'MUST', '$metadata in XML'),
  met('A3', 'MUST', 'JSON'),
  met('A4', 'MUST', '/$count'),
  met('A5', 'MUST', 'any and all'),
  met('A6', 'MUST', '$skip'),
  met('A7', 'MUST', '$count'),
  met('A8', 'MUST', '$orderby, ascending and descending'),
  open('A9', 'MUST', '$expand with $ref, $filter and casts, and the other nested options', '$filter, $orderby, $count, $top, $skip, $search, $levels and $select are answered; $ref and casts in $expand are refused by name.'),
  met('A10', 'MUST', '$search'),
  met('A11', 'MUST', '$batch in MIME parts and in JSON'),
  open('A12', 'MUST', 'all resource path conventions', 'Sets, keys, navigation, properties, values, counts, $entity and $query are answered; $ref, $all and $crossjoin are refused by name.'),
  declared('A13', 'SHOULD', 'asynchronous requests', noAsync),
  declared('A14', 'SHOULD', 'changes since an earlier request', 'Sources\' delta links are not passed on; $deltatoken is refused by name.'),
  open('A15', 'SHOULD', '$crossjoin', '$crossjoin is refused by name; data products join declared relationships.'),
  met('A16', 'MAY', '$compute'),
  met('N2', 'MUST', 'JSON as 4.01 has it, where 4.01 is negotiated'),
  declared('N3', 'MUST', 'AsyncResult, if there are asynchronous answers', noAsync),
  met('N4', 'MUST', 'preferences with and without prefix'),
  met('N5', 'MUST', 'incompatible $schemaversion rejected, if a schema version is published'),
  met('N6', 'MUST', 'system query options with or without $'),
  met('N7', 'MUST', 'names of options, operators and functions in any case'),
  met('N8', 'MUST', 'identifiers in the case $metadata has'),
  open('N9', 'MUST', 'the URL syntax of 4.01, whatever version is asked for', `Everything on entity sets is answered. ${noOperations}`),
  met('N10', 'SHOULD', 'CSDL in JSON, too'),
  declared('N11', 'SHOULD', 'no names that differ in case only', 'Names are the sources\' own; the hub adds none.'),
  met('N12', 'SHOULD', 'Core.ODataVersions'),
  met('N13', 'SHOULD', 'Capabilities annotations'),
  ...Array.from({ length: 10 }, (_, index) => declared(`N${18 + index}`, index === 0 ? 'MUST' : 'SHOULD', index === 0 ? 'DELETE of a member of a collection of references' : `updates as 4.01 has them (${index + 1})`, readOnly)),
  met('P3', 'MUST', 'navigation compared with null'),
  met('P4', 'MUST', 'in'),
  met('P5', 'MUST', '$select within $select'),
  met('P6', 'SHOULD', 'count of a filtered collection in an expression'),
  met('P7', 'SHOULD', 'count of a searched collection in an expression'),
  met('P8', 'SHOULD', 'comparison of structured values'),
  met('P9', 'MAY', '$compute'),
  open('P10', 'MAY', 'options within $select', '$select within $select is answered; the others are refused by name.'),
  open('P11', 'MAY', '/$filter in a path', 'Refused by name.'),
  met('Q3', 'MUST', 'count of a filtered or searched collection in expressions'),
  met('Q4', 'MUST', '$compute'),
  open('Q5', 'MUST', '$filter on selected collection properties', 'Refused by name.'),
  met('Q6', 'MUST', 'CSDL in JSON at $metadata'),
  met('Q7', 'MUST', '$batch in both forms'),
  open('Q8', 'SHOULD', '/$filter in a path', 'Refused by name.'),
  met('Q9', 'SHOULD', 'aliases within aliases'),
  declared('Q10', 'MAY', 'identifiers in any case', 'A name in another case is not found, and the answer says which one is meant.'),
])
