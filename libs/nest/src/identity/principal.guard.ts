import { createParamDecorator, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { hubError } from '@tributary/errors'
import type { FastifyRequest } from 'fastify'
import { Settings } from '../config/settings.js'
import { authenticate, authenticateInternal } from './authenticate.js'
import type { Principal } from './principal.js'

const audienceKey = 'tributary:audience'

/** Marks a route or controller that anyone may call, without credentials: liveness and readiness. */
export const Public = () => SetMetadata(audienceKey, 'public')
/** Marks a controller that only the other service of a split deployment may call. */
export const Internal = () => SetMetadata(audienceKey, 'internal')

const principalsByRequest = new WeakMap<FastifyRequest, Principal>()

/** Lets a request to a route of Nest's pass only with a known caller; every route is guarded unless it says otherwise. */
@Injectable()
export class PrincipalGuard implements CanActivate {
  constructor(private readonly settings: Settings, private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const audience = this.reflector.getAllAndOverride<string | undefined>(audienceKey, [context.getHandler(), context.getClass()])
    if (audience === 'public') return true
    const request = context.switchToHttp().getRequest<FastifyRequest>()
    const peer = { address: request.socket.remoteAddress ?? '', method: request.method }
    const principal = audience === 'internal'
      ? authenticateInternal(request.headers, this.settings)
      : authenticate(request.headers, peer, this.settings)
    principalsByRequest.set(request, principal)
    return true
  }
}

/** The caller of a request that passed the guard. @throws HUB_AUTH_REQUIRED for one that did not need to */
export function callerOf(request: FastifyRequest): Principal {
  const principal = principalsByRequest.get(request)
  if (principal === undefined) throw hubError('HUB_AUTH_REQUIRED')
  return principal
}

/** `callerOf` as a parameter of a controller's method. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => callerOf(context.switchToHttp().getRequest<FastifyRequest>()))
