import { hubError } from '@tributary/errors'

const token = /\s*(?:\$([\w.~-]+)\/\$succeeded|(and|or|not|true|false)(?![\w.~-])|([()]))/iy

/**
 * Whether the condition of a request in a batch holds: `$id/$succeeded` joined by `and`, `or`, `not` and parentheses.
 * @throws HUB_DEPENDENCY_FAILED for what looks into the body of an answer, which is not kept
 * @see OData JSON Format 4.01, section 19.1
 */
export function conditionHolds(id: string, condition: string, succeeded: (id: string) => boolean | undefined): boolean {
  const refused = (reason: string) => hubError('HUB_DEPENDENCY_FAILED', { id, reason }, { target: 'if' })
  const words = wordsOf(condition, refused)
  let at = 0
  const primary = (): boolean => {
    const word = words[at++]
    if (word === 'not') return !primary()
    if (word === 'true' || word === 'false') return word === 'true'
    if (word === '(') {
      const inner = either()
      if (words[at++] !== ')') throw refused('its condition lacks a closing parenthesis')
      return inner
    }
    const known = word?.startsWith('$') === true ? succeeded(word.slice(1)) : undefined
    if (known === undefined) throw refused(`its condition cannot be evaluated: ${condition}`)
    return known
  }
  const both = (): boolean => {
    let value = primary()
    while (words[at] === 'and' && ++at > 0) value = primary() && value
    return value
  }
  const either = (): boolean => {
    let value = both()
    while (words[at] === 'or' && ++at > 0) value = both() || value
    return value
  }
  const value = either()
  if (at < words.length) throw refused(`its condition cannot be evaluated: ${condition}`)
  return value
}

const mostWords = 200

function wordsOf(condition: string, refused: (reason: string) => Error): readonly string[] {
  const words: string[] = []
  const text = condition.trim()
  token.lastIndex = 0
  for (let end = 0; end < text.length; end = token.lastIndex) {
    token.lastIndex = end
    const found = token.exec(text)
    if (found === null || words.length >= mostWords) throw refused(`its condition may join $id/$succeeded by and, or, not; nothing else: ${condition.slice(0, 100)}`)
    words.push(found[1] === undefined ? (found[2] ?? found[3] ?? '').toLowerCase() : `$${found[1]}`)
  }
  return words
}
