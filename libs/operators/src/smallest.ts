/** Collects the first `size` items by an order, in memory for `size` items. */
export interface Smallest<Item> {
  /** Returns the item that is not kept for it: none, an earlier one, or the item itself. */
  add(item: Item): Item | undefined
  /** The items in order; those that are equal stand as they came. */
  inOrder(): readonly Item[]
}

interface Numbered<Item> {
  readonly item: Item
  readonly arrival: number
}

/** A bounded heap whose root is the greatest of the items kept: most items are turned away by one comparison. */
export function smallest<Item>(size: number, compare: (a: Item, b: Item) => number): Smallest<Item> {
  const heap: Numbered<Item>[] = []
  let arrivals = 0
  const order = (a: Numbered<Item>, b: Numbered<Item>): number => compare(a.item, b.item) || a.arrival - b.arrival
  return {
    add(item) {
      const numbered = { item, arrival: arrivals++ }
      const root = heap[0]
      if (heap.length < size) {
        raise(heap, numbered, order)
        return undefined
      }
      if (root === undefined || order(numbered, root) >= 0) return item
      sink(heap, numbered, order)
      return root.item
    },
    inOrder: () => heap.toSorted(order).map(({ item }) => item),
  }
}

/** Adds an item at the end and lets it rise. */
function raise<Item>(heap: Item[], item: Item, order: (a: Item, b: Item) => number): void {
  let index = heap.length
  while (index > 0) {
    const above = (index - 1) >> 1
    const parent = heap[above] as Item
    if (order(parent, item) >= 0) break
    heap[index] = parent
    index = above
  }
  heap[index] = item
}

/** Puts an item in the root's place and lets it sink. */
function sink<Item>(heap: Item[], item: Item, order: (a: Item, b: Item) => number): void {
  let index = 0
  for (let below = 1; below < heap.length; below = 2 * index + 1) {
    const right = below + 1
    const child = right < heap.length && order(heap[right] as Item, heap[below] as Item) > 0 ? right : below
    if (order(heap[child] as Item, item) <= 0) break
    heap[index] = heap[child] as Item
    index = child
  }
  heap[index] = item
}
