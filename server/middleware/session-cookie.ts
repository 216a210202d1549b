// The session cookie: never readable by scripts, never sent from other sites.
import { deleteCookie, setCookie } from 'hono/cookie'
import type { SignedIn } from '../stores/state/access.ts'
import { type AppContext, SESSION_COOKIE } from './env.ts'

/** Longest life of the cookie, seconds; the session itself may end before. */
const COOKIE_LIFE_S = 7 * 86_400

/** Gives the browser its new session. */
export function startSessionCookie(c: AppContext, { token }: SignedIn): void {
  setCookie(c, SESSION_COOKIE, token, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    secure: c.get('secure'),
    maxAge: COOKIE_LIFE_S,
  })
}

/** Takes it away again. */
export function endSessionCookie(c: AppContext): void {
  deleteCookie(c, SESSION_COOKIE, { path: '/', secure: c.get('secure') })
}
