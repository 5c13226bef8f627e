import type { ApplyExpression, ComputeItem, ExpandTransformation, GroupingElement, HierarchyReference, NamedApply, OrderItem, Transformation } from '@tributary/odata-url'
import { aggregateTreeText, searchTreeText, treeText } from './tree-text.js'

/** A sequence of transformations in one line, for tables of expected trees: `groupby[…] | filter …`. */
export const applyTreeText = ({ transformations }: ApplyExpression): string => transformations.map(stepText).join(' | ')

export const computeTreeText = (items: readonly ComputeItem[]): string => items.map(({ expression, name }) => `${treeText(expression)} => ${name}`).join(', ')

const inner = (apply: ApplyExpression | undefined): string => (apply === undefined ? '' : ` {${applyTreeText(apply)}}`)
const orderText = (items: readonly OrderItem[]): string => items.map(({ expression, descending }) => `${treeText(expression)}${descending ? ' down' : ''}`).join(', ')
const hierarchyText = ({ nodes, qualifier, nodeProperty }: HierarchyReference): string => `<${treeText(nodes)} # ${qualifier} @ ${treeText(nodeProperty)}>`
const namedText = (items: readonly NamedApply[]): string => items.map(({ apply, alias }) => `{${applyTreeText(apply)}} => ${alias}`).join(', ')
const expandText = ({ path, predicate, nested }: ExpandTransformation): string =>
  `expand ${treeText(path)}${predicate === undefined ? '' : ` where ${treeText(predicate)}`}${nested.map((each) => ` [${expandText(each)}]`).join('')}`

function groupingText(element: GroupingElement): string {
  switch (element.kind) {
    case 'path':
      return treeText(element)
    case 'rollup':
      return `rollup(${[...(element.all ? ['$all'] : []), ...element.levels.map(treeText)].join(' > ')})`
    case 'leveledHierarchy':
      return `levels ${element.path === undefined ? '' : `${treeText(element.path)} `}# ${element.name}`
    case 'recursiveHierarchy':
      return `recursive ${hierarchyText(element.hierarchy)}${inner(element.apply)}`
  }
}

function stepText(step: Transformation): string {
  switch (step.kind) {
    case 'aggregate':
      return `aggregate ${step.items.map(aggregateTreeText).join(', ')}`
    case 'groupby':
      return `group [${step.grouping.map(groupingText).join(', ')}]${inner(step.apply)}`
    case 'filter':
      return `filter ${treeText(step.predicate)}`
    case 'search':
      return `search ${searchTreeText(step.search)}`
    case 'compute':
      return `compute ${computeTreeText(step.items)}`
    case 'concat':
      return `concat${step.sequences.map(inner).join('')}`
    case 'identity':
      return 'identity'
    case 'orderby':
      return `orderby ${orderText(step.items)}`
    case 'top':
    case 'skip':
      return `${step.kind} ${step.count}`
    case 'join':
    case 'outerjoin':
      return `${step.kind} ${treeText(step.path)} => ${step.alias}${inner(step.apply)}`
    case 'nest':
      return `nest ${namedText(step.items)}`
    case 'addnested':
      return `addnested ${treeText(step.path)} ${namedText(step.items)}`
    case 'expand':
      return expandText(step)
    case 'ancestors':
    case 'descendants':
      return `${step.kind} ${hierarchyText(step.hierarchy)}${inner(step.apply)}${step.maxDistance === undefined ? '' : ` within ${step.maxDistance}`}${step.keepStart ? ' keep' : ''}`
    case 'traverse':
      return `traverse ${hierarchyText(step.hierarchy)} ${step.order}${inner(step.apply)}${step.orderby.length === 0 ? '' : ` by ${orderText(step.orderby)}`}`
    case 'function':
      return `${step.name}{${step.arguments.map(({ name, value }) => `${name}=${treeText(value)}`).join(', ')}}`
    default:
      return `${step.kind} ${treeText(step.amount)} by ${treeText(step.value)}`
  }
}
