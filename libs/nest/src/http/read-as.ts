import type { PipeTransform } from '@nestjs/common'
import { hubError, type ErrorDetail } from '@tributary/errors'
import type { z } from 'zod'

/**
 * Reads a body or the parameters of a query by its schema.
 * @throws HUB_REQUEST_INVALID with one detail for each fault, its target being the JSON path or the parameter
 */
export function readAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const details = read.error.issues.flatMap(faultsOf)
  const [first] = details
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  throw hubError('HUB_REQUEST_INVALID', { reason: `${first?.message ?? 'it cannot be read'}${more}` }, {
    details,
    ...(first?.target === undefined ? {} : { target: first.target }),
  })
}

/** A name that is not known is a fault of its own place. */
const faultsOf = (issue: z.core.$ZodIssue): readonly ErrorDetail[] =>
  (issue.code === 'unrecognized_keys' ? issue.keys.map((key) => faultAt([...issue.path, key], 'it is not known here')) : [faultAt(issue.path, issue.message)])

function faultAt(path: readonly PropertyKey[], reason: string): ErrorDetail {
  const target = pathText(path)
  return target === '' ? { code: 'HUB_REQUEST_INVALID', message: reason } : { code: 'HUB_REQUEST_INVALID', message: `${target}: ${reason}`, target }
}

/** `readAs` for the parameters of a controller's method: `@Body(as(registrationRequest))`. */
export const as = <Schema extends z.ZodType>(schema: Schema): PipeTransform<unknown, z.output<Schema>> => ({ transform: (value) => readAs(schema, value) })

/** `entities[0].select[2]` */
const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}${text === '' ? '' : '.'}${String(step)}`), '')
