// The alert of a source that fell silent: one for each silence.
import type { Event } from '../../../parsers/event.ts'
import { alertId, CLOSED_STATUSES } from './alert-rows.ts'
import { insertAlerts } from './alert-writer.ts'
import { type Context, sha256 } from './context.ts'

export const SILENT_SOURCE_RULE_ID = 'source_silent'

/** Raises the alert of `source`, silent since `lastEvent` (ms); returns its id. A silence that has its
 * alert gets no second one, whatever became of it; a further silence raises the count of an open one. */
export function raiseSilentSource(
  { database, now }: Context,
  source: string,
  lastEvent: number,
  silentAfter_s: number,
): Promise<string> {
  const dedupHash = sha256(
    JSON.stringify([SILENT_SOURCE_RULE_ID, ['source', source.toLowerCase()]]),
  )
  return database.write(async (write) => {
    const latest = await database.first(
      'SELECT number, status, last_seen FROM alerts WHERE dedup_hash = ? ORDER BY number DESC LIMIT 1',
      [dedupHash],
    )
    const known = latest === undefined ? undefined : Number(latest.number)
    if (latest !== undefined && known !== undefined) {
      if (Number(latest.last_seen) >= lastEvent) return alertId(known)
      if (!CLOSED_STATUSES.some((status) => status === latest.status)) {
        write.add(
          'UPDATE alerts SET count = count + 1, last_seen = ?, updated = ? WHERE number = ?',
          [lastEvent, now(), known],
        )
        return alertId(known)
      }
    }
    const newest = await database.first('SELECT max(number) AS n FROM alerts')
    const number = Number(newest?.n ?? 0) + 1
    const title = `Source ${source} is silent`
    insertAlerts(
      write,
      [
        {
          number,
          ruleId: SILENT_SOURCE_RULE_ID,
          ruleHash: '',
          ruleTitle: 'A log source is silent',
          title,
          severity: 'medium',
          tags: [],
          dedupHash,
          previous: known ?? null,
          event: silenceEvent(source, lastEvent, silentAfter_s, now()),
          count: 1,
          firstSeen: lastEvent,
          lastSeen: lastEvent,
          eventIds: [],
        },
      ],
      now(),
    )
    return alertId(number)
  })
}

function silenceEvent(source: string, lastEvent: number, silentAfter_s: number, at: number): Event {
  const since = new Date(lastEvent).toISOString()
  const message = `No event of ${source} since ${since}, longer than ${silentAfter_s} s`
  return {
    id: '',
    time: at,
    ingested: at,
    source,
    parser: 'trapline',
    logsource: { product: 'trapline', category: [], service: [], closed: true },
    pivots: {},
    message,
    fields: { source, last_event: since, silent_after_s: silentAfter_s },
    raw: message,
  }
}
