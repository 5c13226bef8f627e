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
  /** By the names as written; those with a prefix are in `foreign` as well. */
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
  /** Of XML elements or JSON values. */
  readonly maxElements: number
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
  let elements = 0

  const fail = (reason: string, position = { line: parser.line, column: parser.column }): never => {
    throw hubError('HUB_CONTRACT_SYNTAX', { ...position, reason })
  }
  parser.on('error', (error) => fail(reasonOf(error)))
  parser.on('doctype', () => fail('document type declarations are not allowed'))
  parser.on('opentagstart', (tag) => {
    at = { line: parser.line, column: Math.max(1, parser.column - tag.name.length - 1) }
    elements += 1
    if (elements > limits.maxElements) throw tooMany(limits)
    if (open.length >= limits.maxDepth) fail(`elements are nested deeper than ${limits.maxDepth}`, at)
  })
  parser.on('opentag', (tag) => {
    const failHere = (reason: string): never => fail(reason, at)
    const { declaring, prefixed } = specialNames(tag, limits, failHere)
    const scope = scopeOf(tag, declaring, scopes[scopes.length - 1] ?? rootScope)
    const element = openElement(tag, scope, prefixed, failHere)
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

/** The refusal of a document with too many parts. */
export const tooMany = ({ maxElements }: Pick<DocumentLimits, 'maxElements'>): HubError => hubError('HUB_CONTRACT_INVALID', { reason: `it has more than ${maxElements} elements` })

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

/** Names of attributes that declare namespaces, and of those that have a prefix. */
interface SpecialNames {
  readonly declaring: readonly string[] | undefined
  readonly prefixed: readonly string[] | undefined
}

/** One pass over the attributes: most elements have none that is special. */
function specialNames(tag: SaxesTagPlain, limits: DocumentLimits, fail: (reason: string) => never): SpecialNames {
  let declaring: string[] | undefined
  let prefixed: string[] | undefined
  for (const name in tag.attributes) {
    if ((tag.attributes[name] ?? '').length > limits.maxAttributeCharacters) fail(`the attribute ${name} is longer than ${limits.maxAttributeCharacters} characters`)
    if (name === 'xmlns' || name.startsWith('xmlns:')) (declaring ??= []).push(name)
    else if (name.includes(':')) (prefixed ??= []).push(name)
  }
  return { declaring, prefixed }
}

function scopeOf(tag: SaxesTagPlain, declaring: readonly string[] | undefined, outer: Scope): Scope {
  if (declaring === undefined) return outer
  const scope = new Map(outer)
  for (const name of declaring) scope.set(name.slice(6), tag.attributes[name] ?? '')
  return scope
}

function openElement(tag: SaxesTagPlain, scope: Scope, prefixed: readonly string[] | undefined, fail: (reason: string) => never): OpenElement {
  const namespaceOf = (prefix: string): string => scope.get(prefix) ?? fail(`the namespace prefix ${prefix} is not bound`)
  const colon = tag.name.indexOf(':')
  const foreign = prefixed?.map((name): ForeignAttribute => {
    const end = name.indexOf(':')
    return { namespace: namespaceOf(name.slice(0, end)), name: name.slice(end + 1), value: tag.attributes[name] ?? '' }
  })
  return {
    namespace: namespaceOf(colon < 0 ? '' : tag.name.slice(0, colon)),
    name: colon < 0 ? tag.name : tag.name.slice(colon + 1),
    attributes: tag.attributes,
    foreign: foreign ?? none,
    children: [],
    text: '',
    line: 0,
    column: 0,
  }
}

/** True for names of attributes that are neither prefixed nor declare a namespace. */
export const isPlain = (name: string): boolean => name !== 'xmlns' && !name.includes(':')
