import { jsonTreeText, MalformedJson, memberOf, readJsonTree, stringOf, type JsonTree } from '@tributary/odata-wire'
import { BatchCutOff, NoBatchAnswer, type AnswerEvent } from './batch-answers.js'
import { CUT_OFF } from './exchange.js'
import { EnvelopeScanner, InvalidAnswer } from './envelope-scanner.js'

/**
 * Cuts the answers out of a JSON batch as it arrives, each as soon as it is complete; numbers keep their digits.
 * @throws NoBatchAnswer, BatchCutOff
 * @see OData JSON Format 4.01, section 19.4
 */
export async function* answersOfJson(body: AsyncIterable<Buffer>): AsyncGenerator<AnswerEvent> {
  const scanner = new EnvelopeScanner(0, 'responses')
  try {
    for await (const chunk of body) {
      scanner.push(chunk)
      if (scanner.rowCount > 0) yield* answersIn(scanner)
    }
    scanner.end()
  } catch (error) {
    if (error instanceof InvalidAnswer) throw error.message === CUT_OFF ? new BatchCutOff(CUT_OFF, { cause: error }) : new NoBatchAnswer(error.message, { cause: error })
    throw error
  }
  yield* answersIn(scanner)
}

function* answersIn(scanner: EnvelopeScanner): Generator<AnswerEvent> {
  const { bytes, offsets } = scanner.take()
  for (let row = 0; row < offsets.length; row += 2) {
    const answer = parsed(bytes.subarray(offsets[row], offsets[row + 1]))
    const [status, id] = [memberOf(answer, 'status'), stringOf(memberOf(answer, 'id'))]
    if (status?.kind !== 'number' || id === undefined || !/^\d+$/.test(id)) throw new NoBatchAnswer('an answer of it has no status, or none of the ids that were given')
    yield { kind: 'begin', at: Number(id), status: Number(status.text), headers: headersOf(memberOf(answer, 'headers')) }
    const body = memberOf(answer, 'body')
    if (body !== undefined) yield { kind: 'bytes', bytes: Buffer.from(jsonTreeText(body)) }
    yield { kind: 'end' }
  }
}

function parsed(bytes: Buffer): JsonTree {
  try {
    return readJsonTree(bytes)
  } catch (error) {
    if (error instanceof MalformedJson) throw new NoBatchAnswer('an answer of it is not well-formed JSON', { cause: error })
    throw error
  }
}

function headersOf(tree: JsonTree | undefined): Readonly<Record<string, string>> {
  if (tree?.kind !== 'object') return {}
  return Object.fromEntries(tree.members.map(({ name, value }) => [name.toLowerCase(), stringOf(value) ?? '']))
}
