// The open event store of an ingest worker: writer and committer, with what runs beside them by the clock.
// Timers do not fire while messages keep arriving, so what is due also runs after a commit.
import { StoreError } from '../stores/events/errors.ts'
import { type DayFileWriter, openWriter } from '../stores/events/writer.ts'
import { createChores } from './chores.ts'
import { type Committed, type Committer, createCommitter } from './committer.ts'
import { createMemoryWatch } from './memory.ts'
import { createRates } from './rates.ts'
import { startSealWorker } from './seal-worker.ts'

/** How often buffers are looked at, milliseconds. */
const TICK_MS = 250
const RATES_MS = 1000
const RETENTION_MS = 600_000
const MEMORY_MS = 1000
/** With more events than this that are not sealed nothing is taken in until some are. */
const UNSEALED_EVENTS_MAX = 262_144

export interface StoreOptions {
  readonly dataFolder: string
  /** 0 keeps all. */
  readonly retention_days: number
  /** `TRAPLINE_DISK_MIN_FREE_MIB` in bytes. */
  readonly diskMinFree_bytes: number
}

/** What an ingester says on its own. */
export interface IngestNotices {
  readonly committed: Committed
  /** Days whose files have new segments. */
  readonly sealed: { readonly days: readonly string[] }
  /** Files of days that retention removed. */
  readonly retained: { readonly files: readonly string[] }
  /** What is on disk is unknown: the process must end and start anew. */
  readonly failed: { readonly message: string }
}

export type Notify = <N extends keyof IngestNotices>(notice: N, value: IngestNotices[N]) => void

export interface OpenStore {
  readonly writer: DayFileWriter
  readonly committer: Committer
  /** Events a second by source. */
  rates(): ReadonlyMap<string, number>
  /** Why nothing can be stored, while that is so. */
  problem(): string | undefined
  /** Resolves when there is room for more events; undefined where there is. */
  room(): Promise<unknown> | undefined
  /** Commits and seals everything. */
  flush(): Promise<void>
  close(): Promise<void>
}

function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  throw error
}

/** Opens the store and recovers. Throws `store-failed`. */
export function openStore(options: StoreOptions, notify: Notify): OpenStore {
  let problem: string | undefined
  let isOpen = true
  const onSealFailure = (error: unknown) => onFailure(asStoreError(error))
  const sink = startSealWorker(options.dataFolder, onSealFailure)
  const writer = openWriter({ ...options, sink, onSealFailure })
  const rates = createRates()
  const sample = () => rates.sample(writer.counts.sources(), Date.now())

  const onFailure = (error: StoreError) => {
    problem = error.message
    if (error.code === 'store-failed') notify('failed', { message: error.message })
  }
  const onCommit = (committed: Committed) => {
    problem = undefined
    notify('committed', committed)
    queueMicrotask(runDue)
  }
  const runDue = () => {
    if (isOpen) chores.runDue()
  }
  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      onFailure(error)
    }
  }
  const committer = createCommitter(writer, onCommit, onFailure)
  const tick = () => {
    const days = writer.tick()
    if (days.length > 0) notify('sealed', { days })
  }
  const retain = () => {
    if (options.retention_days === 0) return
    const files = writer.retain(options.retention_days, Date.now())
    if (files.length > 0) notify('retained', { files })
  }
  attempt(retain)
  sample()
  const chores = createChores([
    { every_ms: TICK_MS, run: () => attempt(tick) },
    { every_ms: RATES_MS, run: sample },
    { every_ms: RETENTION_MS, run: () => attempt(retain) },
    { every_ms: MEMORY_MS, run: createMemoryWatch() },
  ])
  const timer = setInterval(chores.runDue, TICK_MS)
  /** A stream's segments are written in their order: what is under way comes first. */
  const flush = async () => {
    committer.flush()
    await writer.sealing()
    writer.seal()
    await writer.sealing()
    tick()
  }
  return {
    writer,
    committer,
    rates: () => rates.of(writer.counts.sources(), Date.now()),
    problem: () => problem,
    flush,
    room: () => (writer.unsealed() > UNSEALED_EVENTS_MAX ? writer.sealing() : undefined),
    close: async () => {
      clearInterval(timer)
      isOpen = false
      try {
        await flush()
      } catch (error) {
        onFailure(asStoreError(error))
      }
      await sink.close()
      writer.close()
    },
  }
}
