// The audit log (P5): who changed what, and whether the record is whole.
import { z } from 'zod'
import { route } from './route.ts'
import { defined, iso, Time } from './schemas.ts'

const AUDIT_MAX = 1_000

const Entry = z.object({
  sequence: z.number(),
  at: Time,
  who: z.string(),
  action: z.string(),
  object: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
  ip: z.string().optional(),
  hash: z.string().describe('SHA-256 of this entry and of the hash before it'),
})

export const listAudit = route({
  method: 'get',
  path: '/api/v1/audit',
  access: 'admin',
  tag: 'operations',
  summary: 'The audit log, newest first',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(AUDIT_MAX).default(100),
    before: z.coerce.number().int().optional().describe('Entries below this sequence'),
    who: z.string().max(200).optional(),
    action: z.string().max(200).optional().describe('An action, or its area: `user`'),
  }),
  answer: z.object({ entries: z.array(Entry) }),
  handle: async ({ query, services }) => {
    const { limit, before, who, action } = query
    const request = { limit, ...defined({ before, who, action }) }
    const entries = await services.state.listAudit(request)
    return { entries: entries.map((entry) => ({ ...entry, at: iso(entry.at) })) }
  },
})

export const verifyAudit = route({
  method: 'get',
  path: '/api/v1/audit/verify',
  access: 'admin',
  tag: 'operations',
  summary: 'Checks the chain of hashes; `broken_at` names the first entry that is not as written',
  answer: z.object({ entries: z.number(), broken_at: z.number().nullable() }),
  handle: async ({ services }) => {
    const { entries, brokenAt } = await services.state.verifyAudit()
    return { entries, broken_at: brokenAt ?? null }
  },
})
