import type { AttributeView } from '../api/views.js'

/** One condition of a preview: a property, an operator, a value as it was typed. */
export interface Condition {
  readonly property: string
  readonly operator: Operator
  readonly value: string
}

export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'contains' | 'startswith' | 'endswith'

export const stringOperators: readonly Operator[] = ['contains', 'startswith', 'endswith', 'eq', 'ne']
export const orderedOperators: readonly Operator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le']

/** What a preview shows: it stands in the page's address, so every state can be sent to somebody. */
export interface PreviewState {
  readonly where: readonly Condition[]
  readonly sort?: { readonly property: string; readonly descending: boolean }
  readonly expand: readonly string[]
  readonly top: number
}

export const defaultTop = 20

/** The address's search parameters: `where=Freight~gt~500`, `sort=Freight desc`, `expand=Customer`, `top=50`. */
export interface PreviewSearch {
  readonly where?: readonly string[]
  readonly sort?: string
  readonly expand?: readonly string[]
  readonly top?: number
}

const texts = (value: unknown): readonly string[] | undefined => {
  const list = (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string' && item !== '')
  return list.length === 0 ? undefined : list
}

/** Takes from an address what is understood and leaves the rest. */
export function validatePreviewSearch(search: Readonly<Record<string, unknown>>): PreviewSearch {
  const where = texts(search['where'])
  const expand = texts(search['expand'])
  const top = Number(search['top'])
  return {
    ...(where === undefined ? {} : { where }),
    ...(typeof search['sort'] === 'string' ? { sort: search['sort'] } : {}),
    ...(expand === undefined ? {} : { expand }),
    ...(Number.isInteger(top) && top > 0 && top <= 200 ? { top } : {}),
  }
}

function toCondition(text: string): Condition | undefined {
  const [property, operator, ...rest] = text.split('~')
  const known = [...stringOperators, ...orderedOperators].find((candidate) => candidate === operator)
  return property === undefined || known === undefined ? undefined : { property, operator: known, value: rest.join('~') }
}

export function fromSearch(search: PreviewSearch): PreviewState {
  const [property, direction] = search.sort?.split(' ') ?? []
  return {
    where: (search.where ?? []).map(toCondition).filter((condition) => condition !== undefined),
    ...(property === undefined || property === '' ? {} : { sort: { property, descending: direction === 'desc' } }),
    expand: search.expand ?? [],
    top: search.top ?? defaultTop,
  }
}

export function toSearch(state: PreviewState): PreviewSearch {
  return {
    ...(state.where.length === 0 ? {} : { where: state.where.map(({ property, operator, value }) => `${property}~${operator}~${value}`) }),
    ...(state.sort === undefined ? {} : { sort: `${state.sort.property}${state.sort.descending ? ' desc' : ''}` }),
    ...(state.expand.length === 0 ? {} : { expand: state.expand }),
    ...(state.top === defaultTop ? {} : { top: state.top }),
  }
}

/** Operators that make sense for a property. */
export const operatorsOf = (attribute: AttributeView): readonly Operator[] => {
  if (attribute.type === 'Edm.String') return stringOperators
  return attribute.typeKind === 'enum' || attribute.type === 'Edm.Boolean' || attribute.type === 'Edm.Guid' ? ['eq', 'ne'] : orderedOperators
}
