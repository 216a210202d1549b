// Runs of rules and what they add up to (D5).
import { z } from 'zod'
import { keepOpen } from '../../middleware/env.ts'
import { ServiceError } from '../../services/service-error.ts'
import {
  RUN_STATUSES,
  RUN_TRIGGERS,
  RUNS_PAGE_MAX,
  type RunRecord,
} from '../../stores/state/runs.ts'
import { route } from './route.ts'
import { defined, iso, Time } from './schemas.ts'
import { RangeParams, rangeOf } from './search-params.ts'

export const RunAnswer = z.object({
  id: z.string(),
  trigger: z.enum(RUN_TRIGGERS),
  mode: z.enum(['detect', 'replay']).describe('detect raises alerts, replay only looks'),
  status: z.enum(RUN_STATUSES),
  by: z.string(),
  scheduled_for: Time.optional(),
  started: Time,
  finished: Time.optional(),
  duration_ms: z.number().optional(),
  progress: z.number().describe('0 to 1'),
  match_count: z.number(),
  suppressed_count: z.number(),
  alert_count: z.number(),
  new_count: z.number().optional().describe('Matches that the run before did not have'),
  sample_event_ids: z.array(z.string()),
  error: z.string().optional(),
  rule_commit: z.string().optional(),
  rule_hash: z.string().optional(),
  from_sequence: z.number().optional().describe('Ingest sequences looked at: above this one'),
  to_sequence: z.number().optional().describe('and up to this one'),
})

/** A run as the API shows it. */
export function runJson(run: RunRecord): z.input<typeof RunAnswer> {
  const { trigger, mode, status, by, progress, matches, suppressed, alerts } = run
  const time = (value: number | undefined) => (value === undefined ? undefined : iso(value))
  return {
    ...{ id: run.run, trigger, mode, status, by, started: iso(run.started), progress },
    ...{ match_count: matches, suppressed_count: suppressed, alert_count: alerts },
    sample_event_ids: [...run.sampleEventIds],
    ...defined({
      scheduled_for: time(run.scheduledFor),
      finished: time(run.finished),
      duration_ms: run.duration_ms,
      new_count: run.fresh,
      error: run.error,
      rule_commit: run.ruleCommit,
      rule_hash: run.ruleHash,
      from_sequence: run.from,
      to_sequence: run.to,
    }),
  }
}

const RuleId = z.object({ id: z.string().max(200) })

export const runRule = route({
  method: 'post',
  path: '/api/v1/detections/rules/:id/run',
  access: 'alerts:write',
  tag: 'detections',
  summary:
    'Run a rule now: one with a schedule covers what came in since its last run and raises alerts, any other is replayed over stored events and raises nothing',
  params: RuleId,
  query: RangeParams.extend({
    wait: z.enum(['true', 'false']).default('false').describe('Answer when the run has ended'),
  }),
  body: z.strictObject({ mode: z.enum(['detect', 'replay']).optional() }).optional(),
  status: 202,
  answer: RunAnswer,
  also: { 200: RunAnswer },
  handle: async ({ params, query, body, principal, services, c }) => {
    const by = { name: principal?.name ?? '', ip: c.get('ip') }
    const range = rangeOf(query, Date.now())
    const request = { range, ...(body?.mode === undefined ? {} : { mode: body.mode }) }
    const { run, done } = await services.ruleRuns.run(params.id, request, by)
    if (query.wait === 'false') return runJson(run)
    keepOpen(c)
    return c.json(runJson(await done), 200)
  },
})

export const listRuns = route({
  method: 'get',
  path: '/api/v1/detections/rules/:id/runs',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Runs of a rule, newest first, with its schedule',
  params: RuleId,
  query: z.object({ limit: z.coerce.number().int().min(1).max(RUNS_PAGE_MAX).default(50) }),
  answer: z.object({
    runs: z.array(RunAnswer),
    count: z.number(),
    schedule_enabled: z.boolean(),
    schedule_interval_minutes: z.number().optional(),
    next_run_at: Time.optional(),
    last_run_at: Time.optional(),
  }),
  handle: async ({ params, query, services }) => {
    if ((await services.rules.get(params.id)) === undefined)
      throw new ServiceError('not-found', `no rule ${params.id}`)
    const [runs, schedule] = await Promise.all([
      services.ruleRuns.list(params.id, query.limit),
      services.ruleRuns.schedule(params.id),
    ])
    const { interval_ms, nextRunAt, lastRunAt } = schedule ?? {}
    return {
      runs: runs.map(runJson),
      count: runs.length,
      schedule_enabled: interval_ms !== undefined,
      ...defined({
        schedule_interval_minutes: interval_ms === undefined ? undefined : interval_ms / 60_000,
        next_run_at: nextRunAt === undefined ? undefined : iso(nextRunAt),
        last_run_at: lastRunAt === undefined ? undefined : iso(lastRunAt),
      }),
    }
  },
})

export const getRun = route({
  method: 'get',
  path: '/api/v1/detections/rules/:id/runs/:run',
  access: 'detections:read',
  tag: 'detections',
  summary: 'One run of a rule, with its progress',
  params: RuleId.extend({ run: z.string().max(64) }),
  answer: RunAnswer,
  handle: async ({ params, services }) => {
    const run = await services.ruleRuns.get(params.id, params.run)
    if (run === undefined) throw new ServiceError('not-found', `no run ${params.run}`)
    return runJson(run)
  },
})

const Busy = z.object({
  rule_id: z.string(),
  title: z.string(),
  match_count: z.number(),
  suppressed_count: z.number(),
  alert_count: z.number(),
})

export const ruleMetrics = route({
  method: 'get',
  path: '/api/v1/detections/metrics',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Scheduled rules, runs and matches of 24 hours, what was suppressed, noisy rules',
  answer: z.object({
    at: Time,
    since: Time,
    scheduled_rules: z.number(),
    overdue_rules: z.number(),
    runs_24h: z.number(),
    failed_runs_24h: z.number(),
    matches_24h: z.number().describe('Of all rules, scheduled or not'),
    scheduled_matches_24h: z.number(),
    suppressed_24h: z.number(),
    alerts_24h: z.number(),
    shadow_alerts_24h: z.number(),
    noisy_rules: z.array(
      z.object({
        rule_id: z.string(),
        title: z.string(),
        judged: z.number(),
        false_positives: z.number(),
        false_positive_ratio: z.number(),
      }),
    ),
    high_match_rules: z.array(Busy),
    suppressed_rules: z.array(Busy),
    costly_rules: z.array(
      z.object({
        rule_id: z.string(),
        title: z.string(),
        runs: z.number(),
        duration_ms: z.number(),
      }),
    ),
  }),
  handle: async ({ services }) => {
    const found = await services.ruleRuns.metrics()
    const { at, since, runs, matches, suppressed, alerts } = found
    return {
      ...{ at: iso(at), since: iso(since), scheduled_rules: found.scheduled },
      ...{ overdue_rules: found.overdue, runs_24h: runs.runs, failed_runs_24h: runs.failed },
      ...{ matches_24h: matches, scheduled_matches_24h: runs.matches },
      ...{ suppressed_24h: suppressed, alerts_24h: alerts, shadow_alerts_24h: found.shadowAlerts },
      noisy_rules: found.noisy.map(({ id, title, judged, falsePositives }) => ({
        ...{ rule_id: id, title, judged, false_positives: falsePositives },
        false_positive_ratio: falsePositives / judged,
      })),
      high_match_rules: found.highMatch.map(busyJson),
      suppressed_rules: found.mostSuppressed.map(busyJson),
      costly_rules: found.costly.map(({ id, title, runs: count, duration_ms }) => ({
        ...{ rule_id: id, title, runs: count, duration_ms },
      })),
    }
  },
})

interface BusyRow {
  readonly id: string
  readonly title: string
  readonly matches: number
  readonly suppressed: number
  readonly alerts: number
}

function busyJson({ id, title, matches, suppressed, alerts }: BusyRow) {
  return {
    ...{ rule_id: id, title, match_count: matches },
    ...{ suppressed_count: suppressed, alert_count: alerts },
  }
}
