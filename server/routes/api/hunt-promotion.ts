// From a hunt to a detection (H7).
import { z } from 'zod'
import type { Promotion } from '../../hunts/promote.ts'
import { ServiceError } from '../../services/service-error.ts'
import { SEVERITIES } from '../../stores/state/state-store.ts'
import { ProposedAnswer, proposedJson } from './hunt-schemas.ts'
import { route } from './route.ts'
import { EventAnswer, eventJson, iso, Time } from './schemas.ts'
import { actorOf } from './users.ts'

const CASES_MAX = 20

const LogSource = z
  .strictObject({
    product: z.string().max(100).optional(),
    category: z.string().max(100).optional(),
    service: z.string().max(100).optional(),
  })
  .refine((value) => Object.keys(value).length > 0, 'name a product, category or service')

const ids = z.array(z.string().max(64)).max(CASES_MAX)

export const PromoteBody = z.strictObject({
  title: z.string().trim().min(1).max(256).optional(),
  level: z.enum(SEVERITIES).optional(),
  logsource: LogSource.optional(),
  hits: ids.optional().describe('Events that the rule must match; the newest where left out'),
  misses: ids.optional().describe('Events that it must not; the nearest where left out'),
})

const HuntId = z.object({ id: z.string().max(64) })

const Values = z.array(z.object({ kind: z.string(), from: z.string(), to: z.string().optional() }))

const PromotionAnswer = z.object({
  path: z.string(),
  text: z.string().describe('The rule'),
  test_path: z.string(),
  test_text: z.string().describe('Its tests, redacted'),
  logsource: z.record(z.string(), z.string()),
  logsources: z.array(
    z.object({ logsource: z.record(z.string(), z.string()), events: z.number() }),
  ),
  columns: z.array(z.string()).describe('Columns that other Sigma engines do not have'),
  hits: z.array(EventAnswer),
  misses: z.array(EventAnswer),
  replaced: Values.describe('What does not leave the server'),
  kept: Values.describe('What leaves it, because the rule asks for it'),
  problems: z.array(z.object({ code: z.string(), case: z.string(), message: z.string() })),
  findings: z.array(z.object({ code: z.string(), severity: z.string(), message: z.string() })),
  tests: z.array(
    z.object({
      name: z.string(),
      match: z.boolean(),
      passed: z.boolean().nullable(),
      message: z.string(),
    }),
  ),
  volume: z.object({
    from: Time,
    to: Time,
    exact: z.boolean(),
    days: z.array(z.object({ start: Time, count: z.number() })),
  }),
})

function promotionJson(promotion: Promotion): z.input<typeof PromotionAnswer> {
  const { path, text, testPath, testText, logsource, logsources, columns, volume } = promotion
  const { replaced, kept, problems, check } = promotion
  return {
    ...{ path, text, test_path: testPath, test_text: testText, columns: [...columns] },
    logsource: { ...logsource },
    logsources: logsources.map((one) => ({ ...one, logsource: { ...one.logsource } })),
    hits: promotion.hits.map(eventJson),
    misses: promotion.misses.map(eventJson),
    replaced: replaced.map(({ kind, from, to }) => ({ kind, from, to })),
    kept: kept.map(({ kind, from }) => ({ kind, from })),
    problems: problems.map((one) => ({ ...one })),
    findings: check.findings.map(({ code, severity, message }) => ({ code, severity, message })),
    tests: check.tests.map((test) => ({ ...test, passed: test.passed ?? null })),
    volume: {
      ...{ from: iso(volume.from), to: iso(volume.to), exact: volume.exact },
      days: volume.buckets.map(({ start, count }) => ({ start: iso(start), count })),
    },
  }
}

export const previewPromotion = route({
  method: 'post',
  path: '/api/v1/siem/hunts/:id/promotion',
  access: 'detections:write',
  tag: 'hunts',
  summary:
    'The rule that finds what a hunt finds, with tests and 30 days of volume; changes nothing',
  params: HuntId,
  body: PromoteBody,
  answer: PromotionAnswer,
  handle: async ({ params, body, principal, services }) => {
    if (principal === undefined) throw new ServiceError('unauthenticated', 'sign in first')
    return promotionJson(await services.hunts.promotion(params.id, body, principal))
  },
})

export const promoteHunt = route({
  method: 'post',
  path: '/api/v1/siem/hunts/:id/promote',
  access: 'detections:write',
  tag: 'hunts',
  summary: 'Propose a hunt as a detection: the rule, its tests, lineage both ways',
  params: HuntId,
  body: PromoteBody,
  status: 202,
  answer: ProposedAnswer,
  handle: async ({ params, body, principal, services, c }) => {
    if (principal === undefined) throw new ServiceError('unauthenticated', 'sign in first')
    const actor = actorOf(principal, c)
    return proposedJson(await services.hunts.promote(params.id, body, principal, actor))
  },
})
