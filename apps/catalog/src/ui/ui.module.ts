import fastifyStatic from '@fastify/static'
import { Module, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyAdapter } from '@nestjs/platform-fastify'
import { hubError } from '@tributary/errors'
import { authenticate, Log, sendProblem, Settings } from '@tributary/nest'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { unbuiltPage } from './unbuilt-page.js'
import { readWebApplication, webFolder, type WebApplication } from './web-application.js'

/** First segments of paths that belong to programs; what is not found there is a problem, never the page. */
const programs = new Set(['api', 'odata', 'graphql', 'rest', 'samples', 'internal', 'health', 'metrics', 'assets'])

const year = 365 * 24 * 60 * 60

/** The web application at `/`: its files, and its page for every address of its own. It needs no credentials; its data does. */
@Module({})
export class UiModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>, private readonly settings: Settings, private readonly log: Log) {}

  async onModuleInit(): Promise<void> {
    const application = readWebApplication()
    const server = this.host.httpAdapter.getInstance()
    if (application !== undefined) await server.register(fastifyStatic, { root: webFolder, serve: false })
    server.get('/*', (request: FastifyRequest, reply: FastifyReply) => this.answer(request, reply, application))
  }

  private answer(request: FastifyRequest, reply: FastifyReply, application: WebApplication | undefined): FastifyReply {
    const path = pathOf(request)
    if (application?.files.has(path) === true && path !== 'index.html') return sendFile(reply, path)
    if (programs.has(path.split('/')[0] ?? '') || (path !== '' && !wantsPage(request))) return this.notFound(request, reply)
    void reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').header('referrer-policy', 'same-origin')
    return application === undefined
      ? reply.header('content-security-policy', 'default-src \'none\'; style-src \'unsafe-inline\'; frame-ancestors \'none\'').send(unbuiltPage)
      : reply.header('content-security-policy', application.policy).send(application.page)
  }

  /** Strangers are not told what is there and what is not. */
  private notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { log } = this
    try {
      authenticate(request.headers, { address: request.socket.remoteAddress ?? '', method: request.method }, this.settings)
      throw hubError('HUB_RESOURCE_NOT_FOUND', { what: request.url.split('?')[0] ?? '/', hint: 'See /api/docs for what there is.' })
    } catch (thrown) {
      sendProblem(thrown, { request, reply, log })
      return reply
    }
  }
}

/** Names of built assets hold a hash of their content. */
function sendFile(reply: FastifyReply, path: string): FastifyReply {
  const hashed = path.startsWith('assets/')
  return reply.header('cache-control', hashed ? `public, max-age=${year}, immutable` : 'no-cache').sendFile(path, { cacheControl: false })
}

/** Without the leading slash, decoded; what cannot be decoded names no file. */
function pathOf(request: FastifyRequest): string {
  const path = request.url.split('?')[0]?.slice(1) ?? ''
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const wantsPage = ({ headers }: FastifyRequest): boolean => /\btext\/html\b/.test(headers.accept ?? '')
