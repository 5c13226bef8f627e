/** Terms that remember what a contract of an older version said and OData 4 has no element for. */
export const originTerms = Object.freeze({
  /** On a property, parameter or return type: the type it had, `Edm.DateTime` or `Edm.Time`. */
  originalType: 'io.tributary.v1.OriginalType',
  /** On an operation import or a bound operation: the HTTP method it was declared with. */
  httpMethod: 'io.tributary.v1.HttpMethod',
  /** On the container that is the default one where there are several. */
  defaultContainer: 'io.tributary.v1.DefaultContainer',
})
