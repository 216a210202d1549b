// Rows made alerts by hand (T1).
import { z } from 'zod'
import { OBSERVABLE_TYPES } from '../../stores/state/promotions.ts'
import { route } from './route.ts'
import { defined } from './schemas.ts'
import { actorOf } from './users.ts'

export const promoteEvent = route({
  method: 'post',
  path: '/api/v1/siem/logs/:id/promote',
  access: 'alerts:write',
  tag: 'alerts',
  summary: 'Make an alert of an event, or fold it into the open one of the same dedup hash',
  params: z.object({ id: z.string().max(64) }),
  body: z.strictObject({
    rule_id: z.string().max(200).optional().describe('Default `manual`'),
    create_case: z.boolean().default(false).describe('Refused: there are no cases yet'),
    override: z
      .boolean()
      .default(false)
      .describe(
        'Promotes a muted event, or one that the rule does not match; the audit log says so',
      ),
  }),
  answer: z.object({
    alert_id: z.string(),
    created: z.boolean().describe('False: it folded into an open alert'),
    repeated: z.boolean().describe('True: it was in that alert already'),
    case_id: z.null(),
    observables: z.array(z.object({ type: z.enum(OBSERVABLE_TYPES), value: z.string() })),
  }),
  handle: async ({ params, body, services, principal, c }) => {
    const { rule_id, create_case, override } = body
    const { alertId, created, repeated, observables } = await services.promote.promote(
      {
        ...{ eventId: params.id, override, createCase: create_case },
        ...defined({ ruleId: rule_id }),
      },
      actorOf(principal, c),
    )
    const list = observables.map(({ type, value }) => ({ type, value }))
    return { alert_id: alertId, created, repeated, case_id: null, observables: list }
  },
})
