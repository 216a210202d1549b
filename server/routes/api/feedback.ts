// Feedback on rules (D13).
import { z } from 'zod'
import { ServiceError } from '../../services/service-error.ts'
import { FEEDBACK_VERDICTS, type Feedback } from '../../stores/state/feedback.ts'
import { route } from './route.ts'
import { defined, iso, Time } from './schemas.ts'
import { actorOf } from './users.ts'

const Id = z.object({ id: z.string().max(200) })

const Entry = z.object({
  id: z.string(),
  rule_id: z.string(),
  verdict: z.enum(FEEDBACK_VERDICTS),
  reason: z.string(),
  alert_id: z.string().optional(),
  event_id: z.string().optional(),
  at: Time,
  by: z.string(),
})

function entryJson(entry: Feedback): z.input<typeof Entry> {
  const { id, verdict, reason, at, by } = entry
  const about = { rule_id: entry.ruleId, alert_id: entry.alertId, event_id: entry.eventId }
  return defined({ ...{ id, verdict, reason, by }, ...about, at: iso(at) })
}

export const listFeedback = route({
  method: 'get',
  path: '/api/v1/detections/rules/:id/feedback',
  access: 'detections:read',
  tag: 'detections',
  summary: 'What people said of a rule, and how often it was right',
  params: Id,
  query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
  answer: z.object({
    true_positive: z.number().describe('Alerts by their verdict, and feedback beside them'),
    false_positive: z.number(),
    other: z.number().describe('Verdicts that say neither'),
    false_positive_ratio: z.number().nullable(),
    feedback: z.array(Entry),
  }),
  handle: async ({ params, query, services }) => {
    const { counts, falsePositiveRatio, entries } = await services.feedback.of(
      params.id,
      query.limit,
    )
    if (entries.length === 0 && falsePositiveRatio === undefined)
      if ((await services.rules.get(params.id)) === undefined)
        throw new ServiceError('not-found', `no rule ${params.id}`)
    return {
      true_positive: counts.truePositive,
      false_positive: counts.falsePositive,
      other: counts.other,
      false_positive_ratio: falsePositiveRatio ?? null,
      feedback: entries.map(entryJson),
    }
  },
})

export const giveFeedback = route({
  method: 'post',
  path: '/api/v1/detections/rules/:id/feedback',
  access: 'alerts:write',
  tag: 'detections',
  summary: 'Say that a rule was right or wrong; it may close the alert it is about',
  params: Id,
  body: z.strictObject({
    verdict: z.enum(FEEDBACK_VERDICTS),
    reason: z.string().max(4_000).default(''),
    alert_id: z.string().max(100).optional(),
    event_id: z.string().max(64).optional(),
    close_alert: z.boolean().default(false),
    version: z.number().int().optional().describe('Of the alert'),
  }),
  status: 201,
  answer: Entry,
  handle: async ({ params, body, services, principal, c }) => {
    const { verdict, reason, alert_id, event_id, close_alert, version } = body
    const about = defined({ alertId: alert_id, eventId: event_id, version })
    const request = { ruleId: params.id, verdict, reason, closeAlert: close_alert, ...about }
    return entryJson(await services.feedback.give(request, actorOf(principal, c)))
  },
})
