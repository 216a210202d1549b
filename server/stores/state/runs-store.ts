// Schedules, leases and runs in state.db. Times come from the store's clock.
import type { Context } from './context.ts'
import type { Write } from './database.ts'
import { guarded, isLost, moveCutoff, requireLease, requireRow } from './run-guard.ts'
import { createRunReads } from './run-reads.ts'
import { scheduleFromRow } from './run-rows.ts'
import {
  type NewRun,
  RUN_ERROR_CHARACTERS_MAX,
  RUN_SAMPLES_MAX,
  RUNS_KEPT_MS,
  type RunEnd,
  type RunRecord,
  type RunStore,
  type Schedule,
  type ScheduleChange,
  type Work,
} from './runs.ts'
import { StateError } from './state-store.ts'

const HELD = 'SELECT 1 FROM schedules WHERE kind = ? AND id = ? AND lease = ? AND beat = ?'
/** Free and, for the clock's runs, at the slot that was seen: another server may have run it since. */
const FREE = `SELECT 1 FROM schedules WHERE kind = ?1 AND id = ?2 AND lease = ''
  AND (?3 IS NULL OR next_run_at = ?3)`

export function createRunStore({ database, now }: Context): RunStore {
  const reads = createRunReads(database)
  const existing = async (run: string): Promise<RunRecord> => {
    const found = await reads.getRun(run)
    if (found === undefined) throw new StateError('not-found', `no run ${run}`)
    return found
  }
  return {
    ...reads,
    ...createClosing({ database, now }),
    listSchedules: async (kind, all = false) =>
      (
        await database.all(
          'SELECT * FROM schedules WHERE kind = ? AND (? OR interval_ms IS NOT NULL) ORDER BY id',
          [kind, all ? 1 : 0],
        )
      ).map(scheduleFromRow),
    getSchedule: async ({ kind, id }) => {
      const row = await database.first('SELECT * FROM schedules WHERE kind = ? AND id = ?', [
        kind,
        id,
      ])
      return row === undefined ? undefined : scheduleFromRow(row)
    },
    saveSchedules: (changes, gone) =>
      database.write((write) => {
        for (const change of changes) saveSchedule(write, change)
        for (const { kind, id } of gone)
          write.add('DELETE FROM schedules WHERE kind = ? AND id = ?', [kind, id])
      }),
    dueWork: async (kinds, at, limit) =>
      (
        await database.all(
          `SELECT * FROM schedules WHERE kind IN (SELECT value FROM json_each(?))
             AND (next_run_at <= ? OR next_run_at - interval_ms > ? OR lease <> '')
           ORDER BY next_run_at LIMIT ?`,
          [JSON.stringify(kinds), at, at, limit],
        )
      ).map(scheduleFromRow),
    claimRun: async (asked, over) => {
      const run = crypto.randomUUID()
      const held = await holds(() =>
        database.write((write) => claim(write, { ...asked, run }, now(), over)),
      )
      return held ? existing(run) : undefined
    },
    dropLease: async (work, over) =>
      holds(() =>
        database.write((write) => {
          requireRow(write, HELD, [work.kind, work.id, over.run, over.beat])
          write.add("UPDATE schedules SET lease = '' WHERE kind = ? AND id = ?", [
            work.kind,
            work.id,
          ])
          interrupt(write, work, now())
        }),
      ),
    beatRun: async (lease, progress) =>
      holds(() =>
        database.write((write) => {
          requireLease(write, lease)
          const { kind, id, run } = lease
          write.add('UPDATE schedules SET beat = beat + 1 WHERE kind = ? AND id = ?', [kind, id])
          write.add('UPDATE runs SET progress = ? WHERE run = ?', [progress, run])
        }),
      ),
    finishRun: async (lease, end) => {
      await guarded(database.write((write) => finish(write, lease, end, now())))
      return existing(lease.run)
    },
  }
}

/** What ends schedules and leases from outside of runs. */
function createClosing({
  database,
  now,
}: Pick<Context, 'database' | 'now'>): Pick<RunStore, 'closeSchedule' | 'dropLeases'> {
  return {
    closeSchedule: ({ kind, id }, gaps) =>
      database.write((write) =>
        write.add(
          `UPDATE schedules SET interval_ms = NULL, next_run_at = NULL, gaps = NULL
           WHERE kind = ? AND id = ? AND gaps = ?`,
          [kind, id, JSON.stringify(gaps)],
        ),
      ),
    dropLeases: () =>
      database.write((write) => {
        write.add("UPDATE schedules SET lease = '' WHERE lease <> ''")
        write.add(
          `UPDATE runs SET status = 'interrupted', finished = ?, error = 'its server ended'
           WHERE status = 'running'`,
          [now()],
        )
      }),
  }
}

/** False when the transaction failed for a lease that was not there. */
async function holds(write: () => Promise<void>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    if (isLost(error)) return false
    throw error
  }
}

function interrupt(write: Write, { kind, id }: Work, at: number): void {
  write.add(
    `UPDATE runs SET status = 'interrupted', finished = ?, error = 'its server ended'
     WHERE kind = ? AND id = ? AND status = 'running'`,
    [at, kind, id],
  )
}

function saveSchedule(write: Write, change: ScheduleChange): void {
  const { kind, id, interval_ms, nextRunAt, cutoff, gaps } = change
  write.add(
    `INSERT INTO schedules (kind, id, interval_ms, next_run_at, epoch, cutoff, gaps)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT (kind, id) DO UPDATE SET interval_ms = ?3, next_run_at = ?4,
       epoch = coalesce(?5, epoch), cutoff = coalesce(?6, cutoff),
       gaps = coalesce(?7, gaps)`,
    [
      ...[kind, id, interval_ms, nextRunAt, cutoff?.epoch ?? null, cutoff?.sequence ?? null],
      gaps === undefined ? null : JSON.stringify(gaps),
    ],
  )
}

function claim(
  write: Write,
  asked: NewRun & { readonly run: string },
  at: number,
  over: Schedule['lease'],
): void {
  const { kind, id, run, trigger, mode, by, scheduledFor } = asked
  write.add('INSERT OR IGNORE INTO schedules (kind, id) VALUES (?, ?)', [kind, id])
  if (over === undefined) requireRow(write, FREE, [kind, id, scheduledFor ?? null])
  else requireRow(write, HELD, [kind, id, over.run, over.beat])
  write.add('UPDATE schedules SET lease = ?, beat = 0 WHERE kind = ? AND id = ?', [run, kind, id])
  interrupt(write, asked, at)
  write.add(
    `INSERT INTO runs (run, kind, id, trigger, mode, status, by, scheduled_for, started)
     VALUES (?, ?, ?, ?, ?, 'running', ?, ?, ?)`,
    [run, kind, id, trigger, mode, by, scheduledFor ?? null, at],
  )
  write.add('DELETE FROM runs WHERE started < ?', [at - RUNS_KEPT_MS])
}

function finish(write: Write, lease: Work & { run: string }, end: RunEnd, at: number): void {
  const { kind, id, run } = lease
  requireLease(write, lease)
  const cutoff = end.status === 'ok' ? end.cutoff : undefined
  write.add(
    `UPDATE schedules SET lease = '', last_run_at = ?,
       next_run_at = CASE WHEN interval_ms IS NULL THEN NULL ELSE coalesce(?, next_run_at) END
     WHERE kind = ? AND id = ?`,
    [at, end.nextRunAt ?? null, kind, id],
  )
  if (cutoff !== undefined) moveCutoff(write, lease, cutoff)
  if (end.status !== 'ok') {
    write.add(
      'UPDATE runs SET status = ?, finished = ?, duration_ms = ?, error = ? WHERE run = ?',
      [end.status, at, end.duration_ms, end.error.slice(0, RUN_ERROR_CHARACTERS_MAX), run],
    )
    return
  }
  const { outcome } = end
  const samples = (outcome.sampleEventIds ?? []).slice(0, RUN_SAMPLES_MAX)
  write.add(
    `UPDATE runs SET status = 'ok', finished = ?, duration_ms = ?, progress = 1, matches = ?,
       suppressed = coalesce(?, suppressed), alerts = coalesce(?, alerts), fresh = ?,
       sample_event_ids = ?, rule_commit = ?, rule_hash = ?, from_sequence = ?, to_sequence = ?,
       detail = ? WHERE run = ?`,
    [
      ...[at, end.duration_ms, outcome.matches, outcome.suppressed ?? null, outcome.alerts ?? null],
      ...[outcome.fresh ?? null, JSON.stringify(samples)],
      ...[outcome.ruleCommit ?? null, outcome.ruleHash ?? null],
      ...[outcome.from ?? null, outcome.to ?? null],
      outcome.detail === undefined ? null : JSON.stringify(outcome.detail),
      run,
    ],
  )
}
