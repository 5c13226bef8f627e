import { catalogue, type Code } from './catalogue.js'

/** One of several faults reported together, e.g. each wrong field of a data product. */
export interface ErrorDetail {
  /** Of the catalogue, or what a source calls it. */
  readonly code: Code | (string & {})
  readonly message: string
  /** What the fault is about: a property path, a field name, a query option. */
  readonly target?: string
}

export interface HubErrorOptions {
  readonly target?: string
  readonly details?: readonly ErrorDetail[]
  readonly cause?: unknown
  /** Instead of the catalogue's, where a source decides it. */
  readonly status?: number
}

/** The only error class the project throws on purpose. It carries no stack, credential or server path to clients. */
export class HubError extends Error {
  readonly status: number
  readonly target?: string
  readonly details: readonly ErrorDetail[]
  constructor(
    readonly code: Code,
    readonly params: Readonly<Record<string, string | number>>,
    options: HubErrorOptions = {},
  ) {
    super(fill(code, params), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HubError'
    this.status = options.status ?? catalogue[code].status
    if (options.target !== undefined) this.target = options.target
    this.details = options.details ?? []
  }
}

/**
 * Makes an error of the catalogue; placeholders `{name}` of its message and way out are filled from `params`.
 * @example throw hubError('HUB_SLUG_TAKEN', { slug: 'sales', owner: 'service Sales' })
 */
export const hubError = (
  code: Code,
  params: Readonly<Record<string, string | number>> = {},
  options: HubErrorOptions = {},
): HubError => new HubError(code, params, options)

export const isHubError = (error: unknown): error is HubError => error instanceof HubError

function fill(code: Code, params: Readonly<Record<string, string | number>>): string {
  const { message, wayOut } = catalogue[code]
  const text = wayOut === '' ? message : `${message} ${wayOut}`
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole)).trim()
}
