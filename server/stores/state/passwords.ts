// Password rules and hashing: argon2id, the same cost whether or not the name exists, and only a few at a
// time, since each takes 64 MiB.
import { StateError } from './state-store.ts'

export const PASSWORD_MIN_CHARACTERS = 12
export const PASSWORD_MAX_CHARACTERS = 1024
/** Hashes computed at once, and how many may wait. */
export const HASHES_AT_ONCE = 2
export const HASHES_WAITING_MAX = 64

/** Of a salt and of a hash, as Bun makes them. */
const HASH_BYTES = 32

/** What a hash costs: memory in KiB, passes over it. Hashes made at another cost still verify. */
export interface PasswordCost {
  readonly memoryCost: number
  readonly timeCost: number
}
export const PASSWORD_COST: PasswordCost = { memoryCost: 65_536, timeCost: 2 }

export interface Passwords {
  hash(password: string): Promise<string>
  /** `hash` undefined (no such user) takes as long and answers false. `too-many` when the queue is full. */
  verify(password: string, hash: string | undefined): Promise<boolean>
}

/** Makes the hasher. */
export function createPasswords(cost = PASSWORD_COST): Passwords {
  const algorithm = { algorithm: 'argon2id', ...cost } as const
  const nobody = hashOfNobody(cost)
  const waiting: (() => void)[] = []
  let running = 0
  const limited = async <T>(job: () => Promise<T>): Promise<T> => {
    if (running >= HASHES_AT_ONCE) {
      if (waiting.length >= HASHES_WAITING_MAX) {
        throw new StateError('too-many', 'too many sign-ins at once')
      }
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await job()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
  return {
    hash: (password) => limited(() => Bun.password.hash(normal(password), algorithm)),
    verify: async (password, hash) => {
      const tooLong = password.length > PASSWORD_MAX_CHARACTERS
      const given = tooLong || password === '' ? '-' : normal(password)
      const against = hash ?? nobody
      const equal = await limited(() => Bun.password.verify(given, against))
      return equal && hash !== undefined && given !== '-'
    },
  }
}

/** Compared with for names that do not exist: as costly as a real hash, and of no known password. */
export function hashOfNobody({ memoryCost, timeCost }: PasswordCost): string {
  const random = () => Buffer.from(crypto.getRandomValues(new Uint8Array(HASH_BYTES)))
  const [salt, hash] = [random(), random()].map((bytes) =>
    bytes.toString('base64').replace(/=+$/, ''),
  )
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$${salt}$${hash}`
}

/** `invalid` unless the password may be set. */
export function checkNewPassword(password: string): void {
  const characters = [...password].length
  if (characters < PASSWORD_MIN_CHARACTERS) {
    throw new StateError(
      'invalid',
      `the password needs at least ${PASSWORD_MIN_CHARACTERS} characters`,
    )
  }
  if (characters > PASSWORD_MAX_CHARACTERS) {
    throw new StateError(
      'invalid',
      `the password may have at most ${PASSWORD_MAX_CHARACTERS} characters`,
    )
  }
}

/** One form for texts that look the same on different keyboards. */
function normal(password: string): string {
  return password.normalize('NFKC')
}
