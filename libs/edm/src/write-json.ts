import type { EdmModel } from './edm-model.js'
import { isJsonNumber } from './json-text.js'
import { jsonText, namedMembers, rawNumber, type JsonMembers, type JsonValue } from './json-writer.js'
import type { EdmType, EntityContainer, EntitySet, EnumType, Facets, NavigationProperty, Operation, OperationImport, Property, Reference, Schema, Singleton, StructuredType, Term, TypeRef } from './model.js'
import { jsonAnnotations } from './write-json-annotations.js'

type Members = JsonMembers

/**
 * Writes a model as CSDL JSON 4.01: the same model gives the same text, byte for byte. Dates, paths and enumeration
 * members become strings, as the format has it.
 * @see OData CSDL JSON 4.01
 */
export function writeCsdlJson(model: EdmModel): string {
  const references = byUri(model.references)
  return jsonText({
    $Version: '4.01',
    $EntityContainer: model.container?.qualifiedName,
    $Reference: references.size === 0 ? undefined : Object.fromEntries([...references].map(([uri, reference]) => [uri, referenceValue(reference)])),
    ...Object.fromEntries([...model.schemas.values()].map((schema) => [schema.namespace, schemaValue(schema)])),
  })
}

const filled = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list)

/** JSON has one reference for each document: those to the same one come together. */
function byUri(references: readonly Reference[]): ReadonlyMap<string, Reference> {
  const map = new Map<string, Reference>()
  for (const each of references) {
    const before = map.get(each.uri)
    map.set(each.uri, before === undefined ? each : {
      uri: each.uri,
      includes: [...before.includes, ...each.includes],
      includeAnnotations: [...before.includeAnnotations, ...each.includeAnnotations],
      annotations: [...before.annotations, ...each.annotations],
    })
  }
  return map
}

function referenceValue({ includes, includeAnnotations, annotations }: Reference): Members {
  return {
    $Include: filled(includes.map(({ namespace, alias }) => ({ $Namespace: namespace, $Alias: alias }))),
    $IncludeAnnotations: filled(includeAnnotations.map(({ termNamespace, targetNamespace, qualifier }) => ({ $TermNamespace: termNamespace, $TargetNamespace: targetNamespace, $Qualifier: qualifier }))),
    ...jsonAnnotations(annotations),
  }
}

function schemaValue(schema: Schema): Members {
  const targets = new Map<string, Members>()
  for (const { target, qualifier, annotations } of schema.externalAnnotations) targets.set(target, { ...targets.get(target), ...jsonAnnotations(annotations, { qualifier }) })
  return {
    $Alias: schema.alias,
    ...namedMembers(schema.types.values(), typeValue),
    ...Object.fromEntries([...schema.operations].map(([name, overloads]) => [name, overloads.map(operationValue)])),
    ...namedMembers(schema.terms.values(), termValue),
    ...namedMembers(schema.containers.values(), containerValue),
    $Annotations: targets.size === 0 ? undefined : Object.fromEntries(targets),
    ...jsonAnnotations(schema.annotations),
  }
}

const onlyTrue = (value: boolean): true | undefined => (value ? true : undefined)

function typeValue(type: EdmType): Members {
  switch (type.kind) {
    case 'entity':
      return structuredValue(type, 'EntityType', {
        $HasStream: onlyTrue(type.hasStream),
        $Key: filled(type.key.map(({ path, alias }) => (alias === undefined ? path : { [alias]: path }))),
      })
    case 'complex':
      return structuredValue(type, 'ComplexType', {})
    case 'enum':
      return enumValue(type)
    case 'typeDefinition':
      return { $Kind: 'TypeDefinition', $UnderlyingType: type.underlyingType, ...facetMembers(type.facets), ...jsonAnnotations(type.annotations) }
  }
}

function structuredValue(type: StructuredType, kind: string, more: Members): Members {
  return {
    $Kind: kind,
    $BaseType: type.baseType,
    $Abstract: onlyTrue(type.abstract),
    $OpenType: onlyTrue(type.open),
    ...more,
    ...namedMembers(type.properties.values(), propertyValue),
    ...namedMembers(type.navigation.values(), navigationValue),
    ...jsonAnnotations(type.annotations),
  }
}

function enumValue(type: EnumType): Members {
  return {
    $Kind: 'EnumType',
    $UnderlyingType: type.underlyingType === 'Edm.Int32' ? undefined : type.underlyingType,
    $IsFlags: onlyTrue(type.isFlags),
    ...Object.fromEntries(type.members.flatMap(({ name, value, annotations }) => [[name, rawNumber(String(value))], ...Object.entries(jsonAnnotations(annotations, { on: name }))])),
    ...jsonAnnotations(type.annotations),
  }
}

/** `max` is the same as no limit, which JSON says by leaving it out. */
const facetMembers = ({ maxLength, precision, scale, unicode, srid }: Facets): Members => ({
  $MaxLength: maxLength === 'max' ? undefined : maxLength,
  $Precision: precision,
  $Scale: scale,
  $Unicode: unicode,
  $SRID: srid?.toString(),
})

const typeMembers = ({ name, collection, nullable, facets }: TypeRef): Members => ({
  $Type: name === 'Edm.String' ? undefined : name,
  $Collection: onlyTrue(collection),
  $Nullable: onlyTrue(nullable),
  ...facetMembers(facets),
  // A decimal without a scale has a variable one.
  ...(name === 'Edm.Decimal' && facets.scale === 'variable' ? { $Scale: undefined } : {}),
})

const numeric: ReadonlySet<string> = new Set(['Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64', 'Edm.Decimal', 'Edm.Single', 'Edm.Double'])

function defaultMember(type: TypeRef, text: string | undefined): JsonValue | undefined {
  if (text === undefined || type.collection) return text
  if (type.name === 'Edm.Boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return numeric.has(type.name) && isJsonNumber(text) ? rawNumber(text) : text
}

const propertyValue = ({ type, defaultValue, annotations }: Property): Members => ({ ...typeMembers(type), $DefaultValue: defaultMember(type, defaultValue), ...jsonAnnotations(annotations) })

function navigationValue(navigation: NavigationProperty): Members {
  return {
    $Kind: 'NavigationProperty',
    $Type: navigation.target,
    $Collection: onlyTrue(navigation.collection),
    $Nullable: onlyTrue(navigation.nullable && !navigation.collection),
    $Partner: navigation.partner,
    $ContainsTarget: onlyTrue(navigation.containsTarget),
    $ReferentialConstraint: navigation.constraints.length === 0 ? undefined : Object.fromEntries(navigation.constraints.map(({ property, referencedProperty }) => [property, referencedProperty])),
    $OnDelete: navigation.onDelete,
    ...jsonAnnotations(navigation.annotations),
  }
}

function operationValue(operation: Operation): Members {
  const { returnType } = operation
  return {
    $Kind: operation.kind === 'action' ? 'Action' : 'Function',
    $IsBound: onlyTrue(operation.bound),
    $IsComposable: onlyTrue(operation.composable),
    $EntitySetPath: operation.entitySetPath,
    $Parameter: filled(operation.parameters.map(({ name, type, annotations }) => ({ $Name: name, ...typeMembers(type), ...jsonAnnotations(annotations) }))),
    $ReturnType: returnType === undefined ? undefined : { ...typeMembers(returnType), ...jsonAnnotations(operation.returnTypeAnnotations ?? []) },
    ...jsonAnnotations(operation.annotations),
  }
}

const termValue = (term: Term): Members => ({
  $Kind: 'Term',
  ...typeMembers(term.type),
  $BaseTerm: term.baseTerm,
  $AppliesTo: filled(term.appliesTo),
  $DefaultValue: defaultMember(term.type, term.defaultValue),
  ...jsonAnnotations(term.annotations),
})

function containerValue(container: EntityContainer): Members {
  return {
    $Kind: 'EntityContainer',
    $Extends: container.extends,
    ...namedMembers(container.entitySets.values(), setValue),
    ...namedMembers(container.singletons.values(), singletonValue),
    ...namedMembers(container.operationImports.values(), importValue),
    ...jsonAnnotations(container.annotations),
  }
}

const bindingMembers = ({ bindings }: EntitySet | Singleton): Members => ({
  $NavigationPropertyBinding: bindings.length === 0 ? undefined : Object.fromEntries(bindings.map(({ path, target }) => [path, target])),
})

const setValue = (set: EntitySet): Members => ({
  $Collection: true,
  $Type: set.entityType,
  ...bindingMembers(set),
  $IncludeInServiceDocument: set.includeInServiceDocument ? undefined : false,
  ...jsonAnnotations(set.annotations),
})

const singletonValue = (singleton: Singleton): Members => ({ $Type: singleton.entityType, $Nullable: onlyTrue(singleton.nullable), ...bindingMembers(singleton), ...jsonAnnotations(singleton.annotations) })

const importValue = ({ kind, operation, entitySet, includeInServiceDocument, annotations }: OperationImport): Members => ({
  [kind === 'actionImport' ? '$Action' : '$Function']: operation,
  $EntitySet: entitySet,
  $IncludeInServiceDocument: kind === 'functionImport' ? onlyTrue(includeInServiceDocument) : undefined,
  ...jsonAnnotations(annotations),
})
