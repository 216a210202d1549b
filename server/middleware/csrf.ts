// Unsafe requests that a browser makes on its own authority (cookie, remembered Basic) must come from our
// pages: same origin by the browser's word, and with the session's token.
import type { MiddlewareHandler } from 'hono'
import { ServiceError } from '../services/service-error.ts'
import { type AppContext, type AppEnv, CSRF_FIELD, CSRF_HEADER } from './env.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
/** How long a page's token works, milliseconds. */
const TOKEN_MAX_AGE_MS = 7 * 86_400_000

/** A token for the pages of a session. */
export function makeCsrfToken(secret: string, sessionId: string): string {
  return Bun.CSRF.generate(secret, { sessionId, expiresIn: TOKEN_MAX_AGE_MS })
}

/** Whether a token was made for this session. */
export function checkCsrfToken(token: string, secret: string, sessionId: string): boolean {
  return Bun.CSRF.verify(token, { secret, sessionId, maxAge: TOKEN_MAX_AGE_MS })
}

/** Refuses unsafe requests from elsewhere. Runs after authentication. */
export function csrf(): MiddlewareHandler<AppEnv> {
  return async function checkOrigin(c, next) {
    if (SAFE.has(c.req.method) || carriesOwnCredential(c)) return next()
    if (!isSameOrigin(c)) throw new ServiceError('forbidden', 'the request came from another site')
    const session = c.get('csrfSession')
    if (session !== undefined) {
      const token = c.req.header(CSRF_HEADER) ?? (await formToken(c))
      if (token === undefined || !checkCsrfToken(token, session.secret, session.id)) {
        throw new ServiceError(
          'forbidden',
          'the session’s token is missing or too old: reload the page, or send x-csrf-token',
        )
      }
    }
    return next()
  }
}

/** Credentials that a browser never sends by itself. */
function carriesOwnCredential(c: AppContext): boolean {
  const authorization = c.req.header('authorization') ?? ''
  return c.req.header('x-api-key') !== undefined || /^bearer /i.test(authorization)
}

function isSameOrigin(c: AppContext): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const origin = c.req.header('origin')
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === c.req.header('host')
}

async function formToken(c: AppContext): Promise<string | undefined> {
  const type = c.req.header('content-type') ?? ''
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/.test(type)) return undefined
  const token = (await c.req.parseBody())[CSRF_FIELD]
  return typeof token === 'string' ? token : undefined
}
