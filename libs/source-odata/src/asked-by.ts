import type { ReadContext } from '@tributary/source'
import type { Outgoing } from './exchange.js'

/** On whose behalf a request goes out. */
export const askedBy = ({ asker, scope }: Pick<ReadContext, 'asker' | 'scope'>): Pick<Outgoing, 'asker' | 'scope'> => ({
  ...(asker === undefined ? {} : { asker }),
  ...(scope === undefined ? {} : { scope }),
})
