// Sends batches of events to a server's ingest route: retried with back-off until they are stored, made
// safe to repeat by a key.
import { UsageError } from '../command.ts'
import { scrub } from '../scrub.ts'

/** Where events go. */
export interface Target {
  /** Base URL of the server (`http://127.0.0.1:8181`), or the whole URL of an ingest route. */
  readonly endpoint: string
  readonly apiKey?: string | undefined
  /** Parser name or label for events that name no source. */
  readonly source?: string | undefined
  /** Old logs: times before the retention are kept. A name sets this import's events apart, so that they correlate among themselves. */
  readonly import?: boolean | string | undefined
}

/** What a server says of a stored batch. */
export interface IngestAnswer {
  readonly accepted: number
  readonly unparsed: number
  readonly batch: string
  /** The same batch came before: nothing was stored now. */
  readonly repeated?: boolean
  readonly errors: readonly {
    readonly index: number
    readonly code: string
    readonly message: string
  }[]
  /** Events by source; servers before version 0.2 do not say. */
  readonly sources?: {
    readonly [source: string]: { readonly events: number; readonly unparsed: number }
  }
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined
  /** Give up after this long without success, milliseconds; never by default. */
  readonly giveUpAfter_ms?: number | undefined
  /** Hears of each pause before another attempt. */
  readonly onWait?: ((pause_ms: number, reason: string) => void) | undefined
}

/** The server will not take the batch, however often it is asked. */
export class RefusedError extends UsageError {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export const DEFAULT_ENDPOINT = 'http://127.0.0.1:8181'
const PAUSE_FIRST_MS = 500
const PAUSE_MAX_MS = 30_000
/** Longest `Retry-After` that is believed, milliseconds. */
const RETRY_AFTER_MAX_MS = 300_000
const REQUEST_TIMEOUT_MS = 120_000
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/** The URL to post to. Throws `UsageError` for an endpoint that is no http URL. */
export function ingestUrl(target: Target): string {
  const url = URL.parse(target.endpoint)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--endpoint ${target.endpoint}: not an http or https URL`)
  }
  if (url.pathname === '/') url.pathname = '/ingest'
  if (target.source !== undefined) url.searchParams.set('source', target.source)
  const { import: name = false } = target
  if (name !== false) url.searchParams.set('import', String(name))
  return url.href
}

/**
 * Posts one batch, again and again while the server is away, busy or full. Rejects `RefusedError` when it
 * says no, `AbortError` when `signal` ends it.
 */
export async function sendBatch(
  target: Target,
  body: string,
  key: string,
  options: SendOptions = {},
): Promise<IngestAnswer> {
  const url = ingestUrl(target)
  const started = performance.now()
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted()
    const outcome = await post(url, target, body, key, options.signal)
    // After an answer that was lost the batch comes again: it was stored now.
    if ('answer' in outcome) {
      return attempt === 0 ? outcome.answer : { ...outcome.answer, repeated: false }
    }
    const pause_ms = outcome.pause_ms ?? backOff(attempt)
    const limit = options.giveUpAfter_ms
    if (limit !== undefined && performance.now() - started + pause_ms > limit) {
      throw new RefusedError(0, `${scrub(url)}: ${outcome.reason}; gave up`)
    }
    options.onWait?.(pause_ms, outcome.reason)
    await sleep(pause_ms, options.signal)
  }
}

type Outcome =
  | { readonly answer: IngestAnswer }
  | { readonly reason: string; readonly pause_ms: number | undefined }

async function post(
  url: string,
  target: Target,
  body: string,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-ndjson',
        'idempotency-key': key,
        ...(target.apiKey === undefined ? {} : { 'x-api-key': target.apiKey }),
      },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    if (response.ok) {
      const answer = (await response.json()) as IngestAnswer
      const repeated = response.headers.get('idempotent-replayed') === 'true'
      return { answer: repeated ? { ...answer, repeated } : answer }
    }
    const whole = await response.text()
    const answer = response.status === 413 ? answerOf(whole) : undefined
    if (answer !== undefined) return { answer }
    const text = whole.slice(0, 500)
    if (!PASSING_STATUS.has(response.status)) {
      throw new RefusedError(response.status, `${scrub(url)}: ${response.status} ${problem(text)}`)
    }
    const pause_ms = retryAfter(response.headers.get('retry-after'))
    return { reason: `${response.status} ${problem(text)}`.trim(), pause_ms }
  } catch (error) {
    if (error instanceof RefusedError || signal?.aborted === true) throw error
    return { reason: error instanceof Error ? error.message : String(error), pause_ms: undefined }
  }
}

/** The answer in a 413 for events that are too large: the server keeps their beginnings, there is no use in
 * sending them again. None where the body itself was too large. */
function answerOf(text: string): IngestAnswer | undefined {
  try {
    const value = JSON.parse(text) as Partial<IngestAnswer>
    return typeof value.accepted === 'number' ? (value as IngestAnswer) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The message of an error body, or the body. */
function problem(text: string): string {
  const found = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)
  return found?.[1] ?? text
}

/** Seconds or an HTTP date to milliseconds from now. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  const seconds = /^\d{1,9}$/.test(header)
    ? Number(header)
    : (Date.parse(header) - Date.now()) / 1000
  if (!Number.isFinite(seconds)) return undefined
  return Math.min(Math.max(seconds * 1000, 0), RETRY_AFTER_MAX_MS)
}

/** Doubles from attempt to attempt, with jitter so that many shippers do not come at once. */
function backOff(attempt: number): number {
  const full = Math.min(PAUSE_FIRST_MS * 2 ** Math.min(attempt, 10), PAUSE_MAX_MS)
  return full / 2 + Math.random() * (full / 2)
}

/** Waits; rejects at once when `signal` ends it. */
export function sleep(pause_ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, pause_ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
