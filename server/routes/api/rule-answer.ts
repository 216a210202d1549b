// A rule as the API writes it: what Sigma says, what stands under `trapline`, and how it does (D4).
import { z } from 'zod'
import { LEVELS, ROLLOUT_STAGES } from '../../../sigma/rule.ts'
import { durationOf } from '../../services/schedule-clock.ts'
import type { RuleSummary, Services } from '../../services/services.ts'
import { defined, iso, Severity, Time } from './schemas.ts'

const MINUTE_MS = 60_000

export const RuleAnswer = z.object({
  id: z.string(),
  title: z.string(),
  level: Severity,
  severity: z.enum(LEVELS).describe('Of its alerts: `trapline.severity`, else the level'),
  status: z.string(),
  author: z.string().optional(),
  owner: z.string().optional(),
  description: z.string().optional(),
  logsource: z.object({
    product: z.string().optional(),
    category: z.string().optional(),
    service: z.string().optional(),
  }),
  techniques: z.array(z.string()),
  tags: z.array(z.string()),
  auto_create_case: z.boolean().describe('Kept; there are no cases yet'),
  schedule_enabled: z.boolean().describe('False: it is matched as events arrive'),
  schedule_interval_minutes: z.number().optional(),
  next_run_at: Time.optional(),
  last_run_at: Time.optional(),
  rollout: z
    .object({
      stage: z.enum(ROLLOUT_STAGES),
      share: z.number().optional(),
      min_days: z.number().optional(),
      max_alerts_per_day: z.number().optional(),
      min_precision: z.number().optional(),
    })
    .optional(),
  hash: z.string(),
  path: z.string(),
  overlay: z.boolean().describe('From a TRAPLINE_RULES folder: read only'),
  refused: z.object({ code: z.string(), message: z.string() }).optional(),
  tests: z.object({ positive: z.number(), negative: z.number() }),
  matches: z.number(),
  last_match: Time.optional(),
})

/** Writes rules with their matches and runs as they are now. */
export async function ruleWriter({
  rules,
  state,
}: Pick<Services, 'rules' | 'state'>): Promise<(rule: RuleSummary) => z.input<typeof RuleAnswer>> {
  const [hits, schedules] = await Promise.all([rules.hits(), state.listSchedules('rule')])
  const runs = new Map(schedules.map((one) => [one.id, one]))
  const time = (value: number | undefined) => (value === undefined ? undefined : iso(value))
  return (rule) => {
    const { id, title, level, status, author, description, logsource, owner, rollout } = rule
    const { techniques, tags, hash, path, overlay, refused, tests, schedule } = rule
    const hit = Object.hasOwn(hits, id) ? hits[id] : undefined
    const interval_ms = schedule === undefined ? undefined : durationOf(schedule)
    const run = runs.get(id)
    return defined({
      ...{ id, title, level, status, author, description, logsource, owner },
      ...{ techniques, tags, hash, path, overlay, refused, tests },
      ...{ severity: rule.severity ?? level, auto_create_case: rule.autoCreateCase ?? false },
      schedule_enabled: interval_ms !== undefined,
      schedule_interval_minutes: interval_ms && interval_ms / MINUTE_MS,
      next_run_at: interval_ms && time(run?.nextRunAt),
      last_run_at: time(run?.lastRunAt),
      rollout: rollout && defined(rollout),
      matches: hit?.total ?? 0,
      last_match: time(hit?.last),
    }) as z.input<typeof RuleAnswer>
  }
}
