// Events that people judged long ago: the server keeps them when retention takes the others, so that a change
// answers to them too.
import type { Event } from '../../parsers/event.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedFilter, LoadedRule } from '../../sigma/rule.ts'
import type { RuleChange } from './changes.ts'
import type { EventPair } from './reread.ts'
import type { KeptVerdict, PastAlert } from './server-events.ts'

/** Ids of events that were replayed through a change. */
export interface Seen {
  /** Either version matches. */
  readonly matched: Set<string>
  /** The new version matches. */
  readonly fires: Set<string>
}

/**
 * Runs both versions of a rule over its judged events, each as it is `read`, and notes in `seen` what they say. Correlations need
 * more than one event and are left to the replay.
 */
export function judgeKept(
  change: RuleChange,
  kept: readonly KeptVerdict[],
  filters: readonly LoadedFilter[],
  seen: Seen,
  read: (event: Event) => EventPair = (event) => ({ before: event, after: event }),
): readonly PastAlert[] {
  if (change.correlation !== undefined) return []
  const [before, after] = [firesOf(change.before), firesOf(change.after)]
  const own = new Set(
    filters.filter(({ applied }) => applied.includes(change.id)).map(({ id }) => id),
  )
  return kept.map(({ alertId, verdict, event, agreedFilters }) => {
    const pair = read(event)
    const fires = after(pair.after)
    if (fires || before(pair.before)) seen.matched.add(event.id)
    if (fires) seen.fires.add(event.id)
    return {
      ...{ alertId, ruleId: change.id, verdict, eventIds: [event.id], status: 'resolved' },
      ...{ host: String(event.pivots.host ?? ''), user: String(event.pivots.user ?? '') },
      isAgreed: agreedFilters.some((id) => own.has(id)),
    }
  })
}

function firesOf(rule: LoadedRule | undefined): (event: KeptVerdict['event']) => boolean {
  if (rule === undefined) return () => false
  const matcher = compileMatcher([rule])
  return (event) => matcher.match(event).length > 0
}

/** Alerts of the range, and those of kept events that are older. */
export function withKept(
  alerts: readonly PastAlert[],
  kept: readonly PastAlert[],
): readonly PastAlert[] {
  const agreed = new Set(kept.filter(({ isAgreed }) => isAgreed).map(({ alertId }) => alertId))
  const known = new Set(alerts.map(({ alertId }) => alertId))
  return [
    ...alerts.map((alert) => (agreed.has(alert.alertId) ? { ...alert, isAgreed: true } : alert)),
    ...kept.filter(({ alertId }) => !known.has(alertId)),
  ]
}
