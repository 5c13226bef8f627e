import { readSettings, runRole, startServer } from '@tributary/nest'
import { greeting } from './greeting.js'
import { hubModule } from './hub.module.js'

/** Everything in one process. */
await runRole(() => startServer(hubModule(), readSettings()), greeting)
