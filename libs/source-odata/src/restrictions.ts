import { annotationsOf, type Annotation, type AnnotationValue, type EdmModel } from '@tributary/edm'

/** What a contract says an entity set does not do. What is not declared is not thereby a yes. @see Org.OData.Capabilities.V1 */
export interface Restrictions {
  readonly filterable: boolean
  readonly nonFilterable: ReadonlySet<string>
  readonly requiresFilter: boolean
  readonly requiredProperties: readonly string[]
  readonly sortable: boolean
  readonly nonSortable: ReadonlySet<string>
  readonly ascendingOnly: ReadonlySet<string>
  readonly descendingOnly: ReadonlySet<string>
  readonly top: boolean
  readonly skip: boolean
  readonly count: boolean
  readonly select: boolean
  /** Which navigation properties may be expanded. */
  readonly expandable: boolean
  readonly nonExpandable: ReadonlySet<string>
  /** Query options may come in the body of a POST to `/$query`: only where the contract says so. */
  readonly querySegment: boolean
  /** Rows can be filtered, grouped and aggregated by `$apply`: only where the contract says so. */
  readonly apply: boolean
  /** Undefined: nothing is said. */
  readonly functions?: ReadonlySet<string>
}

const read = new WeakMap<EdmModel, Map<string, Restrictions>>()

/** The restrictions of an entity set, from its own annotations and those of its container, wherever in the contract they stand. */
export function restrictionsOf(model: EdmModel, entitySet: string): Restrictions {
  const known = read.get(model) ?? new Map<string, Restrictions>()
  read.set(model, known)
  const found = known.get(entitySet) ?? readRestrictions(model, entitySet)
  known.set(entitySet, found)
  return found
}

const VOCABULARY = 'Org.OData.Capabilities.V1.'

function readRestrictions(model: EdmModel, entitySet: string): Restrictions {
  const container = model.container?.qualifiedName
  const ofContainer = container === undefined ? [] : annotationsOf(model, container)
  const own = container === undefined ? [] : annotationsOf(model, `${container}/${entitySet}`)
  const term = (name: string): AnnotationValue | undefined => valueOf(own, name) ?? valueOf(ofContainer, name)
  const filter = record(valueOf(own, 'FilterRestrictions'))
  const sort = record(valueOf(own, 'SortRestrictions'))
  const expand = record(valueOf(own, 'ExpandRestrictions'))
  const levels = expand?.get('MaxLevels')
  const functions = term('FilterFunctions')
  return Object.freeze({
    filterable: saysYes(filter?.get('Filterable')),
    nonFilterable: new Set(paths(filter?.get('NonFilterableProperties'))),
    requiresFilter: filter?.get('RequiresFilter') !== undefined && saysYes(filter.get('RequiresFilter')),
    requiredProperties: paths(filter?.get('RequiredProperties')),
    sortable: saysYes(sort?.get('Sortable')),
    nonSortable: new Set(paths(sort?.get('NonSortableProperties'))),
    ascendingOnly: new Set(paths(sort?.get('AscendingOnlyProperties'))),
    descendingOnly: new Set(paths(sort?.get('DescendingOnlyProperties'))),
    top: saysYes(term('TopSupported')),
    skip: saysYes(term('SkipSupported')),
    count: saysYes(record(valueOf(own, 'CountRestrictions'))?.get('Countable')),
    select: saysYes(record(term('SelectSupport'))?.get('Supported')),
    expandable: saysYes(expand?.get('Expandable')) && !(levels?.kind === 'int' && levels.text === '0'),
    nonExpandable: new Set(paths(expand?.get('NonExpandableProperties'))),
    querySegment: declares([...own, ...ofContainer], 'QuerySegmentSupported'),
    apply: applies(own, 'ApplySupported') ?? applies(model.container?.annotations ?? [], 'ApplySupported') ?? applies(model.container?.annotations ?? [], 'ApplySupportedDefaults') ?? false,
    ...(functions?.kind === 'collection' ? { functions: new Set(functions.items.flatMap((item) => ('text' in item ? [item.text] : []))) } : {}),
  })
}

/** Whether the three transformations are supported that groups need; undefined: nothing is said. @see OData Extension for Data Aggregation 4.0 section 5.1 */
function applies(annotations: readonly Annotation[], name: string): boolean | undefined {
  const declared = annotations.find(({ term }) => term === `Org.OData.Aggregation.V1.${name}`)
  if (declared === undefined) return undefined
  const transformations = record(declared.value)?.get('Transformations')
  const named = transformations?.kind === 'collection' ? new Set(transformations.items.flatMap((item) => ('text' in item ? [item.text] : []))) : undefined
  return named === undefined || ['filter', 'groupby', 'aggregate'].every((one) => named.has(one))
}

/** A tag that is there, and does not say no. */
function declares(annotations: readonly Annotation[], name: string): boolean {
  const tag = annotations.find(({ term }) => term === `${VOCABULARY}${name}`)
  return tag !== undefined && saysYes(tag.value)
}

const valueOf = (annotations: readonly Annotation[], name: string): AnnotationValue | undefined => annotations.find(({ term }) => term === `${VOCABULARY}${name}`)?.value
const record = (value: AnnotationValue | undefined): ReadonlyMap<string, AnnotationValue> | undefined => (value?.kind === 'record' ? value.properties : undefined)
/** The default of all these is yes. */
const saysYes = (value: AnnotationValue | undefined): boolean => !(value?.kind === 'bool' && value.text === 'false')

function paths(value: AnnotationValue | undefined): readonly string[] {
  return value?.kind === 'collection' ? value.items.flatMap((item) => ('path' in item ? [item.path] : 'text' in item ? [item.text] : [])) : []
}
