import { hubError } from '@tributary/errors'

/** Turns the bytes of a document into text, piece by piece. */
export interface TextDecoding {
  /** `last` true: nothing follows. */
  decode(bytes: Uint8Array, last: boolean): string
}

/**
 * A decoder for a document that starts with `head`: a byte order mark decides, then the encoding an XML declaration names, then UTF-8.
 * @throws HUB_CONTRACT_SYNTAX where the encoding is not known or the bytes do not conform to it
 * @see XML 1.0, appendix F
 */
export function decodingOf(head: Uint8Array): TextDecoding {
  const decoder = decoderOf(encodingOf(head))
  return {
    decode(bytes, last) {
      try {
        return decoder.decode(bytes, { stream: !last })
      } catch (error) {
        throw hubError('HUB_CONTRACT_SYNTAX', { line: 1, column: 1, reason: `the bytes are not valid ${decoder.encoding}` }, { cause: error })
      }
    },
  }
}

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch (error) {
    throw hubError('HUB_CONTRACT_SYNTAX', { line: 1, column: 1, reason: `the encoding ${encoding} is not known` }, { cause: error })
  }
}

function encodingOf(head: Uint8Array): string {
  const [first, second] = head
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0xef && second === 0xbb) return 'utf-8'
  if (second === 0 && first !== undefined && first !== 0) return 'utf-16le'
  if (first === 0 && second !== undefined && second !== 0) return 'utf-16be'
  const start = Array.from(head.subarray(0, 200), (byte) => String.fromCharCode(byte)).join('')
  return /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1] ?? 'utf-8'
}
