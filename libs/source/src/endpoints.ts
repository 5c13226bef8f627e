import type { Capabilities, Fact, Feature } from './capabilities.js'
import type { Costs } from './costs.js'
import type { Source, Target } from './source.js'

/**
 * The endpoints one request may reach, and what is known of them. The planner and the operators meet sources only through this.
 */
export interface Endpoints {
  /** @throws HUB_SOURCE_UNREACHABLE if the slug is not part of this request's exposure */
  endpoint(slug: string): OpenEndpoint
  /** What is known now; a later call may know more. */
  capabilities(slug: string, entitySet: string): Capabilities
  /** Takes note of what an answer taught. */
  learn(slug: string, entitySet: string, lessons: readonly Lesson[]): void
  /** What reading has cost lately. Left out: joins are not chosen by it. */
  readonly costs?: Costs
}

export interface OpenEndpoint {
  readonly source: Source
  readonly target: Target
}

export type Lesson =
  | { readonly kind: 'fact'; readonly feature: Feature; readonly fact: Fact }
  | { readonly kind: 'urlLimit' | 'keyLimit'; readonly limit: number }
