/** An answer that was not 2xx: problem details of `/api/v1`, or an OData error object. */
export class RequestFailed extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
    this.name = 'RequestFailed'
  }
}

interface ErrorBody {
  readonly code?: string
  readonly detail?: string
  readonly title?: string
  readonly error?: { readonly code: string; readonly message: string }
}

async function failure(answer: Response): Promise<RequestFailed> {
  const text = await answer.text()
  const json = (answer.headers.get('content-type') ?? '').includes('json')
  const body = (json ? JSON.parse(text) : {}) as ErrorBody
  const code = body.error?.code ?? body.code ?? String(answer.status)
  return new RequestFailed(answer.status, code, body.error?.message ?? body.detail ?? body.title ?? answer.statusText)
}

/** Fetches JSON. @throws RequestFailed */
export async function getJson<Answer>(url: string, signal?: AbortSignal): Promise<Answer> {
  const answer = await fetch(url, { headers: { accept: 'application/json;IEEE754Compatible=true' }, ...(signal === undefined ? {} : { signal }) })
  if (!answer.ok) throw await failure(answer)
  return (await answer.json()) as Answer
}

/** Sends a request whose answer has no body that matters. @throws RequestFailed */
export async function send(method: 'DELETE' | 'POST', url: string): Promise<void> {
  const answer = await fetch(url, { method })
  if (!answer.ok) throw await failure(answer)
}
