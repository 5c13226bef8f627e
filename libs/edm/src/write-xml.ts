import { isVersion401 } from './csdl-version.js'
import type { EdmModel } from './edm-model.js'
import type { EdmType, EntityContainer, EntitySet, Facets, NavigationProperty, Operation, OperationImport, Property, Reference, Schema, Singleton, StructuredType, Term, TypeRef } from './model.js'
import { typeText } from './type-ref.js'
import { writeAnnotations } from './write-xml-annotations.js'
import { xmlWriter, type XmlAttributes, type XmlWriter } from './xml-text.js'

/** What to write. Unset: version 4.0, or 4.01 where the model uses what only 4.01 knows. */
export interface WriteOptions {
  readonly version?: '4.0' | '4.01'
}

/**
 * Writes a model as CSDL XML: the same model gives the same text, byte for byte. Names are written in full, without aliases.
 * @throws HUB_CONTRACT_INVALID for a character XML cannot hold
 * @see OData CSDL XML 4.01
 */
export function writeCsdlXml(model: EdmModel, options: WriteOptions = {}): string {
  const xml = xmlWriter()
  const version = options.version ?? (isVersion401(model) ? '4.01' : '4.0')
  xml.element('edmx:Edmx', { Version: version, 'xmlns:edmx': 'http://docs.oasis-open.org/odata/ns/edmx' }, () => {
    for (const reference of model.references) writeReference(xml, reference)
    xml.element('edmx:DataServices', {}, () => {
      for (const schema of model.schemas.values()) writeSchema(xml, schema)
    })
  })
  return xml.toString()
}

const edmNamespace = 'http://docs.oasis-open.org/odata/ns/edm'

function writeReference(xml: XmlWriter, reference: Reference): void {
  const annotated = reference.annotations.length > 0
  // Annotation belongs to CSDL's namespace, which outside a schema has to be named.
  xml.element('edmx:Reference', { Uri: reference.uri, xmlns: annotated ? edmNamespace : undefined }, () => {
    for (const { namespace, alias } of reference.includes) xml.element('edmx:Include', { Namespace: namespace, Alias: alias })
    for (const { termNamespace, qualifier, targetNamespace } of reference.includeAnnotations) {
      xml.element('edmx:IncludeAnnotations', { TermNamespace: termNamespace, Qualifier: qualifier, TargetNamespace: targetNamespace })
    }
    writeAnnotations(xml, reference.annotations)
  })
}

function writeSchema(xml: XmlWriter, schema: Schema): void {
  xml.element('Schema', { Namespace: schema.namespace, Alias: schema.alias, xmlns: edmNamespace }, () => {
    for (const type of schema.types.values()) writeType(xml, type)
    for (const overloads of schema.operations.values()) for (const operation of overloads) writeOperation(xml, operation)
    for (const term of schema.terms.values()) writeTerm(xml, term)
    for (const container of schema.containers.values()) writeContainer(xml, container)
    for (const { target, qualifier, annotations } of schema.externalAnnotations) {
      xml.element('Annotations', { Target: target, Qualifier: qualifier }, () => writeAnnotations(xml, annotations))
    }
    writeAnnotations(xml, schema.annotations)
  })
}

const onlyTrue = (value: boolean): string | undefined => (value ? 'true' : undefined)
const onlyFalse = (value: boolean): string | undefined => (value ? undefined : 'false')

function writeType(xml: XmlWriter, type: EdmType): void {
  switch (type.kind) {
    case 'entity':
    case 'complex':
      return writeStructured(xml, type)
    case 'enum':
      return xml.element('EnumType', { Name: type.name, UnderlyingType: type.underlyingType === 'Edm.Int32' ? undefined : type.underlyingType, IsFlags: onlyTrue(type.isFlags) }, () => {
        for (const member of type.members) xml.element('Member', { Name: member.name, Value: String(member.value) }, () => writeAnnotations(xml, member.annotations))
        writeAnnotations(xml, type.annotations)
      })
    case 'typeDefinition':
      return xml.element('TypeDefinition', { Name: type.name, UnderlyingType: type.underlyingType, ...facetAttributes(type.facets) }, () => writeAnnotations(xml, type.annotations))
  }
}

function writeStructured(xml: XmlWriter, type: Extract<EdmType, StructuredType>): void {
  const attributes = { Name: type.name, BaseType: type.baseType, Abstract: onlyTrue(type.abstract), OpenType: onlyTrue(type.open), HasStream: type.kind === 'entity' ? onlyTrue(type.hasStream) : undefined }
  xml.element(type.kind === 'entity' ? 'EntityType' : 'ComplexType', attributes, () => {
    if (type.kind === 'entity' && type.key.length > 0) {
      xml.element('Key', {}, () => {
        for (const { path, alias } of type.key) xml.element('PropertyRef', { Name: path, Alias: alias })
      })
    }
    for (const property of type.properties.values()) writeProperty(xml, property)
    for (const navigation of type.navigation.values()) writeNavigation(xml, navigation)
    writeAnnotations(xml, type.annotations)
  })
}

const facetAttributes = ({ maxLength, precision, scale, unicode, srid }: Facets): XmlAttributes => ({
  MaxLength: maxLength?.toString(),
  Precision: precision?.toString(),
  Scale: scale?.toString(),
  Unicode: unicode?.toString(),
  SRID: srid?.toString(),
})

const typeAttributes = (type: TypeRef): XmlAttributes => ({ Type: typeText(type), Nullable: onlyFalse(type.nullable), ...facetAttributes(type.facets) })

function writeProperty(xml: XmlWriter, { name, type, defaultValue, annotations }: Property): void {
  xml.element('Property', { Name: name, ...typeAttributes(type), DefaultValue: defaultValue }, () => writeAnnotations(xml, annotations))
}

function writeNavigation(xml: XmlWriter, navigation: NavigationProperty): void {
  const attributes = {
    Name: navigation.name,
    Type: typeText({ name: navigation.target, collection: navigation.collection }),
    Nullable: navigation.collection ? undefined : onlyFalse(navigation.nullable),
    Partner: navigation.partner,
    ContainsTarget: onlyTrue(navigation.containsTarget),
  }
  xml.element('NavigationProperty', attributes, () => {
    for (const { property, referencedProperty } of navigation.constraints) xml.element('ReferentialConstraint', { Property: property, ReferencedProperty: referencedProperty })
    if (navigation.onDelete !== undefined) xml.element('OnDelete', { Action: navigation.onDelete })
    writeAnnotations(xml, navigation.annotations)
  })
}

function writeOperation(xml: XmlWriter, operation: Operation): void {
  const attributes = { Name: operation.name, IsBound: onlyTrue(operation.bound), IsComposable: onlyTrue(operation.composable), EntitySetPath: operation.entitySetPath }
  xml.element(operation.kind === 'action' ? 'Action' : 'Function', attributes, () => {
    for (const { name, type, annotations } of operation.parameters) xml.element('Parameter', { Name: name, ...typeAttributes(type) }, () => writeAnnotations(xml, annotations))
    const { returnType } = operation
    if (returnType !== undefined) xml.element('ReturnType', typeAttributes(returnType), () => writeAnnotations(xml, operation.returnTypeAnnotations ?? []))
    writeAnnotations(xml, operation.annotations)
  })
}

function writeTerm(xml: XmlWriter, term: Term): void {
  const appliesTo = term.appliesTo.length === 0 ? undefined : term.appliesTo.join(' ')
  const attributes = { Name: term.name, ...typeAttributes(term.type), BaseTerm: term.baseTerm, DefaultValue: term.defaultValue, AppliesTo: appliesTo }
  xml.element('Term', attributes, () => writeAnnotations(xml, term.annotations))
}

function writeContainer(xml: XmlWriter, container: EntityContainer): void {
  xml.element('EntityContainer', { Name: container.name, Extends: container.extends }, () => {
    for (const set of container.entitySets.values()) writeEntitySet(xml, set)
    for (const singleton of container.singletons.values()) writeSingleton(xml, singleton)
    for (const operationImport of container.operationImports.values()) writeImport(xml, operationImport)
    writeAnnotations(xml, container.annotations)
  })
}

function writeBindings(xml: XmlWriter, { bindings, annotations }: EntitySet | Singleton): void {
  for (const { path, target } of bindings) xml.element('NavigationPropertyBinding', { Path: path, Target: target })
  writeAnnotations(xml, annotations)
}

function writeEntitySet(xml: XmlWriter, set: EntitySet): void {
  xml.element('EntitySet', { Name: set.name, EntityType: set.entityType, IncludeInServiceDocument: onlyFalse(set.includeInServiceDocument) }, () => writeBindings(xml, set))
}

function writeSingleton(xml: XmlWriter, singleton: Singleton): void {
  xml.element('Singleton', { Name: singleton.name, Type: singleton.entityType, Nullable: onlyTrue(singleton.nullable) }, () => writeBindings(xml, singleton))
}

function writeImport(xml: XmlWriter, { kind, name, operation, entitySet, includeInServiceDocument, annotations }: OperationImport): void {
  const content = (): void => writeAnnotations(xml, annotations)
  if (kind === 'actionImport') xml.element('ActionImport', { Name: name, Action: operation, EntitySet: entitySet }, content)
  else xml.element('FunctionImport', { Name: name, Function: operation, EntitySet: entitySet, IncludeInServiceDocument: onlyTrue(includeInServiceDocument) }, content)
}
