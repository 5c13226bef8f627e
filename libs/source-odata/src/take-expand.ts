import { inlineColumns, type Column } from '@tributary/plan'
import type { Capabilities, Feature, ScanRequest, TakenExpand, WantedExpand } from '@tributary/source'
import { encodeOption } from './print-filter.js'
import { restrictionsOf, type Restrictions } from './restrictions.js'
import { takeFilter } from './take-filter.js'
import { takeOrder } from './take-order.js'

/** Related rows that are asked for within the rows. */
export interface TakenExpands {
  /** Undefined: none. */
  readonly text?: string
  readonly taken: readonly TakenExpand[]
  /** The columns in which they come. */
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
}

/** Part of the URL that `$expand` may take; what finds no room in it is read by keys. */
const EXPAND_SHARE = 0.4

/**
 * The related rows that the remote is asked for within the rows: only those of which experiments have shown that the rows themselves stay as they
 * are. What is nested is a superset at most, but for `$top`, which goes with an exact order and filter only.
 */
export function takeExpands(want: Pick<ScanRequest, 'expands' | 'target'>, able: Capabilities, declared: Restrictions): TakenExpands {
  let room = able.urlLimit * EXPAND_SHARE
  const found = (want.expands ?? []).flatMap((expand) => {
    if (!isTaken(expand, able, declared)) return []
    const nested = nestedOptions(expand, want.target, able)
    const text = nested.options.length === 0 ? expand.navigation : `${expand.navigation}(${nested.options.join(';')})`
    room -= encodeOption(text).length
    return room < 0 ? [] : [{ expand, text, nested }]
  })
  if (found.length === 0) return { taken: [], columns: [], features: [] }
  return {
    text: found.map(({ text }) => text).join(','),
    taken: found.map(({ expand: { navigation }, nested: { limited, counted } }) => ({ navigation, limited, counted })),
    columns: found.flatMap(({ expand: { navigation, toMany, columns } }) => inlineColumns(navigation, toMany, columns)),
    features: found.flatMap(({ expand, nested }) => [featureOf(expand), ...nested.features]),
  }
}

const featureOf = ({ navigation }: Pick<WantedExpand, 'navigation'>): Feature => `expand:${navigation}`

const isTaken = (expand: WantedExpand, able: Capabilities, declared: Restrictions): boolean =>
  declared.expandable && !declared.nonExpandable.has(expand.navigation) && able.fact(featureOf(expand)).trust === 'exact'

interface Nested {
  readonly options: readonly string[]
  readonly features: readonly Feature[]
  readonly limited: boolean
  readonly counted: boolean
}

function nestedOptions(expand: WantedExpand, { model }: Pick<ScanRequest['target'], 'model'>, able: Capabilities): Nested {
  const feature = featureOf(expand)
  const proven = (option: string): boolean => able.fact(`${feature}:${option}`).trust === 'exact'
  const declared = restrictionsOf(model, expand.entitySet)
  const select = selected(expand, declared)
  const filter = proven('filter') && declared.filterable ? takeFilter(expand, expand.able, declared, able.urlLimit * EXPAND_SHARE / 2) : undefined
  const whole = expand.filter === undefined || (filter?.text !== undefined && filter.trust === 'exact' && filter.residual === undefined)
  const order = expand.top !== undefined && whole && proven('top') && declared.top ? takeOrder({ order: expand.order, keys: [] }, expand.able, declared) : undefined
  const counted = expand.toMany && declared.count && proven('count')
  return {
    options: [
      ...(select === undefined || able.fact(`${feature}:select`).trust === 'unsupported' ? [] : [`$select=${select}`]),
      ...(filter?.text === undefined ? [] : [`$filter=${filter.text}`]),
      ...(order?.text === undefined ? [] : [`$orderby=${order.text}`, `$top=${expand.top}`]),
      ...(counted ? ['$count=true'] : []),
    ],
    features: [...(filter?.text === undefined ? [] : [`${feature}:filter`]), ...(order?.text === undefined ? [] : [`${feature}:top`]), ...(counted ? [`${feature}:count`] : [])],
    limited: order?.text !== undefined, counted,
  }
}

/** Undefined: all of them come. */
function selected({ columns, able }: WantedExpand, declared: Restrictions): string | undefined {
  if (!declared.select || able.fact('select').trust === 'unsupported' || columns.some(({ derived }) => derived === true)) return undefined
  const names = new Set(columns.map(({ name }) => name.split('@')[0] ?? '').filter((name) => name !== ''))
  return names.size === 0 ? undefined : [...names].join(',')
}
