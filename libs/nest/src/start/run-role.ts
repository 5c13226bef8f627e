import { isHubError } from '@tributary/errors'
import { unknownVariables } from '../config/settings.js'
import type { RunningServer } from './start-server.js'

/**
 * The life of a process: starts it, lets it tell where it is, and ends it in an orderly way on SIGTERM and SIGINT (a second signal ends it at
 * once). What prevents the start is one line on standard error and exit code 1.
 */
export async function runRole(start: () => Promise<RunningServer>, greet: (running: RunningServer) => Promise<string>): Promise<void> {
  try {
    const running = await start()
    endOnSignals(running)
    for (const name of unknownVariables()) running.log.warn({ name }, 'this setting is not known; is it misspelt?')
    process.stdout.write(`${await greet(running)}\n`)
  } catch (error) {
    process.stderr.write(`${startFault(error)}\n`)
    process.exit(1)
  }
}

/** Why it did not start, in one line: the code, what is wrong and the way out. */
export const startFault = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error)
  return `${isHubError(error) ? `${error.code}: ` : 'Tributary could not start: '}${text}`.replaceAll(/\s*\n\s*/g, ' ')
}

function endOnSignals(running: RunningServer): void {
  let ending = false
  const end = (signal: string) => {
    if (ending) process.exit(1)
    ending = true
    running.log.info({ signal }, 'stopping')
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        running.log.error({ err: error }, 'the stop failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}
