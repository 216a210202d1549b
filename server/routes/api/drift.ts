// What runs against what Git says (G7): the differences, going back to the branch, and pull requests.
import { z } from 'zod'
import type { Drift, DriftSubject } from '../../services/drift.ts'
import { outcomeAnswer, ReleaseFindingSchema, ReleaseOutcomeSchema } from './release-schema.ts'
import { route } from './route.ts'
import { iso, Time } from './schemas.ts'
import { actorOf } from './users.ts'

const Files = z.array(z.object({ status: z.string(), path: z.string() }))
const Commits = z.array(z.object({ commit: z.string(), author: z.string(), subject: z.string() }))

const DriftSchema = z.object({
  drifted: z.boolean(),
  branch: z.object({
    name: z.string(),
    state: z.enum(['same', 'behind', 'ahead', 'diverged', 'unknown']),
    live: z.string().nullable(),
    head: z.string().nullable(),
    waiting: Commits.describe('in the branch and not live'),
    unmerged: Commits.describe('live and not in the branch'),
    files: Files,
    refused: z.object({ summary: z.string(), findings: z.array(ReleaseFindingSchema) }).optional(),
    problem: z.string().optional(),
  }),
  overlays: z.array(
    z.object({
      path: z.string(),
      state: z.enum(['same', 'changed', 'new']),
      files: z.number(),
      hash: z.string(),
      rules: z.number(),
      shadowed: z.number(),
    }),
  ),
  mutes: z.array(
    z.object({
      id: z.string(),
      rule_id: z.string().optional(),
      reason: z.string(),
      owner: z.string(),
      expires: Time,
      path: z.string(),
      proposal_id: z.string().optional(),
    }),
  ),
  shipped: z
    .object({ commit: z.string(), files: Files, conflicts: z.array(z.string()) })
    .optional(),
})

function driftAnswer(drift: Drift): z.input<typeof DriftSchema> {
  const { branch, overlays, mutes, shipped, isDrifted } = drift
  const { refused, live, head, ...rest } = branch
  return {
    drifted: isDrifted,
    branch: {
      ...rest,
      live: live ?? null,
      head: head ?? null,
      waiting: branch.waiting.map(plain),
      unmerged: branch.unmerged.map(plain),
      files: branch.files.map(plain),
      ...(refused === undefined
        ? {}
        : { refused: { ...refused, findings: refused.findings.map(plain) } }),
    },
    overlays: overlays.map(plain),
    mutes: mutes.map(({ id, ruleId, reason, owner, expires, path, proposalId }) => ({
      ...{ id, reason, owner, path, expires: iso(expires) },
      ...(ruleId === undefined ? {} : { rule_id: ruleId }),
      ...(proposalId === undefined ? {} : { proposal_id: proposalId }),
    })),
    ...(shipped === undefined
      ? {}
      : {
          shipped: {
            commit: shipped.commit,
            files: shipped.files.map(plain),
            conflicts: [...shipped.conflicts],
          },
        }),
  }
}

function plain<T extends object>(value: T): T {
  return { ...value }
}

export const getDrift = route({
  method: 'get',
  path: '/api/v1/drift',
  access: 'detections:read',
  tag: 'detections',
  summary: 'What runs and is not what the followed branch says, and what the program brought anew',
  answer: DriftSchema,
  handle: async ({ services }) => driftAnswer(await services.drift.report()),
})

export const revertDrift = route({
  method: 'post',
  path: '/api/v1/drift/revert',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Make the head of the followed branch live, whatever is live now',
  answer: ReleaseOutcomeSchema,
  also: { 422: ReleaseOutcomeSchema },
  handle: async ({ principal, services, c }) => {
    const outcome = await services.releases.adopt(actorOf(principal, c))
    return c.json(outcomeAnswer(outcome), outcome.status === 'live' ? 200 : 422)
  },
})

const Subject = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('live') }),
  z.strictObject({ what: z.literal('shipped') }),
  z.strictObject({ what: z.literal('overlay'), path: z.string().max(4096) }),
]) satisfies z.ZodType<DriftSubject>

export const proposeDrift = route({
  method: 'post',
  path: '/api/v1/drift/propose',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Open a pull request that takes a difference into the followed branch',
  body: Subject,
  answer: z.object({
    id: z.string(),
    title: z.string(),
    branch: z.string(),
    commit: z.string(),
    state: z.string(),
    url: z.string().optional(),
  }),
  status: 202,
  handle: async ({ body, principal, services, c }) => {
    const { id, title, branch, commit, state, url } = await services.drift.propose(
      body,
      actorOf(principal, c),
    )
    return { id, title, branch, commit, state, ...(url === undefined ? {} : { url }) }
  },
})
