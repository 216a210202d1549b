// Sign-in and sessions in state.db: the cookie's token is kept as SHA-256.
import type { Row } from '@libsql/client'
import type { SessionState, SessionStore } from './access.ts'
import { type Context, randomToken, sha256 } from './context.ts'
import type { LastUse } from './last-use.ts'
import { text } from './rows.ts'
import { type Principal, type Role, type Session, StateError, type User } from './state-store.ts'
import { findUser, userFromRow } from './users.ts'

/** A session ends this long after its last use, and this long after sign-in whatever happens. */
export const SESSION_IDLE_MS = 12 * 3600_000
export const SESSION_MAX_MS = 7 * 24 * 3600_000
/** Older sessions of a user end when there are more. */
export const SESSIONS_PER_USER_MAX = 50
const AGENT_MAX_CHARACTERS = 200
const SHOWN_NAME_MAX_CHARACTERS = 64

/** The session half of the store. */
export function createSessionStore(context: Context, lastUse: LastUse): SessionStore {
  const { database, now, passwords } = context
  const enabledUser = async (name: string, password: string): Promise<User | undefined> => {
    const row = await findUser(context, name)
    const equal = await passwords.verify(password, row && text(row.password_hash))
    return equal && row !== undefined && row.disabled === 0 ? userFromRow(row) : undefined
  }
  return {
    login: async ({ name, password, ip, agent }) => {
      const user = await enabledUser(name, password)
      if (user === undefined) {
        const shown = name.slice(0, SHOWN_NAME_MAX_CHARACTERS)
        await database.write((write) =>
          write.audit({ action: 'session.refused', object: `user ${shown}` }, { name: '-', ip }),
        )
        return undefined
      }
      return startSession(context, user, ip, agent.slice(0, AGENT_MAX_CHARACTERS))
    },
    checkPassword: async (name, password) => {
      const user = await enabledUser(name, password)
      return user && principalOf(user, 'basic', user.id)
    },
    verifySession: async (token) => {
      const row = await database.first(
        `SELECT s.*, u.name, u.role FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.token_hash = ? AND s.expires > ? AND u.disabled = 0`,
        [sha256(token), now()],
      )
      if (row === undefined) return undefined
      lastUse.session(text(row.id), text(row.user_id), now())
      return sessionState(row)
    },
    listSessions: async (userId) => {
      await lastUse.flush()
      const rows = await database.all(
        'SELECT * FROM sessions WHERE user_id = ? AND expires > ? ORDER BY last_seen DESC',
        [userId, now()],
      )
      return rows.map(sessionFromRow)
    },
    revokeSession: async (id, by) => {
      await database.write(async (write) => {
        const row = await database.first(
          'SELECT u.name FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ?',
          [id],
        )
        if (row === undefined) throw new StateError('not-found', 'there is no such session')
        write.add('DELETE FROM sessions WHERE id = ?', [id])
        write.audit({ action: 'session.end', object: `session of ${text(row.name)}` }, by)
      })
      context.credentialsChanged()
    },
    tokenEpoch: async (userId) => {
      const row = await database.first('SELECT epoch FROM users WHERE id = ? AND disabled = 0', [
        userId,
      ])
      return row === undefined ? undefined : Number(row.epoch)
    },
    verifyToken: async (userId, epoch, tokenId) => {
      const row = await database.first(
        'SELECT * FROM users WHERE id = ? AND epoch = ? AND disabled = 0',
        [userId, epoch],
      )
      return row === undefined ? undefined : principalOf(userFromRow(row), 'token', tokenId)
    },
  }
}

async function startSession(context: Context, user: User, ip: string, agent: string) {
  const { database, now } = context
  const token = randomToken(32)
  const at = now()
  const session: Session = {
    id: `s_${randomToken(9)}`,
    userId: user.id,
    created: at,
    expires: at + SESSION_IDLE_MS,
    lastSeen: at,
    ip,
    agent,
  }
  const csrf = randomToken(32)
  await database.write((write) => {
    write.add('DELETE FROM sessions WHERE expires <= ?', [at])
    write.add(
      `DELETE FROM sessions WHERE user_id = ? AND id NOT IN (
         SELECT id FROM sessions WHERE user_id = ? ORDER BY last_seen DESC LIMIT ?)`,
      [user.id, user.id, SESSIONS_PER_USER_MAX - 1],
    )
    write.add(
      `INSERT INTO sessions
         (id, token_hash, user_id, csrf, created, expires, last_seen, ip, agent)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [session.id, sha256(token), user.id, csrf, at, session.expires, at, ip, agent],
    )
    write.add('UPDATE users SET last_seen = ? WHERE id = ?', [at, user.id])
    write.audit({ action: 'session.start', object: `user ${user.name}` }, { name: user.name, ip })
  })
  return { token, session, csrf, principal: principalOf(user, 'session', session.id) }
}

function principalOf(user: User, kind: Principal['kind'], credentialId: string): Principal {
  return { kind, userId: user.id, name: user.name, role: user.role, credentialId }
}

function sessionState(row: Row): SessionState {
  const session = sessionFromRow(row)
  return {
    session,
    csrf: text(row.csrf),
    principal: {
      kind: 'session',
      userId: session.userId,
      name: text(row.name),
      role: text(row.role) as Role,
      credentialId: session.id,
    },
  }
}

function sessionFromRow(row: Row): Session {
  return {
    id: text(row.id),
    userId: text(row.user_id),
    created: Number(row.created),
    expires: Number(row.expires),
    lastSeen: Number(row.last_seen),
    ip: text(row.ip),
    agent: text(row.agent),
  }
}
