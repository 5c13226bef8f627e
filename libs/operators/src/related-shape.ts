import { columnsOf, type Expand, type ExpandedShape, type PerParent, type Plan } from '@tributary/plan'

/** An expand's inner side without the expands on top of it: those are executed over all rows found, so that their keys, too, come in full batches. */
export function withoutExpands({ related, perParent }: Expand): { readonly core: Plan; readonly nested: readonly Expand[] } {
  const nested: Expand[] = []
  let core = related
  while (core.kind === 'expand' && !ordersBy(perParent.order, core.navigation.name)) {
    nested.unshift(core)
    core = core.input
  }
  return { core, nested }
}

function ordersBy(order: PerParent['order'], name: string): boolean {
  return order.some(({ expression }) => columnsOf(expression).has(name))
}

/** The shape of the rows an expand adds. */
export function shapeOf({ navigation }: Expand): ExpandedShape {
  if (navigation.expanded === undefined) throw new Error(`The column ${navigation.name} has no shape to expand to`)
  return navigation.expanded
}
