// Runs of rules as people ask for them, and what they add up to (D5, D8, D10).
import type { Actor } from '../stores/state/access.ts'
import type { RunMode, RunRecord, RunTotals, Schedule } from '../stores/state/runs.ts'
import type { StateClient } from '../workers/state-client.ts'
import type { ReplayRange } from './rule-runs.ts'
import type { ScheduleService, StartedRun } from './schedules.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService, RuleSummary } from './services.ts'

const DAY_MS = 24 * 3600_000
/** A rule is noisy when so many of its alerts were judged and this share of them was false. */
export const NOISY_JUDGED_MIN = 3
export const NOISY_SHARE = 0.5
/** Rows of each list of the metrics. */
export const METRIC_ROWS_MAX = 10

export interface RunRequest {
  /** Default: `detect` for rules with a schedule, else `replay`. */
  readonly mode?: RunMode
  /** Range of a replay. */
  readonly range: ReplayRange
}

export interface NoisyRule {
  readonly id: string
  readonly title: string
  /** Alerts and feedback that said true or false, and false. */
  readonly judged: number
  readonly falsePositives: number
}

export interface BusyRule {
  readonly id: string
  readonly title: string
  readonly matches: number
  readonly suppressed: number
  readonly alerts: number
}

export interface CostlyRule {
  readonly id: string
  readonly title: string
  readonly runs: number
  readonly duration_ms: number
}

export interface RuleMetrics {
  /** When, and the range of the sums, milliseconds. */
  readonly at: number
  readonly since: number
  readonly scheduled: number
  /** Scheduled rules that are late by more than one interval. */
  readonly overdue: number
  readonly runs: RunTotals
  /** Of all rules, scheduled or not. */
  readonly matches: number
  readonly suppressed: number
  readonly alerts: number
  readonly shadowAlerts: number
  readonly noisy: readonly NoisyRule[]
  readonly highMatch: readonly BusyRule[]
  readonly mostSuppressed: readonly BusyRule[]
  readonly costly: readonly CostlyRule[]
}

export interface RuleRunService {
  /** Starts a run of a rule. Rejects `not-found`, `invalid` for what cannot run so, `conflict` while one is
   * under way. */
  run(id: string, request: RunRequest, by: Actor): Promise<StartedRun>
  list(id: string, limit: number): Promise<readonly RunRecord[]>
  get(id: string, run: string): Promise<RunRecord | undefined>
  schedule(id: string): Promise<Schedule | undefined>
  metrics(): Promise<RuleMetrics>
}

export interface RuleRunServiceParts {
  readonly schedules: ScheduleService
  readonly rules: Pick<RuleService, 'list' | 'get' | 'readsEvents'>
  readonly state: Pick<
    StateClient,
    | 'runTotals'
    | 'ruleVolumes'
    | 'runCosts'
    | 'feedbackCounts'
    | 'listSchedules'
    | 'getRun'
    | 'audit'
  >
  readonly now?: () => number
}

export function createRuleRuns(parts: RuleRunServiceParts): RuleRunService {
  const { schedules, rules, state } = parts
  return {
    run: async (id, { mode, range }, by) => {
      const rule = await rules.get(id)
      if (rule === undefined) throw new ServiceError('not-found', `no rule ${id}`)
      const chosen = mode ?? (rule.schedule === undefined ? 'replay' : 'detect')
      refuse(rule, chosen, rules.readsEvents(id), range)
      const started = await schedules.runNow(
        { kind: 'rule', id },
        { mode: chosen, options: range },
        by,
      )
      await state.audit({ action: 'rule.run', object: `rule ${id}`, after: chosen }, by)
      return started
    },
    list: (id, limit) => schedules.runs({ kind: 'rule', id }, limit),
    get: async (id, run) => {
      const found = await state.getRun(run)
      return found?.kind === 'rule' && found.id === id ? found : undefined
    },
    schedule: (id) => schedules.get({ kind: 'rule', id }),
    metrics: () => metricsOf(parts),
  }
}

function refuse(rule: RuleSummary, mode: RunMode, readsEvents: boolean, range: ReplayRange): void {
  const problem = () => {
    if (rule.refused !== undefined) return `this rule cannot run: ${rule.refused.message}`
    if (!readsEvents) return 'a correlation reads matches of other rules: run those'
    if (mode === 'detect' && rule.schedule === undefined)
      return 'this rule has no schedule: it runs as events arrive, and can only be replayed'
    if (mode === 'replay' && range.to <= range.from) return 'the range is empty'
    return undefined
  }
  const message = problem()
  if (message !== undefined) throw new ServiceError('invalid', message)
}

async function metricsOf(parts: RuleRunServiceParts): Promise<RuleMetrics> {
  const { rules, state, now = Date.now } = parts
  const at = now()
  const since = at - DAY_MS
  const [runs, volumes, costs, feedback, scheduled] = await Promise.all([
    state.runTotals('rule', since),
    state.ruleVolumes(since),
    state.runCosts('rule', since, METRIC_ROWS_MAX),
    state.feedbackCounts(),
    state.listSchedules('rule'),
  ])
  const titles = new Map(rules.list().map(({ id, title }) => [id, title]))
  const titleOf = (id: string) => titles.get(id) ?? id
  const busy = Object.entries(volumes).map(([id, { matches, suppressed, alerts }]) => ({
    ...{ id, title: titleOf(id), matches, suppressed, alerts },
  }))
  const sum = (name: 'matches' | 'suppressed' | 'alerts' | 'shadow') =>
    Object.values(volumes).reduce((all, one) => all + one[name], 0)
  const noisy = Object.entries(feedback)
    .map(([id, { truePositive, falsePositive }]) => ({
      ...{ id, title: titleOf(id), judged: truePositive + falsePositive },
      falsePositives: falsePositive,
    }))
    .filter(
      ({ judged, falsePositives }) =>
        judged >= NOISY_JUDGED_MIN && falsePositives / judged >= NOISY_SHARE,
    )
  return {
    ...{ at, since, runs, scheduled: scheduled.length },
    overdue: scheduled.filter((one) => isOverdue(one, at)).length,
    ...{ matches: sum('matches'), suppressed: sum('suppressed'), alerts: sum('alerts') },
    shadowAlerts: sum('shadow'),
    noisy: most(noisy, ({ falsePositives }) => falsePositives),
    highMatch: most(busy, ({ matches }) => matches),
    mostSuppressed: most(
      busy.filter(({ suppressed }) => suppressed > 0),
      ({ suppressed }) => suppressed,
    ),
    costly: costs.map((cost) => ({ ...cost, title: titleOf(cost.id) })),
  }
}

function isOverdue({ nextRunAt, interval_ms = 0 }: Schedule, now: number): boolean {
  return nextRunAt !== undefined && now - nextRunAt > interval_ms
}

function most<T>(rows: readonly T[], by: (row: T) => number): readonly T[] {
  return rows.toSorted((a, b) => by(b) - by(a)).slice(0, METRIC_ROWS_MAX)
}
