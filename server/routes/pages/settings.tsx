/** @jsxImportSource hono/jsx */
// Settings: my password, sessions and keys; for administrators users and roles.
import { Hono } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { SettingsPage, type SettingsProps } from '../../../views/settings/page.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { ROLES } from '../../stores/state/state-store.ts'
import { explainError } from '../errors.ts'
import { actorOf, formOf, principalOf } from './forms.ts'
import { page, type Renderer } from './render.tsx'

const DAY_MS = 86_400_000
/** Random bytes of a one-time password: 96 bits, 16 characters. */
const ONE_TIME_BYTES = 12

type Outcome = Pick<SettingsProps, 'notice' | 'secret'>

/** Routes of the settings page. */
export function settingsRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  const { state } = services
  const done = (text: string): Outcome => ({ notice: { kind: 'ok', text } })
  const post = (pattern: string, act: (c: AppContext) => Promise<Outcome>) =>
    app.post(pattern, (c) => outcome(c, services, renderer, act))

  app.get(urls.settings.pattern, (c) => show(c, services, renderer, {}))
  post(urls.settingsPassword.pattern, async (c) => {
    const { current, next } = await formOf(c, PasswordForm)
    const me = principalOf(c)
    await state.changePassword(me.userId, current, next, actorOf(c), me.credentialId)
    return done('The password is changed; your other sessions have ended.')
  })
  post(urls.settingsSessionRevoke.pattern, async (c) => {
    const id = c.req.param('id') ?? ''
    const mine = await state.listSessions(principalOf(c).userId)
    if (!mine.some((session) => session.id === id))
      throw new ServiceError('not-found', 'No such session')
    await state.revokeSession(id, actorOf(c))
    return done('The session has ended.')
  })
  post(urls.settingsKeys.pattern, (c) => createKey(c, services))
  post(urls.settingsKeyRevoke.pattern, async (c) => {
    const id = c.req.param('id') ?? ''
    const keys = await state.listKeys(isAdmin(c) ? undefined : principalOf(c).userId)
    if (!keys.some((key) => key.id === id)) throw new ServiceError('not-found', 'No such key')
    await state.revokeKey(id, actorOf(c))
    return done('The key is revoked.')
  })
  post(urls.settingsUsers.pattern, (c) => createUser(c, services))
  post(urls.settingsUserChange.pattern, (c) => changeUser(c, services))
  return app
}

/** Shows the page with what came of an act; a refusal is a notice on the same page. */
async function outcome(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  act: (c: AppContext) => Promise<Outcome>,
) {
  try {
    return await show(c, services, renderer, await act(c))
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    const notice = { kind: 'problem', text: known.message } as const
    return show(c, services, renderer, { notice }, known.status)
  }
}

async function show(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  outcome: Outcome,
  status: StatusCode = 200,
) {
  const { state } = services
  const me = principalOf(c)
  const admin = isAdmin(c)
  const [sessions, keys, users] = await Promise.all([
    state.listSessions(me.userId),
    state.listKeys(admin ? undefined : me.userId),
    admin ? state.listUsers() : undefined,
  ])
  const userNames = Object.fromEntries((users ?? []).map((user) => [user.id, user.name]))
  c.header('HX-Push-Url', urls.settings.href())
  return page(
    c,
    renderer,
    { title: 'Settings', nav: 'settings', status },
    <SettingsPage
      {...{ me, sessions, keys, users, userNames, ...outcome }}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
    />,
  )
}

function isAdmin(c: AppContext): boolean {
  return can(c.get('principal'), 'admin')
}

function requireAdmin(c: AppContext): void {
  if (!isAdmin(c)) throw new ServiceError('forbidden', 'Only administrators manage users.')
}

const PasswordForm = z.object({ current: z.string().max(1024), next: z.string().max(1024) })

const KeyForm = z.object({
  name: z.string().trim().min(1).max(100),
  kind: z.enum(['user', 'ingest']).default('user'),
  days: z.enum(['', '30', '365']).default(''),
})

async function createKey(c: AppContext, services: Services): Promise<Outcome> {
  const { name, kind, days } = await formOf(c, KeyForm)
  if (kind === 'ingest' && !can(c.get('principal'), 'siem:write'))
    throw new ServiceError('forbidden', 'Only administrators make ingest keys.')
  const expires = days === '' ? {} : { expires: Date.now() + Number(days) * DAY_MS }
  const { secret } = await services.state.createKey(
    principalOf(c).userId,
    { name, kind, ...expires },
    actorOf(c),
  )
  return { secret: { label: `Key "${name}"`, value: secret } }
}

const UserForm = z.object({ name: z.string().trim().min(1).max(64), role: z.enum(ROLES) })

async function createUser(c: AppContext, services: Services): Promise<Outcome> {
  requireAdmin(c)
  const { name, role } = await formOf(c, UserForm)
  const password = oneTimePassword()
  await services.state.createUser({ name, password, role }, actorOf(c))
  return { secret: { label: `One-time password of ${name}`, value: password } }
}

const UserChange = z.discriminatedUnion('action', [
  z.object({ action: z.literal('role'), role: z.enum(ROLES) }),
  z.object({ action: z.enum(['enable', 'disable', 'reset']) }),
])

async function changeUser(c: AppContext, services: Services): Promise<Outcome> {
  requireAdmin(c)
  const change = await formOf(c, UserChange)
  const id = c.req.param('id') ?? ''
  const { state } = services
  const by = actorOf(c)
  if (change.action === 'role') {
    const user = await state.setRole(id, change.role, by)
    return { notice: { kind: 'ok', text: `${user.name} is ${user.role} now.` } }
  }
  if (change.action === 'reset') {
    const password = oneTimePassword()
    await state.setPassword(id, password, by)
    const user = await state.getUser(id)
    return { secret: { label: `One-time password of ${user?.name ?? id}`, value: password } }
  }
  const user = await state.setDisabled(id, change.action === 'disable', by)
  const now = user.disabled ? 'disabled; sessions and keys have ended' : 'enabled'
  return { notice: { kind: 'ok', text: `${user.name} is ${now}.` } }
}

function oneTimePassword(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(ONE_TIME_BYTES))).toString('base64url')
}
