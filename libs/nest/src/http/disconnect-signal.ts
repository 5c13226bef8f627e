import type { FastifyReply } from 'fastify'

/** Aborts when the caller goes away before the answer was sent. */
export function disconnectSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the caller went away'))
  })
  return controller.signal
}
