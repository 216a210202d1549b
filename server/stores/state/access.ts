// What the state store keeps about who may do what: users, sessions, API keys.
import type { ApiKey, Principal, Role, Session, User } from './state-store.ts'

/** Who does something, for the audit log. A `Principal` is one. */
export interface Actor {
  readonly name: string
  readonly ip?: string
}

export interface NewUser {
  readonly name: string
  readonly password: string
  readonly role: Role
}

export interface SignIn {
  readonly name: string
  readonly password: string
  readonly ip: string
  /** The `User-Agent` header; kept cut to 200 characters. */
  readonly agent: string
}

/** A verified session. `csrf` is the session's own secret: forms carry a token made from it. */
export interface SessionState {
  readonly principal: Principal
  readonly session: Session
  readonly csrf: string
}

/** A new session; `token` goes into the cookie and is not kept. */
export interface SignedIn extends SessionState {
  readonly token: string
}

export interface NewApiKey {
  readonly name: string
  readonly kind: ApiKey['kind']
  /** Milliseconds since 1970 after which it is refused. */
  readonly expires?: number
}

/** A new key; `secret` is shown once and is not kept. */
export interface CreatedApiKey {
  readonly key: ApiKey
  readonly secret: string
}

/** What the first start made. */
export interface Bootstrap {
  readonly created: boolean
  readonly name: string
  /** Printed once; undefined when a password was given. */
  readonly oneTimePassword?: string
}

/** Users. Rejects `invalid` for a name or password outside the limits, `not-found`, `conflict`. */
export interface UserStore {
  createUser(user: NewUser, by: Actor): Promise<User>
  listUsers(): Promise<readonly User[]>
  /** By id, or by name without regard to case. */
  getUser(idOrName: string): Promise<User | undefined>
  /** An administrator's reset; ends all of the user's sessions and tokens but `keepSession`. */
  setPassword(userId: string, password: string, by: Actor, keepSession?: string): Promise<void>
  /** The user's own change: `forbidden` when `current` is wrong. */
  changePassword(
    userId: string,
    current: string,
    next: string,
    by: Actor,
    keepSession?: string,
  ): Promise<void>
  /** `conflict` when it would leave no enabled admin. */
  setRole(userId: string, role: Role, by: Actor): Promise<User>
  /** Disabling ends sessions and tokens and makes keys of the user fail. `conflict` as `setRole`. */
  setDisabled(userId: string, disabled: boolean, by: Actor): Promise<User>
  /** Makes the first admin when there is none; `apiKey` becomes an admin key of it. */
  bootstrap(password?: string, apiKey?: string): Promise<Bootstrap>
}

/** Sign-in and sessions. Undefined never says whether name, password or state was the reason. */
export interface SessionStore {
  login(request: SignIn): Promise<SignedIn | undefined>
  /** For Basic and for token requests: no session is made. Costs a password hash: cache the answer. */
  checkPassword(name: string, password: string): Promise<Principal | undefined>
  /** By the cookie's token. Sliding: use within `SESSION_IDLE_MS` keeps it, up to `SESSION_MAX_MS`. */
  verifySession(token: string): Promise<SessionState | undefined>
  listSessions(userId: string): Promise<readonly Session[]>
  revokeSession(id: string, by: Actor): Promise<void>
  /** The user's token epoch: tokens carry it, password changes and disabling raise it. */
  tokenEpoch(userId: string): Promise<number | undefined>
  /** The principal behind a token; undefined when disabled or of another epoch. */
  verifyToken(userId: string, epoch: number, tokenId: string): Promise<Principal | undefined>
}

export interface KeyStore {
  createKey(userId: string, key: NewApiKey, by: Actor): Promise<CreatedApiKey>
  verifyKey(secret: string): Promise<Principal | undefined>
  /** All keys, or one user's; newest first, revoked ones included. */
  listKeys(userId?: string): Promise<readonly ApiKey[]>
  revokeKey(id: string, by: Actor): Promise<void>
}
