import { setTimeout as delay } from 'node:timers/promises'
import { Controller, Get, Param, Query, Res } from '@nestjs/common'
import { CatalogReader } from '@tributary/catalog'
import { hubError } from '@tributary/errors'
import { as, disconnectSignal, exposureListWire, exposureToWire, Internal, longestWaitMs, revisionWire, type ExposureWire } from '@tributary/nest'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'

const wholeNumber = z.string().regex(/^-?\d{1,15}$/).transform(Number)
const waiting = z.object({ after: wholeNumber.optional(), waitMs: wholeNumber.default(0) })

/** How often a waiting proxy's catalog looks whether another replica changed something. */
const lookEveryMs = 250

/** What the proxy of a split deployment reads: compiled exposures and the revision they belong to. */
@Controller('internal/v1')
@Internal()
export class InternalExposuresController {
  constructor(private readonly reader: CatalogReader) {}

  @Get('exposures')
  async list(): Promise<z.output<typeof exposureListWire>> {
    return { exposures: (await this.reader.exposures()).map(({ slug, title, kind }) => ({ slug, title, kind })) }
  }

  @Get('exposures/:slug')
  async exposure(@Param('slug') slug: string): Promise<ExposureWire> {
    const exposure = await this.reader.exposure(slug)
    if (exposure === undefined) throw hubError('HUB_RESOURCE_NOT_FOUND', { what: `The exposure ${slug}`, hint: '' })
    return exposureToWire(exposure)
  }

  /** Answers at once when the revision differs from `after`, else as soon as it does, at the latest after `waitMs`. */
  @Get('revision')
  async revision(@Query(as(waiting)) { after, waitMs }: z.output<typeof waiting>, @Res({ passthrough: true }) reply: FastifyReply): Promise<z.output<typeof revisionWire>> {
    const gone = disconnectSignal(reply)
    const until = Date.now() + Math.min(waitMs, longestWaitMs)
    let revision = await this.reader.revision()
    while (revision === after && Date.now() < until && !gone.aborted && reply.server.server.listening) {
      await delay(lookEveryMs)
      revision = await this.reader.revision()
    }
    return { revision }
  }
}
