// Mutes (D12): what one would hide, making, agreeing to and ending them.
import { z } from 'zod'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import type { Effect } from '../../services/suppression-effect.ts'
import type { SuppressionQuestion, SuppressionRequest } from '../../services/suppressions.ts'
import type { Actor } from '../../stores/state/access.ts'
import { SUPPRESSION_STATES, type Suppression } from '../../stores/state/suppressions.ts'
import { route } from './route.ts'
import { defined, iso, Time } from './schemas.ts'
import { several } from './search-params.ts'
import { actorOf } from './users.ts'

/** Alerts that an answer lists; the counts are of all. */
const ALERTS_LISTED_MAX = 1_000

const Value = z.union([z.string().max(2_000), z.number(), z.boolean()])
export const CriteriaBody = z
  .record(z.string().min(1).max(200), z.union([Value, z.array(Value).min(1).max(100)]))
  .describe(
    '`{field: value|[values]}`, all of which must hold. `@user` and kin are columns, and so are `host`, `source`, `severity`',
  )

/** Criteria by which programs name the event's host, source and severity. */
const COLUMNS = ['host', 'source', 'severity']

type Criteria = z.output<typeof CriteriaBody>

function criteriaOf(body: Criteria): Criteria {
  const twice = COLUMNS.find((name) => Object.hasOwn(body, name) && Object.hasOwn(body, `@${name}`))
  if (twice !== undefined)
    throw new ServiceError('invalid', `body.criteria: ${twice} and @${twice} are the same`)
  const named = (name: string) => (COLUMNS.includes(name) ? `@${name}` : name)
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [named(name), value]))
}

const LogSourceBody = z.strictObject({
  product: z.string().max(100).optional(),
  category: z.string().max(100).optional(),
  service: z.string().max(100).optional(),
})

const Question = z.strictObject({
  criteria: CriteriaBody,
  event_id: z.string().max(64).optional().describe('The event that it is about'),
})

const Request = Question.extend({
  reason: z.string().max(2_000),
  owner: z.string().max(200).optional(),
  expires: z.iso.datetime({ offset: true }).optional().describe('Default: in 7 days, at most 30'),
  agreed_by: z.string().max(200).optional().describe('Who agrees to hide true positives'),
})

const AnyRule = { rule_id: z.string().max(200).optional(), logsource: LogSourceBody.optional() }

const EffectAnswer = z.object({
  hidden: z.number().describe('Alerts that would not be there'),
  partly: z.number().describe('Alerts that would have fewer events'),
  by_verdict: z.record(z.string(), z.number()),
  looked: z.number(),
  days: z.number(),
})

export const SuppressionAnswer = z.object({
  id: z.string(),
  rule_id: z.string().optional(),
  criteria: CriteriaBody,
  state: z.enum(SUPPRESSION_STATES),
  owner: z.string(),
  reason: z.string(),
  created: Time,
  by: z.string(),
  expires: Time,
  ended: Time.optional(),
  ended_by: z.string().optional(),
  agreed_by: z.string().optional(),
  event_id: z.string().optional(),
  matches: z.number().describe('Matches held back so far'),
  held: z.number().describe('Alerts that are held now'),
  effect: EffectAnswer,
  filter_id: z.string(),
  filter: z.string().describe('The Sigma filter, YAML'),
  path: z.string(),
  proposal_id: z.string().optional(),
})

/** A mute as the API writes it. */
export function suppressionJson(mute: Suppression): z.input<typeof SuppressionAnswer> {
  const { id, criteria, state, owner, reason, by, matches, held, effect, filter, path } = mute
  const { byVerdict, ...counts } = effect
  return defined({
    ...{ id, state, owner, reason, by, matches, held, filter, path },
    criteria: criteria as z.input<typeof CriteriaBody>,
    rule_id: mute.ruleId,
    created: iso(mute.created),
    expires: iso(mute.expires),
    ended: mute.ended === undefined ? undefined : iso(mute.ended),
    ended_by: mute.endedBy,
    agreed_by: mute.agreedBy,
    event_id: mute.eventId,
    effect: { ...counts, by_verdict: { ...byVerdict } as Record<string, number> },
    filter_id: mute.filterId,
    proposal_id: mute.proposalId,
  })
}

function questionOf(
  body: z.output<typeof Question>,
  ruleId: string | undefined,
  logsource?: z.output<typeof LogSourceBody>,
): SuppressionQuestion {
  return {
    criteria: criteriaOf(body.criteria),
    ...(ruleId === undefined ? {} : { ruleId }),
    ...(logsource === undefined ? {} : { logsource: defined(logsource) }),
    ...(body.event_id === undefined ? {} : { eventId: body.event_id }),
  }
}

function requestOf(
  body: z.output<typeof Request>,
  ruleId: string | undefined,
  logsource?: z.output<typeof LogSourceBody>,
): SuppressionRequest {
  const { reason, owner, expires, agreed_by } = body
  return {
    ...questionOf(body, ruleId, logsource),
    reason,
    ...(owner === undefined ? {} : { owner }),
    ...(expires === undefined ? {} : { expires: Date.parse(expires) }),
    ...(agreed_by === undefined ? {} : { agreedBy: agreed_by }),
  }
}

const PreviewAnswer = EffectAnswer.extend({
  alerts: z.array(
    z.object({
      id: z.string(),
      rule_id: z.string(),
      title: z.string(),
      status: z.string(),
      verdict: z.string().optional(),
      host: z.string().optional(),
      user: z.string().optional(),
      last_seen: Time,
      count: z.number(),
      events_looked: z.number(),
      events_hidden: z.number(),
      whole: z.boolean(),
    }),
  ),
  true_positives: z
    .array(z.string())
    .describe('Not empty: it is refused unless a second person agrees'),
  filter: z.object({ path: z.string(), text: z.string(), tests: z.string() }).optional(),
  problem: z.string().optional().describe('Why no filter or no test can be made'),
})

function effectJson(effect: Effect) {
  const { hidden, partly, byVerdict, looked, days, alerts, truePositives } = effect
  return {
    ...{ hidden, partly, looked, days },
    by_verdict: { ...byVerdict } as Record<string, number>,
    true_positives: [...truePositives],
    alerts: alerts.slice(0, ALERTS_LISTED_MAX).map((alert) =>
      defined({
        ...{ id: alert.id, rule_id: alert.ruleId, title: alert.title, status: alert.status },
        ...{ verdict: alert.verdict, host: alert.host, user: alert.user, count: alert.count },
        ...{ events_looked: alert.looked, events_hidden: alert.hidden, whole: alert.whole },
        last_seen: iso(alert.lastSeen),
      }),
    ),
  }
}

async function preview(services: Services, question: SuppressionQuestion, by: Actor) {
  const { effect, filter, problem } = await services.suppressions.preview(question, by)
  const files = filter && { path: filter.path, text: filter.text, tests: filter.tests }
  return { ...effectJson(effect), ...defined({ filter: files, problem }) }
}

const RuleId = z.object({ id: z.string().max(200) })

export const previewRuleSuppression = route({
  method: 'post',
  path: '/api/v1/detections/rules/:id/suppressions/preview',
  access: 'detections:write',
  tag: 'detections',
  summary: 'The alerts of the last 30 days that a mute would hide',
  params: RuleId,
  body: Question,
  answer: PreviewAnswer,
  handle: ({ params, body, services, principal, c }) =>
    preview(services, questionOf(body, params.id), actorOf(principal, c)),
})

export const previewSuppression = route({
  method: 'post',
  path: '/api/v1/detections/suppressions/preview',
  access: 'detections:write',
  tag: 'detections',
  summary: 'The same for every rule of a log source',
  body: Question.extend(AnyRule),
  answer: PreviewAnswer,
  handle: ({ body, services, principal, c }) =>
    preview(services, questionOf(body, body.rule_id, body.logsource), actorOf(principal, c)),
})

export const createRuleSuppression = route({
  method: 'post',
  path: '/api/v1/detections/rules/:id/suppressions',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Mute a rule where criteria hold: acts at once and proposes a Sigma filter with tests',
  params: RuleId,
  body: Request,
  status: 201,
  answer: SuppressionAnswer,
  handle: async ({ params, body, services, principal, c }) =>
    suppressionJson(
      await services.suppressions.create(requestOf(body, params.id), actorOf(principal, c)),
    ),
})

export const createSuppression = route({
  method: 'post',
  path: '/api/v1/detections/suppressions',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Mute every rule of a log source where criteria hold',
  body: Request.extend(AnyRule),
  status: 201,
  answer: SuppressionAnswer,
  handle: async ({ body, services, principal, c }) =>
    suppressionJson(
      await services.suppressions.create(
        requestOf(body, body.rule_id, body.logsource),
        actorOf(principal, c),
      ),
    ),
})

const ListQuery = z.object({
  state: several(z.enum(SUPPRESSION_STATES)).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
})
const ListAnswer = z.object({ suppressions: z.array(SuppressionAnswer), count: z.number() })

/** A rule that is gone may still have mutes; of one that never was there are none to tell of. */
async function list(services: Services, query: z.output<typeof ListQuery>, ruleId?: string) {
  const found = await services.suppressions.list({
    limit: query.limit,
    ...(query.state === undefined ? {} : { states: query.state }),
    ...(ruleId === undefined ? {} : { ruleId }),
  })
  if (ruleId !== undefined && found.length === 0 && !(await services.rules.get(ruleId)))
    throw new ServiceError('not-found', `no rule ${ruleId}`)
  return { suppressions: found.map(suppressionJson), count: found.length }
}

export const listRuleSuppressions = route({
  method: 'get',
  path: '/api/v1/detections/rules/:id/suppressions',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Mutes of a rule, newest first',
  params: RuleId,
  query: ListQuery,
  answer: ListAnswer,
  handle: ({ params, query, services }) => list(services, query, params.id),
})

export const listSuppressions = route({
  method: 'get',
  path: '/api/v1/detections/suppressions',
  access: 'detections:read',
  tag: 'detections',
  summary: 'All mutes, newest first',
  query: ListQuery,
  answer: ListAnswer,
  handle: ({ query, services }) => list(services, query),
})

const SuppressionId = z.object({ id: z.string().regex(/^S-\d{1,15}$/) })

export const agreeSuppression = route({
  method: 'post',
  path: '/api/v1/detections/suppressions/:id/agree',
  access: 'detections:write',
  tag: 'detections',
  summary: 'The second person agrees to a mute that hides true positives',
  params: SuppressionId,
  answer: SuppressionAnswer,
  handle: async ({ params, services, principal, c }) =>
    suppressionJson(await services.suppressions.agree(params.id, actorOf(principal, c))),
})

export const endSuppression = route({
  method: 'post',
  path: '/api/v1/detections/suppressions/:id/end',
  access: 'detections:write',
  tag: 'detections',
  summary: 'End a mute now: what it holds comes back',
  params: SuppressionId,
  answer: SuppressionAnswer,
  handle: async ({ params, services, principal, c }) =>
    suppressionJson(await services.suppressions.end(params.id, actorOf(principal, c))),
})
