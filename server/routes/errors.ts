// Where every error becomes an answer: a status, a code and a sentence. What is not ours to explain is
// logged under the request's id and answered as `internal`.
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import type { AppContext } from '../middleware/env.ts'
import { ServiceError, type ServiceErrorCode } from '../services/service-error.ts'
import { StateError } from '../stores/state/state-store.ts'
import { WorkerError } from '../workers/rpc.ts'

export const STATUS_OF = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'too-many': 429,
  'disk-full': 503,
  unavailable: 503,
} as const satisfies Record<ServiceErrorCode, ContentfulStatusCode>

/** What API clients get for every error. */
export const ErrorAnswer = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    request_id: z.string(),
    /** One entry per bad parameter or body field, or per finding in a query. */
    details: z
      .array(z.object({ path: z.string(), message: z.string(), column: z.number().optional() }))
      .optional(),
  }),
})

export interface ErrorDetail {
  readonly path: string
  readonly message: string
  /** Where in the text, from 1. */
  readonly column?: number
}

/** An invalid request with what is wrong where. */
export class InvalidError extends ServiceError {
  readonly details: readonly ErrorDetail[]

  constructor(message: string, details: readonly ErrorDetail[]) {
    super('invalid', message)
    this.details = details
  }
}

export interface Explained {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly message: string
  readonly retryAfter_s?: number
  readonly details?: readonly ErrorDetail[]
}

/** Status, code and sentence of an error; undefined for what is a fault of ours. */
export function explainError(error: unknown): Explained | undefined {
  if (error instanceof ServiceError) {
    return {
      status: STATUS_OF[error.code],
      code: error.code,
      message: error.message,
      ...(error.retryAfter_s === undefined ? {} : { retryAfter_s: error.retryAfter_s }),
      ...(error instanceof InvalidError ? { details: error.details } : {}),
    }
  }
  if (error instanceof StateError) {
    return { status: STATUS_OF[error.code], code: error.code, message: error.message }
  }
  if (error instanceof WorkerError && isServiceCode(error.code)) {
    return { status: STATUS_OF[error.code], code: error.code, message: error.message }
  }
  if (error instanceof HTTPException) {
    return { status: error.status, code: 'http', message: error.message }
  }
  return undefined
}

function isServiceCode(code: string): code is ServiceErrorCode {
  return code in STATUS_OF
}

/** The JSON answer to an error; logs what is a fault of ours. */
export function errorAnswer(error: unknown, c: AppContext): Response {
  const requestId = c.get('requestId') ?? ''
  const known = explainError(error) ?? internal(error, c, requestId)
  const { status, code, message, retryAfter_s, details } = known
  if (retryAfter_s !== undefined) c.header('Retry-After', String(Math.ceil(retryAfter_s)))
  if (status === 401) c.header('WWW-Authenticate', 'Basic realm="trapline", Bearer')
  return c.json(
    { error: { code, message, request_id: requestId, ...(details ? { details } : {}) } },
    status,
  )
}

function internal(error: unknown, c: AppContext, requestId: string): Explained {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  console.error(`${requestId} ${c.req.method} ${new URL(c.req.url).pathname}: ${text}`)
  return { status: 500, code: 'internal', message: 'Trapline failed; its log has the cause' }
}
