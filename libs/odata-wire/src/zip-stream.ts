import { once } from 'node:events'
import { constants, crc32, createDeflateRaw } from 'node:zlib'
import { hubError } from '@tributary/errors'

/** A file within an archive. */
export interface ZipFile {
  readonly name: string
  /** UTF-8 text, as it comes. */
  readonly content: AsyncIterable<string> | Iterable<string>
}

/** What 32 bits can count; larger archives would need another format. */
const most = 0xffff_ffff

/** Sizes and checksum follow the file; names are UTF-8. */
const flags = 0x0808
const deflated = 8
/** 1 January 1980: archives of the same rows are the same bytes. */
const dosDate = 0x0021

interface Entry {
  readonly name: Buffer
  readonly offset: number
  readonly crc: number
  readonly size: number
  readonly packed: number
}

/**
 * Writes an archive without knowing how large its files will be.
 * @throws HUB_LIMIT_EXCEEDED beyond 4 GB
 * @see PKWARE APPNOTE 6.3.3, sections 4.3 and 4.4
 */
export async function* writeZip(files: readonly ZipFile[]): AsyncGenerator<Buffer, void, undefined> {
  const entries: Entry[] = []
  let offset = 0
  for (const { name, content } of files) {
    const begin = offset
    const head = localHeader(Buffer.from(name))
    yield head
    const sums = { crc: 0, size: 0, packed: 0 }
    for await (const chunk of deflate(content, sums)) yield chunk
    const tail = descriptor(sums)
    yield tail
    offset += head.length + sums.packed + tail.length
    if (offset > most || sums.size > most) throw hubError('HUB_LIMIT_EXCEEDED', { limit: most, what: 'bytes of a workbook', hint: 'Ask for less with $filter or $select, or for CSV.' })
    entries.push({ name: Buffer.from(name), offset: begin, ...sums })
  }
  yield directory(entries, offset)
}

async function* deflate(content: ZipFile['content'], sums: { crc: number; size: number; packed: number }): AsyncGenerator<Buffer> {
  const packer = createDeflateRaw({ level: 1, flush: constants.Z_SYNC_FLUSH })
  const ready: Buffer[] = []
  packer.on('data', (chunk: Buffer) => ready.push(chunk))
  const take = function* (): Generator<Buffer> {
    for (const chunk of ready.splice(0)) {
      sums.packed += chunk.length
      yield chunk
    }
  }
  try {
    for await (const text of content) {
      const bytes = Buffer.from(text)
      sums.crc = crc32(bytes, sums.crc)
      sums.size += bytes.length
      await new Promise<void>((resolve, reject) => void packer.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(error))))
      yield* take()
    }
    const ended = once(packer, 'end')
    packer.end()
    await ended
    yield* take()
  } finally {
    packer.destroy()
  }
}

const numbers = (...fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer => Buffer.concat(fields.map(([bytes, value]) => {
  const field = Buffer.alloc(bytes)
  field.writeUIntLE(value, 0, bytes)
  return field
}))

const localHeader = (name: Buffer): Buffer =>
  Buffer.concat([numbers([4, 0x0403_4b50], [2, 20], [2, flags], [2, deflated], [2, 0], [2, dosDate], [4, 0], [4, 0], [4, 0], [2, name.length], [2, 0]), name])

const descriptor = ({ crc, packed, size }: Pick<Entry, 'crc' | 'packed' | 'size'>): Buffer => numbers([4, 0x0807_4b50], [4, crc], [4, packed], [4, size])

const directoryEntry = ({ name, offset, crc, size, packed }: Entry): Buffer => Buffer.concat([
  numbers([4, 0x0201_4b50], [2, 20], [2, 20], [2, flags], [2, deflated], [2, 0], [2, dosDate], [4, crc], [4, packed], [4, size], [2, name.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]),
  name,
])

function directory(entries: readonly Entry[], offset: number): Buffer {
  const listed = Buffer.concat(entries.map(directoryEntry))
  return Buffer.concat([listed, numbers([4, 0x0605_4b50], [2, 0], [2, 0], [2, entries.length], [2, entries.length], [4, listed.length], [4, offset], [2, 0])])
}
