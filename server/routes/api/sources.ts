// Log sources (I14) and what could not be parsed (I11).
import { z } from 'zod'
import { route } from './route.ts'
import { defined, iso, Time } from './schemas.ts'

export const listSources = route({
  method: 'get',
  path: '/api/v1/sources',
  access: 'siem:read',
  tag: 'operations',
  summary: 'Log sources: connected or silent, rates, last event, share of failures',
  answer: z.object({
    sources: z.array(
      z.object({
        name: z.string(),
        parsers: z.array(z.string()),
        connected: z.boolean(),
        events_per_second: z.number(),
        events_today: z.number(),
        total: z.number(),
        last_event: Time.optional(),
        failure_rate: z.number(),
        silent_after_s: z.number(),
      }),
    ),
  }),
  handle: async ({ services }) => ({
    sources: (await services.sources.list()).map((card) =>
      defined({
        name: card.name,
        parsers: card.parsers,
        connected: card.connected,
        events_per_second: card.eventsPerSecond,
        events_today: card.eventsToday,
        total: card.total,
        last_event: card.lastEvent === undefined ? undefined : iso(card.lastEvent),
        failure_rate: card.failureRate,
        silent_after_s: card.silentAfter_s,
      }),
    ),
  }),
})

export const changeSource = route({
  method: 'patch',
  path: '/api/v1/sources/:name',
  access: 'siem:write',
  tag: 'operations',
  summary: 'How long a source may be silent before it counts as disconnected',
  params: z.object({ name: z.string().max(200) }),
  body: z.strictObject({
    silent_after_s: z
      .number()
      .int()
      .min(10)
      .max(30 * 86_400),
  }),
  answer: z.object({ name: z.string(), silent_after_s: z.number() }),
  handle: async ({ params, body, principal, services }) => {
    if (principal !== undefined) {
      await services.sources.setSilentAfter(params.name, body.silent_after_s, principal)
    }
    return { name: params.name, silent_after_s: body.silent_after_s }
  },
})

export const listDeadLetters = route({
  method: 'get',
  path: '/api/v1/dead-letters',
  access: 'siem:read',
  tag: 'operations',
  summary: 'What could not be parsed, newest first, with the reason',
  query: z.object({ source: z.string().max(200).optional() }),
  answer: z.object({
    dead_letters: z.array(
      z.object({
        at: Time,
        source: z.string(),
        code: z.string(),
        message: z.string(),
        event_id: z.string().optional(),
        sample: z.string(),
      }),
    ),
  }),
  handle: async ({ query, services }) => ({
    dead_letters: (await services.sources.deadLetters(query.source)).map((letter) =>
      defined({
        at: iso(letter.at),
        source: letter.source,
        code: letter.code,
        message: letter.message,
        event_id: letter.eventId,
        sample: letter.sample,
      }),
    ),
  }),
})
