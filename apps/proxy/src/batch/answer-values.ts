import { hubError } from '@tributary/errors'
import { typeOfResource, type TypeHandle } from '@tributary/odata-url'
import { jsonTreeText, MalformedJson, memberOf, readJsonTree, stringOf, type JsonTree } from '@tributary/odata-wire'
import type { EdmModel } from '@tributary/edm'
import { namesFor } from '../odata/service-names.js'
import type { KeptAnswer } from './kept-answers.js'

/** A value that an earlier answer holds. */
export interface AnswerValue {
  readonly tree: JsonTree
  /** Undefined: the model does not tell. */
  readonly type: TypeHandle | undefined
}

/** Who refers to what, for errors. */
export interface Reference {
  /** Of the request referred to. */
  readonly id: string
  /** Behind it, without leading `/`; '' for the whole answer. */
  readonly path: string
}

const failed = ({ id, path }: Reference, reason: string): Error =>
  hubError('HUB_DEPENDENCY_FAILED', { id: `$${id}${path === '' ? '' : `/${path}`}`, reason })

/**
 * The value an answer holds under a path of properties: `$1/Address/City`, `$1/Crew/$count`, `$1` itself.
 * @throws HUB_DEPENDENCY_FAILED where the answer does not hold it
 * @see OData Protocol 4.01, section 11.7.6
 */
export function valueIn(answer: KeptAnswer, reference: Reference): AnswerValue {
  const whole = wholeOf(answer, reference)
  return steps(reference.path).reduce<AnswerValue>((before, step) => within(before, { step, reference, answer }), whole)
}

/** True if the model has such a path in what the request addressed: else a text that begins with `$` is just that. */
export function isPathOf(answer: KeptAnswer, path: string): boolean {
  const names = namesFor(answer.exposure.model)
  let type = typeOf(answer)
  for (const step of steps(path)) {
    if (step === '$count') return type?.collection === true
    const next = step.includes('.') ? names.type(step) : names.member(type, step)?.type
    if (type === undefined || next === undefined) return false
    type = next
  }
  return type !== undefined
}

const steps = (path: string): readonly string[] => (path === '' ? [] : path.split('/'))

/** What the body holds: a request that creates one is answered by it, not by its collection. */
function typeOf({ path, method, exposure }: KeptAnswer): TypeHandle | undefined {
  const type = typeOfResource(path, namesFor(exposure.model))
  const isCreated = method === 'POST' && type?.collection === true && type.structured && exposure.model.entityType(type.name) !== undefined && !isCall(path, exposure.model)
  return isCreated ? { ...type, collection: false } : type
}

/** Whether the path ends in the call of an operation: what that gives is not created by it. */
const isCall = (path: string, model: EdmModel): boolean => {
  const last = decodeURIComponent(path.split('/').findLast((segment) => segment !== '') ?? '').replace(/\(.*$/s, '')
  return model.operations(last).length > 0 || model.container?.operationImports.has(last) === true
}

function wholeOf(answer: KeptAnswer, reference: Reference): AnswerValue {
  const { headers, body } = answer
  if (body === undefined) throw failed(reference, 'its answer is too large to be kept for those that refer to it')
  const type = typeOf(answer)
  const media = headers['content-type'] ?? ''
  if (body.length === 0) return { tree: { kind: 'word', text: 'null' }, type }
  if (/\/(?:\$|%24)count$/i.test(answer.path)) return { tree: { kind: 'number', text: body.toString('utf8') }, type: undefined }
  if (/^text\/plain\b/i.test(media)) return { tree: plainText(body.toString('utf8'), type), type }
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(media)) throw failed(reference, `its answer is ${media.split(';')[0] ?? 'nothing'}, and only JSON has values`)
  const tree = parsed(body, reference)
  const value = memberOf(tree, 'value')
  const wrapped = value !== undefined && (type === undefined || type.collection || !type.structured)
  return { tree: wrapped ? value : tree, type }
}

/** Raw values of numbers are numbers, all others are texts. */
const plainText = (text: string, type: TypeHandle | undefined): JsonTree => ({ kind: numeric.has(type?.name ?? '') ? 'number' : 'string', text: numeric.has(type?.name ?? '') ? text : JSON.stringify(text) })

const numeric: ReadonlySet<string> = new Set(['Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Double', 'Edm.Single'])

function parsed(body: Buffer, reference: Reference): JsonTree {
  try {
    return readJsonTree(body)
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error
    throw failed(reference, 'its answer is no JSON')
  }
}

interface Step {
  readonly step: string
  readonly reference: Reference
  readonly answer: KeptAnswer
}

function within({ tree, type }: AnswerValue, { step, reference, answer }: Step): AnswerValue {
  const names = namesFor(answer.exposure.model)
  if (tree.kind === 'word' && tree.text === 'null') return { tree, type: names.member(type, step)?.type }
  if (step === '$count') {
    if (tree.kind !== 'array') throw failed(reference, 'only a collection has a $count')
    return { tree: { kind: 'number', text: String(tree.items.length) }, type: undefined }
  }
  if (tree.kind === 'array') throw failed(reference, `its answer is a collection, which has no ${step}: refer to one entity, or to $count`)
  if (step.includes('.')) return { tree, type: names.type(step) ?? type }
  const value = memberOf(tree, step)
  if (value === undefined) throw failed(reference, `its answer has no ${step}`)
  return { tree: value, type: names.member(type, step)?.type }
}

/** The value as a literal of the URL language, not encoded. Structured values and collections are JSON. */
export const literalOf = ({ tree, type }: AnswerValue, model: EdmModel): string => literalText(tree, type, model)

const texts: ReadonlySet<string> = new Set(['Edm.Guid', 'Edm.Date', 'Edm.DateTimeOffset', 'Edm.TimeOfDay'])

function literalText(tree: JsonTree, type: TypeHandle | undefined, model: EdmModel): string {
  const text = stringOf(tree)
  if (text === undefined) return jsonTreeText(plain(tree))
  const declared = type === undefined ? undefined : model.type(type.name)
  if (declared?.kind === 'enum') return `${declared.qualifiedName}'${text}'`
  const base = type === undefined ? 'Edm.String' : model.underlying(type.name)
  if (texts.has(base) || numeric.has(base)) return text
  if (base === 'Edm.Duration' || base === 'Edm.Binary') return `${base.slice('Edm.'.length).toLowerCase()}'${text}'`
  return `'${text.replaceAll("'", "''")}'`
}

/** Without what is said of it, which has no place in an expression. */
function plain(tree: JsonTree): JsonTree {
  if (tree.kind === 'array') return { kind: 'array', items: tree.items.map(plain) }
  if (tree.kind !== 'object') return tree
  return { kind: 'object', members: tree.members.filter(({ name }) => !name.includes('@')).map(({ name, value }) => ({ name, value: plain(value) })) }
}

/** The value as it stands in a body: Int64 and Decimal in the form that body has. */
export function bodyValueOf({ tree, type }: AnswerValue, model: EdmModel, ieee754: boolean): JsonTree {
  const base = type === undefined || type.collection ? '' : model.underlying(type.name)
  if (base !== 'Edm.Int64' && base !== 'Edm.Decimal') return tree
  if (ieee754 && tree.kind === 'number') return { kind: 'string', text: `"${tree.text}"` }
  const text = stringOf(tree)
  return !ieee754 && text !== undefined ? { kind: 'number', text } : tree
}
