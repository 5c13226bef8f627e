import type { RemoteScan } from '@tributary/plan'
import type { Accepted } from '@tributary/source'

/** What the scan's source said it takes. The planner keeps it in the plan as an opaque value; only sources make it. */
export const acceptedOf = (node: RemoteScan): Accepted => node.accepted as Accepted
