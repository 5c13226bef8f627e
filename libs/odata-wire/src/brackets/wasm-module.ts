/**
 * As much of WebAssembly's binary format as one function over one memory needs: instructions are arrays of bytes, put one behind the other.
 * @see https://webassembly.github.io/spec/core/binary/
 */
export type Code = readonly number[]

/** Signed LEB128, which holds for unsigned numbers below 2^31, too, where the reader takes it as such. */
export function signed(value: bigint): Code {
  const bytes: number[] = []
  for (let rest = value; ;) {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)
    bytes.push(done ? low : low | 0x80)
    if (done) return bytes
  }
}

/** Unsigned LEB128. */
export function unsigned(value: number): Code {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

const at = (offset: number): Code => [0, ...unsigned(offset)]
const simd = (operation: number): Code => [0xfd, ...unsigned(operation)]

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(BigInt(value))],
  load: (offset: number): Code => [0x28, ...at(offset)], store: (offset: number): Code => [0x36, ...at(offset)],
  eqz: [0x45], lessUnsigned: [0x49], lessSigned: [0x48], add: [0x6a], sub: [0x6b], wrap: [0xa7],
} as const

export const i64 = {
  const: (value: bigint): Code => [0x42, ...signed(value)],
  eqz: [0x50], notEqual: [0x52], trailingZeros: [0x7a], ones: [0x7b], add: [0x7c], sub: [0x7d], and: [0x83], or: [0x84], xor: [0x85], shiftLeft: [0x86], shiftRightSigned: [0x87], shiftRight: [0x88],
  extendUnsigned: [0xad], extendSigned: [0xac],
} as const

export const v128 = {
  load: (offset: number): Code => [...simd(0x00), ...at(offset)],
  /** Sixteen times the byte. */
  bytes: (byte: number): Code => [...simd(0x0c), ...Array<number>(16).fill(byte)],
  equalBytes: simd(0x23), or: simd(0x50), bitmask: simd(0x64),
} as const

const nothing = 0x40
export const flow = {
  block: (body: Code): Code => [0x02, nothing, ...body, 0x0b],
  loop: (body: Code): Code => [0x03, nothing, ...body, 0x0b],
  when: (body: Code): Code => [0x04, nothing, ...body, 0x0b],
  either: (yes: Code, no: Code): Code => [0x04, nothing, ...yes, 0x05, ...no, 0x0b],
  branch: (label: number): Code => [0x0c, ...unsigned(label)],
  branchIf: (label: number): Code => [0x0d, ...unsigned(label)],
  return: [0x0f],
} as const

/** Locals by name, parameters first; all of a type stand together. */
export function locals<Name extends string>(parameters: readonly Name[], i32s: readonly Name[], i64s: readonly Name[]) {
  const places = new Map<Name, number>([...parameters, ...i32s, ...i64s].map((name, index) => [name, index]))
  const place = (name: Name): Code => unsigned(places.get(name) ?? 0)
  return {
    get: (name: Name): Code => [0x20, ...place(name)],
    set: (name: Name): Code => [0x21, ...place(name)],
    tee: (name: Name): Code => [0x22, ...place(name)],
    declared: [2, ...unsigned(i32s.length), I32, ...unsigned(i64s.length), I64] as Code,
    parameters: parameters.length,
  }
}

const I32 = 0x7f
const I64 = 0x7e
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content]
const named = (text: string): Code => [...unsigned(text.length), ...Buffer.from(text)]

/** A module that exports its memory (`pages` of 64 KB) as `memory`, and one function of 32-bit integers to one such as `run`. */
export function moduleOf(pages: number, { declared, parameters }: { readonly declared: Code; readonly parameters: number }, body: Code): Uint8Array<ArrayBuffer> {
  const code = [...declared, ...body, 0x0b]
  return Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, ...unsigned(parameters), ...Array<number>(parameters).fill(I32), 1, I32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, [2, ...named('memory'), 2, 0, ...named('run'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ])
}
