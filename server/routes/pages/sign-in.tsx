/** @jsxImportSource hono/jsx */
// Signing in and out. A wrong name and a wrong password get the same answer; tries are counted per address.
import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { SignInCard } from '../../../views/sign-in.tsx'
import { urls } from '../../../views/urls.ts'
import { type AppContext, type AppEnv, SESSION_COOKIE } from '../../middleware/env.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { actorOf, formOf } from './forms.ts'
import type { PageParts } from './pages.ts'
import { documentOf, type Renderer } from './render.tsx'

const WRONG = 'That name and password do not fit together.'

/** Routes that need nobody signed in. */
export function signInRoutes(services: Services, renderer: Renderer, parts: PageParts) {
  const app = new Hono<AppEnv>()
  app.get(urls.signIn.pattern, async (c) => {
    const next = localPath(c.req.query('next'))
    return c.get('principal') === undefined ? card(c, renderer, { next }) : c.redirect(next)
  })
  app.post(urls.signIn.pattern, (c) => signIn(c, services, renderer, parts))
  app.post(urls.signOut.pattern, async (c) => {
    const principal = c.get('principal')
    if (principal?.kind === 'session')
      await services.state.revokeSession(principal.credentialId, actorOf(c))
    if (getCookie(c, SESSION_COOKIE) !== undefined) deleteCookie(c, SESSION_COOKIE, { path: '/' })
    parts.forget()
    return c.redirect(urls.signIn.href(), 303)
  })
  return app
}

const SignInForm = z.object({
  name: z.string().min(1).max(200),
  password: z.string().min(1).max(1024),
  next: z.string().max(20_000).default('/'),
})

async function signIn(c: AppContext, services: Services, renderer: Renderer, parts: PageParts) {
  const { name, password, next } = await formOf(c, SignInForm)
  const back = { next: localPath(next), name }
  try {
    parts.countTry(c.get('ip'))
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'too-many') throw error
    const wait_s = Math.ceil(error.retryAfter_s ?? 1)
    const problem = `Too many tries from your address: wait ${wait_s} s.`
    return card(c, renderer, { ...back, problem }, 429)
  }
  const signedIn = await services.state.login({
    name,
    password,
    ip: c.get('ip'),
    agent: c.req.header('user-agent') ?? '',
  })
  if (signedIn === undefined) return card(c, renderer, { ...back, problem: WRONG }, 401)
  setCookie(c, SESSION_COOKIE, signedIn.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: c.get('secure'),
    expires: new Date(signedIn.session.expires),
  })
  return c.redirect(back.next, 303)
}

function card(
  c: AppContext,
  renderer: Renderer,
  props: { readonly next: string; readonly name?: string; readonly problem?: string },
  status: 200 | 401 | 429 = 200,
) {
  const body = <SignInCard csrfToken={c.get('csrfToken') ?? ''} {...props} />
  return documentOf(
    c,
    renderer,
    { title: 'Sign in · Trapline', nav: undefined, status },
    body,
    false,
  )
}

/** A path of this server, or the start page: never another site. */
export function localPath(text: string | undefined): string {
  if (text === undefined || !/^\/(?![/\\])/.test(text)) return urls.home.href()
  const url = new URL(text, 'http://trapline.invalid')
  if (url.host !== 'trapline.invalid' || url.pathname === urls.signIn.href())
    return urls.home.href()
  return url.pathname + url.search
}
