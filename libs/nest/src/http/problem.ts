import { STATUS_CODES } from 'node:http'
import { catalogue, HubError, hubError, isHubError, type Code, type ErrorDetail } from '@tributary/errors'
import { z } from 'zod'

/** What is wrong with one part of a request. */
export const problemDetail = z.object({
  code: z.string().describe('Code of the error catalogue.'),
  message: z.string(),
  target: z.string().optional().describe('What it is about: a JSON path such as `entities[0].select[2]`, or a query parameter.'),
}).meta({ id: 'ProblemDetail', description: 'One of several faults of a request.' })

/** An error as `/api/v1` answers it. @see RFC 9457 */
export const problem = z.object({
  type: z.string().describe('Where the kind of error is explained.'),
  title: z.string().describe('The status in words.'),
  status: z.int(),
  detail: z.string().describe('What happened, where, and the way out.'),
  code: z.string().describe('Code of the error catalogue; stable, made to be compared.'),
  requestId: z.string().describe('Under which the log knows this request.'),
  target: z.string().optional(),
  details: z.array(problemDetail).optional(),
}).meta({ id: 'Problem', description: 'An error as RFC 9457 describes it, with the code of the error catalogue.' })

export type Problem = z.output<typeof problem>

/**
 * Any thrown value as an error of the catalogue: ours as it is, what the HTTP server and Nest throw by its status, the rest as
 * HUB_INTERNAL, which tells nothing but the request id.
 */
export function asHubError(thrown: unknown, requestId: string): HubError {
  if (isHubError(thrown)) return thrown
  const status = statusOf(thrown)
  const reason = thrown instanceof Error ? thrown.message : 'it could not be read'
  if (status === 404) return hubError('HUB_RESOURCE_NOT_FOUND', { what: reason.replace(/^Cannot [A-Z]+ /, ''), hint: 'See /api/docs for what there is.' }, { cause: thrown })
  if (status === 413) return hubError('HUB_LIMIT_EXCEEDED', { limit: 'the allowed', what: 'bytes of a body', hint: '' }, { cause: thrown })
  if (status !== undefined && status >= 400 && status < 500) return hubError('HUB_REQUEST_INVALID', { reason: reason.replace(/\.$/, '') }, { cause: thrown })
  return hubError('HUB_INTERNAL', { requestId }, { cause: thrown })
}

/** An error as problem details; it carries no stack, credential or path of the server. */
export const problemOf = (error: HubError, requestId: string): Problem => ({
  type: `/api/docs#${error.code}`,
  title: STATUS_CODES[error.status] ?? 'Error',
  status: error.status,
  detail: error.message,
  code: error.code,
  requestId,
  ...(error.target === undefined ? {} : { target: error.target }),
  ...(error.details.length === 0 ? {} : { details: error.details.map((detail) => ({ ...detail })) }),
})

/** An error between catalog and proxy: also its parameters, so that the other side can throw the very same. */
export const internalProblem = problem.extend({ params: z.record(z.string(), z.union([z.string(), z.number()])) })

/** The error the other service threw; undefined if the body is none. */
export function errorOfInternalProblem(body: unknown): HubError | undefined {
  const read = internalProblem.safeParse(body)
  if (!read.success || !isCode(read.data.code)) return undefined
  const { code, params, target, details = [] } = read.data
  const known = details.flatMap((detail): ErrorDetail[] => (isCode(detail.code)
    ? [{ code: detail.code, message: detail.message, ...(detail.target === undefined ? {} : { target: detail.target }) }]
    : []))
  return hubError(code, params, { details: known, ...(target === undefined ? {} : { target }) })
}

const isCode = (text: string): text is Code => text in catalogue

const statusOf = (thrown: unknown): number | undefined => {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  if ('getStatus' in thrown && typeof thrown.getStatus === 'function') return Number(thrown.getStatus())
  return 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined
}
