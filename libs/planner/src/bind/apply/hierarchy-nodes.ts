import type { Path, PathSegment } from '@tributary/odata-url'
import { expand, expandedColumn, filter, instance, column, outputColumns, type Plan, stringType, transformation } from '@tributary/plan'
import type { Bind } from '../bind-operand.js'
import { withFollowed } from '../followed-paths.js'
import { keyCondition } from '../key-condition.js'
import { requireNavigation } from '../navigations.js'
import { invalid, resourceNotFound, typeError, unsupported } from '../refusal.js'
import { relatedRows, singletonScope } from '../related-scope.js'
import { type RowScope, rowScope } from '../row-scope.js'
import { scanOf } from '../scan-set.js'

/** The rows that are the nodes of a hierarchy. */
export interface NodeRows {
  /** What names mean on them. */
  readonly scope: RowScope
  /** To be made when all that is read of them is bound. */
  readonly rows: () => Plan
}

/**
 * A path below `$root` to a collection of entities: a set, what one row of it or a singleton leads to, those of a type, those that meet a condition.
 * @throws HUB_RESOURCE_NOT_FOUND, HUB_QUERY_INVALID where the path leads to no entities, HUB_QUERY_UNSUPPORTED for function imports
 * @see OData Extension for Data Aggregation 4.0 section 6.1
 */
export function nodeRows({ root, segments }: Path, scope: RowScope, bind: Bind): NodeRows {
  if (root.kind === 'alias') {
    const value = scope.aliases.get(root.name)
    if (value?.kind !== 'path' || value.root.kind === 'alias') throw invalid(`The parameter alias @${root.name} is no path to the nodes of a hierarchy.`)
    return nodeRows({ ...value, segments: [...value.segments, ...segments] }, scope, bind)
  }
  if (root.kind !== '$root') throw invalid('The nodes of a hierarchy are named by a path below $root.')
  if (root.arguments !== undefined) throw unsupported(`Nodes of a hierarchy that the function import ${root.set} gives`, 'Only its source knows whether they are the same each time: name an entity set.')
  const set = scope.exposure.sets.get(root.set)
  const own = set === undefined ? singletonScope(scope.exposure, root.set, scope.aliases) : rowScope(scope.exposure, set, scope.aliases)
  if (own === undefined) throw resourceNotFound(`The entity set ${root.set}`, root.set, scope.exposure.sets.keys())
  const start: RowScope = { ...own, names: scope.names }
  const all: NodeRows = { scope: start, rows: () => withFollowed(scanOf(start), start) }
  const first = root.key === undefined ? all : kept(all, keyCondition(root.key, start, bind))
  return segments.reduce((nodes, segment) => step(nodes, segment, bind), first)
}

const kept = ({ scope, rows }: NodeRows, condition: Parameters<typeof filter>[1]): NodeRows => ({ scope, rows: () => filter(rows(), condition) })

function step(nodes: NodeRows, segment: PathSegment, bind: Bind): NodeRows {
  switch (segment.kind) {
    case 'cast': return ofType(nodes, segment.type)
    case 'filter': {
      const condition = bind(segment.predicate, nodes.scope)
      if (condition.type.collection || (condition.type.base !== 'Edm.Boolean' && condition.type.base !== 'null')) throw typeError({ what: '$filter', span: segment.predicate.span, found: condition.type, expected: 'Edm.Boolean' })
      const matching = kept(nodes, condition)
      return segment.key === undefined ? matching : kept(matching, keyCondition(segment.key, nodes.scope, bind))
    }
    case 'navigation': case 'unknown': {
      const related = along(nodes, segment.name)
      return segment.key === undefined ? related : kept(related, keyCondition(segment.key, related.scope, bind))
    }
    default: throw invalid(`The path to the nodes of a hierarchy leads to entities, and ${'name' in segment ? segment.name : segment.kind} does not.`)
  }
}

function ofType(nodes: NodeRows, name: string): NodeRows {
  const { scope } = nodes
  const target = scope.model.entityType(name)
  if (target === undefined || !scope.model.derivesFrom(target.qualifiedName, scope.entityType.qualifiedName)) throw invalid(`${name} is no entity type derived from ${scope.entityType.qualifiedName}.`)
  const isOfType = instance(column(stringType, '@odata.type'), [target.qualifiedName, ...scope.model.derivedTypes(target.qualifiedName)])
  return { ...kept(nodes, isOfType), scope: { ...scope, entityType: target } }
}

/** What the nodes so far lead to, in their place. */
function along({ scope: from, rows }: NodeRows, name: string): NodeRows {
  const navigation = requireNavigation(from, name)
  const found = relatedRows(from, navigation)
  const scope: RowScope = { ...found.scope, names: from.names }
  return {
    scope,
    rows() {
      const related = withFollowed(scanOf(scope), scope)
      const columns = outputColumns(related)
      const held = `~nodes/${name}`
      const expanded = expand(rows(), { navigation: expandedColumn(held, scope.entityType.qualifiedName, { toMany: navigation.toMany, columns, visible: columns.map((one) => one.name) }), on: found.on, related })
      return transformation([expanded], { kind: 'spread', from: held })
    },
  }
}
