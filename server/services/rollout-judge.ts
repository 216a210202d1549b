// Written criteria against what was measured (D16): stay, go on, or go back.
import type { Rollout, RolloutStage } from '../../sigma/rule.ts'
import type { MeasuredCriterion, RolloutMeasures } from '../stores/state/rollouts.ts'

const DAY_MS = 24 * 3600_000
/** Nothing is promoted sooner, whatever the criteria say. */
const DAYS_MIN = 1
/** A precision says nothing before so many verdicts. */
export const VERDICTS_MIN = 5

export interface Judgement {
  readonly criteria: readonly MeasuredCriterion[]
  readonly days: number
  readonly alertsPerDay: number
  /** Undefined before there are `VERDICTS_MIN` verdicts. */
  readonly precision: number | undefined
  /** Where it should go; undefined: it stays. */
  readonly to: RolloutStage | undefined
}

/** Judges a rule at its stage since `since`. Alerts count whether raised or only in shadow. */
export function judgeRollout(
  rollout: Rollout,
  measures: RolloutMeasures,
  since: number,
  now: number,
): Judgement {
  const days = Math.max(now - since, 0) / DAY_MS
  const alertsPerDay = (measures.alerts + measures.shadow) / Math.max(days, DAYS_MIN)
  const verdicts = measures.truePositives + measures.falsePositives
  const precision = verdicts < VERDICTS_MIN ? undefined : measures.truePositives / verdicts
  const criteria = criteriaOf(rollout, days, alertsPerDay, precision)
  return { criteria, days, alertsPerDay, precision, to: nextStage(rollout, criteria, days) }
}

function criteriaOf(
  rollout: Rollout,
  days: number,
  alertsPerDay: number,
  precision: number | undefined,
): MeasuredCriterion[] {
  const { min_days, max_alerts_per_day, min_precision } = rollout
  const criteria: MeasuredCriterion[] = []
  if (min_days !== undefined)
    criteria.push({ name: 'min_days', wanted: min_days, measured: days, met: days >= min_days })
  if (max_alerts_per_day !== undefined)
    criteria.push({
      ...{ name: 'max_alerts_per_day', wanted: max_alerts_per_day, measured: alertsPerDay },
      met: alertsPerDay <= max_alerts_per_day,
    })
  if (min_precision !== undefined)
    criteria.push({
      ...{ name: 'min_precision', wanted: min_precision },
      ...(precision === undefined ? {} : { measured: precision }),
      met: precision !== undefined && precision >= min_precision,
    })
  return criteria
}

/** Without criteria nobody but people moves a rule. */
function nextStage(
  { stage, share = 0 }: Rollout,
  criteria: readonly MeasuredCriterion[],
  days: number,
): RolloutStage | undefined {
  if (criteria.length === 0) return undefined
  const hasCanary = share > 0 && share < 1
  const broken = criteria.some(
    ({ name, met, measured }) => name !== 'min_days' && !met && measured !== undefined,
  )
  if (broken) {
    if (stage === 'live') return hasCanary ? 'canary' : 'shadow'
    return stage === 'canary' ? 'shadow' : undefined
  }
  if (stage === 'live' || days < DAYS_MIN || criteria.some(({ met }) => !met)) return undefined
  return stage === 'shadow' && hasCanary ? 'canary' : 'live'
}
