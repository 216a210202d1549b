// Sign-in, sign-out, tokens (P1), registration (P4).
import { z } from 'zod'
import { makeCsrfToken } from '../../middleware/csrf.ts'
import { endSessionCookie, startSessionCookie } from '../../middleware/session-cookie.ts'
import { PERMISSIONS, permissionsOf } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import { TOKEN_LIFE_S } from '../../services/tokens.ts'
import type { Principal } from '../../stores/state/state-store.ts'
import { route } from './route.ts'
import { RoleName } from './schemas.ts'
import { actorOf, Name, Password, UserAnswer, userJson } from './users.ts'

const Me = z.object({
  id: z.string(),
  name: z.string(),
  role: z.union([RoleName, z.literal('ingest')]),
  permissions: z.array(z.enum(PERMISSIONS)),
  by: z.enum(['session', 'key', 'basic', 'token']),
})

function meJson(principal: Principal) {
  const { userId, name, role, kind } = principal
  return { id: userId, name, role, permissions: permissionsOf(principal), by: kind }
}

/** One sentence for a wrong name, a wrong password and a disabled user: nothing to enumerate. */
const wrong = () => new ServiceError('unauthenticated', 'name or password is wrong')

export const login = route({
  method: 'post',
  path: '/api/v1/auth/login',
  access: 'public',
  tag: 'access',
  summary:
    'Start a session: sets the cookie; unsafe requests then need `csrf_token` as x-csrf-token',
  body: z.strictObject({ name: Name, password: Password }),
  answer: z.object({ user: Me, csrf_token: z.string() }),
  handle: async ({ body, services, c }) => {
    const agent = c.req.header('user-agent') ?? ''
    const signedIn = await services.state.login({ ...body, ip: c.get('ip'), agent })
    if (signedIn === undefined) throw wrong()
    startSessionCookie(c, signedIn)
    const csrf_token = makeCsrfToken(signedIn.csrf, signedIn.session.id)
    return { user: meJson(signedIn.principal), csrf_token }
  },
})

export const logout = route({
  method: 'post',
  path: '/api/v1/auth/logout',
  access: 'signed-in',
  tag: 'access',
  summary: 'End this session',
  answer: z.object({ signed_out: z.literal(true) }),
  handle: async ({ principal, services, c }) => {
    if (principal?.kind === 'session') {
      await services.state.revokeSession(principal.credentialId, actorOf(principal, c))
      services.credentials.forget()
    }
    endSessionCookie(c)
    return { signed_out: true as const }
  },
})

export const token = route({
  method: 'post',
  path: '/api/v1/auth/token',
  access: 'public',
  tag: 'access',
  summary: 'A bearer token for name and password; ends with the password, or after an hour',
  body: z.strictObject({ name: Name, password: Password }),
  answer: z.object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number(),
  }),
  handle: async ({ body, services }) => {
    const principal = await services.state.checkPassword(body.name, body.password)
    const access_token = principal && (await services.credentials.issueToken(principal.userId))
    if (access_token === undefined) throw wrong()
    return { access_token, token_type: 'Bearer' as const, expires_in: TOKEN_LIFE_S }
  },
})

export const register = route({
  method: 'post',
  path: '/api/v1/auth/register',
  access: 'public',
  tag: 'access',
  summary: 'Make a viewer for oneself; off unless TRAPLINE_ALLOW_REGISTER is true',
  body: z.strictObject({ name: Name, password: Password }),
  status: 201,
  answer: UserAnswer,
  handle: async ({ body, services, c }) => {
    if (!services.settings.allowRegister) {
      throw new ServiceError('forbidden', 'registration is off (TRAPLINE_ALLOW_REGISTER)')
    }
    const by = { name: body.name, ip: c.get('ip') }
    return userJson(await services.state.createUser({ ...body, role: 'viewer' }, by))
  },
})

export const me = route({
  method: 'get',
  path: '/api/v1/auth/me',
  access: 'signed-in',
  tag: 'access',
  summary: 'Who this request comes from and what they may do',
  answer: Me,
  handle: ({ principal }) => {
    if (principal === undefined) throw new ServiceError('unauthenticated', 'sign in')
    return meJson(principal)
  },
})
