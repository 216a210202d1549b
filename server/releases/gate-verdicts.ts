// Verdicts are tests (G5): an event once judged a true positive must keep firing.
import type { ChangedRule } from '../../ci/backtest/changes.ts'
import type { Event } from '../../parsers/event.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule, LoadedRules } from '../../sigma/rule.ts'
import type { ReleaseFinding, ReleaseVerdicts } from '../stores/state/releases.ts'

/** An event that someone judged, as its alert keeps it. */
export interface KeptVerdict {
  readonly ruleId: string
  readonly alertId?: string | undefined
  readonly isTruePositive: boolean
  readonly event: Event
  /** Filters that two people agreed may hide it. */
  readonly agreedFilters?: readonly string[] | undefined
}

export interface VerdictOutcome {
  readonly verdicts: ReleaseVerdicts
  readonly findings: readonly ReleaseFinding[]
}

/**
 * What a change does to kept verdicts. A true positive is lost when the old version fires on its event and the
 * new one does not; of a rule that is gone, when no other rule fires either. A false positive that fires anew
 * warns.
 */
export function judgeVerdicts(
  kept: readonly KeptVerdict[],
  changed: readonly ChangedRule[],
  after: LoadedRules,
  severity: 'error' | 'warning',
): VerdictOutcome {
  const changes = new Map(changed.map((change) => [change.id, change]))
  const correlations = new Set(after.correlations.map(({ id }) => id))
  const matchers = createMatchers(after)
  const findings: ReleaseFinding[] = []
  const lost: string[] = []
  let fired = 0
  let events = 0
  let notReplayed = 0
  for (const { ruleId, alertId = 'an event', isTruePositive, event, agreedFilters } of kept) {
    if (isTruePositive && correlations.has(ruleId)) notReplayed++
    const change = changes.get(ruleId)
    if (change === undefined) continue
    const before = matchers.fires(change.before, event)
    const now =
      change.after === undefined ? matchers.anyFires(event) : matchers.fires(change.after, event)
    const { title, path } = change
    if (!isTruePositive) {
      if (now && !before && change.after !== undefined) findings.push(refired(title, path, alertId))
      continue
    }
    events++
    if (now) fired++
    if (now || !before) continue
    const agreed = after.filters.find(
      ({ id, applied }) => agreedFilters?.includes(id) && applied.includes(ruleId),
    )
    if (agreed !== undefined) {
      findings.push(hiddenByAgreement(title, agreed.path, alertId))
      continue
    }
    lost.push(alertId)
    const what = change.after === undefined ? 'is removed, and no other rule' : 'no longer'
    const message = `"${title}" ${what} fires on ${alertId}, which was judged a true positive`
    findings.push({ code: 'lost-true-positive', severity, message, path })
  }
  return { verdicts: { events, fired, lost, notReplayed }, findings }
}

function hiddenByAgreement(title: string, path: string, alertId: string): ReleaseFinding {
  const message = `"${title}" no longer fires on ${alertId}, a true positive that two people agreed to hide`
  return { code: 'agreed-true-positive', severity: 'warning', message, path }
}

function refired(title: string, path: string, alertId: string): ReleaseFinding {
  const message = `"${title}" fires anew on ${alertId}, which was judged a false positive`
  return { code: 'refired-false-positive', severity: 'warning', message, path }
}

/** Matchers, each made once and only when asked. */
function createMatchers(after: LoadedRules) {
  const own = new Map<LoadedRule, ReturnType<typeof compileMatcher>>()
  let all: ReturnType<typeof compileMatcher> | undefined
  return {
    fires: (rule: LoadedRule | undefined, event: Event): boolean => {
      if (rule === undefined) return false
      return own.getOrInsertComputed(rule, () => compileMatcher([rule])).match(event).length > 0
    },
    anyFires: (event: Event): boolean => {
      all ??= compileMatcher(after.rules)
      return all.match(event).length > 0
    },
  }
}
