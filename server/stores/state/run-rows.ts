// Schedules and runs as rows of state.db, read.
import type { Row } from '@libsql/client'
import { optional, optionalNumber, text } from './rows.ts'
import type { RunRecord, Schedule } from './runs.ts'

/** A schedule as stored. */
export function scheduleFromRow(row: Row): Schedule {
  const { epoch, cutoff, lease } = row
  return {
    kind: text(row.kind) as Schedule['kind'],
    id: text(row.id),
    ...optionalNumber('interval_ms', row.interval_ms),
    ...optionalNumber('nextRunAt', row.next_run_at),
    ...optionalNumber('lastRunAt', row.last_run_at),
    ...(epoch === null || cutoff === null
      ? {}
      : { cutoff: { epoch: text(epoch), sequence: Number(cutoff) } }),
    ...(row.gaps === null
      ? {}
      : { gaps: JSON.parse(text(row.gaps)) as NonNullable<Schedule['gaps']> }),
    ...(lease === '' ? {} : { lease: { run: text(lease), beat: Number(row.beat) } }),
  }
}

/** A run as stored. */
export function runFromRow(row: Row): RunRecord {
  return {
    run: text(row.run),
    kind: text(row.kind) as RunRecord['kind'],
    id: text(row.id),
    trigger: text(row.trigger) as RunRecord['trigger'],
    mode: text(row.mode) as RunRecord['mode'],
    status: text(row.status) as RunRecord['status'],
    by: text(row.by),
    started: Number(row.started),
    progress: Number(row.progress),
    matches: Number(row.matches),
    suppressed: Number(row.suppressed),
    alerts: Number(row.alerts),
    sampleEventIds: JSON.parse(text(row.sample_event_ids)) as string[],
    ...optionalNumber('scheduledFor', row.scheduled_for),
    ...optionalNumber('finished', row.finished),
    ...optionalNumber('duration_ms', row.duration_ms),
    ...optionalNumber('fresh', row.fresh),
    ...optional('error', row.error),
    ...optional('ruleCommit', row.rule_commit),
    ...optional('ruleHash', row.rule_hash),
    ...optionalNumber('from', row.from_sequence),
    ...optionalNumber('to', row.to_sequence),
    ...(row.detail === null ? {} : { detail: JSON.parse(text(row.detail)) as unknown }),
  }
}
