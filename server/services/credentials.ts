// Looks credentials up in the state worker and remembers the answers for a moment: ingest asks hundreds of
// times a second, and a password costs a hash. Dropped whenever a user, session or key changes.
import { createHash } from 'node:crypto'
import type { SessionState } from '../stores/state/access.ts'
import type { Principal } from '../stores/state/state-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import { readToken, signToken } from './tokens.ts'

/** How long an answer is remembered, milliseconds: good ones, and for session cookies. */
const REMEMBER_MS = 30_000
const REMEMBER_SESSION_MS = 5_000
/** Answers remembered of each kind; wrong credentials are never kept. */
const REMEMBERED_MAX = 10_000

export interface CredentialService {
  session(token: string): Promise<SessionState | undefined>
  key(secret: string): Promise<Principal | undefined>
  /** A signed token of `POST /api/v1/auth/token`. */
  token(token: string): Promise<Principal | undefined>
  /** `beforeTry` runs before a password is really checked, and may throw. */
  basic(name: string, password: string, beforeTry: () => void): Promise<Principal | undefined>
  /** A signed bearer token for a user; undefined when disabled. */
  issueToken(userId: string): Promise<string | undefined>
  /** Drops every remembered answer. */
  forget(): void
}

/** Credentials of one server; `tokenKey` signs bearer tokens. */
export function createCredentials(state: StateClient, tokenKey: Uint8Array): CredentialService {
  const sessions = remember<SessionState>(REMEMBER_SESSION_MS)
  const principals = remember<Principal>(REMEMBER_MS)
  return {
    session: (token) => sessions.get(`session ${token}`, () => state.verifySession(token)),
    key: (secret) => principals.get(`key ${secret}`, () => state.verifyKey(secret)),
    token: (token) => {
      const claims = readToken(tokenKey, token, Date.now())
      if (claims === undefined) return Promise.resolve(undefined)
      const { sub, epoch, jti } = claims
      return principals.get(`token ${token}`, () => state.verifyToken(sub, epoch, jti))
    },
    basic: (name, password, beforeTry) =>
      principals.get(JSON.stringify([name, password]), () => {
        beforeTry()
        return state.checkPassword(name, password)
      }),
    issueToken: async (userId) => {
      const epoch = await state.tokenEpoch(userId)
      return epoch === undefined ? undefined : signToken(tokenKey, userId, epoch, Date.now())
    },
    forget: () => {
      sessions.forget()
      principals.forget()
    },
  }
}

interface Memory<T> {
  get(secret: string, find: () => Promise<T | undefined>): Promise<T | undefined>
  forget(): void
}

function remember<T>(life_ms: number): Memory<T> {
  let known = new Map<string, { readonly until: number; readonly value: T }>()
  return {
    get: async (secret, find) => {
      const id = createHash('sha256').update(secret).digest('base64')
      const hit = known.get(id)
      if (hit !== undefined && hit.until > Date.now()) return hit.value
      const home = known
      const value = await find()
      if (value === undefined) return undefined
      if (home.size >= REMEMBERED_MAX) home.clear()
      home.set(id, { until: Date.now() + life_ms, value })
      return value
    },
    forget: () => {
      known = new Map()
    },
  }
}
