import { flow, i32, i64, locals, moduleOf, v128, type Code } from './wasm-module.js'

/** Bytes looked at in one call. */
export const windowBytes = 32 * 1024
/** Where the bytes lie; a block of them may be read behind the last. */
export const windowAt = 64
/** Where the places of elements' first and last brackets are written, four bytes each. */
export const edgesAt = 64 * 1024
const pages = 3
const blockBytes = 64
/** Words in which the state lies between calls: depth, whether a string goes on (all bits or none), whether the next byte is escaped, edges found. */
export const stateAt = { depth: 0, quoted: 4, escaped: 8, edges: 12 } as const

const quote = 0x22
const backslash = 0x5c
/** What `[` and `{`, and `]` and `}`, are in common: the upper of both differs in this bit. */
const caseBit = 0x20
const opener = 0x7b
const closer = 0x7d

const local = locals(
  ['length', 'wantsEdges'],
  ['base', 'depth', 'edges', 'place', 'escapedNext'],
  ['valid', 'quotes', 'backslashes', 'openers', 'closers', 'escaped', 'strings', 'bit', 'both'],
)
type Name = Parameters<typeof local.get>[0]
const { get, set, tee } = local

/** One bit for each of the 64 bytes of the block that is `byte`, once `folded` bits are set in all of them; bits behind the end are none. */
function bitsOf(byte: number, folded: number, into: Name): Code {
  const quarter = (index: number): Code => [
    ...get('base'), ...v128.load(windowAt + 16 * index), ...(folded === 0 ? [] : [...v128.bytes(folded), ...v128.or]),
    ...v128.bytes(byte), ...v128.equalBytes, ...v128.bitmask, ...i64.extendUnsigned,
    ...(index === 0 ? [] : [...i64.const(BigInt(16 * index)), ...i64.shiftLeft, ...i64.or]),
  ]
  return [...quarter(0), ...quarter(1), ...quarter(2), ...quarter(3), ...get('valid'), ...i64.and, ...set(into)]
}

/** All bits of the block, or as many as there are bytes left. */
const validBits: Code = [
  ...i64.const(-1n), ...set('valid'),
  ...get('length'), ...get('base'), ...i32.sub, ...tee('place'), ...i32.const(blockBytes), ...i32.lessUnsigned,
  ...flow.when([...i64.const(1n), ...get('place'), ...i64.extendUnsigned, ...i64.shiftLeft, ...i64.const(1n), ...i64.sub, ...set('valid')]),
]

/** Bytes behind a backslash are escaped, and a backslash that is escaped escapes nothing. Most blocks have none. */
const escapes: Code = [
  ...get('escapedNext'), ...i64.extendUnsigned, ...set('escaped'),
  ...i32.const(0), ...set('escapedNext'),
  ...get('backslashes'), ...get('escaped'), ...i64.const(-1n), ...i64.xor, ...i64.and, ...set('backslashes'),
  ...flow.block(flow.loop([
    ...get('backslashes'), ...i64.eqz, ...flow.branchIf(1),
    // The lowest bit, and the one above it.
    ...i64.const(0n), ...get('backslashes'), ...i64.sub, ...get('backslashes'), ...i64.and, ...tee('bit'), ...i64.const(1n), ...i64.shiftLeft, ...tee('both'), ...get('escaped'), ...i64.or, ...set('escaped'),
    ...get('both'), ...i64.eqz, ...flow.when([...i32.const(1), ...set('escapedNext')]),
    ...get('backslashes'), ...get('bit'), ...get('both'), ...i64.or, ...i64.const(-1n), ...i64.xor, ...i64.and, ...set('backslashes'),
    ...flow.branch(0),
  ])),
  ...get('quotes'), ...get('escaped'), ...i64.const(-1n), ...i64.xor, ...i64.and, ...set('quotes'),
  // Behind the last byte of all, the bit that is escaped belongs to the next call.
  ...get('valid'), ...i64.const(-1n), ...i64.notEqual,
  ...flow.when([...get('escaped'), ...get('valid'), ...i64.const(-1n), ...i64.xor, ...i64.and, ...i64.const(0n), ...i64.notEqual, ...set('escapedNext')]),
]

const shifted = (by: bigint): Code => [...get('quotes'), ...get('quotes'), ...i64.const(by), ...i64.shiftLeft, ...i64.xor, ...set('quotes')]

/** Every bit from an opening quote up to the closing one: the sum, modulo two, of all quotes up to there. */
const strings: Code = [
  ...[1n, 2n, 4n, 8n, 16n, 32n].flatMap(shifted),
  ...get('quotes'), ...get('strings'), ...i64.xor, ...tee('quotes'), ...i64.const(63n), ...i64.shiftRightSigned, ...set('strings'),
  ...['openers', 'closers'].flatMap((name) => [...get(name as Name), ...get('quotes'), ...i64.const(-1n), ...i64.xor, ...i64.and, ...set(name as Name)]),
]

const storeState: Code = [
  ...i32.const(stateAt.depth), ...get('depth'), ...i32.store(0),
  ...i32.const(stateAt.quoted), ...get('strings'), ...i32.wrap, ...i32.store(0),
  ...i32.const(stateAt.escaped), ...get('escapedNext'), ...i32.store(0),
  ...i32.const(stateAt.edges), ...get('edges'), ...i32.store(0),
]

const noteEdge: Code = [
  ...get('edges'), ...get('edges'), ...i32.add, ...tee('place'), ...get('place'), ...i32.add, ...get('base'), ...get('both'), ...i64.trailingZeros, ...i32.wrap, ...i32.add, ...i32.store(edgesAt),
  ...get('edges'), ...i32.const(1), ...i32.add, ...set('edges'),
]

/** Bracket by bracket. Label 0 is the loop, 1 the block around it. */
const eachBracket: Code = flow.block(flow.loop([
  ...get('openers'), ...get('closers'), ...i64.or, ...tee('both'), ...i64.eqz, ...flow.branchIf(1),
  ...i64.const(0n), ...get('both'), ...i64.sub, ...get('both'), ...i64.and, ...tee('bit'), ...get('openers'), ...i64.and, ...i64.eqz,
  ...flow.either([
    ...get('depth'), ...i32.eqz, ...flow.when([...storeState, ...get('base'), ...get('both'), ...i64.trailingZeros, ...i32.wrap, ...i32.add, ...flow.return]),
    ...get('depth'), ...i32.const(1), ...i32.sub, ...tee('depth'), ...i32.eqz, ...flow.when(noteEdge),
    ...get('closers'), ...get('bit'), ...i64.xor, ...set('closers'),
  ], [
    ...get('depth'), ...i32.eqz, ...flow.when(noteEdge),
    ...get('depth'), ...i32.const(1), ...i32.add, ...set('depth'),
    ...get('openers'), ...get('bit'), ...i64.xor, ...set('openers'),
  ]),
  ...flow.branch(0),
]))

/** Where no edges are wanted and the block closes no more than what is open, the sum of its brackets is all there is to know. */
const brackets: Code = flow.block([
  ...get('wantsEdges'), ...i32.eqz,
  ...flow.when([
    ...get('closers'), ...i64.ones, ...i32.wrap, ...tee('place'), ...get('depth'), ...i32.lessUnsigned,
    ...flow.when([...get('depth'), ...get('openers'), ...i64.ones, ...i32.wrap, ...i32.add, ...get('place'), ...i32.sub, ...set('depth'), ...flow.branch(2)]),
  ]),
  ...eachBracket,
])

const body: Code = [
  ...i32.const(stateAt.depth), ...i32.load(0), ...set('depth'),
  ...i32.const(stateAt.quoted), ...i32.load(0), ...i64.extendSigned, ...set('strings'),
  ...i32.const(stateAt.escaped), ...i32.load(0), ...set('escapedNext'),
  ...flow.block(flow.loop([
    ...get('base'), ...get('length'), ...i32.lessUnsigned, ...i32.eqz, ...flow.branchIf(1),
    ...validBits,
    ...bitsOf(quote, 0, 'quotes'), ...bitsOf(backslash, 0, 'backslashes'), ...bitsOf(opener, caseBit, 'openers'), ...bitsOf(closer, caseBit, 'closers'),
    ...get('backslashes'), ...get('escapedNext'), ...i64.extendUnsigned, ...i64.or, ...i64.eqz, ...i32.eqz, ...flow.when(escapes),
    ...strings,
    ...brackets,
    ...get('base'), ...i32.const(blockBytes), ...i32.add, ...set('base'),
    ...flow.branch(0),
  ])),
  ...storeState,
  ...i32.const(-1),
]

/** The module: `run(length, wantsEdges)` answers the place of the bracket that closes the array, or -1. */
export const bracketModule = (): Uint8Array<ArrayBuffer> => moduleOf(pages, local, body)
