// Rules on their way to live, and what they would have raised (D16).
import { z } from 'zod'
import { ROLLOUT_STAGES } from '../../../sigma/rule.ts'
import { keepOpen } from '../../middleware/env.ts'
import { ROLLOUT_WORK, type RuleRollout } from '../../services/rollout.ts'
import { ServiceError } from '../../services/service-error.ts'
import { SHADOW_PAGE_MAX, SHADOW_VERDICTS, type ShadowAlert } from '../../stores/state/rollouts.ts'
import { route } from './route.ts'
import { RunAnswer, runJson } from './runs.ts'
import { defined, iso, Severity, Time } from './schemas.ts'

const Stage = z.enum(ROLLOUT_STAGES)
const Criterion = z.object({
  name: z.enum(['min_days', 'max_alerts_per_day', 'min_precision']),
  wanted: z.number(),
  measured: z.number().optional(),
  met: z.boolean(),
})
const RolloutAnswer = z.object({
  rule_id: z.string(),
  stage: Stage,
  since: Time,
  days: z.number(),
  alerts_per_day: z.number().describe('Raised and would-be alerts'),
  precision: z.number().optional(),
  criteria: z.array(Criterion),
  next_stage: Stage.optional().describe('Where the criteria say that it goes'),
  decision: z
    .object({
      to: Stage,
      at: Time,
      criteria: z.array(Criterion),
      proposal_id: z.string().optional(),
      problem: z.string().optional(),
    })
    .optional(),
})

function rolloutJson({ state, judgement }: RuleRollout): z.input<typeof RolloutAnswer> {
  const { decision } = state
  const { days, alertsPerDay, precision, criteria, to } = judgement
  return {
    ...{ rule_id: state.ruleId, stage: state.stage, since: iso(state.since), days },
    ...{ alerts_per_day: alertsPerDay, criteria: [...criteria] },
    ...defined({ precision, next_stage: to }),
    ...(decision === undefined
      ? {}
      : {
          decision: {
            ...{ to: decision.to, at: iso(decision.at), criteria: [...decision.criteria] },
            ...defined({ proposal_id: decision.proposalId, problem: decision.problem }),
          },
        }),
  }
}

export const ruleRollout = route({
  method: 'get',
  path: '/api/v1/detections/rules/:id/rollout',
  access: 'detections:read',
  tag: 'detections',
  summary: 'The stage of a rule, its written criteria and what is measured for them',
  params: z.object({ id: z.string().max(200) }),
  answer: RolloutAnswer,
  handle: async ({ params, services }) => {
    const found = await services.rollouts.of(params.id)
    if (found === undefined)
      throw new ServiceError('not-found', `no rule ${params.id} with trapline.rollout`)
    return rolloutJson(found)
  },
})

export const judgeRollouts = route({
  method: 'post',
  path: '/api/v1/detections/rollouts/run',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Judge every staged rule now, and propose what the criteria say',
  answer: RunAnswer,
  handle: async ({ principal, services, c }) => {
    keepOpen(c)
    const by = { name: principal?.name ?? '', ip: c.get('ip') }
    const { done } = await services.schedules.runNow(ROLLOUT_WORK, { mode: 'detect' }, by)
    const run = await done
    await services.state.audit(
      { action: 'rollout.judge', object: 'rollouts', after: `${run.matches} decided` },
      by,
    )
    return runJson(run)
  },
})

const ShadowAnswer = z.object({
  id: z.string(),
  rule_id: z.string(),
  rule_hash: z.string(),
  stage: Stage,
  title: z.string(),
  severity: Severity,
  count: z.number(),
  first_seen: Time,
  last_seen: Time,
  host: z.string().optional(),
  user: z.string().optional(),
  src_ip: z.string().optional(),
  source: z.string(),
  event_id: z.string(),
  event_ids: z.array(z.string()),
  verdict: z.enum(SHADOW_VERDICTS).optional(),
  judged_by: z.string().optional(),
})

function shadowJson(alert: ShadowAlert): z.input<typeof ShadowAnswer> {
  const { id, stage, title, severity, count, host, user, source, verdict } = alert
  return {
    ...{ id, rule_id: alert.ruleId, rule_hash: alert.ruleHash, stage, title, severity, count },
    ...{ first_seen: iso(alert.firstSeen), last_seen: iso(alert.lastSeen), source },
    ...{ event_id: alert.eventId, event_ids: [...alert.eventIds] },
    ...defined({ host, user, src_ip: alert.srcIp, verdict, judged_by: alert.judgedBy }),
  }
}

export const listShadow = route({
  method: 'get',
  path: '/api/v1/detections/shadow',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Alerts that rules in shadow, and canaries outside their share, would have raised',
  query: z.object({
    rule: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(SHADOW_PAGE_MAX).default(100),
  }),
  answer: z.object({ alerts: z.array(ShadowAnswer), count: z.number(), total: z.number() }),
  handle: async ({ query, services }) => {
    const { alerts, total } = await services.rollouts.shadowAlerts(query.rule, query.limit)
    return { alerts: alerts.map(shadowJson), count: alerts.length, total }
  },
})

export const judgeShadow = route({
  method: 'post',
  path: '/api/v1/detections/shadow/:id',
  access: 'alerts:write',
  tag: 'detections',
  summary: 'Say whether a would-be alert was right: its rule needs a precision to go live',
  params: z.object({ id: z.string().max(30) }),
  body: z.strictObject({ verdict: z.enum(SHADOW_VERDICTS) }),
  answer: ShadowAnswer,
  handle: async ({ params, body, principal, services, c }) => {
    const by = { name: principal?.name ?? '', ip: c.get('ip') }
    return shadowJson(await services.rollouts.judgeAlert(params.id, body.verdict, by))
  },
})
