import { hubError } from '@tributary/errors'
import { decodingOf, type TextDecoding } from './decode-text.js'
import type { EdmModel } from './edm-model.js'
import { modelOfXml } from './read-xml.js'
import { modelOfJson } from './read-json.js'
import { tooLong, xmlTreeBuilder, type DocumentLimits } from './xml-tree.js'

/** How large a contract may be. Unset: 64 Mi characters, a million elements nested 200 deep, attributes of 1 Mi characters. */
export interface ReadOptions {
  readonly maxCharacters?: number
  readonly maxDepth?: number
  readonly maxAttributeCharacters?: number
  readonly maxElements?: number
}

const limitsOf = (options: ReadOptions): DocumentLimits => ({ maxCharacters: 67_108_864, maxDepth: 200, maxAttributeCharacters: 1_048_576, maxElements: 1_000_000, ...options })

/**
 * Reads a contract: CSDL XML of OData 1 to 4.01, or CSDL JSON; which one its first character tells.
 * Bytes are decoded by their byte order mark or XML declaration, as UTF-8 otherwise.
 * @throws HUB_CONTRACT_SYNTAX with line and column where it is malformed
 * @throws HUB_CONTRACT_INVALID where it holds no schema, two of one namespace, or a type that is its own ancestor
 * @see OData CSDL XML 4.01; OData CSDL JSON 4.01
 */
export function readCsdl(content: string | Uint8Array, options: ReadOptions = {}): EdmModel {
  const reading = csdlReading(limitsOf(options))
  reading.write(content)
  return reading.end()
}

/** Like readCsdl, for a contract that arrives in pieces; XML is parsed while it arrives. */
export async function readCsdlStream(chunks: AsyncIterable<string | Uint8Array>, options: ReadOptions = {}): Promise<EdmModel> {
  const reading = csdlReading(limitsOf(options))
  for await (const chunk of chunks) reading.write(chunk)
  return reading.end()
}

interface Reading {
  write(chunk: string | Uint8Array): void
  end(): EdmModel
}

const noBytes = new Uint8Array()

function csdlReading(limits: DocumentLimits): Reading {
  let decoding: TextDecoding | undefined
  let head: Uint8Array = noBytes
  let format: Format | undefined
  const text = (piece: string): void => {
    if (piece === '') return
    format ??= undecided(limits)
    format.write(piece)
  }
  return {
    write(chunk) {
      if (typeof chunk === 'string') return text(chunk)
      if (decoding === undefined) {
        // The declaration that names the encoding may be spread over the first chunks.
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
        if (head.length < 256) return
        decoding = decodingOf(head)
        text(decoding.decode(head, false))
      } else text(decoding.decode(chunk, false))
    },
    end() {
      if (decoding === undefined && head.length > 0) text(decodingOf(head).decode(head, true))
      else if (decoding !== undefined) text(decoding.decode(noBytes, true))
      if (format === undefined) throw hubError('HUB_CONTRACT_SYNTAX', { line: 1, column: 1, reason: 'the document is empty' })
      return format.end()
    },
  }
}

interface Format {
  write(piece: string): void
  end(): EdmModel
}

/** Decides at the first character that is not blank. */
function undecided(limits: DocumentLimits): Format {
  let format: Format | undefined
  let blank = ''
  return {
    write(piece) {
      if (format !== undefined) return format.write(piece)
      blank += piece
      const start = blank.replace(/^\uFEFF/, '').trimStart()
      if (start === '' && blank.length < 65_536) return
      if (start.startsWith('<')) format = xmlFormat(limits)
      else if (start.startsWith('{')) format = jsonFormat(limits)
      else throw hubError('HUB_CONTRACT_SYNTAX', { line: 1, column: 1, reason: 'it is neither XML nor a JSON object' })
      format.write(blank)
    },
    end() {
      if (format === undefined) throw hubError('HUB_CONTRACT_SYNTAX', { line: 1, column: 1, reason: 'the document is empty' })
      return format.end()
    },
  }
}

function xmlFormat(limits: DocumentLimits): Format {
  const tree = xmlTreeBuilder(limits)
  return { write: (piece) => tree.write(piece), end: () => modelOfXml(tree.end()) }
}

function jsonFormat(limits: DocumentLimits): Format {
  const pieces: string[] = []
  let length = 0
  return {
    write(piece) {
      length += piece.length
      if (length > limits.maxCharacters) throw tooLong(limits)
      pieces.push(piece)
    },
    end: () => modelOfJson(pieces.join(''), limits),
  }
}
