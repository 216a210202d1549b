// What alert making reads and writes in state.db: cursor, alerts and counters in one transaction.
import type { Event } from '../../../parsers/event.ts'
import { CLOSED_STATUSES, EVENT_IDS_MAX_CHARACTERS, severityRank } from './alert-rows.ts'
import type { Context } from './context.ts'
import type { Write } from './database.ts'
import {
  countMutes,
  insertHeld,
  MUTE_HOLDS,
  suppressionId,
  suppressionNumber,
} from './held-alerts.ts'
import { enqueueAlerts } from './outbox-writer.ts'
import { text } from './rows.ts'
import { countRules, keepProvenance, saveRules } from './rule-writer.ts'
import { guarded, moveCutoff, requireLease } from './run-guard.ts'
import type { Lease } from './runs.ts'
import { writeShadow } from './shadow-writer.ts'
import { type AlertSeverity, type RuleFacts, StateError } from './state-store.ts'

/** Alerts of one dedup hash that a match is compared with: the newest ones. */
export const CANDIDATES_PER_HASH = 4

/** Where alert making stands in an intake. */
export interface MatchCursor {
  readonly epoch: string
  readonly sequence: number
}

/** An alert as deduplication sees it. */
export interface Candidate {
  readonly number: number
  readonly closed: boolean
  /** The mute that holds it, while one does. */
  readonly mute?: string
  firstSeen: number
  lastSeen: number
}

export interface AlertInsert {
  readonly number: number
  readonly ruleId: string
  readonly ruleHash: string
  readonly ruleTitle: string
  readonly title: string
  readonly severity: AlertSeverity
  readonly tags: readonly string[]
  readonly dedupHash: string
  readonly previous: number | null
  /** The mute that holds it back; new if that has ended meanwhile. */
  readonly mute?: string
  readonly event: Event
  /** Filled while matches fold into it. */
  count: number
  firstSeen: number
  lastSeen: number
  /** Newest first. */
  eventIds: readonly string[]
}

/** Matches added to an alert that is stored already. */
export interface AlertUpdate {
  readonly number: number
  count: number
  firstSeen: number
  lastSeen: number
  eventIds: readonly string[]
}

export interface RuleDelta {
  matches: number
  suppressed: number
  alerts: number
  last: number
}

/** Matches that a mute held back. */
export interface MuteDelta {
  matches: number
  last: number
}

export interface Folded {
  readonly created: readonly AlertInsert[]
  readonly updated: readonly AlertUpdate[]
  readonly rules: ReadonlyMap<string, RuleDelta>
  readonly mutes?: ReadonlyMap<string, MuteDelta>
}

/** The correlation engine's state after a match, as JSON. */
export interface SavedCorrelations {
  readonly epoch: string
  readonly sequence: number
  readonly snapshot: string
}

export interface AlertWriter {
  cursor(): Promise<MatchCursor | undefined>
  /** Stores facts of loaded rules and forgets texts that nothing needs. */
  saveRules(rules: readonly RuleFacts[]): Promise<void>
  /** Facts kept of rules by hash, for matches of rules that are no longer loaded. */
  rulesByHash(hashes: readonly string[]): Promise<readonly RuleFacts[]>
  /** Looks up what is missing, folds, and commits alerts, counters and the cursor in one transaction.
   * `conflict` when the stored cursor is not `from`. */
  commit<T extends Folded>(
    from: MatchCursor,
    to: number,
    folding: Folding<T>,
    correlations?: SavedCorrelations,
    shadow?: ShadowFolding,
  ): Promise<T>
  /** The same for a part of a scheduled run: alerts, counters and the schedule's cut-off in one
   * transaction. `conflict` when the lease is another's. */
  commitRun<T extends Folded>(run: RunPart, folding: Folding<T>, shadow?: ShadowFolding): Promise<T>
  /** The state stored last. */
  correlations(): Promise<SavedCorrelations | undefined>
}

/** Runs within the transaction's turn, perhaps more than once: it must not keep what it made. */
export interface Folding<T extends Folded> {
  /** Dedup hashes whose alerts `fold` needs. */
  missing(): readonly string[]
  fold(found: ReadonlyMap<string, readonly Candidate[]>, nextNumber: number): T
}

/** What goes to the shadow lane. */
export interface ShadowFolding extends Folding<Folded> {
  /** Matches that mutes cover: they make nothing. */
  readonly suppressed: number
  /** The stage of the rule that would have raised it. */
  stageOf(alert: AlertInsert): string
}

/** A part of a scheduled run that is covered now. */
export interface RunPart {
  readonly lease: Lease
  readonly cutoff: MatchCursor
  readonly matches: number
}

/** The writer over an open database. */
export function createAlertWriter(context: Context): AlertWriter {
  const { database, now } = context
  const cursor = async () => {
    const row = await database.first('SELECT epoch, sequence FROM match_cursor')
    return row === undefined
      ? undefined
      : { epoch: text(row.epoch), sequence: Number(row.sequence) }
  }
  return {
    cursor,
    saveRules: (rules) => database.write((write) => saveRules(write, rules, now())),
    rulesByHash: async (hashes) => {
      const rows = await database.all(
        'SELECT facts FROM rule_texts WHERE hash IN (SELECT value FROM json_each(?))',
        [JSON.stringify(hashes)],
      )
      return rows.map((row) => JSON.parse(text(row.facts)) as RuleFacts)
    },
    correlations: async () => {
      const row = await database.first('SELECT epoch, sequence, snapshot FROM correlation_state')
      if (row === undefined) return undefined
      const { epoch, sequence, snapshot } = row
      return { epoch: text(epoch), sequence: Number(sequence), snapshot: text(snapshot) }
    },
    commitRun: (run, folding, shadow) =>
      guarded(
        database.write(async (write) => {
          const folded = await writeFolded(context, write, folding, shadow)
          requireLease(write, run.lease)
          countRun(write, run, folded, shadow?.suppressed ?? 0)
          return folded
        }),
      ),
    commit: (from, to, folding, correlations, shadow) =>
      database.write(async (write) => {
        const stored = await cursor()
        const same = stored?.epoch === from.epoch && stored.sequence === from.sequence
        if (stored === undefined ? from.sequence !== 0 : !same) {
          throw new StateError('conflict', 'the match cursor was moved by someone else')
        }
        const folded = await writeFolded(context, write, folding, shadow)
        // NULL breaks the transaction when another writer moved the cursor after it was read.
        write.add(
          `INSERT INTO match_cursor (id, epoch, sequence) VALUES (1, ?, ?)
           ON CONFLICT (id) DO UPDATE SET sequence =
             CASE WHEN epoch = excluded.epoch AND sequence = ? THEN excluded.sequence END`,
          [from.epoch, to, from.sequence],
        )
        if (correlations !== undefined) saveCorrelations(write, correlations)
        return folded
      }),
  }
}

/** Writes alerts and counters of one batch. */
export async function writeFolded<T extends Folded>(
  { database, now }: Context,
  write: Write,
  folding: Folding<T>,
  shadow: ShadowFolding | undefined,
): Promise<T> {
  const found = await candidatesOf(database, folding.missing())
  const newest = await database.first('SELECT max(number) AS n FROM alerts')
  const folded = folding.fold(found, Number(newest?.n ?? 0) + 1)
  insertAlerts(write, folded.created, now())
  updateAlerts(write, folded.updated, now())
  countRules(write, folded.rules, now())
  if (folded.mutes !== undefined) countMutes(write, folded.mutes)
  if (shadow !== undefined) await writeShadow(database, write, shadow, now())
  return folded
}

function countRun(
  write: Write,
  { lease, cutoff, matches }: RunPart,
  folded: Folded,
  suppressed: number,
): void {
  const sum = (name: 'suppressed' | 'alerts') =>
    [...folded.rules.values()].reduce((all, delta) => all + delta[name], 0)
  moveCutoff(write, lease, cutoff)
  write.add(
    `UPDATE runs SET matches = matches + ?, suppressed = suppressed + ?, alerts = alerts + ?
     WHERE run = ?`,
    [matches, sum('suppressed') + suppressed, sum('alerts'), lease.run],
  )
}

function saveCorrelations(write: Write, { epoch, sequence, snapshot }: SavedCorrelations): void {
  write.add(
    `INSERT INTO correlation_state (id, epoch, sequence, snapshot) VALUES (1, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence,
       snapshot = excluded.snapshot`,
    [epoch, sequence, snapshot],
  )
}

async function candidatesOf(
  database: Context['database'],
  hashes: readonly string[],
): Promise<ReadonlyMap<string, Candidate[]>> {
  const found = new Map<string, Candidate[]>()
  if (hashes.length === 0) return found
  const rows = await database.all(
    `SELECT dedup_hash, number, status, first_seen, last_seen, suppression FROM (
       SELECT a.dedup_hash, a.number, a.status, a.first_seen, a.last_seen, m.suppression,
         row_number() OVER (PARTITION BY a.dedup_hash, m.suppression ORDER BY a.number DESC) AS place
       FROM json_each(?) h JOIN alerts a ON a.dedup_hash = h.value
         LEFT JOIN held_alerts m ON m.alert = a.number)
     WHERE place <= ? ORDER BY number DESC`,
    [JSON.stringify(hashes), CANDIDATES_PER_HASH],
  )
  for (const row of rows) {
    const candidate = {
      number: Number(row.number),
      closed: CLOSED_STATUSES.some((status) => status === row.status),
      ...(row.suppression === null ? {} : { mute: suppressionId(Number(row.suppression)) }),
      firstSeen: Number(row.first_seen),
      lastSeen: Number(row.last_seen),
    }
    found.getOrInsert(text(row.dedup_hash), []).push(candidate)
  }
  return found
}

/** One statement for all: a statement of its own for each alert would cost more than its row. */
export function insertAlerts(write: Write, alerts: readonly AlertInsert[], at: number): void {
  if (alerts.length === 0) return
  const rows = alerts.map((alert) => {
    const { host, user, src_ip, dst_ip } = alert.event.pivots
    return {
      ...alert,
      rank: severityRank(alert.severity),
      mute: alert.mute === undefined ? null : (suppressionNumber(alert.mute) ?? null),
      tags: JSON.stringify(alert.tags),
      source: alert.event.source,
      eventId: alert.event.id,
      event: undefined,
      eventIds: undefined,
      host: host === undefined ? null : String(host),
      user: user === undefined ? null : String(user),
      srcIp: src_ip === undefined ? null : String(src_ip),
      dstIp: dst_ip === undefined ? null : String(dst_ip),
    }
  })
  const json = (name: string) => `value->>'${name}'`
  write.add(
    `INSERT INTO alerts (number, rule_id, rule_hash, rule_title, title, severity, severity_rank,
       status, dedup_hash, count, first_seen, last_seen, created, updated, version, previous,
       host, user, src_ip, dst_ip, source, tags, event_id, provenance)
     SELECT ${['number', 'ruleId', 'ruleHash', 'ruleTitle', 'title', 'severity', 'rank'].map(json).join(', ')},
       CASE WHEN ${MUTE_HOLDS} THEN 'held' ELSE 'new' END, ${['dedupHash', 'count', 'firstSeen', 'lastSeen'].map(json).join(', ')}, ?, ?, 1,
       ${['previous', 'host', 'user', 'srcIp', 'dstIp', 'source', 'tags', 'eventId'].map(json).join(', ')},
       (SELECT t.provenance FROM rule_texts t WHERE t.hash = value->>'ruleHash')
     FROM json_each(?)`,
    [at, at, JSON.stringify(rows)],
  )
  keepProvenance(
    write,
    alerts.map(({ ruleHash }) => ruleHash),
  )
  write.add(
    `INSERT INTO alert_events (alert, event)
     SELECT value->>'number', value->>'event' FROM json_each(?)`,
    [JSON.stringify(alerts.map(({ number, event }) => ({ number, event })))],
  )
  write.add(
    `INSERT INTO alert_event_ids (alert, ids)
     SELECT value->>0, value->>1 FROM json_each(?)`,
    [JSON.stringify(alerts.map((alert) => [alert.number, alert.eventIds.join(' ')]))],
  )
  write.add(
    `INSERT INTO alert_activity (alert, at, who, what, after)
     SELECT value->>'number', ?, 'detection', 'created', value->>'title' FROM json_each(?)`,
    [at, JSON.stringify(alerts.map(({ number, title }) => ({ number, title })))],
  )
  insertHeld(write, alerts, at)
  enqueueAlerts(
    write,
    alerts.map(({ number }) => number),
    at,
  )
}

/** Adds matches to stored alerts. */
export function updateAlerts(write: Write, updates: readonly AlertUpdate[], at: number): void {
  if (updates.length === 0) return
  write.add(
    `UPDATE alerts SET count = count + (e.value->>1), first_seen = min(first_seen, e.value->>2),
       last_seen = max(last_seen, e.value->>3), updated = ?
     FROM json_each(?) e WHERE number = e.value->>0`,
    [
      at,
      JSON.stringify(
        updates.map(({ number, count, firstSeen, lastSeen }) => [
          number,
          count,
          firstSeen,
          lastSeen,
        ]),
      ),
    ],
  )
  write.add(
    `UPDATE alert_event_ids SET ids = substr((e.value->>1) || ' ' || ids, 1, ?)
     FROM json_each(?) e WHERE alert = e.value->>0`,
    [
      EVENT_IDS_MAX_CHARACTERS,
      JSON.stringify(updates.map((update) => [update.number, update.eventIds.join(' ')])),
    ],
  )
}
