// The real ClickHouse engine for tests, in a process of its own: it binds one data folder to a process and takes what
// memory it may use from what the whole machine has left, so it shares neither with the tests that run beside it.
// Its package may live elsewhere than among the installed ones: TRAPLINE_TEST_CHDB names it.

/** Queries wait for each other. `query` throws what the engine says of the query. */
export interface Clickhouse {
  query(sql: string, format?: string): Promise<string>
  close(): Promise<void>
}

interface Answer {
  readonly text?: string
  readonly error?: string
}

/** What a machine that is nearly full must not change: the limits follow what is free unless told not to. */
const ENGINE_ARGS = ['--memory_worker_dynamic_hard_limit=0', '--memory_worker_use_cgroup=0']
const CLOSE_TIMEOUT_MS = 10_000

/** Starts the engine, or says why it cannot be had here and returns nothing. */
export async function openClickhouse(): Promise<Clickhouse | undefined> {
  let answered: (answer: Answer) => void = () => {}
  const child = Bun.spawn([process.execPath, import.meta.path], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (answer: Answer) => answered(answer),
    onExit: (_, code, signal) =>
      answered({ error: `the engine's process ended: ${signal ?? code}` }),
  })
  const heard = () => new Promise<Answer>((resolve) => (answered = resolve))
  const { error } = await heard()
  if (error !== undefined) {
    console.warn(`chdb is not here, ClickHouse is not tested: ${error.slice(0, 100)}`)
    child.kill()
    return undefined
  }
  return {
    query: async (sql, format) => {
      const answer = heard()
      child.send({ sql, format })
      const { text, error } = await answer
      if (error !== undefined) throw new Error(error)
      return text ?? ''
    },
    close: async () => {
      child.disconnect()
      const late = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS)
      await child.exited
      clearTimeout(late)
    },
  }
}

interface Session {
  query(sql: string, format?: string): string
  cleanup(): void
}

/** The engine's own process: one query a message, one answer each. */
async function serve(): Promise<void> {
  const reply = (answer: Answer) => process.send?.(answer)
  const attempt = (act: () => string) => {
    try {
      reply({ text: act() })
    } catch (error) {
      reply({ error: String(error) })
    }
  }
  const name = process.env['TRAPLINE_TEST_CHDB'] ?? 'chdb'
  const { Session } = (await import(name)) as {
    Session: new (path: string, options: { connectionArgs: string[] }) => Session
  }
  const session = new Session('', { connectionArgs: ENGINE_ARGS })
  process.on('message', ({ sql, format }: { sql: string; format?: string }) =>
    attempt(() => session.query(sql, format)),
  )
  process.on('disconnect', () => {
    session.cleanup()
    process.exit(0)
  })
  attempt(() => session.query('SELECT 1'))
}

if (import.meta.main) {
  await serve().catch((error: unknown) => {
    process.send?.({ error: String(error) })
  })
}
