import type { LoggerService } from '@nestjs/common'
import { destination, pino, type DestinationStream } from 'pino'
import type { Settings } from '../config/settings.js'

/** Where a process writes what happened: JSON lines on standard error. An abstract class, so that it is also Nest's injection token. */
export abstract class Log {
  abstract debug(fields: object, message: string): void
  abstract info(fields: object, message: string): void
  abstract warn(fields: object, message: string): void
  abstract error(fields: object, message: string): void
}

/** Field names whose values never reach a log, at the top and one or two levels down. */
const secretFields = ['authorization', 'cookie', 'set-cookie', 'password', 'token', 'secret', 'auth', 'connection', 'adminToken', 'internalToken', 'secretKey', 'databaseUrl', 'processToken']

/** A log at the level of the settings; secrets are redacted by field name should a careless line hold one. */
export function createLog(settings: Pick<Settings, 'logLevel'>, output: DestinationStream = destination({ fd: 2, sync: true })): Log {
  const paths = secretFields.map((name) => `["${name}"]`).flatMap((path) => [path, `*${path}`, `*.*${path}`])
  return pino({ level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths, censor: '[secret]' } }, output)
}

/** What prevents a start is thrown too, and then told in one line. */
const startHandler = 'ExceptionHandler'

const fields = (rest: readonly unknown[]) => ({ nest: rest.at(-1) })

/** Nest's own words through our log: its start-up chatter is debug, its warnings stay warnings. */
export function nestLog(log: Log): LoggerService {
  return {
    log: (message: unknown, ...rest: unknown[]) => log.debug(fields(rest), String(message)),
    debug: (message: unknown, ...rest: unknown[]) => log.debug(fields(rest), String(message)),
    verbose: (message: unknown, ...rest: unknown[]) => log.debug(fields(rest), String(message)),
    warn: (message: unknown, ...rest: unknown[]) => log.warn(fields(rest), String(message)),
    error: (message: unknown, ...rest: unknown[]) => log[rest.at(-1) === startHandler ? 'debug' : 'error'](fields(rest), String(message)),
    fatal: (message: unknown, ...rest: unknown[]) => log.error(fields(rest), String(message)),
  }
}
