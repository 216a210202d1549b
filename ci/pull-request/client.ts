// Calls of GitHub's REST API from CI: waits where GitHub says so, tries again where a server stumbles.
import { Octokit } from '@octokit/core'
import { UsageError } from '../command.ts'
import { scrub } from '../scrub.ts'

export interface ClientOptions {
  readonly token: string
  /** Base of the REST API: `https://api.github.com`. */
  readonly api: string
  /** How to wait; for tests. */
  readonly sleep?: (ms: number) => Promise<unknown>
  /** Told of every wait. */
  readonly onWait?: (message: string) => void
}

/** Attempts of one call. */
const ATTEMPTS_MAX = 6
/** One call may take this long, milliseconds. */
const TIMEOUT_MS = 30_000
/** First wait after a server's error, milliseconds; doubled each time, up to half of it more by chance. */
const BACKOFF_MS = 1_000
/** A limit that lasts longer ends the run instead of holding it, milliseconds. */
const WAIT_MAX_MS = 15 * 60_000
/** Where a secondary limit names no time GitHub asks for a minute. */
const SECONDARY_WAIT_MS = 60_000

/** An octokit whose every request is tried again. Rejects `UsageError` without credentials in its text. */
export function createClient(options: ClientOptions): Octokit {
  const { token, api, sleep = Bun.sleep, onWait = () => undefined } = options
  const quiet = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  }
  const octokit = new Octokit({ auth: token, baseUrl: api, userAgent: 'trapline', log: quiet })
  octokit.hook.wrap('request', async (request, call) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request({
          ...call,
          request: { ...call.request, signal: AbortSignal.timeout(TIMEOUT_MS) },
        })
      } catch (error) {
        const failure = failureOf(error)
        // A POST that failed half-way may have been done: its caller looks first.
        const isUnsure = call.method === 'POST' && !isLimit(failure)
        const wait_ms = isUnsure ? undefined : waitOf(failure, attempt)
        if (wait_ms === undefined || attempt === ATTEMPTS_MAX)
          throw new GitHubError(
            scrub(`GitHub: ${call.method} ${call.url}: ${failure.message}`, [token]),
            failure.status,
          )
        onWait(
          `GitHub: ${scrub(failure.message, [token])}; trying again in ${Math.ceil(wait_ms / 1000)} s`,
        )
        await sleep(wait_ms)
      }
    }
  })
  return octokit
}

/** What GitHub refused, with its status; 0 where it could not be reached. */
export class GitHubError extends UsageError {
  readonly status: number
  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

interface Failure {
  readonly status: number
  readonly message: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

function failureOf(error: unknown): Failure {
  const { status, message, response } = error as {
    status?: number
    message?: string
    response?: { headers?: Record<string, string> }
  }
  return {
    status: status ?? 0,
    message: message ?? String(error),
    headers: response?.headers ?? {},
  }
}

function isLimit({ status, message }: Failure): boolean {
  return status === 429 || (status === 403 && /rate limit|abuse/i.test(message))
}

/** Milliseconds until the next attempt; undefined where none would help. */
export function waitOf(failure: Failure, attempt: number): number | undefined {
  const { status, headers } = failure
  if (isLimit(failure)) {
    const after_s = Number(headers['retry-after'])
    const reset_s = Number(headers['x-ratelimit-reset'])
    const wait_ms =
      after_s > 0
        ? after_s * 1000
        : headers['x-ratelimit-remaining'] === '0' && reset_s > 0
          ? Math.max(0, reset_s * 1000 - Date.now()) + 1000
          : SECONDARY_WAIT_MS
    return wait_ms > WAIT_MAX_MS ? undefined : wait_ms
  }
  if (status !== 0 && status < 500) return undefined
  return backoffOf(attempt)
}

/** Milliseconds before the attempt after a server's error. */
export function backoffOf(attempt: number): number {
  return BACKOFF_MS * 2 ** (attempt - 1) * (1 + Math.random() / 2)
}
