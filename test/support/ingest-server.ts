// A receiver for tests of senders: a real HTTP server that stores each key once, as Trapline does, and
// refuses what it is told to refuse.
import { splitText } from '../../server/ingest/decode.ts'

export interface TestServer {
  readonly endpoint: string
  /** Texts stored, in order of arrival; a repeated key stores nothing. */
  readonly stored: string[]
  readonly requests: { readonly url: URL; readonly key: string; readonly apiKey: string | null }[]
  /** Answers for the next requests, before any is stored. */
  readonly refusals: Response[]
  /** When set, a request is stored and its answer withheld: the sender does not know. */
  dropAnswers: number
  stop(): Promise<void>
}

/** Starts a receiver on a free port. */
export function startTestServer(): TestServer {
  const keys = new Map<string, string>()
  const state = { dropAnswers: 0 }
  const stored: string[] = []
  const requests: TestServer['requests'] = []
  const refusals: Response[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const key = request.headers.get('idempotency-key') ?? ''
      requests.push({ url: new URL(request.url), key, apiKey: request.headers.get('x-api-key') })
      const refusal = refusals.shift()
      if (refusal !== undefined) return refusal
      const body = await request.text()
      const known = keys.get(key)
      if (known !== undefined && known !== body) return new Response('other body', { status: 409 })
      const texts = splitText(body)
      if (known === undefined) stored.push(...texts)
      keys.set(key, body)
      if (state.dropAnswers > 0) {
        state.dropAnswers--
        return new Response('lost', { status: 503, headers: { 'retry-after': '0' } })
      }
      return Response.json({ accepted: texts.length, unparsed: 0, batch: 'b', errors: [] })
    },
  })
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    stored,
    requests,
    refusals,
    get dropAnswers() {
      return state.dropAnswers
    },
    set dropAnswers(count) {
      state.dropAnswers = count
    },
    stop: () => server.stop(true),
  }
}
