import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { challengeOf } from '../identity/authenticate.js'
import { Log } from '../log/log.js'
import { asHubError, problemOf } from './problem.js'

/** Turns whatever a route of Nest's throws into problem details, once and in one place. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    sendProblem(thrown, { request, reply: http.getResponse<FastifyReply>(), log: this.log })
  }
}

/** Answers a request with problem details; failures that are the hub's own are logged with their causes. */
export function sendProblem(thrown: unknown, { request, reply, log }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly log: Log }): void {
  const error = asHubError(thrown, request.id)
  const path = request.url.split('?')[0]
  if (error.status >= 500) log[error.status === 500 ? 'error' : 'warn']({ err: error.cause ?? error, code: error.code, requestId: request.id, path }, error.message)
  if (reply.sent) return
  if (error.status === 401) void reply.header('www-authenticate', challengeOf(error))
  const body = problemOf(error, request.id)
  void reply.status(error.status).type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(path?.startsWith('/internal/') === true ? { ...body, params: error.params } : body))
}
