// The first admin of a new installation.
import type { Bootstrap } from './access.ts'
import { type Context, randomToken } from './context.ts'
import { insertKey } from './keys.ts'
import { StateError } from './state-store.ts'
import { insertUser } from './users.ts'

export const FIRST_ADMIN = 'admin'
/** A given first API key must be hard to guess. */
export const BOOTSTRAP_KEY_MIN_CHARACTERS = 16

const SYSTEM = { name: 'system' }

/** Makes user `admin`, and a key of it when `apiKey` is given, unless there is an admin already. */
export async function bootstrapFirstAdmin(
  context: Context,
  password: string | undefined,
  apiKey: string | undefined,
): Promise<Bootstrap> {
  const admins = await context.database.first(
    "SELECT count(*) AS n FROM users WHERE role = 'admin'",
  )
  if (Number(admins?.n) > 0) return { created: false, name: FIRST_ADMIN }
  if (apiKey !== undefined && apiKey.length < BOOTSTRAP_KEY_MIN_CHARACTERS) {
    throw new StateError(
      'invalid',
      `TRAPLINE_BOOTSTRAP_API_KEY needs at least ${BOOTSTRAP_KEY_MIN_CHARACTERS} characters`,
    )
  }
  const given = password ?? randomToken(15)
  const hash = await context.passwords.hash(given)
  const admin = await insertUser(context, { name: FIRST_ADMIN, role: 'admin' }, hash, SYSTEM)
  if (apiKey !== undefined) {
    await insertKey(context, admin, { name: 'bootstrap', kind: 'user' }, apiKey, SYSTEM)
  }
  return {
    created: true,
    name: FIRST_ADMIN,
    ...(password === undefined ? { oneTimePassword: given } : {}),
  }
}
