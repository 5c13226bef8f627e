/** Why something is missing from an answer that was given all the same. */
export interface MissingReason {
  readonly code: string
  readonly message: string
  /** Where it can be asked for again. */
  readonly retry?: string
}

/** The annotation of what could not be read. @see OData JSON Format 4.01, section 21.3; Core vocabulary, ResourceException */
export const exceptionTerm = '@Core.ResourceException'

/** The annotation of a single value that could not be read. @see OData JSON Format 4.01, section 21.3; Core vocabulary, ValueException */
export const valueExceptionTerm = '@Core.ValueException'

/** The annotation's value. @param retryLink where the rest can be asked for @see Core vocabulary, ResourceExceptionType, MessageType */
export const exceptionText = ({ code, message, retry }: MissingReason, retryLink = retry): string =>
  JSON.stringify({ info: { code, message, severity: 'error' }, ...(retryLink === undefined ? {} : { retryLink }) })

/** Whether a value stands for expanded rows that could not be read. */
export const isMissing = (value: unknown): value is { readonly missing: MissingReason } => typeof value === 'object' && value !== null && !Array.isArray(value) && 'missing' in value && !('rows' in value)
