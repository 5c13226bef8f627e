import { hubError, isHubError, type HubError } from '@tributary/errors'
import { SaxesParser, type SaxesTagPlain } from 'saxes'

/** An attribute of a namespace other than the element's own vocabulary: `sap:label`, `m:HasStream`. */
export interface ForeignAttribute {
  readonly namespace: string
  readonly name: string
  readonly value: string
}

/** An element with its namespace resolved. `text` is the character data directly inside it. */
export interface XmlElement {
  readonly namespace: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly foreign: readonly ForeignAttribute[]
  readonly children: readonly XmlElement[]
  readonly text: string
  readonly line: number
  readonly column: number
}

/** What a document may cost to read. */
export interface DocumentLimits {
  readonly maxCharacters: number
  readonly maxDepth: number
  readonly maxAttributeCharacters: number
}

/** Takes a document in pieces and gives its root when it is complete. */
export interface XmlTreeBuilder {
  write(text: string): void
  end(): XmlElement
}

interface OpenElement {
  namespace: string
  name: string
  attributes: Readonly<Record<string, string>>
  foreign: readonly ForeignAttribute[]
  children: OpenElement[]
  text: string
  line: number
  column: number
}

/** Prefix → namespace. */
type Scope = ReadonlyMap<string, string>

const none: readonly ForeignAttribute[] = Object.freeze([])
const rootScope: Scope = new Map([['', ''], ['xml', 'http://www.w3.org/XML/1998/namespace']])

/**
 * Builds the element tree of an XML document fed in pieces. Document type declarations are refused, so there is
 * neither entity expansion nor any external entity.
 * @throws HUB_CONTRACT_SYNTAX with line and column
 */
export function xmlTreeBuilder(limits: DocumentLimits): XmlTreeBuilder {
  const parser = new SaxesParser()
  const open: OpenElement[] = []
  const scopes: Scope[] = [rootScope]
  let root: OpenElement | undefined
  let at = { line: 1, column: 1 }
  let length = 0

  const fail = (reason: string, position = { line: parser.line, column: parser.column }): never => {
    throw hubError('HUB_CONTRACT_SYNTAX', { ...position, reason })
  }
  parser.on('error', (error) => fail(reasonOf(error)))
  parser.on('doctype', () => fail('document type declarations are not allowed'))
  parser.on('opentagstart', (tag) => {
    at = { line: parser.line, column: Math.max(1, parser.column - tag.name.length - 1) }
    if (open.length >= limits.maxDepth) fail(`elements are nested deeper than ${limits.maxDepth}`, at)
  })
  parser.on('opentag', (tag) => {
    const scope = scopeOf(tag, scopes[scopes.length - 1] ?? rootScope)
    const element = openElement(tag, scope, limits, (reason) => fail(reason, at))
    element.line = at.line
    element.column = at.column
    scopes.push(scope)
    open[open.length - 1]?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
    scopes.pop()
  })
  const text = (value: string): void => {
    const element = open[open.length - 1]
    if (element !== undefined) element.text += value
  }
  parser.on('text', text)
  parser.on('cdata', text)

  return {
    write(piece) {
      length += piece.length
      if (length > limits.maxCharacters) throw tooLong(limits)
      guarded(() => parser.write(piece), parser)
    },
    end() {
      guarded(() => parser.close(), parser)
      return root ?? fail('the document is empty')
    },
  }
}

/** The refusal of a document over the limit. */
export const tooLong = ({ maxCharacters }: DocumentLimits): HubError => hubError('HUB_CONTRACT_INVALID', { reason: `it is longer than ${maxCharacters} characters` })

/** Faults the parser throws by itself get the shape of the catalogue's, with their position. */
function guarded(step: () => void, parser: { readonly line: number; readonly column: number }): void {
  try {
    step()
  } catch (error) {
    if (isHubError(error)) throw error
    throw hubError('HUB_CONTRACT_SYNTAX', { line: parser.line, column: parser.column, reason: reasonOf(error) }, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')
}

function scopeOf(tag: SaxesTagPlain, outer: Scope): Scope {
  let scope: Map<string, string> | undefined
  for (const name in tag.attributes) {
    if (!name.startsWith('xmlns')) continue
    const prefix = name === 'xmlns' ? '' : name.startsWith('xmlns:') ? name.slice(6) : undefined
    if (prefix === undefined) continue
    scope ??= new Map(outer)
    scope.set(prefix, tag.attributes[name] ?? '')
  }
  return scope ?? outer
}

function openElement(tag: SaxesTagPlain, scope: Scope, limits: DocumentLimits, fail: (reason: string) => never): OpenElement {
  const { attributes, foreign } = attributesOf(tag, scope, limits, fail)
  const colon = tag.name.indexOf(':')
  const prefix = colon < 0 ? '' : tag.name.slice(0, colon)
  const namespace = scope.get(prefix)
  if (namespace === undefined) return fail(`the namespace prefix ${prefix} is not bound`)
  return { namespace, name: tag.name.slice(colon + 1), attributes, foreign, children: [], text: '', line: 0, column: 0 }
}

type Attributes = Pick<XmlElement, 'attributes' | 'foreign'>

function attributesOf(tag: SaxesTagPlain, scope: Scope, limits: DocumentLimits, fail: (reason: string) => never): Attributes {
  let plain = true
  for (const name in tag.attributes) {
    if ((tag.attributes[name] ?? '').length > limits.maxAttributeCharacters) fail(`the attribute ${name} is longer than ${limits.maxAttributeCharacters} characters`)
    if (name === 'xmlns' || name.includes(':')) plain = false
  }
  // Most elements carry no prefixed attribute: theirs are used as they come.
  if (plain) return { attributes: tag.attributes, foreign: none }
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>
  const foreign: ForeignAttribute[] = []
  for (const [name, value] of Object.entries(tag.attributes)) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue
    const colon = name.indexOf(':')
    if (colon < 0) attributes[name] = value
    else {
      const namespace = scope.get(name.slice(0, colon)) ?? fail(`the namespace prefix ${name.slice(0, colon)} is not bound`)
      foreign.push({ namespace, name: name.slice(colon + 1), value })
    }
  }
  return { attributes, foreign }
}
