// API keys in state.db: the secret is shown once and kept as SHA-256.
import type { Row } from '@libsql/client'
import type { Actor, KeyStore, NewApiKey } from './access.ts'
import { type Context, randomToken, sha256 } from './context.ts'
import type { LastUse } from './last-use.ts'
import { optionalNumber, text } from './rows.ts'
import { type ApiKey, type Principal, type Role, StateError, type User } from './state-store.ts'

/** Every key starts with this, so that secret scanners know one. */
export const KEY_PREFIX = 'tlk_'
export const KEY_NAME_MAX_CHARACTERS = 80
export const KEYS_PER_USER_MAX = 200
const SHOWN_CHARACTERS = 10

/** The key half of the store. */
export function createKeyStore(context: Context, lastUse: LastUse): KeyStore {
  const { database, now } = context
  return {
    createKey: async (userId, key, by) => {
      const row = await database.first('SELECT id, name FROM users WHERE id = ?', [userId])
      if (row === undefined) throw new StateError('not-found', 'there is no such user')
      const secret = KEY_PREFIX + randomToken(30)
      const owner = { id: text(row.id), name: text(row.name) }
      return { key: await insertKey(context, owner, key, secret, by), secret }
    },
    verifyKey: async (secret) => {
      const row = await database.first(
        `SELECT k.id, k.name AS key_name, k.kind, u.id AS user_id, u.name, u.role
         FROM api_keys k JOIN users u ON u.id = k.user_id
         WHERE k.hash = ? AND k.revoked IS NULL AND u.disabled = 0
           AND (k.expires IS NULL OR k.expires > ?)`,
        [sha256(secret), now()],
      )
      if (row === undefined) return undefined
      lastUse.key(text(row.id), now())
      return principalOfKey(row)
    },
    listKeys: async (userId) => {
      await lastUse.flush()
      const rows = await database.all(
        'SELECT * FROM api_keys WHERE ? IS NULL OR user_id = ? ORDER BY created DESC, id',
        [userId ?? null, userId ?? null],
      )
      return rows.map(keyFromRow)
    },
    revokeKey: async (id, by) => {
      await database.write(async (write) => {
        const row = await database.first('SELECT name, revoked FROM api_keys WHERE id = ?', [id])
        if (row === undefined) throw new StateError('not-found', 'there is no such key')
        if (row.revoked !== null) return
        write.add('UPDATE api_keys SET revoked = ? WHERE id = ?', [now(), id])
        write.audit({ action: 'key.revoke', object: `key ${text(row.name)} (${id})` }, by)
      })
      context.credentialsChanged()
    },
  }
}

/** Stores a key whose secret is chosen already. */
export async function insertKey(
  context: Context,
  owner: Pick<User, 'id' | 'name'>,
  key: NewApiKey,
  secret: string,
  by: Actor,
): Promise<ApiKey> {
  const { database, now } = context
  const name = key.name.trim()
  if (name === '' || name.length > KEY_NAME_MAX_CHARACTERS) {
    throw new StateError('invalid', `a key's name has 1 to ${KEY_NAME_MAX_CHARACTERS} characters`)
  }
  if (key.expires !== undefined && key.expires <= now()) {
    throw new StateError('invalid', 'the key would have expired already')
  }
  const made: ApiKey = {
    id: `k_${randomToken(9)}`,
    name,
    prefix: secret.slice(0, SHOWN_CHARACTERS),
    kind: key.kind,
    userId: owner.id,
    created: now(),
    ...(key.expires === undefined ? {} : { expires: key.expires }),
  }
  await database.write(async (write) => {
    const kept = await database.first(
      'SELECT count(*) AS n FROM api_keys WHERE user_id = ? AND revoked IS NULL',
      [owner.id],
    )
    if (Number(kept?.n) >= KEYS_PER_USER_MAX) {
      throw new StateError('conflict', `${owner.name} has ${KEYS_PER_USER_MAX} keys: revoke some`)
    }
    write.add(
      `INSERT INTO api_keys (id, name, prefix, hash, kind, user_id, created, expires)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        made.id,
        name,
        made.prefix,
        sha256(secret),
        made.kind,
        owner.id,
        made.created,
        key.expires ?? null,
      ],
    )
    write.audit(
      {
        action: 'key.create',
        object: `key ${name} (${made.id})`,
        after: `${made.kind} key of ${owner.name}`,
      },
      by,
    )
  })
  return made
}

function principalOfKey(row: Row): Principal {
  const ingest = row.kind === 'ingest'
  return {
    kind: 'key',
    userId: text(row.user_id),
    name: ingest ? `${text(row.name)}/${text(row.key_name)}` : text(row.name),
    role: ingest ? 'ingest' : (text(row.role) as Role),
    credentialId: text(row.id),
  }
}

function keyFromRow(row: Row): ApiKey {
  return {
    id: text(row.id),
    name: text(row.name),
    prefix: text(row.prefix),
    kind: row.kind === 'ingest' ? 'ingest' : 'user',
    userId: text(row.user_id),
    created: Number(row.created),
    ...optionalNumber('lastUsed', row.last_used),
    ...optionalNumber('expires', row.expires),
    ...optionalNumber('revoked', row.revoked),
  }
}
