// Users in state.db.
import { LibsqlError, type Row } from '@libsql/client'
import type { Actor, NewUser, UserStore } from './access.ts'
import { type Context, randomToken } from './context.ts'
import type { Write } from './database.ts'
import { checkNewPassword } from './passwords.ts'
import { optionalNumber, text } from './rows.ts'
import { ROLES, type Role, StateError, type User } from './state-store.ts'

export const USER_NAME_MAX_CHARACTERS = 64
const USER_NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]*$/u

/** The user half of the store. */
export function createUserStore(context: Context): Omit<UserStore, 'bootstrap'> {
  const { database, passwords } = context
  const getUser = async (idOrName: string) => {
    const row = await findUser(context, idOrName)
    return row === undefined ? undefined : userFromRow(row)
  }
  return {
    createUser: async (user, by) => {
      checkNewPassword(user.password)
      return insertUser(context, user, await passwords.hash(user.password), by)
    },
    listUsers: async () =>
      (await database.all('SELECT * FROM users ORDER BY name_key')).map(userFromRow),
    getUser,
    setPassword: async (userId, password, by, keepSession) => {
      checkNewPassword(password)
      await storePassword(context, userId, password, by, keepSession)
    },
    changePassword: async (userId, current, next, by, keepSession) => {
      checkNewPassword(next)
      const row = await findUser(context, userId)
      const hash = row === undefined ? undefined : text(row.password_hash)
      if (!(await passwords.verify(current, hash))) {
        throw new StateError('forbidden', 'the current password is not right')
      }
      await storePassword(context, userId, next, by, keepSession)
    },
    setRole: async (userId, role, by) => {
      checkRole(role)
      return change(context, userId, async (write, user) => {
        if (user.role === 'admin' && role !== 'admin') await refuseLastAdmin(context, user)
        write.add('UPDATE users SET role = ? WHERE id = ?', [role, userId])
        write.audit(
          { action: 'user.role', object: `user ${user.name}`, before: user.role, after: role },
          by,
        )
        return { ...user, role }
      })
    },
    setDisabled: async (userId, disabled, by) =>
      change(context, userId, async (write, user) => {
        if (disabled && user.role === 'admin') await refuseLastAdmin(context, user)
        write.add('UPDATE users SET disabled = ?, epoch = epoch + 1 WHERE id = ?', [
          disabled ? 1 : 0,
          userId,
        ])
        if (disabled) write.add('DELETE FROM sessions WHERE user_id = ?', [userId])
        const action = disabled ? 'user.disable' : 'user.enable'
        write.audit({ action, object: `user ${user.name}` }, by)
        return { ...user, disabled }
      }),
  }
}

/** By id or by name without regard to case. */
export function findUser(context: Context, idOrName: string): Promise<Row | undefined> {
  return context.database.first('SELECT * FROM users WHERE id = ? OR name_key = ?', [
    idOrName,
    nameKey(idOrName),
  ])
}

/** Stores a user whose password is hashed already. `invalid` or `conflict` for the name. */
export async function insertUser(
  context: Context,
  user: Pick<NewUser, 'name' | 'role'>,
  passwordHash: string,
  by: Actor,
): Promise<User> {
  const { database, now } = context
  checkRole(user.role)
  if (user.name.length > USER_NAME_MAX_CHARACTERS || !USER_NAME.test(user.name)) {
    throw new StateError(
      'invalid',
      `a user name has 1 to ${USER_NAME_MAX_CHARACTERS} letters, digits and . _ @ + -`,
    )
  }
  const made: User = {
    id: `u_${randomToken(9)}`,
    name: user.name,
    role: user.role,
    disabled: false,
    created: now(),
  }
  try {
    await database.write((write) => {
      write.add(
        `INSERT INTO users (id, name, name_key, role, password_hash, created)
         VALUES (?, ?, ?, ?, ?, ?)`,
        [made.id, made.name, nameKey(made.name), made.role, passwordHash, made.created],
      )
      write.audit({ action: 'user.create', object: `user ${made.name}`, after: made.role }, by)
    })
  } catch (error) {
    if (error instanceof LibsqlError && error.message.includes('users.name_key')) {
      throw new StateError('conflict', `there is a user ${user.name} already`)
    }
    throw error
  }
  return made
}

export function userFromRow(row: Row): User {
  return {
    id: text(row.id),
    name: text(row.name),
    role: text(row.role) as Role,
    disabled: row.disabled !== 0,
    created: Number(row.created),
    ...optionalNumber('lastSeen', row.last_seen),
  }
}

async function change(
  context: Context,
  userId: string,
  job: (write: Write, user: User) => Promise<User>,
): Promise<User> {
  const changed = await context.database.write(async (write) => {
    const row = await context.database.first('SELECT * FROM users WHERE id = ?', [userId])
    if (row === undefined) throw new StateError('not-found', 'there is no such user')
    return job(write, userFromRow(row))
  })
  context.credentialsChanged()
  return changed
}

async function storePassword(
  context: Context,
  userId: string,
  password: string,
  by: Actor,
  keepSession = '',
): Promise<void> {
  const hash = await context.passwords.hash(password)
  await change(context, userId, async (write, user) => {
    write.add('UPDATE users SET password_hash = ?, epoch = epoch + 1 WHERE id = ?', [hash, userId])
    write.add('DELETE FROM sessions WHERE user_id = ? AND id <> ?', [userId, keepSession])
    write.audit({ action: 'user.password', object: `user ${user.name}` }, by)
    return user
  })
}

async function refuseLastAdmin(context: Context, user: User): Promise<void> {
  const others = await context.database.first(
    `SELECT count(*) AS n FROM users WHERE role = 'admin' AND disabled = 0 AND id <> ?`,
    [user.id],
  )
  if (Number(others?.n) === 0) {
    throw new StateError('conflict', `${user.name} is the last enabled admin`)
  }
}

function checkRole(role: string): void {
  if (!ROLES.some((known) => known === role)) {
    throw new StateError('invalid', `the role is one of ${ROLES.join(', ')}`)
  }
}

function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
