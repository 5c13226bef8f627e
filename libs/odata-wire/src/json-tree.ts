/** A JSON text as a tree that keeps every number and string as it was written, so that nothing is rounded on the way through. */
export type JsonTree =
  | { readonly kind: 'object'; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly items: readonly JsonTree[] }
  /** `text` is the token itself: with quotes where it is a string. */
  | { readonly kind: 'string' | 'number' | 'word'; readonly text: string }

/** A member of an object, in the order of the text. */
export interface JsonMember {
  readonly name: string
  readonly value: JsonTree
}

/** What is wrong with a text, and where. Lines and columns count from 1. */
export class MalformedJson extends Error {
  constructor(readonly reason: string, readonly line: number, readonly column: number) {
    super(`${reason} at line ${line}, column ${column}`)
    this.name = 'MalformedJson'
  }
}

const deepest = 100

/**
 * Reads a JSON text (RFC 8259) as a tree. A byte order mark before it is passed over; a name may stand only once in an object.
 * @throws MalformedJson
 */
export function readJsonTree(bytes: Buffer): JsonTree {
  const reader = new TreeReader(bytes.toString('utf8').replace(/^\uFEFF/, ''))
  return reader.whole()
}

const spaces = /[ \t\n\r]*/y
const numbers = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const escapes = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y
const words = /true|false|null/y

class TreeReader {
  private at = 0
  private depth = 0

  constructor(private readonly text: string) {}

  whole(): JsonTree {
    this.space()
    const tree = this.value()
    this.space()
    if (this.at < this.text.length) throw this.wrong(`found ${this.found()} behind the end`)
    return tree
  }

  private value(): JsonTree {
    const sign = this.text[this.at]
    if (sign === '{' || sign === '[') {
      if (++this.depth > deepest) throw this.wrong(`the text is nested deeper than ${deepest}`)
      const tree = sign === '{' ? this.object() : this.array()
      this.depth--
      return tree
    }
    if (sign === '"') return { kind: 'string', text: this.string() }
    const word = this.token(words)
    if (word !== undefined) return { kind: 'word', text: word }
    const number = this.token(numbers)
    if (number !== undefined) return { kind: 'number', text: number }
    throw this.wrong(`found ${this.found()}, expected a value`)
  }

  private object(): JsonTree {
    const members: JsonMember[] = []
    const names = new Set<string>()
    this.list('}', () => {
      const before = this.at
      if (this.text[this.at] !== '"') throw this.wrong(`found ${this.found()}, expected a name`)
      const name = JSON.parse(this.string()) as string
      if (names.has(name)) throw this.wrong(`the name ${JSON.stringify(name)} is given twice`, before)
      names.add(name)
      this.space()
      if (this.text[this.at] !== ':') throw this.wrong(`found ${this.found()}, expected a colon`)
      this.at++
      this.space()
      members.push({ name, value: this.value() })
    })
    return { kind: 'object', members }
  }

  private array(): JsonTree {
    const items: JsonTree[] = []
    this.list(']', () => items.push(this.value()))
    return { kind: 'array', items }
  }

  /** What stands between a bracket, on which the reader is, and the one that closes it. */
  private list(close: string, item: () => void): void {
    this.at++
    this.space()
    if (this.text[this.at] === close) {
      this.at++
      return
    }
    for (;;) {
      item()
      this.space()
      const sign = this.text[this.at]
      if (sign !== ',' && sign !== close) throw this.wrong(`found ${this.found()}, expected a comma or ${close}`)
      this.at++
      if (sign === close) return
      this.space()
    }
  }

  /** The token of a string, on whose opening quote the reader is. */
  private string(): string {
    const from = this.at
    for (this.at++; this.at < this.text.length; ) {
      const sign = this.text.charCodeAt(this.at)
      if (sign === 0x22) return this.text.slice(from, ++this.at)
      if (sign < 0x20) throw this.wrong('found a control character within a string')
      if (sign === 0x5c) {
        if (this.token(escapes) === undefined) throw this.wrong('found an escape that is none')
      } else this.at++
    }
    throw this.wrong('found a string that does not end', from)
  }

  private space(): void {
    spaces.lastIndex = this.at
    spaces.test(this.text)
    this.at = spaces.lastIndex
  }

  private token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const [text] = pattern.exec(this.text) ?? []
    this.at += text?.length ?? 0
    return text
  }

  private found(): string {
    return this.at >= this.text.length ? 'the end' : JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.at) ?? 0))
  }

  private wrong(reason: string, at = this.at): MalformedJson {
    const before = this.text.slice(0, at)
    const line = before.split('\n').length
    return new MalformedJson(reason, line, at - before.lastIndexOf('\n'))
  }
}

/** The tree as JSON text, tokens as they were read. */
export function jsonTreeText(tree: JsonTree): string {
  switch (tree.kind) {
    case 'object': return `{${tree.members.map(({ name, value }) => `${JSON.stringify(name)}:${jsonTreeText(value)}`).join(',')}}`
    case 'array': return `[${tree.items.map(jsonTreeText).join(',')}]`
    default: return tree.text
  }
}

/** A string as a tree. */
export const jsonString = (text: string): JsonTree => ({ kind: 'string', text: JSON.stringify(text) })

/** The value of a string token; undefined: it is none. */
export const stringOf = (tree: JsonTree | undefined): string | undefined => (tree?.kind === 'string' ? JSON.parse(tree.text) as string : undefined)

/** The member of this name; undefined: there is none, or the tree is no object. */
export const memberOf = (tree: JsonTree, name: string): JsonTree | undefined => (tree.kind === 'object' ? tree.members.find((one) => one.name === name)?.value : undefined)
