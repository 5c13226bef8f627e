import { bracketModule, edgesAt, stateAt, windowAt, windowBytes } from './bracket-code.js'

/** As much of it as is used: TypeScript knows it with the types of browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Machine {
  readonly window: Uint8Array
  readonly state: Int32Array
  readonly edges: Int32Array
  run(length: number, wantsEdges: number): number
}

/** One for the process: a scan is done before another begins, and its state is kept by whoever scans. */
let machine: Machine | undefined

function machineOf(): Machine {
  const { memory: { buffer }, run } = new WebAssembly.Instance(new WebAssembly.Module(bracketModule())).exports as Pick<Machine, 'run'> & { readonly memory: { readonly buffer: ArrayBuffer } }
  return { window: new Uint8Array(buffer, windowAt, windowBytes), state: new Int32Array(buffer, 0, windowAt / 4), edges: new Int32Array(buffer, edgesAt), run }
}

/**
 * Finds where the elements of a JSON array begin and end, and where the array does, over chunks of bytes that may end anywhere. Only quotes,
 * escapes and brackets are looked at, 64 bytes at a time; that brackets match in kind is not.
 */
export class ElementScan {
  private depth = 0
  private quoted = 0
  private escaped = 0

  /** Whether what was scanned last lies within an element that is an object or an array. */
  get isWithin(): boolean {
    return this.depth > 0
  }

  /**
   * Scans `bytes` from `from` to `to`; `edges` takes the place of each element's first bracket and of its last one, in turn.
   * @returns the place of the bracket that closes the array; -1: it is not closed here. Not to be asked again once it was.
   */
  scan(bytes: Uint8Array, from = 0, to = bytes.length, edges?: number[]): number {
    machine ??= machineOf()
    const { window, state, run } = machine
    for (let at = from; at < to; at += windowBytes) {
      const length = Math.min(windowBytes, to - at)
      window.set(length === bytes.length ? bytes : bytes.subarray(at, at + length))
      state[stateAt.depth / 4] = this.depth
      state[stateAt.quoted / 4] = this.quoted
      state[stateAt.escaped / 4] = this.escaped
      const end = run(length, edges === undefined ? 0 : 1)
      this.depth = state[stateAt.depth / 4] ?? 0
      this.quoted = state[stateAt.quoted / 4] ?? 0
      this.escaped = state[stateAt.escaped / 4] ?? 0
      if (edges !== undefined) noteEdges(machine, at, edges)
      if (end >= 0) return at + end
    }
    return -1
  }
}

function noteEdges({ state, edges }: Machine, at: number, into: number[]): void {
  const count = state[stateAt.edges / 4] ?? 0
  for (let index = 0; index < count; index++) into.push(at + (edges[index] ?? 0))
}
