// What waits to leave the server, what left it, and what was given up (O3).
import { z } from 'zod'
import {
  OUTBOX_KINDS,
  OUTBOX_STATES,
  type OutboxItem,
  type OutboxState,
} from '../../stores/state/outbox.ts'
import { route } from './route.ts'
import { defined, iso, Time } from './schemas.ts'
import { actorOf } from './users.ts'

const OUTBOX_MAX = 500

const Item = z.object({
  id: z.number(),
  kind: z.enum(OUTBOX_KINDS),
  destination: z.string(),
  topic: z.string().optional(),
  state: z.enum(OUTBOX_STATES),
  attempts: z.number().describe('Tries that failed'),
  next: Time.describe('When it is due'),
  error: z.string().optional(),
  created: Time,
  updated: Time,
  payload: z.record(z.string(), z.unknown()),
})

function itemJson({ nextAt, created, updated, payload, ...rest }: OutboxItem) {
  return defined({
    ...rest,
    next: iso(nextAt),
    created: iso(created),
    updated: iso(updated),
    payload: { ...payload },
  })
}

export const listOutbox = route({
  method: 'get',
  path: '/api/v1/outbox',
  access: 'admin',
  tag: 'operations',
  summary: 'What must leave the server: pull requests, commit statuses, webhooks; newest first',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(OUTBOX_MAX).default(100),
    state: z.enum(OUTBOX_STATES).optional(),
  }),
  answer: z.object({
    counts: z.record(z.enum(OUTBOX_STATES), z.number()),
    items: z.array(Item),
  }),
  handle: async ({ query, services }) => ({
    counts: { ...(await services.outbox.counts()) },
    items: (await services.outbox.list(query.limit, query.state)).map(itemJson),
  }),
})

export const replayOutbox = route({
  method: 'post',
  path: '/api/v1/outbox/:id/replay',
  access: 'admin',
  tag: 'operations',
  summary: 'Send a row again that was given up, skipped or waits',
  params: z.object({ id: z.coerce.number().int().min(1) }),
  answer: Item,
  handle: async ({ params, principal, services, c }) =>
    itemJson(await services.outbox.replay(params.id, actorOf(principal, c))),
})

/** Rows by state in Prometheus' text format. */
export function formatOutbox(counts: Readonly<Record<OutboxState, number>>): string {
  return [
    '# HELP trapline_outbox_rows What must leave the server; dead: given up.',
    '# TYPE trapline_outbox_rows gauge',
    ...OUTBOX_STATES.map((state) => `trapline_outbox_rows{state="${state}"} ${counts[state]}`),
    '',
  ].join('\n')
}
