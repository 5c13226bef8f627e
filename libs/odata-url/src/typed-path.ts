import type { Path } from './ast.js'
import { memberOf } from './member-names.js'
import type { Names, TypeHandle } from './names.js'
import { elementOf, type Scope } from './scanner.js'

/** The types along a path: at its root, then behind each segment; undefined where it is not known. */
export function typesAlong(names: Names, scope: Scope, { root, segments }: Path): readonly (TypeHandle | undefined)[] {
  const types = [rootType(names, scope, root)]
  for (const segment of segments) types.push(behind(names, types.at(-1), segment))
  return types
}

function rootType(names: Names, scope: Scope, root: Path['root']): TypeHandle | undefined {
  switch (root.kind) {
    case 'implicit':
      return scope.type
    case '$it':
      return scope.it
    case '$this':
    case '$these':
      return scope.current
    case 'variable':
      return scope.variables.get(root.name)
    case '$root': {
      const type = names.container(root.set)?.type
      return root.key === undefined ? type : elementOf(type)
    }
    case 'alias':
      return undefined
  }
}

function behind(names: Names, type: TypeHandle | undefined, segment: Path['segments'][number]): TypeHandle | undefined {
  switch (segment.kind) {
    case 'property':
      return memberOf(names, type, segment.name)?.type
    case 'navigation': {
      const member = memberOf(names, type, segment.name)
      return segment.key === undefined ? member?.type : elementOf(member?.type)
    }
    case 'cast': {
      const cast = names.type(segment.type)
      return cast === undefined ? undefined : Object.freeze({ ...cast, collection: type?.collection ?? false })
    }
    case 'filter':
      return segment.key === undefined ? type : elementOf(type)
    case 'function':
      return names.operation(segment.name)?.type
    default:
      return undefined
  }
}

/** True where the path goes on from a collection to a property of its members: it then means many values. */
export function leadsThroughCollection(names: Names, scope: Scope, path: Path): boolean {
  const types = typesAlong(names, scope, path)
  return path.segments.some((segment, index) => {
    const collection = types[index]?.collection === true
    return collection && (segment.kind === 'property' || segment.kind === 'navigation' || segment.kind === 'unknown')
  })
}
