// What every request carries through Hono: set by the middleware in `server/app.ts`, read by routes and pages.
import type { Context } from 'hono'
import type { Principal } from '../stores/state/state-store.ts'

/** The part of Bun's server that requests need; empty when a test calls `app.request()`. */
export interface ServerBinding {
  requestIP?(request: Request): { readonly address: string } | null
  timeout?(request: Request, seconds: number): void
}

export interface AppEnv {
  Bindings: ServerBinding
  Variables: {
    /** Names the request in logs and answers (`x-request-id`). */
    requestId: string
    /** The client's address, after trusted proxies. */
    ip: string
    /** Whether the client speaks HTTPS, here or at a trusted proxy. */
    secure: boolean
    /** Who it is; undefined for nobody. */
    principal: Principal | undefined
    /** Token that unsafe requests of this session must send: header `x-csrf-token` or field `_csrf`. */
    csrfToken: string | undefined
    /** What that token is checked with; undefined without a session. */
    csrfSession: { readonly id: string; readonly secret: string } | undefined
  }
}

export type AppContext = Context<AppEnv>

/** Name of the session cookie. */
export const SESSION_COOKIE = 'trapline_session'
export const CSRF_HEADER = 'x-csrf-token'
export const CSRF_FIELD = '_csrf'

/** Lifts Bun's idle timeout (10 s) from a request whose answer streams. */
export function keepOpen(c: AppContext): void {
  c.env?.timeout?.(c.req.raw, 0)
}
