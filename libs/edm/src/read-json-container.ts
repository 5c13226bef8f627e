import { checkMembers, flagMember, namedMembers, requiredMember, textMember, type JsonContext } from './json-context.js'
import type { JsonObject } from './json-text.js'
import type { EntityContainer, EntitySet, NavigationBinding, OperationImport, Singleton } from './model.js'
import { readJsonAnnotations } from './read-json-annotations.js'
import type { ChildName } from './read-json-types.js'

const containerMembers: ReadonlySet<string> = new Set(['$Kind', '$Extends'])
const setMembers: ReadonlySet<string> = new Set(['$Kind', '$Collection', '$Type', '$Nullable', '$NavigationPropertyBinding', '$IncludeInServiceDocument'])
const importMembers: ReadonlySet<string> = new Set(['$Kind', '$Action', '$Function', '$EntitySet', '$IncludeInServiceDocument'])

/** @see OData CSDL JSON 4.01, section 13 */
export function readJsonContainer(context: JsonContext, name: ChildName, object: JsonObject): EntityContainer {
  checkMembers(context, object, containerMembers)
  const entitySets = new Map<string, EntitySet>()
  const singletons = new Map<string, Singleton>()
  const operationImports = new Map<string, OperationImport>()
  for (const [member, child] of namedMembers(context, object)) {
    if (child.members.has('$Action') || child.members.has('$Function')) {
      const read = readImport(context, name, member, child)
      if (read !== undefined) operationImports.set(member, read)
      continue
    }
    const entityType = requiredMember(context, child, '$Type')
    if (entityType === undefined) continue
    checkMembers(context, child, setMembers)
    const shared = { name: member, entityType: context.names.name(entityType), bindings: readBindings(context, name, child), annotations: readJsonAnnotations(context, child) }
    if (flagMember(context, child, '$Collection')) {
      entitySets.set(member, Object.freeze({ kind: 'entitySet', includeInServiceDocument: flagMember(context, child, '$IncludeInServiceDocument', true), ...shared }))
    } else singletons.set(member, Object.freeze({ kind: 'singleton', nullable: flagMember(context, child, '$Nullable'), ...shared }))
  }
  const base = textMember(context, object, '$Extends')
  return Object.freeze({ ...name, ...(base === undefined ? {} : { extends: context.names.name(base) }), entitySets, singletons, operationImports, annotations: readJsonAnnotations(context, object) })
}

function readBindings(context: JsonContext, container: ChildName, object: JsonObject): readonly NavigationBinding[] {
  const node = object.members.get('$NavigationPropertyBinding')
  const bindings: NavigationBinding[] = []
  for (const [path, target] of node?.kind === 'object' ? node.members : []) {
    if (target.kind === 'string') bindings.push(Object.freeze({ path: context.names.path(path), target: localTarget(context, container, target.text) }))
    else context.warn(target, `The binding of ${path} is not a string and is skipped.`)
  }
  return Object.freeze(bindings)
}

/** A target in the same container is the set's name, however it was written. */
function localTarget(context: JsonContext, container: ChildName, text: string): string {
  const target = context.names.path(text)
  const prefix = [`${container.qualifiedName}/`, `${container.name}/`].find((each) => target.startsWith(each))
  return prefix === undefined ? target : target.slice(prefix.length)
}

function readImport(context: JsonContext, container: ChildName, name: string, object: JsonObject): OperationImport | undefined {
  const isAction = object.members.has('$Action')
  const operation = requiredMember(context, object, isAction ? '$Action' : '$Function')
  if (operation === undefined) return undefined
  checkMembers(context, object, importMembers)
  const entitySet = textMember(context, object, '$EntitySet')
  return Object.freeze({
    kind: isAction ? 'actionImport' : 'functionImport',
    name,
    operation: context.names.name(operation),
    ...(entitySet === undefined ? {} : { entitySet: localTarget(context, container, entitySet) }),
    includeInServiceDocument: !isAction && flagMember(context, object, '$IncludeInServiceDocument'),
    annotations: readJsonAnnotations(context, object),
  })
}
