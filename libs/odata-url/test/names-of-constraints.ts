import type { MemberName, Names, OperationName, TypeHandle } from '@tributary/odata-url'

/** The `Constraints` of the official cases: names by grammar rule, the same at every place. */
export type Constraints = Readonly<Record<string, readonly string[]>>

const entity: TypeHandle = Object.freeze({ name: 'Model.Entity', collection: false, structured: true })
const complex: TypeHandle = Object.freeze({ name: 'Model.Complex', collection: false, structured: true })
const primitive: TypeHandle = Object.freeze({ name: 'Edm.String', collection: false, structured: false })
const stream: TypeHandle = Object.freeze({ name: 'Edm.Stream', collection: false, structured: false })
const many = (type: TypeHandle): TypeHandle => Object.freeze({ ...type, collection: true })

/** Names as the official cases mean them: a name is what its rule says, whatever it is a member of. */
export function namesOfConstraints(constraints: Constraints): Names {
  const has = (rule: string, name: string): boolean => constraints[rule]?.includes(name) ?? false
  const qualified = (name: string): string | undefined => {
    const parts = name.split('.')
    return parts.slice(0, -1).every((part) => has('namespacePart', part)) ? parts.at(-1) : undefined
  }
  const results: readonly (readonly [stem: string, type: TypeHandle])[] = [
    ['entityCol', many(entity)], ['entity', entity], ['complexCol', many(complex)], ['complex', complex], ['primitiveCol', many(primitive)], ['primitive', primitive],
  ]
  const members: readonly (readonly [rule: string, name: MemberName])[] = [
    ['primitiveKeyProperty', { kind: 'property', type: primitive }], ['primitiveNonKeyProperty', { kind: 'property', type: primitive }],
    ['primitiveColProperty', { kind: 'property', type: many(primitive) }], ['complexProperty', { kind: 'property', type: complex }],
    ['complexColProperty', { kind: 'property', type: many(complex) }], ['streamProperty', { kind: 'property', type: stream }],
    ['entityNavigationProperty', { kind: 'navigation', type: entity }], ['entityColNavigationProperty', { kind: 'navigation', type: many(entity) }],
    ['expressionAlias', { kind: 'property', type: primitive }], ['customAggregate', { kind: 'property', type: primitive }],
  ]
  const operation = (name: string): OperationName | undefined => {
    const simple = qualified(name)
    if (simple === undefined) return undefined
    const found = results.find(([stem]) => has(`${stem}Function`, simple))
    if (found !== undefined) return { kind: 'function', type: found[1], parameters: constraints['parameterName'] ?? [] }
    return has('action', simple) ? { kind: 'action' } : undefined
  }
  return {
    keyAsSegment: true,
    container: (name) => {
      if (has('entitySetName', name)) return { kind: 'entitySet', type: many(entity) }
      if (has('singletonEntity', name)) return { kind: 'singleton', type: entity }
      if (has('actionImport', name)) return { kind: 'actionImport' }
      // A rule that the constraints leave out is not constrained.
      const found = results.find(([stem]) => constraints[`${stem}FunctionImport`]?.includes(name) ?? /^\w+$/.test(name))
      return found === undefined ? undefined : { kind: 'functionImport', type: found[1], parameters: constraints['parameterName'] ?? [] }
    },
    member: (type, name) => (type?.structured === false ? undefined : members.find(([rule]) => has(rule, name))?.[1]),
    type: (name) => {
      if (/^Edm\.\w+$/.test(name)) return { name, collection: false, structured: false }
      const simple = qualified(name)
      if (simple === undefined) return undefined
      if (has('entityTypeName', simple)) return { ...entity, name }
      if (has('complexTypeName', simple)) return { ...complex, name }
      return has('enumerationTypeName', simple) ? { name, collection: false, structured: false } : undefined
    },
    operation,
    keyParts: () => undefined,
    customAggregate: (_type, name) => has('customAggregate', name),
  }
}
