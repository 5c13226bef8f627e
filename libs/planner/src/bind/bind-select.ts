import type { QueryOptions, SelectItem, SelectSegment } from '@tributary/odata-url'
import { type Column, untypedType } from '@tributary/plan'
import type { ItemsWithin } from '../bound-items.js'
import { bindCollection } from './bind-collection.js'
import { hasStreamProperty } from './control-columns.js'
import { invalid, unknownProperty, unsupported } from './refusal.js'
import type { RowScope } from './row-scope.js'

/** What `$select` leaves of the columns. */
export interface Selection {
  /** Shown columns in the model's order; complex ones hold only the fields that are shown. */
  readonly columns: readonly Column[]
  /** What stands in the context URL: `OrderID`, `Address/City`; undefined: no `$select`. */
  readonly names: readonly string[] | undefined
  /** What is asked of the items of collections among them. */
  readonly items: readonly ItemsWithin[]
}

/**
 * Binds `$select` over the columns of a row.
 * @throws HUB_QUERY_UNKNOWN_PROPERTY with the nearest name, HUB_QUERY_UNSUPPORTED
 */
export function bindSelect(items: readonly SelectItem[] | undefined, columns: readonly Column[], scope: RowScope): Selection {
  if (items === undefined || items.length === 0) return { columns, names: undefined, items: [] }
  const paths: (readonly string[])[] = []
  const names: string[] = []
  const collections = new Map<string, ItemsWithin>()
  for (const item of items) {
    if (item.kind === 'all') {
      paths.push(...columns.map(({ name }) => [name]))
      names.push('*')
    } else if (item.kind === 'allOperations') names.push(`${item.namespace}.*`)
    else if (item.kind === 'path') {
      for (const path of pathsOf(item, columns, scope)) {
        names.push(...(path.labels ?? [path.label]))
        if (path.structural || isStream(path.path[0] ?? '', [], scope)) paths.push(path.path)
        for (const one of path.items) collections.set(one.path.join('/'), one)
      }
    }
  }
  const shown = keepPaths(columns, paths)
  return { columns: shown, names: [...new Set(names)], items: [...collections.values()] }
}

interface SelectedPath {
  readonly path: readonly string[]
  /** As it stands in the context URL, casts included. */
  readonly label: string
  /** Of a collection whose items show some of their properties: those. */
  readonly labels?: readonly string[]
  /** False for navigation properties and operations, which are shown by links only. */
  readonly structural: boolean
  /** What is asked of the items of a collection at the end of the path, or on it. */
  readonly items: readonly ItemsWithin[]
}

type PathItem = Extract<SelectItem, { readonly kind: 'path' }>

function pathsOf(item: PathItem, columns: readonly Column[], scope: RowScope): readonly SelectedPath[] {
  const path: string[] = []
  const labels: string[] = []
  let at: Step = { name: undefined, columns, structural: true, open: scope.entityType.open }
  let structural = true
  for (const segment of item.segments) {
    at = step(segment, path, at, scope)
    if (at.name !== undefined) path.push(at.name, ...(at.undeclared === undefined ? [] : [at.undeclared]))
    labels.push(segment.kind === 'cast' ? segment.type : (at.undeclared ?? at.name ?? ''))
    structural &&= at.structural
  }
  const own: SelectedPath = { path, label: labels.filter((label) => label !== '').join('/'), structural, items: [] }
  const items = at.column === undefined || item.options === undefined ? undefined : bindCollection(at.column, item.options, scope, bindSelect)
  if (items !== undefined) return [{ ...own, items: [{ path, items }], ...(items.names === undefined ? {} : { labels: items.names.map((name) => `${own.label}/${name}`) }) }]
  const inner = item.options?.select
  const { columns: within } = at
  if (inner === undefined || within === undefined) return [own]
  return inner.flatMap((nested) => (nested.kind === 'path' ? pathsOf(nested, within, scope).map((one) => beneath(own, one)) : [own]))
}

const beneath = (outer: SelectedPath, one: SelectedPath): SelectedPath => ({
  path: [...outer.path, ...one.path], label: `${outer.label}/${one.label}`, structural: one.structural, items: one.items.map((each) => ({ ...each, path: [...outer.path, ...each.path] })),
})

interface Step {
  readonly name: string | undefined
  readonly columns: readonly Column[] | undefined
  readonly structural: boolean
  readonly column?: Column
  /** There may be properties that no type declares. */
  readonly open: boolean
  /** Of what no type declares: its name among what else is undeclared. */
  readonly undeclared?: string
}

function step(segment: SelectSegment, path: readonly string[], before: Step, scope: RowScope): Step {
  const { columns: within, open } = before
  switch (segment.kind) {
    case 'property': case 'unknown': case 'navigation': {
      const found = within?.find((column) => labelOf(column) === segment.name)
      if (found !== undefined) return { name: segment.name, columns: found.fields ?? found.expanded?.columns ?? [], structural: true, column: found, open: scope.model.structured(found.type.name)?.open === true }
      if (segment.kind === 'navigation' || (path.length === 0 && scope.model.navigation(scope.entityType, segment.name) !== undefined)) return { name: segment.name, columns: undefined, structural: false, open: false }
      if (isStream(segment.name, path, scope)) return { name: segment.name, columns: undefined, structural: false, open: false }
      if (open && within?.some(({ name }) => name === '*') === true) return { name: '*', undeclared: segment.name, columns: undefined, structural: true, open }
      throw unknownProperty(path.length === 0 ? scope.entityType.qualifiedName : path.join('/'), segment.name, (within ?? []).map(({ name }) => name).filter((name) => !name.startsWith('@') && name !== '*'))
    }
    // a derived type's properties are columns of the row already
    case 'cast': return { name: undefined, columns: within, structural: true, open: scope.model.structured(segment.type)?.open === true }
    case 'operation': return { name: segment.name, columns: undefined, structural: false, open: false }
    case 'annotation': throw unsupported(`The annotation ${segment.term} in $select`)
    case 'star': return { name: undefined, columns: within, structural: true, open }
  }
}

/** What a column is called where it is shown. */
const labelOf = ({ name, shownAs }: Column): string => shownAs ?? name

const isStream = (name: string, path: readonly string[], scope: RowScope): boolean => path.length === 0 && hasStreamProperty(scope, name)

/** What is said of the row always stays, what is said of one of its properties with that. */
function isSaidOf({ name }: Column, paths: readonly (readonly string[])[]): boolean {
  const at = name.indexOf('@')
  return at === 0 || (at > 0 && paths.some(([first]) => first === name.slice(0, at)))
}

/** The columns on one of the paths, `@odata.type` always among them; complex columns only with the fields on one. */
function keepPaths(columns: readonly Column[], paths: readonly (readonly string[])[]): readonly Column[] {
  return columns.flatMap((column) => {
    if (isSaidOf(column, paths)) return [column]
    const mine = paths.filter(([name]) => name === labelOf(column)).map(([, ...rest]) => rest)
    if (mine.length === 0) return []
    if (mine.some((rest) => rest.length === 0)) return [column]
    if (column.name === '*') return [Object.freeze({ ...column, fields: mine.map(([name = '']) => Object.freeze({ name, type: untypedType })) })]
    if (column.fields === undefined) return [column]
    return [Object.freeze({ ...column, fields: keepPaths(column.fields, mine) })]
  })
}

/** Options of the standard that nothing executes: they are refused wherever they stand, never passed over. */
const unexecuted: ReadonlySet<string> = new Set([
  '$deltatoken', '$index', '$schemaversion', '$at', '$from', '$to', '$toInclusive',
])

/** Which of the options given do not apply here are refused. @throws HUB_QUERY_INVALID naming the option, HUB_QUERY_UNSUPPORTED */
export function requireOptions(options: QueryOptions, allowed: readonly string[], where: string): void {
  for (const name of options.spans.keys()) {
    if (unexecuted.has(name) || (name === '$apply' && !allowed.includes(name))) throw unsupported(name)
    if (name.startsWith('$') && !allowed.includes(name)) throw invalid(`The option ${name} does not apply to ${where}.`)
  }
}

/** The complex properties that are shown of the items or of the value, where `$select` says which. */
export function shownFields(property: Column, { select }: QueryOptions, scope: RowScope): Column {
  if (select === undefined) return property
  if (property.fields === undefined) throw invalid(`The option $select does not apply to ${property.name}, which is no complex value.`)
  return Object.freeze({ ...property, fields: bindSelect(select, property.fields, scope).columns })
}
