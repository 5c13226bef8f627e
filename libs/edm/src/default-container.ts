import { hubError } from '@tributary/errors'
import { originTerms } from './origin-terms.js'
import type { EntityContainer, Schema } from './model.js'
import { splitName, type NameResolver } from './qualified-name.js'

/**
 * The container a service serves: the one marked as default, else the first that no other extends; members of those it
 * extends are included.
 * @throws HUB_CONTRACT_INVALID where a container extends itself
 * @see OData CSDL XML 4.01, section 13.1
 */
export function defaultContainer(schemas: ReadonlyMap<string, Schema>, names: NameResolver): EntityContainer | undefined {
  const containers = [...schemas.values()].flatMap((schema) => [...schema.containers.values()])
  const extended = new Set(containers.map((each) => names.name(each.extends ?? '')))
  const chosen =
    containers.find((each) => each.annotations.some(({ term }) => term === originTerms.defaultContainer)) ??
    containers.find((each) => !extended.has(each.qualifiedName)) ??
    containers[0]
  if (chosen === undefined) return undefined
  const find = (name: string): EntityContainer | undefined => {
    const [namespace, simple] = splitName(names.name(name))
    return schemas.get(namespace)?.containers.get(simple)
  }
  return withExtended(chosen, find)
}

function withExtended(container: EntityContainer, find: (name: string) => EntityContainer | undefined): EntityContainer {
  const line = [container]
  const seen = new Set(line)
  for (let base = container.extends; base !== undefined; base = line[0]?.extends) {
    const next = find(base)
    if (next === undefined) break
    if (seen.has(next)) throw hubError('HUB_CONTRACT_INVALID', { reason: `the entity container ${next.qualifiedName} extends itself` })
    seen.add(next)
    line.unshift(next)
  }
  if (line.length === 1) return container
  return Object.freeze({
    ...container,
    entitySets: new Map(line.flatMap((each) => [...each.entitySets])),
    singletons: new Map(line.flatMap((each) => [...each.singletons])),
    operationImports: new Map(line.flatMap((each) => [...each.operationImports])),
  })
}
