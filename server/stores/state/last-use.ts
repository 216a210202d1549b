// When sessions, keys and users were last seen: gathered in memory, written every half minute, so that a
// request costs no write.
import type { Context } from './context.ts'
import { SESSION_IDLE_MS, SESSION_MAX_MS } from './sessions.ts'

export const LAST_USE_FLUSH_MS = 30_000

export interface LastUse {
  key(id: string, at: number): void
  session(id: string, userId: string, at: number): void
  flush(): Promise<void>
}

export function createLastUse({ database }: Pick<Context, 'database'>): LastUse {
  let keys = new Map<string, number>()
  let sessions = new Map<string, number>()
  let users = new Map<string, number>()
  return {
    key: (id, at) => void keys.set(id, at),
    session: (id, userId, at) => {
      sessions.set(id, at)
      users.set(userId, at)
    },
    flush: async () => {
      if (keys.size + sessions.size === 0) return
      const seen = { keys, sessions, users }
      keys = new Map()
      sessions = new Map()
      users = new Map()
      await database.write((write) => {
        write.add(
          `UPDATE api_keys SET last_used = e.value->>1 FROM json_each(?) e WHERE api_keys.id = e.value->>0`,
          [JSON.stringify([...seen.keys])],
        )
        write.add(
          `UPDATE sessions SET last_seen = e.value->>1,
             expires = min(created + ?, (e.value->>1) + ?)
           FROM json_each(?) e WHERE sessions.id = e.value->>0`,
          [SESSION_MAX_MS, SESSION_IDLE_MS, JSON.stringify([...seen.sessions])],
        )
        write.add(
          `UPDATE users SET last_seen = e.value->>1 FROM json_each(?) e
           WHERE users.id = e.value->>0`,
          [JSON.stringify([...seen.users])],
        )
      })
    },
  }
}
