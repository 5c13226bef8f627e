import type { Languages } from '@tributary/source'

/** The languages of one answer: what its sources are asked for, and what they said. */
export interface SpokenLanguages extends Languages {
  /** What has been heard so far, each language once, as `Content-Language` has them; undefined: nothing. */
  readonly spoken: () => string | undefined
}

/** `Content-Language` of an answer, as far as it is known. */
export function languageHeader({ spoken }: SpokenLanguages): Readonly<Record<string, string>> {
  const told = spoken()
  return told === undefined ? {} : { 'content-language': told }
}

/** @param header `Accept-Language` of the request. One that takes any language asks for none. */
export function spokenLanguages(header: string | undefined): SpokenLanguages {
  const all = new Map<string, string>()
  const wanted = header?.trim()
  return {
    ...(wanted === undefined || wanted === '' || wanted === '*' ? {} : { accepted: wanted }),
    heard: (languages) => {
      for (const language of languages.split(',').map((one) => one.trim()).filter((one) => one !== '')) if (!all.has(language.toLowerCase())) all.set(language.toLowerCase(), language)
    },
    spoken: () => (all.size === 0 ? undefined : [...all.values()].join(', ')),
  }
}
