// A rule's alerts of a range, as verdicts are compared by.
import type { PastAlert } from '../../ci/backtest/server-events.ts'
import type { TimeRange } from '../stores/events/event-store.ts'
import type { StateClient } from '../workers/state-client.ts'

const ALERTS_PAGE = 500
/** Alerts whose verdicts a preview compares, the newest. */
export const PAST_ALERTS_MAX = 5_000

export async function pastAlerts(
  state: Pick<StateClient, 'listAlerts'>,
  ruleId: string,
  { from, to }: TimeRange,
): Promise<readonly PastAlert[]> {
  const out: PastAlert[] = []
  let cursor: string | undefined
  do {
    const page = await state.listAlerts({
      ...{ filter: { ruleId, from, to }, limit: ALERTS_PAGE, order: 'last_seen' },
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const { id, host, user, status, verdict, eventIds } of page.alerts)
      out.push({
        ...{ alertId: id, ruleId, host: host ?? '', user: user ?? '' },
        ...{ status, verdict, eventIds },
      })
    cursor = page.cursor
  } while (cursor !== undefined && out.length < PAST_ALERTS_MAX)
  return out
}
