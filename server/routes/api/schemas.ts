// The shapes that API answers share, and how stored values become them. Names are snake_case, times ISO 8601.
import { z } from 'zod'
import type { Event } from '../../../parsers/event.ts'
import { PIVOTS } from '../../../sigma/event.ts'
import { ROLLOUT_STAGES } from '../../../sigma/rule.ts'
import { OBSERVABLE_TYPES } from '../../stores/state/promotions.ts'
import {
  ALERT_STATUSES,
  type Alert,
  ROLES,
  SEVERITIES,
  VERDICTS,
} from '../../stores/state/state-store.ts'

export const Time = z.iso.datetime().describe('ISO 8601, UTC')
export const Severity = z.enum(SEVERITIES)
export const RoleName = z.enum(ROLES)

const pivots = Object.fromEntries(
  PIVOTS.map((name) => [name, z.union([z.string(), z.number()]).optional()]),
)

export const EventAnswer = z.object({
  id: z.string(),
  time: Time,
  ingested: Time,
  source: z.string(),
  parser: z.string(),
  logsource: z.object({
    product: z.string().optional(),
    category: z.array(z.string()),
    service: z.array(z.string()),
    closed: z.boolean().describe('False: a rule is left out only by a log source that conflicts'),
  }),
  ...pivots,
  message: z.string(),
  fields: z.record(z.string(), z.unknown()),
  raw: z.string(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})
export type EventJson = z.input<typeof EventAnswer>

/** A time as the API writes it. */
export const iso = (ms: number): string => new Date(ms).toISOString()

/** An event as the API writes it: pivots beside the rest. */
export function eventJson(event: Event): EventJson {
  const { product, category, service, closed } = event.logsource
  return {
    id: event.id,
    time: iso(event.time),
    ingested: iso(event.ingested),
    source: event.source,
    parser: event.parser,
    logsource: {
      ...(product === undefined ? {} : { product }),
      category: [...category],
      service: [...service],
      closed,
    },
    ...event.pivots,
    message: event.message,
    fields: event.fields,
    raw: event.raw,
    ...(event.error ? { error: event.error } : {}),
  }
}

export const AlertAnswer = z.object({
  id: z.string(),
  rule_id: z.string(),
  rule_title: z.string(),
  rule_hash: z.string(),
  rule_stage: z.enum(ROLLOUT_STAGES).optional(),
  title: z.string(),
  severity: Severity,
  status: z.enum(ALERT_STATUSES),
  verdict: z.enum(VERDICTS).optional(),
  reason: z.string().optional(),
  owner: z.string().optional(),
  count: z.number(),
  first_seen: Time,
  last_seen: Time,
  created: Time,
  updated: Time,
  version: z.number(),
  previous_id: z.string().optional(),
  dedup_hash: z.string(),
  mute_id: z.string().optional().describe('The mute that holds it'),
  host: z.string().optional(),
  user: z.string().optional(),
  src_ip: z.string().optional(),
  source: z.string(),
  tags: z.array(z.string()),
  event_id: z.string(),
  event_ids: z.array(z.string()),
})
export type AlertJson = z.input<typeof AlertAnswer>

export const AlertDetail = AlertAnswer.extend({
  event: EventAnswer,
  rule_text: z.string(),
  description: z.string().optional(),
  observables: z
    .array(z.object({ type: z.enum(OBSERVABLE_TYPES), value: z.string() }))
    .describe('Found in promoted events'),
  activity: z.array(
    z.object({
      at: Time,
      who: z.string(),
      what: z.string(),
      before: z.string().optional(),
      after: z.string().optional(),
    }),
  ),
})

/** An alert as lists and streams write it: without the event's copy and the rule's text. */
export function alertJson(alert: Alert): AlertJson {
  const { id, title, severity, status, verdict, reason, owner, count, version } = alert
  return defined({
    id,
    rule_id: alert.ruleId,
    rule_title: alert.ruleTitle,
    rule_hash: alert.ruleHash,
    rule_stage: alert.ruleStage,
    title,
    severity,
    status,
    verdict,
    reason,
    owner,
    count,
    first_seen: iso(alert.firstSeen),
    last_seen: iso(alert.lastSeen),
    created: iso(alert.created),
    updated: iso(alert.updated),
    version,
    previous_id: alert.previousId,
    dedup_hash: alert.dedupHash,
    mute_id: alert.muteId,
    host: alert.host,
    user: alert.user,
    src_ip: alert.srcIp,
    source: alert.source,
    tags: [...alert.tags],
    event_id: alert.eventId,
    event_ids: [...alert.eventIds],
  })
}

type Defined<T> = { [name in keyof T]: Exclude<T[name], undefined> }

/** The same object without the keys whose value is undefined. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>
}
