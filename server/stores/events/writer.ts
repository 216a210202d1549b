// The one writer of the event store. `append` commits batches to the intake; `tick` moves what is due into
// day files; opening replays what the intake has and the day files have not. What a failed write or fsync
// left on disk is unknown: it throws `store-failed`, and the process must end and start anew.
import { statfsSync } from 'node:fs'
import { planCommit, settlePlan, writePlan } from './commit.ts'
import { type Counts, openCounts } from './counts.ts'
import { openDays } from './days.ts'
import { readDeadLetters, type StoredDeadLetter } from './dead-letter.ts'
import { guarded, StoreError } from './errors.ts'
import type { EventWriter } from './event-store.ts'
import { createHousekeeping } from './housekeeping.ts'
import { openIntake } from './intake.ts'
import { readSequence } from './intake-read.ts'
import { replayIntake } from './replay.ts'
import { createRetention } from './retention.ts'
import type { RuleText } from './rule-refs.ts'
import { insertRunMatches } from './run-matches.ts'
import { createSealer } from './sealer.ts'
import { type SegmentSink, writeSealing } from './sealing.ts'

/** Free space is asked for at most this often, milliseconds. */
const SPACE_CHECK_MS = 250

export interface WriterOptions {
  readonly dataFolder: string
  /** Events older than this are not taken in, days; 0 keeps all. */
  readonly retention_days: number
  /** Below this much free space `append` throws `disk-full`, bytes. */
  readonly diskMinFree_bytes: number
  /** The clock, milliseconds; tests set it. */
  readonly now?: () => number
  /** Where segments are written; by default at once, by this thread. */
  readonly sink?: SegmentSink
  /** Hears of writes that fail in the sink. */
  readonly onSealFailure?: (error: unknown) => void
}

/** The writer over day files: what the ingest worker uses beside the interface. */
export interface DayFileWriter extends EventWriter {
  /** Seals what is due and drops what readers no longer need. Returns the days that were sealed. */
  tick(): readonly string[]
  /** Matches up to `sequence` have become alerts and may leave the intake. */
  acknowledgeMatches(sequence: number): void
  /** A scheduled run of a rule matched these stored events; those that are known stay as they are. */
  addRunMatches(rule: RuleText, eventIds: readonly string[]): void
  /** The last intake sequence. */
  sequence(): number
  /** What came, by source and by rule. */
  readonly counts: Pick<Counts, 'sources' | 'hits'>
  /** The newest dead letters, of one source or of all. */
  deadLetters(limit: number, source?: string): readonly StoredDeadLetter[]
  /** Events in the intake that are not sealed. */
  unsealed(): number
  /** Resolves when no write is under way in the sink; undefined where none is. Rejects with what failed. */
  sealing(): Promise<unknown> | undefined
}

/** Opens the store of a data folder for writing, and recovers. The caller holds the folder's lock. */
export function openWriter(options: WriterOptions): DayFileWriter {
  const { dataFolder, retention_days } = options
  const now = options.now ?? Date.now
  const intake = openIntake(dataFolder)
  const days = openDays(intake, dataFolder)
  const own: SegmentSink = {
    write: (name, sealing, at, done) => {
      try {
        writeSealing(days.file(name), sealing, at)
      } catch (error) {
        done(error)
        return
      }
      done()
    },
    poll: () => undefined,
    forget: () => undefined,
  }
  const sink = options.sink ?? own
  const sealer = createSealer(days, sink, now, options.onSealFailure ?? fail)
  const retention = createRetention(intake, days, dataFolder, now, sink.forget)
  const housekeeping = createHousekeeping(intake, sealer, now)
  const counts = openCounts(intake)
  guarded(() => replayIntake(intake, days, sealer))
  let sequence = readSequence(intake)
  let spaceChecked = Number.NEGATIVE_INFINITY

  const checkSpace = (): void => {
    if (now() - spaceChecked < SPACE_CHECK_MS) return
    requireSpace(dataFolder, options.diskMinFree_bytes)
    spaceChecked = now()
  }

  return {
    append: (batches) => {
      checkSpace()
      const at = now()
      const plan = planCommit(intake, days, counts, batches, at, retention_days)
      const commit = intake.transaction(() => {
        housekeeping.run()
        counts.write(plan.counts)
        return writePlan(intake, days, plan, at)
      })
      const seqs = guarded(() => commit.immediate())
      housekeeping.settle()
      counts.settle(plan.counts)
      sequence = Math.max(sequence, seqs.at(-1) ?? 0)
      return settlePlan(days, plan, seqs, sequence, at)
    },
    tick: () =>
      guarded(() => {
        const sealed = sealer.sealDue()
        retention.unlinkDue()
        housekeeping.runIfIdle()
        return sealed
      }),
    seal: () => guarded(() => sealer.sealAll()),
    retain: (keep_days, at) => guarded(() => retention.retain(keep_days, at)),
    acknowledgeMatches: housekeeping.acknowledge,
    addRunMatches: (rule, eventIds) =>
      guarded(() => intake.transaction(() => insertRunMatches(intake, rule, eventIds)).immediate()),
    sequence: () => sequence,
    counts,
    deadLetters: (limit, source) => readDeadLetters(intake, limit, source),
    unsealed: () => sealer.unsealed(),
    sealing: () => sealer.underWay(),
    close: () => {
      days.close()
      intake.close()
    },
  }
}

function fail(error: unknown): never {
  throw error
}

/** Throws `disk-full` when the file system has less than `min_bytes` free. */
export function requireSpace(folder: string, min_bytes: number): void {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  if (free >= min_bytes) return
  const mib = (bytes: number) => Math.floor(bytes / 1_048_576)
  throw new StoreError(
    'disk-full',
    `${mib(free)} MiB free in the data folder, TRAPLINE_DISK_MIN_FREE_MIB is ${mib(min_bytes)}`,
  )
}
