import { join } from 'node:path'
import { memoryFlags } from '#memory-flags'
import { repository, run, scratch, until, type Running } from './running.js'

/** The product behind one origin, in however many processes. */
export interface Deployment {
  /** `http://127.0.0.1:49152` */
  readonly origin: string
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** The JSON body of a 200. */
  json<T>(path: string, headers?: Readonly<Record<string, string>>): Promise<T>
  send(method: string, path: string, body?: unknown): Promise<Response>
  stop(): Promise<unknown>
}

/** One role in its own process, built from the sources. */
export interface RunningHub extends Deployment, Running {
  stop(): ReturnType<Running['stop']>
}

const entry = (role: string) => join(repository, 'apps', role, 'dist', 'main.js')
const nodeFlags = ['--enable-source-maps', ...memoryFlags]

/** Runs one role of the product on a free port; resolves once it answers. */
export async function startRole(role: 'hub' | 'catalog' | 'proxy', environment: Readonly<Record<string, string>> = {}): Promise<RunningHub> {
  const data = scratch(role)
  const running = run(process.execPath, [...nodeFlags, entry(role)], { PORT: '0', TRIBUTARY_DATA_DIR: data.path, ...environment })
  const gone: { ended?: unknown } = {}
  void running.ended.then((ended) => { gone.ended = ended; return data.remove() })
  const origin = await until(`The ${role}'s start`, () => {
    if (gone.ended !== undefined) throw new Error(`The ${role} ended: ${running.output()}`)
    return /(http:\/\/127\.0\.0\.1:\d+)/.exec(running.output())?.[1]
  }, { told: running.output })
  await until('Readiness', async () => ((await fetch(`${origin}/health/ready`)).ok ? true : undefined), { told: running.output })
  return { ...running, origin, ...client(origin, environment['TRIBUTARY_ADMIN_TOKEN']) }
}

export const startHub = (environment: Readonly<Record<string, string>> = {}): Promise<RunningHub> => startRole('hub', environment)

/** Requests to an origin, with the administrator's token where one is set. */
export function client(origin: string, token?: string): Pick<Deployment, 'get' | 'json' | 'send'> {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) => fetch(new URL(path, origin), { headers: { ...authorization, ...headers } })
  return {
    get,
    json: async <T>(path: string, headers?: Readonly<Record<string, string>>) => {
      const answer = await get(path, headers)
      const text = await answer.text()
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${text}`)
      return JSON.parse(text) as T
    },
    send: (method, path, body) => fetch(new URL(path, origin), {
      method, headers: { ...authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  }
}
