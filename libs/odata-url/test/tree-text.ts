import type { AggregateExpression, Expression, Key, PathSegment, SearchExpression } from '@tributary/odata-url'

/** A tree in one line, every grouping and every kind of node visible: an oracle's notation, independent of the printer under test. */
export function treeText(tree: Expression): string {
  switch (tree.kind) {
    case 'literal':
      return `${tree.type.replace('Edm.', '')}${tree.enumType === undefined ? '' : `<${tree.enumType}>`}:${tree.text}`
    case 'alias':
      return `alias ${tree.name}`
    case 'binary':
      return `(${treeText(tree.left)} ${tree.operator} ${treeText(tree.right)})`
    case 'unary':
      return `(${tree.operator} ${treeText(tree.operand)})`
    case 'call':
      return `${tree.name}[${tree.arguments.map(treeText).join(', ')}]`
    case 'typeName':
      return `type ${tree.collection ? 'many ' : ''}${tree.name}`
    case 'list':
      return `list{${tree.items.map(treeText).join(', ')}}`
    case 'json':
      return `json ${tree.text}`
    case 'path':
      return [rootText(tree.root), ...tree.segments.map(segmentText)].filter((part) => part !== '').join('/')
  }
}

type Root = Extract<Expression, { kind: 'path' }>['root']

function rootText(root: Root): string {
  if (root.kind === 'implicit') return ''
  if (root.kind === 'variable') return `var ${root.name}`
  if (root.kind === 'alias') return `alias ${root.name}`
  return root.kind === '$root' ? `$root ${root.set}${root.key === undefined ? '' : keyText(root.key)}` : root.kind
}

export const keyText = ({ form, parts }: Key): string => `<${form} ${parts.map(({ name, value }) => `${name === undefined ? '' : `${name}=`}${treeText(value)}`).join(', ')}>`

function segmentText(segment: PathSegment): string {
  switch (segment.kind) {
    case 'property':
      return segment.name
    case 'navigation':
    case 'unknown':
      return `${segment.kind === 'unknown' ? '?' : '->'}${segment.name}${segment.key === undefined ? '' : keyText(segment.key)}`
    case 'cast':
      return `as ${segment.type}`
    case 'annotation':
      return `@${segment.term}`
    case 'function':
      return `${segment.name}{${segment.arguments.map(({ name, value }) => `${name}=${treeText(value)}`).join(', ')}}`
    case 'filter':
      return `where{${treeText(segment.predicate)}}${segment.key === undefined ? '' : keyText(segment.key)}`
    case 'aggregate':
      return `agg{${aggregateTreeText(segment.aggregate)}}`
    case 'customAggregate':
      return `custom ${segment.name}`
    case 'lambda':
      return `${segment.operator}{${segment.predicate === undefined ? '' : `${segment.variable ?? ''}: ${treeText(segment.predicate)}`}}`
    case 'count':
      return `count{${segment.filter === undefined ? '' : treeText(segment.filter)}${segment.search === undefined ? '' : searchTreeText(segment.search)}}`
  }
}

export function searchTreeText(search: SearchExpression): string {
  switch (search.kind) {
    case 'term':
      return search.phrase ? JSON.stringify(search.text) : search.text
    case 'not':
      return `(not ${searchTreeText(search.operand)})`
    case 'and':
    case 'or':
      return `(${searchTreeText(search.left)} ${search.kind} ${searchTreeText(search.right)})`
  }
}

/** What is aggregated, how, by what first, and under which name. */
export function aggregateTreeText({ expression, method, from, alias }: AggregateExpression): string {
  const steps = from.map((step) => ` by [${step.paths.map(treeText).join(', ')}]${step.method === undefined ? '' : ` ${step.method}`}`)
  return `${treeText(expression)}${method === undefined ? '' : ` ${method}`}${steps.join('')}${alias === undefined ? '' : ` => ${alias}`}`
}
