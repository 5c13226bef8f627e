import { print, printLiteral, type Expression, type Literal, type Property } from './expression.js'
import type { Model, ModelSet } from './model.js'
import { kindOf, type Kind } from './values.js'

/** A value of a result's rows: where it stands, and how it is compared. */
export interface Field {
  readonly path: readonly string[]
  readonly kind: Kind
}

export type Method = 'sum' | 'min' | 'max' | 'average' | 'countdistinct'
export type Selection = 'topcount' | 'topsum' | 'toppercent' | 'bottomcount' | 'bottomsum' | 'bottompercent'

/** What is aggregated: the rows, a value of each, or what paths along navigation reach, each row of it once. */
export type Measured =
  | { readonly what: 'rows' }
  /** The rows that meet a condition. */
  | { readonly what: 'counted'; readonly predicate: Expression }
  | { readonly what: 'value'; readonly expression: Expression }
  /** With `only` of those that meet a condition. */
  | { readonly what: 'reached'; readonly through: readonly string[]; readonly only?: Expression; readonly name?: string; readonly kind: Kind }
  | { readonly what: 'field'; readonly field: Field }

export interface Measure {
  readonly alias: string
  readonly of: Measured
  /** Undefined: counted. */
  readonly method?: Method
  /** `from …`: aggregated by this first, and the results by this method. */
  readonly from?: { readonly by: Property; readonly method: Method }
}

/** One transformation of `$apply`. */
export type Step =
  | { readonly step: 'filter'; readonly predicate: Expression }
  /** The rows whose value is as much as an aggregate of all of them. */
  | { readonly step: 'above'; readonly by: Property; readonly method: 'average' | 'min' | 'max'; readonly operator: 'ge' | 'lt' }
  | { readonly step: 'having'; readonly field: Field; readonly operator: string; readonly value: Literal }
  | { readonly step: 'compute'; readonly alias: string; readonly expression: Expression }
  | { readonly step: 'group'; readonly by: readonly Property[]; readonly rolled: number; readonly all: boolean; readonly each: readonly Step[] }
  | { readonly step: 'aggregate'; readonly measures: readonly Measure[] }
  | { readonly step: 'select'; readonly method: Selection; readonly amount: string; readonly by: Property | Field; readonly rest: readonly Field[] }
  | { readonly step: 'order'; readonly by: Property; readonly descending: boolean }
  | { readonly step: 'cut'; readonly method: 'top' | 'skip'; readonly count: number }
  | { readonly step: 'concat'; readonly parts: readonly (readonly Step[])[] }
  | { readonly step: 'join'; readonly navigation: string; readonly alias: string; readonly outer: boolean }

/** What the rows are after some transformations: entities still, perhaps with more, or only fields. */
export interface Shape {
  readonly entities: boolean
  readonly fields: readonly Field[]
}

/** The fields in the order in which a result shows them: what stands within one thing stands together. */
export const inShownOrder = (fields: readonly Field[]): readonly Field[] => [...Map.groupBy(fields, ({ path }) => path[0]).values()].flat()

export const fieldName = ({ path }: Field): string => path.join('/')
export const isField = (by: Property | Field): by is Field => 'path' in by

/** A property that stands in a result as it was grouped by. */
export const fieldOf = ({ from, name, kind }: Property): Field => ({ path: [...from.through, name], kind })

export const entityShape = (set: ModelSet): Shape => ({ entities: true, fields: set.properties.map(({ name, type }) => ({ path: [name], kind: kindOf(type) })) })

/** What a step makes of rows of a shape. */
export function shapeAfter(step: Step, shape: Shape, model: Model): Shape {
  switch (step.step) {
    case 'compute': return { ...shape, fields: [...shape.fields, { path: [step.alias], kind: step.expression.kind }] }
    case 'aggregate': return { entities: false, fields: step.measures.map(measureField) }
    case 'group': return groupedShape(step, shape, model)
    case 'concat': {
      const parts = step.parts.map((part) => shapeOfSteps(part, shape, model))
      const fields = new Map(parts.flatMap((part) => part.fields).map((field) => [fieldName(field), field]))
      return { entities: parts.every(({ entities }) => entities), fields: [...fields.values()] }
    }
    default: return shape
  }
}

export const shapeOfSteps = (steps: readonly Step[], shape: Shape, model: Model): Shape => steps.reduce((before, step) => shapeAfter(step, before, model), shape)

function groupedShape({ by, each }: Extract<Step, { step: 'group' }>, shape: Shape, model: Model): Shape {
  const inner = shapeOfSteps(each, shape, model)
  const own = new Map(by.map(fieldOf).map((field) => [fieldName(field), field]))
  const groups = [...own.values()]
  if (each.length === 0) return { entities: false, fields: groups }
  if (!inner.entities) return { entities: false, fields: [...groups, ...inner.fields] }
  return { entities: true, fields: [...inner.fields, ...groups.filter(({ path }) => path.length > 1)] }
}

const measureField = ({ alias, of, method, from }: Measure): Field => ({ path: [alias], kind: from === undefined ? resultKind(method, measuredKind(of)) : resultKind(from.method, resultKind(method, measuredKind(of))) })

export function measuredKind(of: Measured): Kind {
  switch (of.what) {
    case 'rows': case 'counted': return 'integer'
    case 'value': return of.expression.kind
    case 'reached': return of.kind
    case 'field': return of.field.kind
  }
}

const resultKind = (method: Method | undefined, kind: Kind): Kind => (method === 'min' || method === 'max' ? kind : method === 'sum' || method === 'average' ? (kind === 'double' ? kind : 'decimal') : 'decimal')

// ── As the URL says it ───────────────────────────────────────────────────────────────────────────────────────────────

export const printSteps = (steps: readonly Step[]): string => steps.map(printStep).join('/')

const printBy = (by: Property | Field): string => (isField(by) ? fieldName(by) : print(by))

function printStep(step: Step): string {
  switch (step.step) {
    case 'filter': return `filter(${print(step.predicate)})`
    case 'above': return `filter(${print(step.by)} ${step.operator} $these/aggregate(${print(step.by)} with ${step.method}))`
    case 'having': return `filter(${printHaving(step)})`
    case 'compute': return `compute(${print(step.expression)} as ${step.alias})`
    case 'group': return `groupby((${printGroups(step)})${step.each.length === 0 ? '' : `,${printSteps(step.each)}`})`
    case 'aggregate': return `aggregate(${step.measures.map(printMeasure).join(',')})`
    case 'select': return `${step.method}(${step.amount},${printBy(step.by)})`
    case 'order': return `orderby(${print(step.by)}${step.descending ? ' desc' : ''})`
    case 'cut': return `${step.method}(${step.count})`
    case 'concat': return `concat(${step.parts.map(printSteps).join(',')})`
    case 'join': return `${step.outer ? 'outerjoin' : 'join'}(${step.navigation} as ${step.alias})`
  }
}

export const printHaving = ({ field, operator, value }: Extract<Step, { step: 'having' }>): string => `${fieldName(field)} ${operator} ${printLiteral(value.kind, value.raw)}`

function printGroups({ by, rolled, all }: Extract<Step, { step: 'group' }>): string {
  const names = by.map(print)
  if (rolled === 0) return names.join(',')
  return [...names.slice(0, by.length - rolled), `rollup(${[...(all ? ['$all'] : []), ...names.slice(by.length - rolled)].join(',')})`].join(',')
}

function printMeasure({ alias, of, method, from }: Measure): string {
  return `${printMeasured(of, method)}${from === undefined ? '' : ` from ${print(from.by)} with ${from.method}`} as ${alias}`
}

function printMeasured(of: Measured, method: Method | undefined): string {
  const how = method === undefined ? '' : ` with ${method}`
  switch (of.what) {
    case 'rows': return '$count'
    case 'counted': return `$count($filter=${print(of.predicate)})`
    case 'value': return `${print(of.expression)}${how}`
    case 'field': return `${fieldName(of.field)}${how}`
    case 'reached': return `${[...of.through, ...(of.only === undefined ? [] : [`$filter(${print(of.only)})`]), ...(of.name === undefined ? ['$count'] : [of.name])].join('/')}${how}`
  }
}
