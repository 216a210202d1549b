// What the parts of the state store share.
import type { Database } from './database.ts'
import type { Passwords } from './passwords.ts'

export interface Context {
  readonly database: Database
  readonly passwords: Passwords
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** A user, session or key changed: caches of principals are stale. */
  readonly credentialsChanged: () => void
}

/** SHA-256 as hex: how secrets with 128 bits and more of their own are kept. */
export function sha256(value: string): string {
  return new Bun.CryptoHasher('sha256').update(value).digest('hex')
}

/** Random bytes as base64url. */
export function randomToken(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url')
}
