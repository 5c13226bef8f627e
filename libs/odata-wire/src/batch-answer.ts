import { reasonPhrases } from './reason-phrases.js'
import type { BatchForm, BatchPart } from './batch-part.js'

type Headers = Readonly<Record<string, string>>

/** Writes the answers to the requests of a batch, one after the other, each as it comes. */
export interface BatchAnswer {
  readonly contentType: string
  /** What stands before an answer's body; called once for each, before its body. */
  begin(part: BatchPart, status: number, headers: Headers): Buffer
  body(chunk: Buffer): Buffer
  /** What stands behind its body. */
  end(): Buffer
  /** What stands before the answers of a change set that was done, each of which then has its own part. */
  openGroup(): Buffer
  /** What stands behind them. */
  closeGroup(): Buffer
  /** What stands behind the last answer. */
  close(): Buffer
}

/**
 * The writer for a form of batch.
 * @param boundary of the parts, where there are any
 * @see OData Protocol 4.01, section 11.7.7.5; OData JSON Format 4.01, section 19.5
 */
export const batchAnswer = (form: BatchForm, boundary: string): BatchAnswer => (form === 'json' ? jsonAnswer() : multipartAnswer(boundary))

const nothing = Buffer.alloc(0)

/** A change set that failed is answered by one part: the error for which all of it failed. */
function multipartAnswer(batch: string): BatchAnswer {
  let groups = 0
  let boundary = batch
  return {
    contentType: `multipart/mixed;boundary=${batch}`,
    begin: ({ id }, status, headers) => {
      const content = id === undefined ? '' : `Content-ID: ${id}\r\n`
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
      return Buffer.from(`--${boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${content}\r\nHTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Status'}\r\n${lines}\r\n`)
    },
    body: (chunk) => chunk,
    end: () => Buffer.from('\r\n'),
    openGroup: () => {
      boundary = `changes_${++groups}_${batch}`.slice(0, longestBoundary)
      return Buffer.from(`--${batch}\r\nContent-Type: multipart/mixed;boundary=${boundary}\r\n\r\n`)
    },
    closeGroup: () => {
      const line = Buffer.from(`--${boundary}--\r\n\r\n`)
      boundary = batch
      return line
    },
    close: () => Buffer.from(`--${batch}--\r\n`),
  }
}

/** @see RFC 2046 section 5.1.1 */
const longestBoundary = 70

/** How a body stands in JSON: JSON as it is, text as a string, everything else as base64url. */
function embedding(contentType: string): 'json' | 'text' | 'binary' {
  if (/^application\/(?:[\w.-]+\+)?json/i.test(contentType)) return 'json'
  return /^text\//i.test(contentType) ? 'text' : 'binary'
}

/** JSON bodies stream; others are gathered first. */
function jsonAnswer(): BatchAnswer {
  let answers = 0
  let how: ReturnType<typeof embedding> = 'json'
  let gathered: Buffer[] = []
  let begun = false
  return {
    contentType: 'application/json',
    begin: ({ id, group }, status, headers) => {
      how = embedding(headers['content-type'] ?? '')
      gathered = []
      begun = false
      const head = JSON.stringify({ id, ...(group === undefined ? {} : { atomicityGroup: group }), status, headers })
      return Buffer.from(`${answers++ === 0 ? '{"responses":[' : ','}${head.slice(0, -1)}`)
    },
    body: (chunk) => {
      if (how !== 'json') {
        gathered.push(chunk)
        return nothing
      }
      const first = !begun && chunk.length > 0
      begun ||= first
      return first ? Buffer.concat([Buffer.from(',"body":'), chunk]) : chunk
    },
    end: () => {
      const whole = Buffer.concat(gathered)
      const text = whole.length === 0 ? '' : `,"body":${JSON.stringify(whole.toString(how === 'text' ? 'utf8' : 'base64url'))}`
      return Buffer.from(`${text}}`)
    },
    openGroup: () => nothing,
    closeGroup: () => nothing,
    close: () => Buffer.from(answers === 0 ? '{"responses":[]}' : ']}'),
  }
}
