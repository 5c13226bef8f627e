import type { OperationImport } from '@tributary/edm'
import { annotationsOf } from '../services/element-annotations.js'
import { isCarried } from './carried-annotations.js'
import type { ExposedTypes } from './exposed-types.js'
import { namespaceOf } from './exposed-names.js'

/** The imports of a product and, by service, what each is called there. */
export interface ExposedImports {
  readonly imports: readonly OperationImport[]
  readonly names: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/**
 * The imports of the services whose operations the product has, in the order of its services. Each keeps its name; one that an entity of the
 * product or an earlier import has is called after its service as well.
 */
export function exposedImports(services: readonly ExposedTypes[], give: (...wishes: readonly string[]) => string): ExposedImports {
  const all = services.flatMap((types) => [...(types.model.container?.operationImports.values() ?? [])].flatMap((one) => {
    const exposed = [...types.operationNames].find(([, remote]) => remote === types.model.operations(one.operation)[0]?.qualifiedName)?.[0]
    const overloads = exposed === undefined ? [] : (types.operations.get(exposed.slice(types.namespace.length + 1)) ?? []).filter(({ bound }) => !bound)
    if (exposed === undefined || overloads.length === 0) return []
    const name = give(one.name, `${namespaceOf(types.service)}_${one.name}`)
    return [{ service: types.service, remote: one.name, made: made(one, { types, name, operation: exposed, returns: overloads[0]?.returnType?.name }) }]
  }))
  return {
    imports: all.map((one) => one.made),
    names: new Map(services.map(({ service }) => [service, new Map(all.filter((one) => one.service === service).map((one) => [one.made.name, one.remote]))])),
  }
}

interface Named {
  readonly types: ExposedTypes
  readonly name: string
  readonly operation: string
  readonly returns: string | undefined
}

function made({ entitySet, ...one }: OperationImport, { types: { model, families }, name, operation, returns }: Named): OperationImport {
  const family = families.find(({ resolved, types }) => resolved.set.name === entitySet && [...types.values()].some((type) => type === returns))
  const target = `${model.container?.qualifiedName ?? ''}/${one.name}`
  return Object.freeze({
    ...one, name, operation, ...(family === undefined ? {} : { entitySet: family.resolved.entity.name }),
    annotations: annotationsOf(model, target, one.annotations).filter(isCarried),
  })
}
