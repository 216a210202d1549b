// What stopped a service: routes map its code to a status in one place (`server/routes/errors.ts`).

export class ServiceError extends Error {
  readonly code: ServiceErrorCode
  /** Seconds after which to try again, where that helps. */
  readonly retryAfter_s: number | undefined

  constructor(code: ServiceErrorCode, message: string, retryAfter_s?: number) {
    super(message)
    this.code = code
    this.retryAfter_s = retryAfter_s
  }
}

export type ServiceErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'too-many'
  | 'disk-full'
  | 'unavailable'
