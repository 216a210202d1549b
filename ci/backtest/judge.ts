// A tally against the budgets and against what analysts decided before.
import type { Budgets } from '../settings.ts'
import type { PastAlert } from './server-events.ts'
import type { Tally } from './tally.ts'

export interface Verdicts {
  /** Alerts judged true positive whose events the new version misses. */
  readonly lostTruePositives: readonly PastAlert[]
  readonly keptTruePositives: number
  /** Alerts judged false positive that would be raised again. */
  readonly refiredFalsePositives: readonly PastAlert[]
  /** Alerts none of whose events the new version matches. */
  readonly quiet: readonly PastAlert[]
  /** Every alert whose events were replayed. */
  readonly replayed: readonly PastAlert[]
}

export interface Finding {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly message: string
}

export interface Judged {
  readonly tally: Tally
  readonly verdicts: Verdicts
  readonly cost: { readonly before_ms: number; readonly after_ms: number }
  readonly findings: readonly Finding[]
}

const TRUE_POSITIVES = new Set(['true_positive', 'benign_true_positive'])
const FALSE_POSITIVES = new Set(['false_positive_logic', 'false_positive_data'])

/** Which old decisions a change keeps. `fires` holds the ids of events that the new version matches; an alert of
 * a correlation (`isWhole`) is kept as long as one of its events still contributes. */
export function compareVerdicts(
  past: readonly PastAlert[],
  fires: ReadonlySet<string>,
  seen: ReadonlySet<string>,
  isWhole = false,
): Verdicts {
  const replayed = past.filter(({ eventIds }) => eventIds.some((id) => seen.has(id)))
  const stillFires = ({ eventIds }: PastAlert) => eventIds.some((id) => fires.has(id))
  const loses = (alert: PastAlert) =>
    isWhole ? !stillFires(alert) : alert.eventIds.some((id) => seen.has(id) && !fires.has(id))
  const truths = replayed.filter(({ verdict }) => TRUE_POSITIVES.has(verdict ?? ''))
  const lostTruePositives = truths.filter(loses)
  return {
    lostTruePositives,
    keptTruePositives: truths.length - lostTruePositives.length,
    refiredFalsePositives: replayed
      .filter(({ verdict }) => FALSE_POSITIVES.has(verdict ?? ''))
      .filter(stillFires),
    quiet: replayed.filter((alert) => !stillFires(alert)),
    replayed,
  }
}

/** How alerts were judged, most frequent first: `{ false_positive_logic: 398, new: 5 }`. */
export function countVerdicts(alerts: readonly PastAlert[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(alerts, ({ verdict, status }) => verdict ?? status)
  const counts = [...groups].map(([name, own]): [string, number] => [name, own.length])
  return Object.fromEntries(counts.sort(([, a], [, b]) => b - a))
}

/** What is wrong with a change. `days` is the length of the replayed range. */
export function judge(
  parts: Omit<Judged, 'findings'>,
  budgets: Budgets,
  days: number,
): readonly Finding[] {
  const { tally, verdicts, cost } = parts
  const findings: Finding[] = []
  const newAlerts = Math.max(0, tally.alertsAfter - tally.alertsBefore)
  const perDay = newAlerts / days
  const { max_new_per_day, max_ms_per_100k_events, max_cardinality } = budgets
  if (max_new_per_day !== undefined && perDay > max_new_per_day)
    findings.push(
      error('max-new-per-day', `${round(perDay)} new alerts a day, at most ${max_new_per_day}`),
    )
  for (const { alertId, isAgreed } of verdicts.lostTruePositives) {
    if (isAgreed) {
      const message = `no longer fires on ${alertId}, a true positive that two people agreed to hide`
      findings.push({ code: 'agreed-true-positive', severity: 'warning', message })
      continue
    }
    const message = `no longer fires on ${alertId}, which was judged a true positive`
    const severity = budgets.no_lost_true_positives ? 'error' : 'warning'
    findings.push({ code: 'lost-true-positive', severity, message })
  }
  for (const { alertId } of verdicts.refiredFalsePositives)
    findings.push({
      code: 'refired-false-positive',
      severity: 'warning',
      message: `still fires on ${alertId}, which was judged a false positive`,
    })
  if (max_ms_per_100k_events !== undefined && cost.after_ms > max_ms_per_100k_events)
    findings.push(
      error(
        'cost',
        `${round(cost.after_ms)} ms per 100,000 events, at most ${max_ms_per_100k_events}`,
      ),
    )
  const cardinality = tally.cardinality.after
  if (max_cardinality !== undefined && cardinality > max_cardinality)
    findings.push(
      error('cardinality', `${cardinality} hosts and users, at most ${max_cardinality}`),
    )
  return findings
}

const error = (code: string, message: string): Finding => ({ code, severity: 'error', message })

function round(value: number): number {
  return Math.round(value * 10) / 10
}
