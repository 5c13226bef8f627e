import type { ReadContext } from '@tributary/source'
import type { Outgoing } from './exchange.js'

/** On whose behalf a request goes out. */
export const askedBy = ({ asker, scope, languages }: Pick<ReadContext, 'asker' | 'scope' | 'languages'>): Pick<Outgoing, 'asker' | 'scope' | 'languages'> => ({
  ...(asker === undefined ? {} : { asker }),
  ...(scope === undefined ? {} : { scope }),
  ...(languages === undefined ? {} : { languages }),
})
