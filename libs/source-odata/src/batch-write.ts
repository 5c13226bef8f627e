import type { Target } from '@tributary/source'

/** How several requests are written into one. */
export type BatchForm = 'multipart' | 'json'

/** The body of a `$batch`, and the headers that go with it. */
export interface WrittenBatch {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/**
 * Writes reads as one batch; they are answered in this order, or by their numbers.
 * @param urls absolute; each is written relative to the service root, which every service resolves the same way
 * @param headers of each read
 * @see OData Protocol 4.01, section 11.7.7; OData JSON Format 4.01, section 19.1
 */
export function writeReads(form: BatchForm, { url: root }: Pick<Target, 'url'>, urls: readonly string[], headers: Readonly<Record<string, string>>): WrittenBatch {
  const relative = urls.map((url) => url.slice(root.length))
  if (form === 'json') {
    const requests = relative.map((url, index) => ({ id: String(index), method: 'get', url, headers }))
    return { headers: { ...versioned('4.01'), 'content-type': 'application/json', accept: 'application/json' }, body: Buffer.from(JSON.stringify({ requests })) }
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const parts = relative.map((url) => `--${BOUNDARY}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET ${url} HTTP/1.1\r\n${lines}\r\n\r\n`)
  return { headers: { ...versioned('4.0'), 'content-type': `multipart/mixed;boundary=${BOUNDARY}`, accept: 'multipart/mixed' }, body: Buffer.from(`${parts.join('')}--${BOUNDARY}--\r\n`) }
}

/** Stands in no URL that we write: blanks are percent-encoded there, and lines have an end. */
const BOUNDARY = 'batch_of_reads'

const versioned = (version: string): Readonly<Record<string, string>> => ({ 'odata-version': version, 'odata-maxversion': version })
