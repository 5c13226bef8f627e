import { isOptional, ownParameters } from '@tributary/planner'
import type { EdmModel, Operation, Parameter } from '@tributary/edm'
import { hubError } from '@tributary/errors'
import { MalformedJson, readJsonTree, type JsonTree } from '@tributary/odata-wire'

/**
 * The parameters that the body of an action's call gives: all that are needed and nothing else. What the values are is the source's to judge.
 * Undefined: there is no body.
 * @throws HUB_REQUEST_INVALID naming the parameters that are unknown or missing, HUB_CONTENT_UNSUPPORTED
 * @see OData Protocol 4.01, section 11.5.5.1
 */
export function givenParameters(model: EdmModel, action: Operation, body: Buffer, contentType: string | undefined): JsonTree | undefined {
  const parameters = ownParameters(action)
  const tree = body.length === 0 ? undefined : parsed(body, contentType)
  const given = tree === undefined ? [] : givenNames(action, tree)
  const unknown = given.filter((name) => !parameters.some((parameter) => parameter.name === name))
  if (unknown.length > 0) throw invalid(action, `has no ${named(unknown)}`)
  const missing = parameters.filter((parameter) => isRequired(model, action, parameter) && !given.includes(parameter.name)).map(({ name }) => name)
  if (missing.length > 0) throw invalid(action, `needs the ${named(missing)}`)
  return tree
}

/** What may be null may be left out. Collections are never null, and of those left out some services make empty ones: that is theirs to say. */
const isRequired = (model: EdmModel, action: Operation, parameter: Parameter): boolean => !isOptional(model, action, parameter) && !parameter.type.nullable && !parameter.type.collection

const named = (names: readonly string[]): string => `parameter${names.length === 1 ? '' : 's'} ${names.join(', ')}`

function invalid(action: Operation, fault: string): Error {
  const all = ownParameters(action).map(({ name }) => name)
  return hubError('HUB_REQUEST_INVALID', { reason: `the action ${action.qualifiedName} ${fault}; ${all.length === 0 ? 'it takes none' : `it takes ${all.join(', ')}`}` })
}

function parsed(body: Buffer, contentType: string | undefined): JsonTree {
  if (!/^\s*application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? '')) throw hubError('HUB_CONTENT_UNSUPPORTED', { type: contentType ?? 'none', known: 'application/json' }, { target: 'Content-Type' })
  try {
    return readJsonTree(body)
  } catch (cause) {
    if (!(cause instanceof MalformedJson)) throw cause
    throw hubError('HUB_REQUEST_INVALID', { reason: `the body is no JSON: line ${cause.line}, column ${cause.column}: ${cause.reason}` }, { cause })
  }
}

/** Names of members that are no control information. */
function givenNames(action: Operation, tree: JsonTree): readonly string[] {
  if (tree.kind !== 'object') throw invalid(action, 'takes its parameters as the members of a JSON object')
  return tree.members.map(({ name }) => name).filter((name) => !name.includes('@'))
}
