// Events that people judged, as fixtures for checks of a change (G5): kept with their alerts, whatever
// retention took.
import { z } from 'zod'
import { agreedFilters } from '../../services/agreed-mutes.ts'
import { route } from './route.ts'
import { defined, EventAnswer, eventJson, iso, Time } from './schemas.ts'

/** Events of one answer. */
const VERDICTS_MAX = 1_000

export const listVerdicts = route({
  method: 'get',
  path: '/api/v1/detections/rules/:id/verdicts',
  access: 'siem:read',
  tag: 'detections',
  summary: 'Events of a rule that were judged true or false positive, newest verdict first',
  params: z.object({ id: z.string().max(200) }),
  query: z.object({
    limit: z.coerce.number().int().min(1).max(VERDICTS_MAX).default(VERDICTS_MAX),
  }),
  answer: z.object({
    verdicts: z.array(
      z.object({
        verdict: z.enum(['true_positive', 'false_positive_logic', 'false_positive_data']),
        alert_id: z.string().optional(),
        at: Time,
        event: EventAnswer,
        agreed_filters: z
          .array(z.string())
          .describe('Filters that two people agreed may hide a true positive'),
      }),
    ),
  }),
  handle: async ({ params, query, services }) => {
    const found = await services.state.verdictEvents(query.limit, params.id)
    const agreed = await agreedFilters(services.state, found)
    return {
      verdicts: found.map(({ verdict, alertId, event, at }, n) => ({
        ...defined({ verdict, alert_id: alertId }),
        at: iso(at),
        event: eventJson(event),
        agreed_filters: [...(agreed[n] ?? [])],
      })),
    }
  },
})
