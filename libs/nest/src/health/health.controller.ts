import { Controller, Get, Header } from '@nestjs/common'
import { hubError } from '@tributary/errors'
import { Public } from '../identity/principal.guard.js'
import { Readiness } from './readiness.js'

/** For whoever watches over the process: does it live, may requests be sent. */
@Controller('health')
@Public()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { readonly status: 'live' } {
    return { status: 'live' }
  }

  /** @throws HUB_UNAVAILABLE naming what does not work */
  @Get('ready')
  @Header('cache-control', 'no-store')
  async ready(): Promise<{ readonly status: 'ready'; readonly checks: readonly string[] }> {
    const failing = await this.readiness.failing()
    if (failing.length > 0) throw hubError('HUB_UNAVAILABLE', { reason: `not ready: ${failing.join(', ')}` })
    return { status: 'ready', checks: this.readiness.names() }
  }
}
