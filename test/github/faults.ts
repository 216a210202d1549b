// What can go wrong between a client and GitHub, on demand.

/** One kind of failure. */
export type Fault =
  /** 500, 502 or 503 before anything was done. */
  | 'error-500'
  | 'error-502'
  | 'error-503'
  /** The hourly limit: 403 or 429 with `x-ratelimit-remaining: 0` and the time of the reset. */
  | 'rate-limit-403'
  | 'rate-limit-429'
  /** Too many writes at once: 403 or 429 with `retry-after`. */
  | 'secondary-limit-403'
  | 'secondary-limit-429'
  /** What was asked is done, and the answer is a 502. */
  | 'lost-answer'

export interface Faults {
  /** The next `times` requests (or those to an operation like `pulls/create`) fail this way. */
  next(fault: Fault, options?: { readonly times?: number; readonly operation?: string }): void
  /** Every Git request over HTTP answers 503 while this is true. */
  gitIsDown: boolean
  /** Faults that were asked for and have not happened yet. */
  pending(): number
  /** The fault of a request, taken from the list. */
  take(operation: string): Fault | undefined
}

interface Waiting {
  readonly fault: Fault
  readonly operation: string | undefined
  times: number
}

export function createFaults(): Faults {
  const waiting: Waiting[] = []
  return {
    gitIsDown: false,
    next: (fault, { times = 1, operation } = {}) => void waiting.push({ fault, operation, times }),
    pending: () => waiting.reduce((sum, { times }) => sum + times, 0),
    take: (operation) => {
      const at = waiting.findIndex((one) => (one.operation ?? operation) === operation)
      const found = waiting[at]
      if (found === undefined) return undefined
      found.times--
      if (found.times === 0) waiting.splice(at, 1)
      return found.fault
    },
  }
}

/** Seconds that a limited client is told to wait. */
const RETRY_AFTER_S = 1
const LIMIT_DOCS = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api'

/** The answer that a fault gives. */
export function faultAnswer(fault: Fault): {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
} {
  const status = Number(fault.split('-').at(-1)) || 502
  if (fault.startsWith('rate-limit')) {
    const reset = Math.floor(Date.now() / 1000) + RETRY_AFTER_S
    return {
      status,
      headers: {
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-used': '5000',
        'x-ratelimit-resource': 'core',
        'x-ratelimit-reset': String(reset),
      },
      body: { message: 'API rate limit exceeded for user ID 1.', documentation_url: LIMIT_DOCS },
    }
  }
  if (fault.startsWith('secondary-limit'))
    return {
      status,
      headers: { 'retry-after': String(RETRY_AFTER_S) },
      body: {
        message: 'You have exceeded a secondary rate limit. Please wait a few minutes.',
        documentation_url: `${LIMIT_DOCS}#about-secondary-rate-limits`,
      },
    }
  return { status, headers: {}, body: { message: 'Server Error' } }
}
