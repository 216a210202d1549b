/** @jsxImportSource hono/jsx */
import type {
  ApiKey,
  Principal,
  Role,
  Session,
  User,
} from '../../server/stores/state/state-store.ts'
import { formatAge, formatDateTime, formatIso, visible } from '../shared/format.ts'
import { Notice, Section } from '../shared/section.tsx'
import { urls } from '../urls.ts'

/** What each role may do, in a line. */
const ROLES = {
  viewer: 'reads events, alerts and rules',
  analyst: 'viewer, and works on alerts, cases and hunts',
  operator: 'analyst, and acts on endpoints',
  engineer: 'analyst, and changes detections',
  admin: 'everything, users and keys included',
} as const satisfies Record<Role, string>

export interface SettingsProps {
  readonly me: Principal
  readonly csrfToken: string
  readonly sessions: readonly Session[]
  readonly keys: readonly ApiKey[]
  /** Undefined for those who may not manage users. */
  readonly users: readonly User[] | undefined
  readonly userNames: Readonly<Record<string, string>>
  readonly now: number
  readonly notice?: { readonly kind: 'ok' | 'problem'; readonly text: string }
  /** A key or password just made, shown this once. */
  readonly secret?: { readonly label: string; readonly value: string }
}

/** Password, sessions, API keys; for administrators users and roles too. */
export function SettingsPage(props: SettingsProps) {
  return (
    <>
      <div class="bar title">
        <div>
          <h1>Settings</h1>
          <p class="muted">
            Signed in as {props.me.name}, with the role {props.me.role}.
          </p>
        </div>
      </div>
      <div class="page settings">
        {props.notice !== undefined && (
          <Notice kind={props.notice.kind}>{visible(props.notice.text)}</Notice>
        )}
        {props.secret !== undefined && <Secret {...props.secret} />}
        <Password {...props} />
        <Sessions {...props} />
        <Keys {...props} />
        {props.users !== undefined && <Users {...props} users={props.users} />}
        {props.users !== undefined && (
          <Section
            id="deliveries"
            class="card"
            url={urls.settingsDeliveries.href()}
            label="Deliveries"
          />
        )}
      </div>
    </>
  )
}

function Secret(props: { readonly label: string; readonly value: string }) {
  return (
    <Notice kind="ok">
      {props.label}, shown this once:{' '}
      <code class="mono" id="new-secret">
        {props.value}
      </code>{' '}
      <button type="button" class="small" data-copy-from="new-secret">
        Copy
      </button>
    </Notice>
  )
}

function Csrf(props: { readonly csrfToken: string }) {
  return <input type="hidden" name="_csrf" value={props.csrfToken} />
}

function Password(props: SettingsProps) {
  return (
    <section class="card" aria-labelledby="password-title">
      <h2 id="password-title">My password</h2>
      <form method="post" action={urls.settingsPassword.href()} class="inline">
        <Csrf csrfToken={props.csrfToken} />
        <input type="text" autocomplete="username" value={props.me.name} hidden />
        <input
          name="current"
          type="password"
          required
          autocomplete="current-password"
          placeholder="Current password"
          aria-label="Current password"
        />
        <input
          name="next"
          type="password"
          required
          minlength={12}
          maxlength={1024}
          autocomplete="new-password"
          placeholder="New, 12 characters or more"
          aria-label="New password"
        />
        <button type="submit">Change</button>
      </form>
      <p class="faint">Ends all of your other sessions and tokens.</p>
    </section>
  )
}

function Sessions(props: SettingsProps) {
  const { sessions, me, now, csrfToken } = props
  return (
    <section class="card" aria-labelledby="sessions-title">
      <h2 id="sessions-title">My sessions</h2>
      <table class="auto">
        <thead>
          <tr>
            <th scope="col">last used</th>
            <th scope="col">address</th>
            <th scope="col" class="wide">
              browser
            </th>
            <th scope="col">expires</th>
            <th scope="col">
              <span class="hidden">end</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr>
              <td title={formatIso(session.lastSeen)}>{formatAge(session.lastSeen, now)}</td>
              <td class="mono">{session.ip}</td>
              <td class="wide muted">{visible(session.agent)}</td>
              <td class="muted">{formatDateTime(session.expires)}</td>
              <td>
                {session.id === me.credentialId ? (
                  <span class="pill on">this one</span>
                ) : (
                  <form method="post" action={urls.settingsSessionRevoke.href({ id: session.id })}>
                    <Csrf csrfToken={csrfToken} />
                    <button type="submit" class="small">
                      End
                    </button>
                  </form>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Keys(props: SettingsProps) {
  const { keys, now, csrfToken, userNames } = props
  return (
    <section class="card" aria-labelledby="keys-title">
      <h2 id="keys-title">API keys</h2>
      <form method="post" action={urls.settingsKeys.href()} class="inline">
        <Csrf csrfToken={csrfToken} />
        <input
          name="name"
          required
          maxlength={100}
          placeholder="Name"
          aria-label="Name of the key"
        />
        <select name="kind" aria-label="Kind">
          <option value="user">acts as me</option>
          {props.me.role === 'admin' && <option value="ingest">may only send events</option>}
        </select>
        <select name="days" aria-label="Expiry">
          <option value="">never expires</option>
          <option value="30">expires in 30 days</option>
          <option value="365">expires in a year</option>
        </select>
        <button type="submit">Create</button>
      </form>
      {keys.length > 0 && (
        <table class="auto">
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col">starts with</th>
              <th scope="col">kind</th>
              <th scope="col" class="wide">
                of
              </th>
              <th scope="col" class="wide">
                last used
              </th>
              <th scope="col">expires</th>
              <th scope="col">
                <span class="hidden">revoke</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr class={key.revoked === undefined ? '' : 'gone'}>
                <td>{visible(key.name)}</td>
                <td class="mono">{key.prefix}…</td>
                <td class="muted">{key.kind}</td>
                <td class="wide muted">{userNames[key.userId] ?? ''}</td>
                <td class="wide muted">
                  {key.lastUsed === undefined ? 'never' : formatAge(key.lastUsed, now)}
                </td>
                <td class="muted">
                  {key.expires === undefined ? 'never' : formatDateTime(key.expires)}
                </td>
                <td>
                  {key.revoked === undefined ? (
                    <form method="post" action={urls.settingsKeyRevoke.href({ id: key.id })}>
                      <Csrf csrfToken={csrfToken} />
                      <button type="submit" class="small danger">
                        Revoke
                      </button>
                    </form>
                  ) : (
                    <span class="faint">revoked {formatAge(key.revoked, now)}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function Users(props: SettingsProps & { readonly users: readonly User[] }) {
  const { users, csrfToken } = props
  return (
    <section class="card" aria-labelledby="users-title">
      <h2 id="users-title">Users and roles</h2>
      <form method="post" action={urls.settingsUsers.href()} class="inline">
        <Csrf csrfToken={csrfToken} />
        <input
          name="name"
          required
          maxlength={64}
          placeholder="Name"
          aria-label="Name of the user"
        />
        <RolePick name="role" chosen="analyst" label="Role of the new user" />
        <button type="submit">Add with a one-time password</button>
      </form>
      <table class="auto">
        <thead>
          <tr>
            <th scope="col">name</th>
            <th scope="col">role</th>
            <th scope="col" class="wide">
              last seen
            </th>
            <th scope="col">state</th>
            <th scope="col">
              <span class="hidden">change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <UserRow {...props} user={user} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function UserRow(props: SettingsProps & { readonly user: User }) {
  const { user, csrfToken, now, me } = props
  const action = urls.settingsUserChange.href({ id: user.id })
  return (
    <tr class={user.disabled ? 'gone' : ''}>
      <td>{visible(user.name)}</td>
      <td>
        <form method="post" action={action} data-submit-on-change="">
          <Csrf csrfToken={csrfToken} />
          <input type="hidden" name="action" value="role" />
          <RolePick name="role" chosen={user.role} label={`Role of ${user.name}`} small={true} />
          <noscript>
            <button type="submit">Set</button>
          </noscript>
        </form>
      </td>
      <td class="wide muted">
        {user.lastSeen === undefined ? 'never' : formatAge(user.lastSeen, now)}
      </td>
      <td>{user.disabled ? 'disabled' : 'active'}</td>
      <td>
        {user.id !== me.userId && (
          <div class="inline">
            <form method="post" action={action}>
              <Csrf csrfToken={csrfToken} />
              <input type="hidden" name="action" value={user.disabled ? 'enable' : 'disable'} />
              <button type="submit" class="small">
                {user.disabled ? 'Enable' : 'Disable'}
              </button>
            </form>
            <form method="post" action={action}>
              <Csrf csrfToken={csrfToken} />
              <input type="hidden" name="action" value="reset" />
              <button type="submit" class="small">
                New password
              </button>
            </form>
          </div>
        )}
      </td>
    </tr>
  )
}

function RolePick(props: {
  readonly name: string
  readonly chosen: Role
  readonly label: string
  readonly small?: boolean
}) {
  return (
    <select name={props.name} aria-label={props.label} class={props.small ? 'small' : ''}>
      {Object.entries(ROLES).map(([role, what]) => (
        <option value={role} selected={role === props.chosen} title={what}>
          {role}
        </option>
      ))}
    </select>
  )
}
