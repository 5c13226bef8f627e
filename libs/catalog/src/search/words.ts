/**
 * How technical names and prose become what is searched: words are split (camelCase, PascalCase, acronyms, snake_case, digits) while their
 * case is still there, and folded (lower case, no diacritics) afterwards. Texts and queries go the same way, so both stores match alike.
 */

/** Something searchable in a text: a whole word without its separators, or a part of it. Offsets are UTF-16, [start, end). */
export interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A word with its parts; a word of one part has none. */
export interface Word extends Token {
  readonly parts: readonly Token[]
}

const wordPattern = /[\p{L}\p{M}\p{N}_]+/gu
/** In this order: one ideograph or kana · capitals before the last that begins a word · a word · digits · letters without case. */
const partPattern = new RegExp(
  [
    '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]',
    '(?:\\p{Lu}\\p{M}*)+(?!\\p{M}*\\p{Ll})',
    '(?:\\p{Lu}\\p{M}*)?(?:\\p{Ll}\\p{M}*)+',
    '\\p{N}+',
    '(?:[\\p{Lo}\\p{Lm}\\p{Lt}]\\p{M}*)+',
    '\\p{L}\\p{M}*',
  ].join('|'),
  'gu',
)
/** Longer tokens are cut, in texts and queries alike: a store's index has limits. */
const longestToken = 100

/** Lower case, no diacritics, letters and digits only. */
export const fold = (text: string): string =>
  text.normalize('NFKD').toLowerCase().normalize('NFKD').replaceAll(/[^\p{L}\p{N}]/gu, '').slice(0, longestToken)

/** The words of a text, in order. */
export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(wordPattern)].flatMap((match) => {
    const word = tokenAt(match[0], match.index)
    if (word.text === '') return []
    const parts = [...match[0].matchAll(partPattern)].map((part) => tokenAt(part[0], match.index + part.index)).filter(({ text: folded }) => folded !== '')
    return [{ ...word, parts: parts.length > 1 ? parts : [] }]
  })
}

/** Every token of a text: words and their parts. */
export const tokensOf = (text: string): readonly Token[] => wordsOf(text).flatMap((word) => [word, ...word.parts])

const tokenAt = (text: string, start: number): Token => ({ text: fold(text), start, end: start + text.length })
