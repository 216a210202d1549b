// Filters of the live content: their contract and what they hide (G12).
import { z } from 'zod'
import { route } from './route.ts'
import { defined } from './schemas.ts'

const RuleName = z.object({ id: z.string(), title: z.string() })

export const listFilters = route({
  method: 'get',
  path: '/api/v1/detections/filters',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Filters of the live content, for which rules, by whom, why and until when',
  answer: z.object({
    filters: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        path: z.string(),
        owner: z.string().optional(),
        exceptions: z.array(
          z.object({
            id: z.string(),
            owner: z.string(),
            reason: z.string(),
            expires: z.string(),
          }),
        ),
        rules: z.array(RuleName),
      }),
    ),
  }),
  handle: ({ services }) => ({
    filters: services.filters.list().map(({ id, title, path, owner, exceptions, rules }) =>
      defined({
        ...{ id, title, path, owner },
        exceptions: exceptions.map((one) => ({ ...one })),
        rules: rules.map((one) => ({ ...one })),
      }),
    ),
  }),
})

export const filterEffect = route({
  method: 'get',
  path: '/api/v1/detections/filters/:id/effect',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Stored events of 30 days that rules would match without a filter',
  params: z.object({ id: z.string().max(200) }),
  answer: z.object({
    days: z.number(),
    events: z.number(),
    more: z.boolean().describe('There are more than were counted'),
    by_rule: z.array(RuleName.extend({ events: z.number() })),
    rules_left: z.number().describe('Rules that were not measured'),
  }),
  handle: async ({ params, services, c }) => {
    const { days, events, isMore, byRule, rulesLeft } = await services.filters.effect(
      params.id,
      c.req.raw.signal,
    )
    const by_rule = byRule.map((one) => ({ ...one }))
    return { days, events, more: isMore, by_rule, rules_left: rulesLeft }
  },
})
