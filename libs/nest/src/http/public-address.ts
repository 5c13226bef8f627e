import { Injectable } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { Settings } from '../config/settings.js'
import { publicOrigin } from './public-origin.js'

/** The hub's address as the caller of a request sees it. */
@Injectable()
export class PublicAddress {
  constructor(private readonly settings: Settings) {}

  /** Without trailing slash. */
  of(request: FastifyRequest): string {
    return publicOrigin(request.headers, request.socket.remoteAddress ?? '', this.settings)
  }
}
