import type { ExposedSet, Exposure } from '@tributary/catalog'
import { exposedAddress } from '@tributary/planner'
import type { Target } from '@tributary/source'

/** Where the links of a source's answer lead, and where they are to lead. */
export interface LinkPlace {
  readonly exposure: Exposure
  readonly target: Target
  /** Absolute URL of our service root, ends in `/`. */
  readonly root: string
  /** The set the answer is about. */
  readonly set?: ExposedSet
}

/** Turns the links of a source's answer into ours. */
export interface SourceLinks {
  /** Undefined: it leads to something that is not exposed. What lies outside of the source's service stays as it is. */
  link(text: string): string | undefined
  /** An absolute URL of the source as a path below its root, a key in its query left out; undefined: it leads elsewhere. */
  below(absolute: string): string | undefined
  /** A text for people, in which the source's address is ours. */
  prose(text: string): string
  /** Takes note of what a source that stands behind another address calls its root. */
  alsoAt(context: string): void
}

/** The links of one answer. */
export function sourceLinks(place: LinkPlace): SourceLinks {
  const { exposure, target, root, set } = place
  const roots = new Set([target.url])
  const turned = (below: string): string | undefined => {
    const [, path = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(below) ?? []
    const address = path === '' ? '' : exposedAddress(path, exposure, target.slug, set)
    return address === undefined ? undefined : address + withoutKey(rest, target)
  }
  return {
    link: (text) => {
      const absolute = /^[a-z][a-z\d+.-]*:/i.test(text) ? text : text.startsWith('/') ? new URL(text, target.url).href : undefined
      if (absolute === undefined) return turned(text)
      const own = [...roots].find((one) => absolute.toLowerCase().startsWith(one.toLowerCase()))
      if (own === undefined) return text
      const below = turned(absolute.slice(own.length))
      return below === undefined ? undefined : root + below
    },
    below: (absolute) => {
      const own = [...roots].find((one) => absolute.toLowerCase().startsWith(one.toLowerCase()))
      if (own === undefined) return undefined
      const [, path = '', rest = ''] = /^([^?#]*)([^#]*)/s.exec(absolute.slice(own.length)) ?? []
      return path + withoutKey(rest, target)
    },
    prose: (text) => [...roots].reduce((said, one) => said.replaceAll(one, root), text),
    alsoAt: (context) => {
      const [before, fragment] = context.split('$metadata')
      if (fragment !== undefined && before !== undefined && /^https?:\/\/[^?#]*\/$/i.test(before)) roots.add(before)
    },
  }
}

/** A key that the source was given in the query may stand in its links. */
function withoutKey(query: string, { connection: { auth } }: Target): string {
  if (auth.kind !== 'apiKey' || auth.in !== 'query' || !query.startsWith('?')) return query
  const kept = query.slice(1).split('&').filter((option) => option.split('=')[0] !== encodeURIComponent(auth.name) && option.split('=')[0] !== auth.name)
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}
