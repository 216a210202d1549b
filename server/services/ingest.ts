// The main thread's side of ingest: back-pressure, the worker's restart after a crash, and the change to
// new rules between two batches.
import { createTurns } from '../in-turn.ts'
import type { IngestOptions, IngestStats } from '../ingest/ingester.ts'
import type { IngestNotices } from '../ingest/open-store.ts'
import type { RulesReport } from '../ingest/rules.ts'
import type { StoredDeadLetter } from '../stores/events/dead-letter.ts'
import type { RuleText } from '../stores/events/rule-refs.ts'
import type { IngestHandlers } from '../workers/ingest.ts'
import { type Client, type Connection, connect } from '../workers/rpc.ts'
import { asServiceError, createIngestQueue } from './ingest-queue.ts'
import { ServiceError } from './service-error.ts'
import type { IngestService } from './services.ts'

/** Past this the index is too far behind to take more, milliseconds. */
export const INDEX_LAG_MAX_MS = 5000
const RETRY_AFTER_S = 1
/** A worker that crashed is started again after this long, milliseconds. */
const RESTART_MS = 500

export interface IngestServiceOptions extends Omit<IngestOptions, 'ruleFolders'> {
  /** Asked at each start and reload. */
  readonly ruleFolders: () => IngestOptions['ruleFolders']
  /** How far the index is behind, milliseconds. */
  readonly indexLag_ms?: () => number
  readonly on?: { readonly [N in keyof IngestNotices]?: (value: IngestNotices[N]) => void }
  /** These rules are about to run: at start, at a reload, after a restart. Matches of them come after it
   * resolved; a rejection keeps them from running. */
  readonly onRules?: (rules: RulesReport) => unknown
  /** These rules took over after this intake sequence: nothing is taken in before it resolved, so it must be
   * quick. A rejection gives the old ones back. */
  readonly onActivated?: (sequence: number) => unknown
  /** They run, and events come in again. */
  readonly onRunning?: () => unknown
  /** The store failed or the worker cannot be started again: the process must end. */
  readonly onFatal: (error: Error) => void
}

/** The service, and what the server's other parts ask of ingest. */
export interface IngestHost extends IngestService {
  stats(): Promise<IngestStats & IngestFigures>
  deadLetters(limit: number, source?: string): Promise<readonly StoredDeadLetter[]>
  /** Alerts are made of matches up to `sequence`. */
  acknowledgeMatches(sequence: number): Promise<void>
  /** A scheduled run of a rule matched these stored events: searches by rule find them from now on. */
  addRunMatches(rule: RuleText, eventIds: readonly string[]): Promise<void>
  /** Everything accepted is committed and sealed. */
  flush(): Promise<void>
  /** Commits what was accepted, closes the store, ends the worker. */
  stop(): Promise<void>
}

export interface IngestFigures {
  /** Batches accepted and not answered. */
  readonly queue: number
  /** From acceptance to commit, milliseconds. */
  readonly commit_ms: { readonly p50: number; readonly p99: number }
}

/** Starts the worker, loads the rules, opens the store. Rejects when that fails. */
export async function startIngest(options: IngestServiceOptions): Promise<IngestHost> {
  const workers = createWorkers(options)
  await workers.start()
  const { queue } = workers
  const { indexLag_ms = () => 0 } = options

  const admit = (): void => {
    if (workers.stopping()) throw new ServiceError('unavailable', 'the server is stopping')
    if (indexLag_ms() > INDEX_LAG_MAX_MS) {
      throw new ServiceError('too-many', 'the index is too far behind', RETRY_AFTER_S)
    }
  }
  return {
    ingest: async (request) => {
      admit()
      return queue.push(request.body.length, (worker) => worker.ingest(request))
    },
    lines: async (lines, source) => {
      admit()
      const bytes = lines.reduce((sum, line) => sum + line.length, 0)
      return queue.push(bytes, (worker) => worker.lines({ lines, source }))
    },
    isFull: () => workers.stopping() || indexLag_ms() > INDEX_LAG_MAX_MS || queue.isFull(),
    reload: workers.reload,
    stats: async () => ({
      ...(await workers.call((worker) => worker.stats())),
      queue: queue.length(),
      commit_ms: queue.commit_ms(),
    }),
    deadLetters: (limit, source) => workers.call((worker) => worker.deadLetters(limit, source)),
    acknowledgeMatches: (sequence) => workers.call((worker) => worker.acknowledgeMatches(sequence)),
    addRunMatches: (rule, ids) => workers.call((worker) => worker.addRunMatches(rule, ids)),
    flush: () => workers.call((worker) => worker.flush()),
    stop: workers.stop,
  }
}

type Worker = Connection<IngestHandlers>

function createWorkers(options: IngestServiceOptions) {
  const queue = createIngestQueue()
  let active: Worker | undefined
  let stopping = false
  // Reloads, restarts and the stop come one after another.
  const inTurn = createTurns()

  function open(): Worker {
    const opened: Worker = openWorker(options, (error) => {
      if (opened === active) recover(error)
    })
    return opened
  }

  async function activate(next: Worker): Promise<void> {
    await openStoreOf(next, options)
    active = next
    queue.resume(next.client)
  }

  async function start(): Promise<void> {
    const next = open()
    try {
      await options.onRules?.(await next.client.prepare(settingsOf(options)))
      await activate(next)
    } catch (error) {
      next.terminate()
      throw error
    }
  }

  function recover(error: Error): void {
    active?.terminate()
    active = undefined
    queue.abandon(error.message)
    if (stopping) return
    inTurn(async () => {
      await Bun.sleep(RESTART_MS)
      await thenRunning(options, start)
    }).catch(options.onFatal)
  }

  /** Rules are compiled while the old worker goes on; then it seals, stops, and the new one opens. */
  async function change() {
    const started = performance.now()
    const before = active
    if (before === undefined) throw new ServiceError('unavailable', 'ingest is not running')
    const next = open()
    try {
      const rules = await next.client.prepare(settingsOf(options))
      await options.onRules?.(rules)
      await handOver(before, next)
      const running = rules.rules.length + rules.correlations.length
      return { rules: running, refused: rules.refused.length, took_ms: performance.now() - started }
    } catch (error) {
      next.terminate()
      throw error
    }
  }

  /** If the new worker cannot open the store, the old one opens it again. */
  async function handOver(before: Worker, next: Worker): Promise<void> {
    await before.client.flush()
    await queue.hold()
    await before.client.close()
    try {
      await activate(next)
    } catch (error) {
      await before.client.activate()
      queue.resume(before.client)
      throw error
    }
    before.terminate()
  }

  return {
    queue,
    start: () => inTurn(() => thenRunning(options, start)),
    stopping: () => stopping,
    reload: () => inTurn(() => thenRunning(options, change)),
    call: async <T>(ask: (worker: Client<IngestHandlers>) => Promise<T>): Promise<T> => {
      await inTurn(async () => undefined)
      if (active === undefined) throw new ServiceError('unavailable', 'ingest is not running')
      try {
        return await ask(active.client)
      } catch (error) {
        throw asServiceError(error)
      }
    },
    stop: async () => {
      stopping = true
      await inTurn(async () => {
        if (active === undefined) return
        await queue.drain()
        await active.client.close()
        active.terminate()
        active = undefined
      })
    },
  }
}

async function thenRunning<T>(
  { onRunning }: IngestServiceOptions,
  begin: () => Promise<T>,
): Promise<T> {
  const begun = await begin()
  await onRunning?.()
  return begun
}

/** The worker opens the store, and who has to know hears of it before anything is taken in. */
async function openStoreOf(next: Worker, options: IngestServiceOptions): Promise<void> {
  const { sequence } = await next.client.activate()
  try {
    await options.onActivated?.(sequence)
  } catch (error) {
    await next.client.close()
    throw error
  }
}

function openWorker(options: IngestServiceOptions, onCrash: (error: Error) => void): Worker {
  const script = new URL('../workers/ingest.ts', import.meta.url)
  const worker = connect<IngestHandlers>(script, 'ingest', onCrash)
  for (const [notice, listener] of Object.entries(options.on ?? {})) {
    worker.on(notice, listener as (value: never) => void)
  }
  const onFailed = ({ message }: IngestNotices['failed']) => options.onFatal(new Error(message))
  worker.on('failed', onFailed as (value: never) => void)
  return worker
}

/** What crosses to the worker: no functions. */
function settingsOf(options: IngestServiceOptions): IngestOptions {
  const { dataFolder, retention_days, diskMinFree_bytes, timeZone } = options
  const ruleFolders = options.ruleFolders()
  return { dataFolder, ruleFolders, retention_days, diskMinFree_bytes, timeZone }
}
