/** One kind of failure. `message` says what and where, `wayOut` what to do about it; both may hold `{placeholders}`. */
export interface Fault {
  readonly status: number
  readonly message: string
  readonly wayOut: string
}

const fault = (status: number, message: string, wayOut = ''): Fault => Object.freeze({ status, message, wayOut })

/**
 * Every failure by its code. Codes are stable: clients and scripts compare them.
 * The prefix names the area: QUERY (the consumer's request), SOURCE (a registered service), CONTRACT, CATALOG, AUTH, HUB itself.
 */
export const catalogue = Object.freeze({
  // The consumer's query
  HUB_QUERY_SYNTAX: fault(400, 'Malformed {part} at position {position}: found {found}, expected {expected}.'),
  HUB_QUERY_LIMIT: fault(400, 'The query exceeds the limit of {limit} {what}.', 'Shorten the query or split it into several requests.'),
  HUB_QUERY_UNKNOWN_OPTION: fault(400, 'The system query option {option} is not known.', 'System query options are {known}; custom options must not begin with $ or @.'),
  HUB_QUERY_DUPLICATE_OPTION: fault(400, 'The query option {option} is given more than once.', 'Give it once.'),
  HUB_QUERY_UNKNOWN_PROPERTY: fault(400, 'The type {type} has no property {property}.', '{hint}'),
  HUB_QUERY_UNKNOWN_FUNCTION: fault(400, 'There is no function {name} with {count} argument(s).', '{hint}'),
  HUB_QUERY_TYPE: fault(400, '{what} at position {position}: {found} where {expected} is needed.'),
  HUB_QUERY_INVALID: fault(400, '{what}', '{hint}'),
  HUB_QUERY_UNSUPPORTED: fault(501, '{what} is not supported.', '{hint}'),
  HUB_RESOURCE_NOT_FOUND: fault(404, '{what} was not found.', '{hint}'),
  HUB_FORMAT_UNSUPPORTED: fault(406, 'The format {format} cannot be produced.', 'Ask for one of: {known}.'),
  HUB_VERSION_UNSUPPORTED: fault(400, '{header} {version} cannot be served.', 'This service speaks 4.0 and 4.01.'),
  HUB_METHOD_NOT_ALLOWED: fault(405, 'The method {method} is not allowed on {resource}.', 'Allowed: {allowed}.'),
  HUB_CHANGE_NOT_ALLOWED: fault(405, 'The method {method} is not allowed on {resource}: {reason}.', 'Allowed: {allowed}. {hint}'),
  HUB_PAYLOAD_INVALID: fault(400, 'The body of the request is invalid at {path}: {reason}.', '{hint}'),
  HUB_ISOLATION_UNSUPPORTED: fault(412, 'Isolation {isolation} is not offered.', 'Send the request without OData-Isolation.'),
  HUB_CONTENT_UNSUPPORTED: fault(415, 'Content of type {type} cannot be read.', 'Send one of: {known}.'),
  HUB_REQUEST_SPANS_SOURCES: fault(501, '{what} spans {between}, and a request like this goes to one source.', '{hint}'),
  HUB_BATCH_UNSUPPORTED: fault(501, 'The source {slug} takes no batches, so the {count} changes cannot be done together; nothing was done.', 'Send each change by itself.'),
  HUB_DEPENDENCY_FAILED: fault(424, 'The request {id} was not run: {reason}.', 'See the answers to the requests it depends on.'),
  HUB_ASYNC_BROKEN: fault(502, 'The answer broke off before it was whole.', 'Send the request again.'),
  HUB_TOKEN_EXPIRED: fault(410, 'The page token is not valid for this query any more.', 'Start again from the first page.'),
  HUB_JOIN_NOT_UNIQUE: fault(500, 'The relationship {relationship} expects one row of {target} for key {key}, and met several.', 'Make the relationship to-many, or join on a unique column.'),
  HUB_LIMIT_EXCEEDED: fault(413, 'The request reached the limit of {limit} {what}.', '{hint}'),
  HUB_LIMIT_ROWS_READ: fault(413, 'The request read {reached} rows from its sources, of which it may read {limit}; the last came from {slug}.', 'Narrow it with a $filter its sources can take, or read a page at a time; an administrator may raise TRIBUTARY_LIMIT_ROWS_READ.'),
  HUB_LIMIT_ROWS_OUT: fault(413, 'The answer has more than the {limit} rows that one answer may have.', 'Ask for less with $filter or $top, or for pages with Prefer: maxpagesize; an administrator may raise TRIBUTARY_LIMIT_ROWS_OUT.'),
  HUB_LIMIT_BYTES_BUFFERED: fault(413, 'The request would hold {reached} bytes in memory, of which it may hold {limit}; it held rows {what}.', 'Narrow it with $filter, or sort, group and expand fewer rows; an administrator may raise TRIBUTARY_LIMIT_BYTES_BUFFERED.'),
  HUB_LIMIT_REQUESTS: fault(413, 'The request needs {reached} requests to its sources, of which it may send {limit}; the last was for {slug}.', 'Narrow it with $filter or $top, or expand fewer rows; an administrator may raise TRIBUTARY_LIMIT_REQUESTS.'),
  HUB_LIMIT_URL: fault(414, 'The {part} of the URL has {reached} characters, of which it may have {limit}.', 'Send the query options as the body of POST …/$query, or the request in a $batch; an administrator may raise TRIBUTARY_LIMIT_URL_LENGTH.'),
  HUB_LIMIT_EXPAND_DEPTH: fault(400, 'The query expands {reached} levels deep, of which it may expand {limit}.', 'Expand fewer levels, or read the deeper ones by themselves; an administrator may raise TRIBUTARY_LIMIT_EXPAND_DEPTH.'),
  HUB_LIMIT_EXPAND_WIDTH: fault(400, 'One $expand names {reached} navigation properties, of which it may name {limit}.', 'Expand fewer at once; an administrator may raise TRIBUTARY_LIMIT_EXPAND_WIDTH.'),
  HUB_LIMIT_TIME: fault(504, 'The request was ended after {limit} ms, the longest it may take; {reached} requests had gone to its sources.', 'Narrow it with $filter or $top, or read a page at a time; an administrator may raise TRIBUTARY_LIMIT_TIME_MS.'),
  HUB_SPOOL_FULL: fault(507, 'The rows this request puts aside on disk find no room in the spool of {limit} bytes.', 'Narrow it with $filter, or repeat it when others have ended; an administrator may raise TRIBUTARY_SPOOL_MB.'),
  HUB_ENGINE_MEMORY: fault(503, 'The embedded engine needs more than its {limit} bytes of memory.', 'Repeat the request when others have ended, or narrow it with $filter; an administrator may raise TRIBUTARY_ENGINE_MEMORY_MB.'),
  // A source
  HUB_SOURCE_UNREACHABLE: fault(502, 'The source {slug} could not be reached: {reason}.', 'Check that the service runs and that its address is right.'),
  HUB_SOURCE_SUSPENDED: fault(502, 'The source {slug} is left alone: it failed {failures} times in a row since {since} ({reason}); it is asked again at {until}.', 'Check that the service runs; repeat the request after that time.'),
  HUB_SOURCE_FAILED: fault(502, 'The source {slug} answered {status}: {reason}.', 'The fault lies with the source; ask its owner.'),
  HUB_SOURCE_REJECTED: fault(400, 'The source {slug} rejected the request with {status}: {reason}.', 'The status is the source\'s; its own code stands in the details.'),
  HUB_SOURCE_DENIED: fault(502, 'The source {slug} denied access ({status}).', 'Check the credentials of its connection.'),
  HUB_SOURCE_TIMEOUT: fault(504, 'The source {slug} did not answer within {timeoutMs} ms.', 'Narrow the query or raise the connection\'s timeoutMs.'),
  HUB_SOURCE_INVALID: fault(502, 'The source {slug} sent an answer that cannot be used: {reason}.', 'The fault lies with the source; ask its owner.'),
  HUB_SOURCE_CHANGED: fault(502, 'The source {slug} contradicted itself while it was read: {reason}.', 'Repeat the request; what was learnt is taken into account.'),
  HUB_SOURCE_LINK_REFUSED: fault(502, 'The source {slug} pointed to {link}, which lies outside its registered address.', 'Register the other origin with the connection if it is meant.'),
  HUB_SOURCE_ADDRESS_REFUSED: fault(400, 'The address {url} may not be registered or read: {reason}.', 'Ask an administrator to allow private sources (TRIBUTARY_ALLOW_PRIVATE_SOURCES).'),
  // Contracts
  HUB_CONTRACT_SYNTAX: fault(422, 'The contract is malformed at line {line}, column {column}: {reason}.'),
  HUB_CONTRACT_INVALID: fault(422, 'The contract cannot be used: {reason}.'),
  HUB_CONTRACT_UNSUPPORTED: fault(422, 'Contracts of type {type} are not supported.', 'Supported: {known}.'),
  // The catalog
  HUB_REQUEST_INVALID: fault(400, 'The request is invalid: {reason}.'),
  HUB_SERVICE_NOT_FOUND: fault(404, 'There is no service {slug}.', '{hint}'),
  HUB_PRODUCT_NOT_FOUND: fault(404, 'There is no data product {slug}.', '{hint}'),
  HUB_PRODUCT_INVALID: fault(422, 'The data product {slug} is invalid: {reason}.', 'Each fault is listed with its field.'),
  HUB_SLUG_TAKEN: fault(409, 'The slug {slug} belongs to {owner}.', 'Choose another slug.'),
  HUB_SERVICE_EXISTS: fault(409, 'The service {identity} is registered as {slug}.', 'Leave the slug out, or give that one.'),
  HUB_SERVICE_IN_USE: fault(409, 'The service {slug} is used by: {products}.', 'Change those products first, or delete with ?force=true, which marks them broken.'),
  HUB_PRECONDITION_REQUIRED: fault(428, 'A change of {what} must say which state it is meant for.', 'Send If-Match with the ETag of a GET.'),
  HUB_PRECONDITION_FAILED: fault(412, '{what} has changed since.', 'Get it again, and repeat the request with its new ETag.'),
  // Identity
  HUB_AUTH_REQUIRED: fault(401, 'Authentication is required.', 'Send a bearer token, or the token as the password of Basic.'),
  HUB_AUTH_INVALID: fault(401, 'The credentials are not valid.'),
  HUB_AUTH_FORBIDDEN: fault(403, '{reason}'),
  // The hub itself
  HUB_START_PORT_TAKEN: fault(500, 'Port {port} is in use.', 'Set PORT to a free one.'),
  HUB_START_DATA_DIR: fault(500, 'The data directory {dir} cannot be written: {reason}.', 'Set TRIBUTARY_DATA_DIR to a directory that can be written.'),
  HUB_START_STORE_NEWER: fault(500, 'The store was written by a newer version (migration {migration}).', 'Start the newer version, or restore a backup.'),
  HUB_START_CONFIG: fault(500, 'The setting {name} is invalid: {reason}.'),
  HUB_CONNECTION_SEALED: fault(500, 'The connection of {slug} cannot be opened with the present secret key.', 'Restore TRIBUTARY_SECRET_KEY, or give the connection anew.'),
  HUB_UNAVAILABLE: fault(503, 'The hub cannot answer now: {reason}.', 'Try again later.'),
  HUB_INTERNAL: fault(500, 'An internal error happened.', 'The log of the hub has the details under the request id {requestId}.'),
} satisfies Record<string, Fault>)

export type Code = keyof typeof catalogue
