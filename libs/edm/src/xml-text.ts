import { hubError } from '@tributary/errors'

/** Attributes in the order they are written; those undefined are left out. */
export type XmlAttributes = Readonly<Record<string, string | undefined>>

/** Writes indented XML, two blanks a level. */
export interface XmlWriter {
  /** An element; `content` writes what is inside, and nothing inside makes it an empty element. */
  element(name: string, attributes: XmlAttributes, content?: () => void): void
  /** An element with character data. */
  text(name: string, text: string): void
  toString(): string
}

/** An XML document without anything in it yet. @throws HUB_CONTRACT_INVALID (while writing) for characters XML cannot hold */
export function xmlWriter(): XmlWriter {
  const parts: string[] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
  let indent = ''
  return {
    element(name, attributes, content) {
      parts.push(indent, '<', name, attributesText(attributes))
      const start = parts.push('>\n')
      if (content !== undefined) {
        indent += '  '
        content()
        indent = indent.slice(2)
      }
      if (parts.length === start) parts[start - 1] = '/>\n'
      else parts.push(indent, '</', name, '>\n')
    },
    text(name, text) {
      parts.push(indent, '<', name, text === '' ? '/>\n' : `>${escapeText(text)}</${name}>\n`)
    },
    toString: () => parts.join(''),
  }
}

function attributesText(attributes: XmlAttributes): string {
  let text = ''
  for (const name in attributes) {
    const value = attributes[name]
    if (value !== undefined) text += ` ${name}="${escapeAttribute(value)}"`
  }
  return text
}

const special: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\t': '&#x9;', '\n': '&#xA;', '\r': '&#xD;' }

const escapeAttribute = (text: string): string => (/[&<>"\s]/.test(checked(text)) ? text.replaceAll(/[&<>"\t\n\r]/g, (found) => special[found] ?? found) : text)

const escapeText = (text: string): string => checked(text).replaceAll(/[&<>\r]/g, (found) => special[found] ?? found)

/** XML 1.0 has no way to write most control characters, lone surrogates, U+FFFE and U+FFFF. */
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

function checked(text: string): string {
  const found = forbidden.exec(text)?.[0]
  if (found === undefined) return text
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw hubError('HUB_CONTRACT_INVALID', { reason: `the character U+${code} cannot be written in XML` })
}
