// Alerts as rows of state.db, and back.
import type { Row } from '@libsql/client'
import type { Event } from '../../../parsers/event.ts'
import { suppressionId } from './held-alerts.ts'
import type { RuleProvenance } from './provenance.ts'
import { optional, text } from './rows.ts'
import {
  ALERT_STATUSES,
  type Alert,
  type AlertSeverity,
  type AlertStatus,
  type RuleFacts,
  SEVERITIES,
  type Verdict,
} from './state-store.ts'

/** Newest matching events that an alert names. */
export const ALERT_EVENT_IDS_MAX = 100
/** Length of `alert_event_ids.ids`: ids of 21 characters, each with a space. */
export const EVENT_IDS_MAX_CHARACTERS = ALERT_EVENT_IDS_MAX * 22

/** Statuses in which a match inside the window raises the count; in the others a new alert opens. */
export const CLOSED_STATUSES: readonly AlertStatus[] = ['resolved', 'false_positive']
export const OPEN_STATUSES = ALERT_STATUSES.filter((status) => !CLOSED_STATUSES.includes(status))

/** Columns of a full alert; the rule's text is joined by its hash. */
export const ALERT_COLUMNS =
  'a.*, e.event, i.ids AS event_ids, t.facts, m.suppression, v.value AS origin'
export const ALERT_TABLES = `alerts a JOIN alert_events e ON e.alert = a.number
  JOIN alert_event_ids i ON i.alert = a.number LEFT JOIN rule_texts t ON t.hash = a.rule_hash
  LEFT JOIN held_alerts m ON m.alert = a.number
  LEFT JOIN provenances v ON v.hash = a.provenance`

export function alertId(number: number): string {
  return `A-${number}`
}

/** The number in an alert's id; undefined for any other text. */
export function alertNumber(id: string): number | undefined {
  const digits = /^A-(\d{1,15})$/.exec(id)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

export function severityRank(severity: AlertSeverity): number {
  return SEVERITIES.indexOf(severity)
}

export function alertFromRow(row: Row): Alert {
  const facts: { text?: string; rollout?: RuleFacts['rollout']; descriptionTemplate?: string } =
    row.facts === null ? {} : JSON.parse(text(row.facts))
  return {
    id: alertId(Number(row.number)),
    ruleId: text(row.rule_id),
    ruleTitle: text(row.rule_title),
    ruleHash: text(row.rule_hash),
    ruleText: facts.text ?? '',
    ...(facts.rollout === undefined ? {} : { ruleStage: facts.rollout.stage }),
    ...optional('descriptionTemplate', facts.descriptionTemplate),
    ...(row.origin === null || row.origin === undefined
      ? {}
      : { provenance: JSON.parse(text(row.origin)) as RuleProvenance }),
    title: text(row.title),
    severity: text(row.severity) as AlertSeverity,
    status: text(row.status) as AlertStatus,
    dedupHash: text(row.dedup_hash),
    count: Number(row.count),
    firstSeen: Number(row.first_seen),
    lastSeen: Number(row.last_seen),
    created: Number(row.created),
    updated: Number(row.updated),
    version: Number(row.version),
    source: text(row.source),
    tags: JSON.parse(text(row.tags)) as string[],
    eventId: text(row.event_id),
    event: JSON.parse(text(row.event)) as Event,
    eventIds: text(row.event_ids).split(' ').filter(isWholeId),
    ...(row.verdict === null ? {} : { verdict: text(row.verdict) as Verdict }),
    ...optional('reason', row.reason),
    ...optional('owner', row.owner),
    ...(row.previous === null ? {} : { previousId: alertId(Number(row.previous)) }),
    ...optional('host', row.host),
    ...optional('user', row.user),
    ...optional('srcIp', row.src_ip),
    ...(row.suppression === null || row.suppression === undefined
      ? {}
      : { muteId: suppressionId(Number(row.suppression)) }),
  }
}

/** `ids` is cut by length, so its last id may be a part. */
function isWholeId(id: string): boolean {
  return /^\d{8}-\d{12,}$/.test(id)
}
