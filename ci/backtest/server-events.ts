// Events and verdicts of a running server, for a backtest against what it keeps.
import { z } from 'zod'
import type { Event } from '../../parsers/event.ts'
import { PIVOTS } from '../../sigma/event.ts'
import type { RuleFile } from '../../sigma/rule.ts'
import { UsageError } from '../command.ts'
import { scrub } from '../scrub.ts'
import { ask, linesOf, type ServerAccess } from '../send/api.ts'

/** An alert of a rule, and how someone judged it. */
export interface PastAlert {
  readonly alertId: string
  readonly ruleId: string
  readonly host: string
  readonly user: string
  /** `new`, `investigating`, `resolved`, `held`, ... */
  readonly status: string
  /** Undefined until someone gave one. */
  readonly verdict: string | undefined
  readonly eventIds: readonly string[]
  /** Two people agreed that a filter of the new version may hide it, though it is a true positive. */
  readonly isAgreed?: boolean
}

/** An event that someone judged, which the server keeps whatever retention takes. */
export interface KeptVerdict {
  readonly alertId: string
  readonly verdict: string
  readonly event: Event
  /** Ids of filters that may hide it. */
  readonly agreedFilters: readonly string[]
}

export interface ServerRange {
  readonly from: number
  readonly to: number
  readonly events: number
}

const ALERTS_PAGE = 500

const Head = z.object({
  range: z.object({ from: z.string(), to: z.string() }),
  events: z.number(),
})
/** An event as the API writes it. */
export const EventRow = z.looseObject({
  id: z.string(),
  time: z.string(),
  ingested: z.string(),
  source: z.string(),
  parser: z.string(),
  logsource: z.object({
    product: z.string().optional(),
    category: z.array(z.string()),
    service: z.array(z.string()),
    closed: z.boolean(),
  }),
  message: z.string(),
  fields: z.custom<Event['fields']>((value) => typeof value === 'object' && value !== null),
  raw: z.string(),
})
const Row = z.union([z.object({ event: EventRow }), z.object({ end: z.literal(true) })])
const Alerts = z.object({
  alerts: z.array(
    z.object({
      id: z.string(),
      rule_id: z.string(),
      host: z.string().default(''),
      user: z.string().default(''),
      status: z.string(),
      verdict: z.string().optional(),
      event_ids: z.array(z.string()),
    }),
  ),
  cursor: z.string().nullable().optional(),
})

/** Events of the server's store that one of the rules matches. Rejects `UsageError` with the server's own
 * words, or when the answer ends early. */
export async function replayOnServer(
  access: ServerAccess,
  versions: readonly (readonly RuleFile[])[],
  range: { readonly from: string; readonly to?: string },
  onEvent: (event: Event) => void,
): Promise<ServerRange> {
  const answer = await ask(access, `/api/v1/detections/replay?${new URLSearchParams(range)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ versions }),
  })
  let head: z.output<typeof Head> | undefined
  let ended = false
  for await (const line of linesOf(answer)) {
    const value: unknown = JSON.parse(line)
    if (head === undefined) {
      head = Head.parse(value)
      continue
    }
    const row = Row.parse(value)
    if ('end' in row) ended = true
    else onEvent(eventOf(row.event))
  }
  if (head === undefined || !ended)
    throw new UsageError(`${scrub(access.url)} stopped in the middle of the replay: try again`)
  const { range: replayed, events } = head
  return { from: Date.parse(replayed.from), to: Date.parse(replayed.to), events }
}

/** The newest events of the last `days`, whatever they are. */
export async function sampleOfServer(
  access: ServerAccess,
  days: number,
  count: number,
): Promise<Event[]> {
  const answer = await ask(access, `/api/v1/events?from=now-${days}d&limit=${count}`)
  const { events } = z.object({ events: z.array(EventRow) }).parse(await answer.json())
  return events.map(eventOf)
}

/** Alerts of a rule, newest first, as far back as `days`. */
export async function alertsOf(
  access: ServerAccess,
  ruleId: string,
  days: number,
): Promise<readonly PastAlert[]> {
  const found: PastAlert[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({
      rule: ruleId,
      from: `now-${days}d`,
      limit: String(ALERTS_PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    })
    const answer = await ask(access, `/api/v1/alerts?${query}`)
    const page = Alerts.parse(await answer.json())
    for (const { id, rule_id, event_ids, ...alert } of page.alerts)
      found.push({
        ...alert,
        verdict: alert.verdict,
        alertId: id,
        ruleId: rule_id,
        eventIds: event_ids,
      })
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined)
  return found
}

const Kept = z.object({
  verdicts: z.array(
    z.object({
      verdict: z.string(),
      alert_id: z.string().optional(),
      event: EventRow,
      agreed_filters: z.array(z.string()),
    }),
  ),
})

/** Events of a rule that were judged, however long ago. */
export async function keptVerdicts(
  access: ServerAccess,
  ruleId: string,
): Promise<readonly KeptVerdict[]> {
  const path = `/api/v1/detections/rules/${encodeURIComponent(ruleId)}/verdicts`
  const answer = await ask(access, path)
  return Kept.parse(await answer.json()).verdicts.map(
    ({ verdict, alert_id, event, agreed_filters }) => ({
      ...{ verdict, event: eventOf(event), agreedFilters: agreed_filters },
      alertId: alert_id ?? `event ${event.id}`,
    }),
  )
}

/** The event of a row of the API. */
export function eventOf(row: z.output<typeof EventRow>): Event {
  const { product, ...logsource } = row.logsource
  const pivots: Record<string, string | number> = {}
  for (const name of PIVOTS) {
    const value = row[name]
    if (typeof value === 'string' || typeof value === 'number') pivots[name] = value
  }
  return {
    id: row.id,
    time: Date.parse(row.time),
    ingested: Date.parse(row.ingested),
    source: row.source,
    parser: row.parser,
    logsource: product === undefined ? logsource : { ...logsource, product },
    pivots,
    message: row.message,
    fields: row.fields,
    raw: row.raw,
  }
}
