import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { hubError } from '@tributary/errors'
import { isLoopbackHost } from '../net/loopback.js'
import { variables, type VariableName, type VariableValues } from './variables.js'

/**
 * How this process was set up, read once at start. An abstract class, so that it is also Nest's injection token.
 * It holds secrets: it is never logged or sent as a whole.
 */
export abstract class Settings {
  abstract readonly port: number
  abstract readonly host: string
  /** Absolute path. */
  abstract readonly dataDir: string
  abstract readonly databaseUrl?: string
  abstract readonly secretKey?: string
  abstract readonly adminToken?: string
  abstract readonly internalToken?: string
  /** Without trailing slash, as are the other two addresses. */
  abstract readonly catalogUrl?: string
  abstract readonly proxyUrl?: string
  abstract readonly publicUrl?: string
  /** Where users sign in to an organizational account; undefined: nobody is told. */
  abstract readonly oauthAuthorizationUri?: string
  /** IP addresses and CIDR ranges. */
  abstract readonly trustedProxies: readonly string[]
  /** 0: no paging. */
  abstract readonly pageRows: number
  /** Requests one `$batch` may hold. */
  abstract readonly batchRequests: number
  /** Bytes the body of a request to the data routes may have. */
  abstract readonly bodyBytes: number
  /** Bytes of a media stream that is passed on. */
  abstract readonly mediaBytes: number
  /** What one request to the data routes may use. */
  abstract readonly requestLimits: RequestLimits
  /** Of answers that are fetched later. */
  abstract readonly asyncAnswers: AsyncAnswerSettings
  /** What goes on beyond memory; undefined: nothing does. */
  abstract readonly engine?: EngineSettings
  /** Origins whose web pages may read the data routes; `*`: all. Empty: none. */
  abstract readonly corsOrigins: readonly string[]
  abstract readonly samples: boolean
  abstract readonly allowPrivateSources: boolean
  abstract readonly logLevel: string
  /** `local`: every caller on this machine is the administrator. `secured`: credentials are asked of everyone. */
  abstract readonly mode: 'local' | 'secured'
  /** Made anew at every start: by it this process may read its own sample services. Known to nobody else. */
  abstract readonly processToken: string
}

/** What one request to the data routes may use; reaching a limit is an error that names it. */
export interface RequestLimits {
  readonly rowsRead: number
  readonly rowsOut: number
  readonly bytesBuffered: number
  readonly remoteRequests: number
  /** 0: no limit. */
  readonly timeMs: number
  /** Characters of the path and of the query, each. */
  readonly urlLength: number
  readonly expandDepth: number
  /** Items of one `$expand`. */
  readonly expandWidth: number
}

/** What answers that are fetched later may use, all together. */
export interface AsyncAnswerSettings {
  /** Requests running or waiting to be fetched at once; 0: everything is answered directly. */
  readonly requests: number
  readonly bytes: number
  readonly keptMs: number
  /** Absolute path of a private directory. */
  readonly directory: string
}

/** What the embedded engine may use, for all requests together. */
export interface EngineSettings {
  /** Rows one operator holds before the engine takes over. */
  readonly fromRows: number
  readonly memoryBytes: number
  /** Absolute path. */
  readonly spoolDirectory: string
  readonly spoolBytes: number
}

/** A variable as documentation shows it. */
export interface SettingDescription {
  readonly name: VariableName
  readonly default: string
  readonly meaning: string
}

/** Every variable with its default and meaning, in the order of the README's table. */
export const settingDescriptions: readonly SettingDescription[] = Object.freeze(
  Object.entries(variables).map(([name, { default: standard, meaning }]) =>
    Object.freeze({ name: name as VariableName, default: standard, meaning })),
)

/**
 * Reads the settings from environment variables. This is the one place that looks at `process.env`. An empty text counts as not set,
 * which is what compose files pass for a variable nobody gave.
 * @throws HUB_START_CONFIG naming the first variable that is wrong
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>> = process.env): Settings {
  const values = readVariables(environment)
  const local = isLoopbackHost(values.HOST) && values.TRIBUTARY_ADMIN_TOKEN === undefined
  if (!isLoopbackHost(values.HOST) && values.TRIBUTARY_ADMIN_TOKEN === undefined) {
    throw invalid('TRIBUTARY_ADMIN_TOKEN', `it must be set (32 or more characters) because HOST is ${values.HOST}, which others can reach`)
  }
  if ((values.TRIBUTARY_CATALOG_URL ?? values.TRIBUTARY_PROXY_URL) !== undefined) requireShared(values)
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    dataDir: resolve(values.TRIBUTARY_DATA_DIR),
    trustedProxies: values.TRIBUTARY_TRUSTED_PROXIES,
    pageRows: values.TRIBUTARY_PAGE_ROWS,
    batchRequests: values.TRIBUTARY_BATCH_REQUESTS,
    bodyBytes: values.TRIBUTARY_BODY_BYTES,
    mediaBytes: values.TRIBUTARY_MEDIA_BYTES,
    requestLimits: requestLimitsOf(values),
    asyncAnswers: asyncAnswersOf(values),
    ...(values.TRIBUTARY_ENGINE ? { engine: engineOf(values) } : {}),
    corsOrigins: values.TRIBUTARY_CORS_ORIGINS,
    samples: values.TRIBUTARY_SAMPLES,
    allowPrivateSources: values.TRIBUTARY_ALLOW_PRIVATE_SOURCES ?? local,
    logLevel: values.TRIBUTARY_LOG_LEVEL,
    mode: local ? 'local' : 'secured',
    processToken: randomBytes(32).toString('base64url'),
    ...optionalSettings(values),
  } satisfies Settings)
}

/** Names beginning with TRIBUTARY_ that mean nothing: probably misspelt, so worth a warning. */
export const unknownVariables = (environment: Readonly<Record<string, string | undefined>> = process.env): readonly string[] =>
  Object.keys(environment).filter((name) => name.startsWith('TRIBUTARY_') && !(name in variables))

function readVariables(environment: Readonly<Record<string, string | undefined>>): VariableValues {
  const entries = Object.entries(variables).map(([name, { schema }]) => {
    const text = environment[name]
    const read = schema.safeParse(text === undefined || text.trim() === '' ? undefined : text)
    if (!read.success) throw invalid(name, read.error.issues[0]?.message ?? 'it cannot be read')
    return [name, read.data] as const
  })
  // The entries are those of `variables`, one for one, each read by its own schema.
  return Object.fromEntries(entries) as unknown as VariableValues
}

/** Catalog and proxy know each other by one token, and open what the other sealed with one key. */
function requireShared(values: VariableValues): void {
  const missing = (['TRIBUTARY_INTERNAL_TOKEN', 'TRIBUTARY_SECRET_KEY'] as const).find((name) => values[name] === undefined)
  if (missing !== undefined) throw invalid(missing, 'it must be set, to the same value, where catalog and proxy run as two services')
}

const requestLimitsOf = (values: VariableValues): RequestLimits => Object.freeze({
  rowsRead: values.TRIBUTARY_LIMIT_ROWS_READ,
  rowsOut: values.TRIBUTARY_LIMIT_ROWS_OUT,
  bytesBuffered: values.TRIBUTARY_LIMIT_BYTES_BUFFERED,
  remoteRequests: values.TRIBUTARY_LIMIT_REQUESTS,
  timeMs: values.TRIBUTARY_LIMIT_TIME_MS,
  urlLength: values.TRIBUTARY_LIMIT_URL_LENGTH,
  expandDepth: values.TRIBUTARY_LIMIT_EXPAND_DEPTH,
  expandWidth: values.TRIBUTARY_LIMIT_EXPAND_WIDTH,
})

const spoolOf = (values: VariableValues): string => resolve(values.TRIBUTARY_SPOOL_DIR ?? join(values.TRIBUTARY_DATA_DIR, 'spool'))

const asyncAnswersOf = (values: VariableValues): AsyncAnswerSettings => Object.freeze({
  requests: values.TRIBUTARY_ASYNC_REQUESTS,
  bytes: values.TRIBUTARY_ASYNC_MB * 1_000_000,
  keptMs: values.TRIBUTARY_ASYNC_KEPT_SECONDS * 1000,
  directory: join(spoolOf(values), 'answers'),
})

const engineOf = (values: VariableValues): EngineSettings => Object.freeze({
  fromRows: values.TRIBUTARY_ENGINE_FROM_ROWS,
  memoryBytes: values.TRIBUTARY_ENGINE_MEMORY_MB * 1_000_000,
  spoolDirectory: spoolOf(values),
  spoolBytes: values.TRIBUTARY_SPOOL_MB * 1_000_000,
})

const optionalSettings = (values: VariableValues) => ({
  ...given('databaseUrl', values.TRIBUTARY_DATABASE_URL),
  ...given('secretKey', values.TRIBUTARY_SECRET_KEY),
  ...given('adminToken', values.TRIBUTARY_ADMIN_TOKEN),
  ...given('internalToken', values.TRIBUTARY_INTERNAL_TOKEN),
  ...given('catalogUrl', values.TRIBUTARY_CATALOG_URL),
  ...given('proxyUrl', values.TRIBUTARY_PROXY_URL),
  ...given('publicUrl', values.TRIBUTARY_PUBLIC_URL),
  ...given('oauthAuthorizationUri', values.TRIBUTARY_OAUTH_AUTHORIZATION_URI),
})

const given = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: string }

const invalid = (name: string, reason: string) => hubError('HUB_START_CONFIG', { name, reason })
