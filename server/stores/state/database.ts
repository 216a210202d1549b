// The one door to state.db: bound parameters only, one writer at a time, audit entries in the transaction
// of what they tell of.
import { type Client, createClient, type InValue, LibsqlError, type Row } from '@libsql/client'
import type { Actor } from './access.ts'
import { chainAudit } from './audit-chain.ts'
import type { NewAuditEntry } from './records.ts'
import { StateError } from './state-store.ts'

/** How long a statement waits for another process (the command line) to finish writing. */
export const BUSY_TIMEOUT_MS = 1000
/** Tries of one transaction when another process holds the file or wrote to the audit log meanwhile. */
export const WRITE_TRIES = 3

export type Args = readonly InValue[]

/** Collects one transaction. Nothing is written before the job that fills it returns. */
export interface Write {
  add(sql: string, args?: Args): void
  audit(entry: NewAuditEntry, by: Actor): void
}

export interface Database {
  all(sql: string, args?: Args): Promise<readonly Row[]>
  first(sql: string, args?: Args): Promise<Row | undefined>
  /** Runs `job` alone, then commits what it collected in one transaction; a throw writes nothing. */
  write<T>(job: (write: Write) => Promise<T> | T): Promise<T>
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** `file:...`, `:memory:` or the URL of a libSQL server. */
  readonly url: string
  readonly authToken?: string
  readonly now: () => number
}

/** Opens the database. Errors: `unavailable` when it cannot be opened. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, authToken } = options
  const client = createClient({
    url,
    timeout: BUSY_TIMEOUT_MS,
    ...(authToken === undefined ? {} : { authToken }),
  })
  if (url.startsWith('file:')) await client.execute('PRAGMA journal_mode = WAL')
  let last: Promise<unknown> = Promise.resolve()
  const all = async (sql: string, args: Args = []) =>
    (await client.execute({ sql, args: [...args] })).rows
  const first = async (sql: string, args?: Args) => (await all(sql, args))[0]
  return {
    all,
    first,
    write: (job) => {
      const run = last.then(() => retry(client, url, () => transact(client, job, options.now)))
      // The caller hears of a failure; the next in the queue only waits for the end.
      last = Promise.allSettled([run])
      return run
    },
    close: async () => {
      await last
      client.close()
    },
  }
}

async function transact<T>(
  client: Client,
  job: (write: Write) => Promise<T> | T,
  now: () => number,
): Promise<T> {
  const statements: { sql: string; args: InValue[] }[] = []
  const audits: { entry: NewAuditEntry; by: Actor }[] = []
  const value = await job({
    add: (sql, args = []) => statements.push({ sql, args: [...args] }),
    audit: (entry, by) => audits.push({ entry, by }),
  })
  if (audits.length > 0) {
    const head = await client.execute(
      'SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1',
    )
    const previous = head.rows[0]
    statements.push(
      ...chainAudit(
        { sequence: Number(previous?.sequence ?? 0), hash: String(previous?.hash ?? '') },
        audits,
        now(),
      ),
    )
  }
  if (statements.length > 0) await client.batch(statements, 'write')
  return value
}

/** Another process may hold the file, or have written the next audit entry: both undo the transaction
 * whole, so it is tried again from its reads. After BUSY the connection must be made anew: its statements
 * stay open and no later commit would succeed. */
async function retry<T>(client: Client, url: string, run: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await run()
    } catch (error) {
      const busy = error instanceof LibsqlError && error.code === 'SQLITE_BUSY'
      if (busy && url.startsWith('file:')) client.reconnect()
      if (!busy && !isAuditRace(error)) throw error
      if (tried === WRITE_TRIES) {
        throw new StateError('unavailable', 'state.db is locked by another process')
      }
      await Bun.sleep(20 * tried)
    }
  }
}

function isAuditRace(error: unknown): boolean {
  return error instanceof LibsqlError && error.message.includes('audit.sequence')
}
