// Limits on requests (P3): per session or key where there is one, else per address.
import type { MiddlewareHandler } from 'hono'
import type { RateLimits, RateName } from '../services/rate-limit.ts'
import { ServiceError } from '../services/service-error.ts'
import type { AppEnv } from './env.ts'

/** Never limited: probes and static files. */
const EXEMPT = /^\/(health|assets\/|favicon\.ico$)/
const INGEST = new Set([
  ...['/ingest', '/api/v1/logs/ingest', '/v1/logs', '/loki/api/v1/push', '/api/prom/push'],
])

/** Elasticsearch's ways in. */
const DOCUMENTS = /\/(?:_bulk\/?|_doc(?:\/[^/]*)?|_create\/[^/]*)$/

function isIngest(path: string): boolean {
  return INGEST.has(path) || DOCUMENTS.test(path)
}

/** Where names and passwords are tried; the sign-in page counts for itself. */
const SIGN_IN = new Set(['/api/v1/auth/login', '/api/v1/auth/token', '/api/v1/auth/register'])

/** Counts the request; throws `too-many`. Runs after authentication. */
export function rateLimit(limits: RateLimits): MiddlewareHandler<AppEnv> {
  return async function countRequest(c, next) {
    if (!EXEMPT.test(c.req.path)) {
      const principal = c.get('principal')
      if (c.req.method === 'POST' && SIGN_IN.has(c.req.path)) takeOne(limits, 'auth', c.get('ip'))
      if (principal === undefined) takeOne(limits, 'anonymous', c.get('ip'))
      else takeOne(limits, isIngest(c.req.path) ? 'ingest' : 'identified', principal.credentialId)
    }
    await next()
  }
}

/** Takes one of a rate or throws `too-many` with the seconds to wait. */
export function takeOne(limits: RateLimits, rate: RateName, name: string): void {
  const wait_s = limits.take(rate, name)
  if (wait_s > 0) throw new ServiceError('too-many', `too many requests (${rate})`, wait_s)
}
