// Checks drafts in a worker of their own. It starts with the first check, and ends when one takes too long or
// nobody has asked for a while.
import { type Connection, connect } from '../workers/rpc.ts'
import type { CheckInput, DraftCheck } from './draft-check.ts'

/** A check may take this long, milliseconds. */
export const CHECK_TIMEOUT_MS = 10_000
/** The worker ends after this long without a check, milliseconds. */
const IDLE_MS = 300_000

export interface DraftChecker {
  /** Resolves with a finding `check-timeout` where it takes too long; rejects when the worker crashes. */
  check(input: CheckInput): Promise<DraftCheck>
  stop(): void
}

type Handlers = { readonly check: (input: CheckInput) => DraftCheck }

export function createDraftChecker(timeout_ms = CHECK_TIMEOUT_MS): DraftChecker {
  let worker: Connection<Handlers> | undefined
  let idle: ReturnType<typeof setTimeout> | undefined
  const waiting = new Set<() => void>()
  const end = () => {
    worker?.terminate()
    worker = undefined
    for (const giveUp of waiting) giveUp()
    waiting.clear()
  }
  const start = () =>
    connect<Handlers>(new URL('../workers/draft-check.ts', import.meta.url), 'draft check', () => {
      worker = undefined
    })
  return {
    check: (input) => {
      worker ??= start()
      const { client } = worker
      clearTimeout(idle)
      idle = setTimeout(end, IDLE_MS)
      idle.unref()
      const { promise, resolve, reject } = Promise.withResolvers<DraftCheck>()
      const giveUp = () => resolve(timedOut(input, timeout_ms))
      waiting.add(giveUp)
      const timer = setTimeout(end, timeout_ms)
      client.check(input).then(resolve, reject)
      return promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(giveUp)
      })
    },
    stop: () => {
      clearTimeout(idle)
      end()
    },
  }
}

function timedOut({ draft }: CheckInput, timeout_ms: number): DraftCheck {
  const message = `the check was given up after ${timeout_ms / 1000} s: divide the file, or try again`
  const zero = { line: 0, character: 0 }
  return {
    findings: [
      {
        ...{ code: 'check-timeout', severity: 'error', message, path: draft.path },
        ...{ line: 1, column: 1, range: { start: zero, end: zero } },
      },
    ],
    tests: [],
    runs: false,
  }
}
