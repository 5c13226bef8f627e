import { SourceContradicted, SourceRefused, type Capabilities, type Feature } from '../capabilities.js'
import type { Lesson } from '../endpoints.js'

const TOO_LONG: ReadonlySet<number> = new Set([413, 414, 431])

/**
 * What a refusal or a contradiction teaches the engine, in its simplest form: the next placement of the same fragment does without it. A URL that was too long halves
 * the limit; an answer that says no to an option demotes the most suspicious feature not yet demoted. Empty: nothing is left to try.
 */
export function lessonsOf(error: SourceRefused | SourceContradicted, able: Capabilities, now: Date): readonly Lesson[] {
  if (error instanceof SourceContradicted) return [demotion(error.feature, error.reason, now)]
  if (TOO_LONG.has(error.status)) return able.urlLimit > 250 ? [{ kind: 'urlLimit', limit: Math.floor(able.urlLimit / 2) }] : []
  const suspect = error.features.find((feature) => able.fact(feature).trust !== 'unsupported')
  return suspect === undefined ? [] : [demotion(suspect, `${error.status} to ${suspect}: ${error.reason}`, now)]
}

const demotion = (feature: Feature, why: string, now: Date): Lesson => ({ kind: 'fact', feature, fact: Object.freeze({ trust: 'unsupported', origin: 'learnt', why, since: now }) })
