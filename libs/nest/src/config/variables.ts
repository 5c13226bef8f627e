import { isIP } from 'node:net'
import { z } from 'zod'

/** One environment variable: its schema (which reads the text), the default as it is documented, and what it means. */
interface Variable<Schema extends z.ZodType> {
  readonly schema: Schema
  readonly default: string
  readonly meaning: string
}

const variable = <Schema extends z.ZodType>(schema: Schema, standard: string, meaning: string): Variable<Schema> =>
  Object.freeze({ schema, default: standard, meaning })

const integer = (least: number, most: number) =>
  z.string().trim().regex(/^\d{1,9}$/, `it must be a whole number from ${least} to ${most}`).transform(Number)
    .refine((value) => value >= least && value <= most, `it must be a whole number from ${least} to ${most}`)

const onOff = z.string().trim().toLowerCase()
  .refine((text) => ['on', 'off', 'true', 'false', '1', '0'].includes(text), 'it must be on or off')
  .transform((text) => ['on', 'true', '1'].includes(text))

const token = z.string().trim()
  .min(32, 'it must have at least 32 characters')
  .regex(/^[\x21-\x7e]*$/, 'it may hold visible ASCII characters only, no blanks')

const baseUrl = z.string().trim()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'it must be an absolute http or https URL')
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).search === '' && new URL(text).hash === ''), 'it may hold no credentials, query or fragment')
  .transform((text) => new URL(text).href.replace(/\/+$/, ''))

const databaseUrl = z.string().trim()
  .refine((text) => /^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text), 'it must be a postgres:// URL; leave it out for the embedded SQLite store')

const addressRange = z.string().refine((text) => {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
}, 'it must list IP addresses or ranges such as 10.0.0.0/8, separated by commas')

const addressRanges = z.string().transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== '')).pipe(z.array(addressRange))

const origins = z.string().transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))
  .refine((list) => list.every((one) => one === '*' || (URL.canParse(one) && new URL(one).origin === one)), 'it must list origins such as https://app.example.com, separated by commas, or be *')

/** Every environment variable there is. `readSettings` reads these and no other, and the README's table is made from them. */
export const variables = Object.freeze({
  PORT: variable(integer(0, 65_535).default(3000), '3000', 'Port to listen on; 0 takes any free one.'),
  HOST: variable(z.string().trim().default('127.0.0.1'), '127.0.0.1', 'Address to listen on. Other addresses than loopback need TRIBUTARY_ADMIN_TOKEN.'),
  TRIBUTARY_DATA_DIR: variable(z.string().default('./.tributary'), './.tributary', 'Directory of the embedded store and the generated secret key.'),
  TRIBUTARY_DATABASE_URL: variable(databaseUrl.optional(), 'none: SQLite in the data directory', 'PostgreSQL store, as postgres://user:password@host/database.'),
  TRIBUTARY_SECRET_KEY: variable(z.string().optional(), 'generated into the data directory', 'Key that seals credentials and page tokens: 32 or more random bytes as base64 or hexadecimal (openssl rand -base64 32), or a passphrase of 20 or more characters. The same in every process of a deployment.'),
  TRIBUTARY_ADMIN_TOKEN: variable(token.optional(), 'none: local mode', 'The administrator\'s token, at least 32 characters, sent as bearer token or as the password of Basic.'),
  TRIBUTARY_INTERNAL_TOKEN: variable(token.optional(), 'none', 'Token by which catalog and proxy know each other where they run as two services, at least 32 characters.'),
  TRIBUTARY_CATALOG_URL: variable(baseUrl.optional(), 'none: in the same process', 'Where the proxy of a split deployment reaches the catalog.'),
  TRIBUTARY_PROXY_URL: variable(baseUrl.optional(), 'none: in the same process', 'Where the catalog of a split deployment reaches the proxy.'),
  TRIBUTARY_PUBLIC_URL: variable(baseUrl.optional(), 'taken from the request', 'The address users see, where it differs from what requests say; links are made with it.'),
  TRIBUTARY_OAUTH_AUTHORIZATION_URI: variable(baseUrl.optional(), 'none', 'Where users sign in to an organizational account, as Excel and Power BI are told it: https://login.microsoftonline.com/{tenant}/oauth2/authorize. Tokens are checked by the reverse proxy in front.'),
  TRIBUTARY_TRUSTED_PROXIES: variable(addressRanges.default([]), 'none', 'Addresses or ranges of reverse proxies whose Forwarded and X-Forwarded-* headers are believed.'),
  TRIBUTARY_PAGE_ROWS: variable(integer(0, 1_000_000).default(5000), '5000', 'Rows in one page of /odata; 0 answers everything in one response.'),
  TRIBUTARY_BATCH_REQUESTS: variable(integer(1, 100_000).default(1000), '1000', 'Requests one $batch may hold.'),
  TRIBUTARY_BODY_BYTES: variable(integer(1, 999_999_999).default(4_194_304), '4194304', 'Bytes the body of a request to /odata may have: a $batch, a change, or a query sent as POST, each decoded.'),
  TRIBUTARY_MEDIA_BYTES: variable(integer(1, 1_000_000_000_000).default(1_073_741_824), '1073741824', 'Bytes of a media stream that is sent to /odata. It goes on to its source as it comes and is never held.'),
  TRIBUTARY_LIMIT_ROWS_READ: variable(integer(1, 999_999_999).default(20_000_000), '20000000', 'Rows one request to /odata may read from all its sources.'),
  TRIBUTARY_LIMIT_ROWS_OUT: variable(integer(1, 999_999_999).default(10_000_000), '10000000', 'Rows one answer of /odata may have.'),
  TRIBUTARY_LIMIT_BYTES_BUFFERED: variable(integer(1_000_000, 999_999_999).default(268_435_456), '268435456', 'Bytes, roughly, that sorts, groups, joins and rows that wait for their keys may hold in memory together, of one request.'),
  TRIBUTARY_LIMIT_REQUESTS: variable(integer(1, 999_999_999).default(20_000), '20000', 'Requests one request to /odata may send to all its sources.'),
  TRIBUTARY_LIMIT_TIME_MS: variable(integer(0, 86_400_000).default(600_000), '600000', 'Milliseconds one request to /odata may take, its answer included; 0: no limit.'),
  TRIBUTARY_ENGINE: variable(onOff.default(true), 'on', 'Whether sorts, groups and joins that find no room in memory go on in the embedded engine; off: they end with an error that names the limit.'),
  TRIBUTARY_ENGINE_FROM_ROWS: variable(integer(0, 999_999_999).default(50_000), '50000', 'Rows one sort, group or join holds before the embedded engine takes over.'),
  TRIBUTARY_ENGINE_MEMORY_MB: variable(integer(64, 1_000_000).default(512), '512', 'Megabytes of memory the embedded engine may use for all requests together, beside those of this process.'),
  TRIBUTARY_SPOOL_DIR: variable(z.string().optional(), 'spool in the data directory', 'Private directory for rows that find no room in memory. They are removed with the request, and not encrypted: put it on an encrypted disk where that matters.'),
  TRIBUTARY_SPOOL_MB: variable(integer(64, 100_000_000).default(8192), '8192', 'Megabytes the spool may take for all requests together: half for rows, half for what the engine itself puts aside.'),
  TRIBUTARY_LIMIT_URL_LENGTH: variable(integer(256, 65_536).default(65_536), '65536', 'Characters the path and the query of a request to /odata may have, each.'),
  TRIBUTARY_LIMIT_EXPAND_DEPTH: variable(integer(1, 100).default(12), '12', 'Levels of $expand within $expand, $levels included.'),
  TRIBUTARY_LIMIT_EXPAND_WIDTH: variable(integer(1, 1_000).default(100), '100', 'Navigation properties that one $expand may name.'),
  TRIBUTARY_ASYNC_REQUESTS: variable(integer(0, 100_000).default(100), '100', 'Requests with Prefer: respond-async that may run or wait to be fetched at once; beyond, and with 0, they are answered directly.'),
  TRIBUTARY_ASYNC_MB: variable(integer(1, 1_000_000).default(512), '512', 'Megabytes the answers that wait to be fetched may take in the spool.'),
  TRIBUTARY_ASYNC_KEPT_SECONDS: variable(integer(1, 604_800).default(3_600), '3600', 'How long an answer waits to be fetched.'),
  TRIBUTARY_CORS_ORIGINS: variable(origins.default([]), 'none', 'Origins whose web pages may read /odata, separated by commas; * for all.'),
  TRIBUTARY_SAMPLES: variable(onOff.default(true), 'on', 'Whether an empty store is filled with the sample landscape.'),
  TRIBUTARY_ALLOW_PRIVATE_SOURCES: variable(onOff.optional(), 'on in local mode, else off', 'Whether services on private, loopback and link-local addresses may be registered and read.'),
  TRIBUTARY_LOG_LEVEL: variable(z.string().trim().toLowerCase().pipe(z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'], 'it must be one of silent, fatal, error, warn, info, debug, trace')).default('info'), 'info', 'Least level that is logged, as JSON lines on standard error; debug adds one line a request.'),
})

export type VariableName = keyof typeof variables
/** The variables' values as their schemas read them. */
export type VariableValues = { readonly [Name in VariableName]: z.output<(typeof variables)[Name]['schema']> }
