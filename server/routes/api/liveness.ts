// Rule liveness (D17): which rules can match what arrives, and what sources lack for them.
import { z } from 'zod'
import { ServiceError } from '../../services/service-error.ts'
import { LIVENESS_STATES } from '../../services/services.ts'
import { route } from './route.ts'
import { defined, iso, Severity, Time } from './schemas.ts'

const Fill = z.object({ name: z.string(), share: z.number() })

export const ruleLiveness = route({
  method: 'get',
  path: '/api/v1/detections/liveness',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Which rules can match what arrives; dead ones with the cause',
  query: z.object({
    state: z.enum(LIVENESS_STATES).optional(),
    rule: z.string().max(500).optional().describe('One rule by its id'),
  }),
  answer: z.object({
    at: Time,
    events: z.number().describe('How many events were looked at'),
    counts: z.record(z.enum(LIVENESS_STATES), z.number()),
    rules: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        level: Severity,
        logsource: z.object({
          product: z.string().optional(),
          category: z.string().optional(),
          service: z.string().optional(),
        }),
        state: z.enum(LIVENESS_STATES),
        cause: z
          .object({ code: z.string(), message: z.string(), fields: z.array(z.string()).optional() })
          .optional(),
        last_event: Time.optional(),
        events: z.number().describe('Newest events of its log source that were looked at'),
        able: z.number().describe('How many of them have the fields it needs'),
        fields: z.array(Fill),
      }),
    ),
  }),
  handle: async ({ query, services }) => {
    const report = await services.liveness.report()
    const count = (state: string) => report.rules.filter((rule) => rule.state === state).length
    const rules = report.rules.filter(
      (rule) =>
        (query.state === undefined || rule.state === query.state) &&
        (query.rule === undefined || rule.id === query.rule),
    )
    return {
      at: iso(report.at),
      events: report.events,
      counts: {
        alive: count('alive'),
        silent: count('silent'),
        rare: count('rare'),
        dead: count('dead'),
      },
      rules: rules.map(({ lastEvent, ...rule }) =>
        defined({ ...rule, last_event: lastEvent === undefined ? undefined : iso(lastEvent) }),
      ),
    }
  },
})

export const sourceFields = route({
  method: 'get',
  path: '/api/v1/sources/:name/fields',
  access: 'siem:read',
  tag: 'operations',
  summary: 'Fields that a source fills, and how many rules ask for each',
  params: z.object({ name: z.string().max(200) }),
  answer: z.object({
    source: z.string(),
    events: z.number().describe('Newest events that were looked at'),
    rules: z.number().describe('Rules whose log source it declares'),
    fields: z.array(Fill.extend({ rules: z.number() })),
  }),
  handle: async ({ params, services }) => {
    const found = await services.liveness.fieldsOf(params.name)
    if (found.events === 0) throw new ServiceError('not-found', `no events of ${params.name}`)
    return found
  },
})
