// Users and API keys.
import { z } from 'zod'
import type { AppContext } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { parseTime } from '../../services/search-request.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Actor } from '../../stores/state/access.ts'
import type { ApiKey, Principal, User } from '../../stores/state/state-store.ts'
import { route } from './route.ts'
import { defined, iso, RoleName, Time } from './schemas.ts'

const UserAnswer = z.object({
  id: z.string(),
  name: z.string(),
  role: RoleName,
  disabled: z.boolean(),
  created: Time,
  last_seen: Time.optional(),
})

export const Name = z.string().min(1).max(100)
export const Password = z.string().min(1).max(1_000)

/** A user as the API writes it. */
export function userJson(user: User) {
  const { id, name, role, disabled, created, lastSeen } = user
  const last_seen = lastSeen === undefined ? undefined : iso(lastSeen)
  return defined({ id, name, role, disabled, created: iso(created), last_seen })
}
export { UserAnswer }

/** Who does it, for the audit log. */
export function actorOf(principal: Principal | undefined, c: AppContext): Actor {
  return { name: principal?.name ?? 'nobody', ip: c.get('ip') }
}

export const listUsers = route({
  method: 'get',
  path: '/api/v1/users',
  access: 'admin',
  tag: 'access',
  summary: 'All users',
  answer: z.object({ users: z.array(UserAnswer) }),
  handle: async ({ services }) => ({ users: (await services.state.listUsers()).map(userJson) }),
})

export const createUser = route({
  method: 'post',
  path: '/api/v1/users',
  access: 'admin',
  tag: 'access',
  summary: 'Make a user',
  body: z.strictObject({ name: Name, password: Password, role: RoleName }),
  status: 201,
  answer: UserAnswer,
  handle: async ({ body, principal, services, c }) =>
    userJson(await services.state.createUser(body, actorOf(principal, c))),
})

export const changeUser = route({
  method: 'patch',
  path: '/api/v1/users/:id',
  access: 'admin',
  tag: 'access',
  summary: 'Change role, state or password of a user',
  params: z.object({ id: z.string().max(100) }),
  body: z.strictObject({
    role: RoleName.optional(),
    disabled: z.boolean().optional(),
    password: Password.optional(),
  }),
  answer: UserAnswer,
  handle: async ({ params, body, principal, services: { state }, c }) => {
    const by = actorOf(principal, c)
    if (body.role !== undefined) await state.setRole(params.id, body.role, by)
    if (body.disabled !== undefined) await state.setDisabled(params.id, body.disabled, by)
    if (body.password !== undefined) await state.setPassword(params.id, body.password, by)
    const user = await state.getUser(params.id)
    if (user === undefined) throw new ServiceError('not-found', `no user ${params.id}`)
    return userJson(user)
  },
})

const KeyAnswer = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  kind: z.enum(['user', 'ingest']),
  user_id: z.string(),
  created: Time,
  last_used: Time.optional(),
  expires: Time.optional(),
  revoked: Time.optional(),
})

function keyJson(key: ApiKey) {
  const time = (ms: number | undefined) => (ms === undefined ? undefined : iso(ms))
  return defined({
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    kind: key.kind,
    user_id: key.userId,
    created: iso(key.created),
    last_used: time(key.lastUsed),
    expires: time(key.expires),
    revoked: time(key.revoked),
  })
}

export const listKeys = route({
  method: 'get',
  path: '/api/v1/keys',
  access: 'siem:read',
  tag: 'access',
  summary: 'API keys: your own, or everyone’s for an admin. Never their secrets',
  answer: z.object({ keys: z.array(KeyAnswer) }),
  handle: async ({ principal, services }) => {
    const all = can(principal, 'admin')
    const keys = await services.state.listKeys(all ? undefined : principal?.userId)
    return { keys: keys.map(keyJson) }
  },
})

export const createKey = route({
  method: 'post',
  path: '/api/v1/keys',
  access: 'siem:read',
  tag: 'access',
  summary:
    'Make an API key; the answer is the only time its secret is seen. `ingest` keys only send',
  body: z.strictObject({
    name: Name,
    kind: z.enum(['user', 'ingest']).default('user'),
    expires: z
      .string()
      .refine((text) => parseTime(text, 0) !== undefined, 'must be ISO 8601')
      .optional(),
  }),
  status: 201,
  answer: KeyAnswer.extend({ secret: z.string() }),
  handle: async ({ body, principal, services, c }) => {
    if (principal === undefined) throw new ServiceError('unauthenticated', 'sign in')
    if (body.kind === 'ingest' && !can(principal, 'siem:write')) {
      throw new ServiceError('forbidden', 'ingest keys are made by admins')
    }
    const expires = body.expires === undefined ? undefined : parseTime(body.expires, Date.now())
    const key = defined({ name: body.name, kind: body.kind, expires })
    const by = actorOf(principal, c)
    const made = await services.state.createKey(principal.userId, key, by)
    return { ...keyJson(made.key), secret: made.secret }
  },
})

export const revokeKey = route({
  method: 'delete',
  path: '/api/v1/keys/:id',
  access: 'siem:read',
  tag: 'access',
  summary: 'Revoke an API key: one of your own, or any for an admin',
  params: z.object({ id: z.string().max(100) }),
  answer: z.object({ revoked: z.literal(true) }),
  handle: async ({ params, principal, services, c }) => {
    const all = can(principal, 'admin')
    const keys = await services.state.listKeys(all ? undefined : principal?.userId)
    if (!keys.some((key) => key.id === params.id)) {
      throw new ServiceError('not-found', `no key ${params.id}`)
    }
    await services.state.revokeKey(params.id, actorOf(principal, c))
    return { revoked: true as const }
  },
})
