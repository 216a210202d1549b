// Server-sent events from an async iteration: a slow client slows the iteration, a silent stream is kept
// alive with comments, and the iteration ends with the connection.
import { type AppContext, keepOpen } from '../../middleware/env.ts'

/** A comment goes out after this much silence, milliseconds: proxies cut idle connections. */
export const KEEP_ALIVE_MS = 15_000
/** What a client waits before it comes back, milliseconds. */
const RETRY_MS = 2_000

export interface Message {
  readonly event?: string
  readonly id?: string
  readonly data: string
}

/** A message in the wire format. */
export function formatMessage({ event, id, data }: Message): string {
  const head = `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}`
  return `${head}${data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`
}

/** Streams the messages that `follow` makes until it or the client ends. */
export function sse(
  c: AppContext,
  follow: (signal: AbortSignal) => AsyncIterable<readonly Message[]>,
): Response {
  keepOpen(c)
  const ended = new AbortController()
  c.req.raw.signal.addEventListener('abort', () => ended.abort())
  const messages = follow(ended.signal)[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  let next: Promise<IteratorResult<readonly Message[]>> | undefined
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => stream.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`)),
    pull: async (stream) => {
      next ??= messages.next()
      const result = await within(KEEP_ALIVE_MS, next)
      if (ended.signal.aborted) return
      if (result === undefined) return stream.enqueue(encoder.encode(': keep-alive\n\n'))
      next = undefined
      if (result.done) stream.close()
      else stream.enqueue(encoder.encode(result.value.map(formatMessage).join('')))
    },
    cancel: () => ended.abort(),
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  })
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: Timer | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
