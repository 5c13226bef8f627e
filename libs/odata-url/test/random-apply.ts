import * as fc from 'fast-check'
import type { AggregateExpression, ApplyExpression, ExpandTransformation, Expression, GroupingElement, HierarchyReference, Path, SearchExpression, Transformation } from '@tributary/odata-url'
import { expression, navigation, property, span } from './random-expressions.js'

const path = (...segments: Path['segments']): Path => ({ kind: 'path', root: { kind: 'implicit' }, segments, span })
const name = fc.constantFrom('Total', 'A1', 'Größe', 'with', 'as', 'filter')

/** Paths to group by; those that the shop's orders do not have are unknown names. */
const grouping = fc.constantFrom(path(property('ID')), path(navigation('Customer')), path(property('Address'), property('City')), path({ kind: 'cast', type: 'Shop.RushOrder', span }, property('Deadline')), path({ kind: 'unknown', name: 'Colour', span }))
const related = fc.constantFrom(path(navigation('Items')), path(property('Past')), path({ kind: 'unknown', name: 'Others', span }))

const method = fc.constantFrom('sum', 'min', 'max', 'average', 'countdistinct', 'Shop.median')
const steps = fc.array(fc.record({ paths: fc.array(grouping, { minLength: 1, maxLength: 2 }), method, span: fc.constant(span) }), { maxLength: 2 })
/** What an operator joins is computed with, and may not lead through collections, which the shop's expressions do nowhere. */
const aggregate: fc.Arbitrary<AggregateExpression> = fc.oneof(
  fc.record({ expression, method, from: steps, alias: name, span: fc.constant(span) }).filter(({ expression: given }) => !endsInCount(given)),
  fc.record({ expression: fc.constantFrom(path({ kind: 'count', span }), path(navigation('Items'), { kind: 'count', span })), from: steps, alias: name, span: fc.constant(span) }),
  fc.constant({ expression: path({ kind: 'customAggregate', name: 'Forecast', span }), from: [], span }),
  fc.record({ expression: fc.constant(path({ kind: 'customAggregate' as const, name: 'Forecast', span })), from: steps, alias: name, span: fc.constant(span) }),
)

const endsInCount = (given: Expression): boolean => given.kind === 'path' && given.segments.at(-1)?.kind === 'count'

const hierarchy: fc.Arbitrary<HierarchyReference> = fc.record({
  nodes: fc.constant<Path>({ kind: 'path', root: { kind: '$root', set: 'Customers' }, segments: [], span }),
  qualifier: name,
  nodeProperty: fc.constantFrom(path(property('ID')), path(navigation('Items'), navigation('Order'), property('ID'))),
  span: fc.constant(span),
})

const order = fc.array(fc.record({ expression, descending: fc.boolean(), span: fc.constant(span) }), { minLength: 1, maxLength: 2 })
const search = fc.constantFrom<SearchExpression>({ kind: 'term', text: 'tea', phrase: false, span }, { kind: 'term', text: 'a)/b', phrase: true, span })
const some = <T>(item: fc.Arbitrary<T>, most = 2): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: most })
const given = <T extends object>(parts: T): T => Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as T

interface Tied {
  apply: ApplyExpression
  step: Transformation
  expand: ExpandTransformation
}

/** Sequences of transformations of every kind, against the shop's orders. */
export const { apply } = fc.letrec<Tied>((tie) => {
  const optional = fc.option(tie('apply'), { nil: undefined })
  const element: fc.Arbitrary<GroupingElement> = fc.oneof(
    { weight: 3, arbitrary: grouping },
    fc.tuple(fc.boolean(), fc.array(grouping, { minLength: 2, maxLength: 3 })).map(([all, levels]) => ({ kind: 'rollup', all, levels, span }) as GroupingElement),
    fc.constant<GroupingElement>({ kind: 'leveledHierarchy', path: path(property('Address')), name: 'Regions', span }),
    fc.tuple(hierarchy, optional).map(([reference, inner]) => given({ kind: 'recursiveHierarchy', hierarchy: reference, apply: inner, span }) as GroupingElement),
  )
  const named = fc.record({ apply: tie('apply'), alias: name, span: fc.constant(span) })
  const nested: readonly fc.Arbitrary<object>[] = [
    fc.tuple(some(element, 3), optional).map(([elements, inner]) => given({ kind: 'groupby', grouping: elements, apply: inner, span })),
    fc.array(tie('apply'), { minLength: 2, maxLength: 3 }).map((sequences) => ({ kind: 'concat', sequences, span })),
    fc.tuple(fc.constantFrom('join', 'outerjoin'), related, name, optional).map(([kind, to, alias, inner]) => given({ kind, path: to, alias, apply: inner, span })),
    some(named).map((items) => ({ kind: 'nest', items, span })),
    fc.tuple(related, some(named)).map(([to, items]) => ({ kind: 'addnested', path: to, items, span })),
    fc.tuple(fc.constantFrom('ancestors', 'descendants'), hierarchy, tie('apply'), fc.option(fc.integer({ min: 1 }), { nil: undefined }), fc.boolean())
      .map(([kind, reference, inner, maxDistance, keepStart]) => given({ kind, hierarchy: reference, apply: inner, maxDistance, keepStart, span })),
    fc.tuple(hierarchy, fc.constantFrom('preorder', 'postorder'), optional, fc.oneof(order, fc.constant([]))).map(([reference, direction, inner, orderby]) => given({ kind: 'traverse', hierarchy: reference, order: direction, apply: inner, orderby, span })),
  ]
  const flat: readonly fc.Arbitrary<object>[] = [
    fc.constant({ kind: 'identity', span }),
    some(aggregate).map((items) => ({ kind: 'aggregate', items, span })),
    expression.map((predicate) => ({ kind: 'filter', predicate, span })),
    search.map((found) => ({ kind: 'search', search: found, span })),
    some(fc.record({ expression, name, span: fc.constant(span) })).map((items) => ({ kind: 'compute', items, span })),
    order.map((items) => ({ kind: 'orderby', items, span })),
    fc.tuple(fc.constantFrom('top', 'skip'), fc.nat()).map(([kind, count]) => ({ kind, count, span })),
    fc.tuple(fc.constantFrom('topcount', 'topsum', 'toppercent', 'bottomcount', 'bottomsum', 'bottompercent'), expression, expression).map(([kind, amount, value]) => ({ kind, amount, value, span })),
    fc.array(fc.record({ name, value: expression, span: fc.constant(span) }), { maxLength: 2 }).map((args) => ({ kind: 'function', name: 'Shop.Top', arguments: args, span })),
    tie('expand') as fc.Arbitrary<object>,
  ]
  return {
    step: fc.oneof({ depthSize: 'small' }, ...[...flat, ...nested].map((each) => each as fc.Arbitrary<Transformation>)),
    apply: some(tie('step'), 3).map((transformations) => ({ kind: 'apply', transformations, span }) as ApplyExpression),
    expand: fc.tuple(related, fc.option(expression, { nil: undefined }), fc.array(tie('expand'), { maxLength: 1, depthIdentifier: 'expand' }))
      .map(([to, predicate, inner]) => given({ kind: 'expand', path: to, predicate, nested: inner, span }) as ExpandTransformation),
  }
})
