// Releases of content (G6): offer one, see the history, go back.
import { z } from 'zod'
import { pullRequestsOf } from '../../releases/pull-request.ts'
import { ServiceError } from '../../services/service-error.ts'
import { RELEASE_STATUSES, RELEASE_WAYS } from '../../stores/state/releases.ts'
import { readLimited } from '../body.ts'
import {
  outcomeAnswer,
  ReleaseFindingSchema,
  ReleaseOutcomeSchema,
  ReleaseReportSchema,
  reportAnswer,
} from './release-schema.ts'
import { route } from './route.ts'
import { iso, Time } from './schemas.ts'
import { actorOf } from './users.ts'

/** Largest bundle, bytes. */
export const BUNDLE_MAX_BYTES = 64 * 1024 * 1024
/** Newest proposals that releases may have come from. */
const PROPOSALS_KNOWN = 200
/** What a sender may say of its own run. */
const SENDER_REPORT_MAX_CHARACTERS = 500

const Commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'must be a full commit hash')

/** Header text is percent-encoded: it may hold any character. */
function senderReport(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  try {
    return decodeURI(header).slice(0, SENDER_REPORT_MAX_CHARACTERS)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    throw new ServiceError('invalid', 'x-trapline-report must be percent-encoded text')
  }
}

export const listReleases = route({
  method: 'get',
  path: '/api/v1/releases',
  access: 'detections:read',
  tag: 'detections',
  summary: 'What was offered as a release, newest first, and which commit is live',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  answer: z.object({
    live: z.string().nullable(),
    releases: z.array(
      z.object({
        number: z.number(),
        commit: z.string(),
        previous: z.string().optional(),
        author: z.string(),
        subject: z.string(),
        way: z.enum(RELEASE_WAYS),
        status: z.enum(RELEASE_STATUSES),
        at: Time,
        by: z.string(),
        rules: z.number(),
        summary: z.string(),
        findings: z.array(ReleaseFindingSchema),
        report: ReleaseReportSchema.optional(),
        pull_requests: z.array(z.object({ label: z.string(), url: z.string().optional() })),
      }),
    ),
  }),
  handle: async ({ query, services }) => {
    const [releases, proposals] = await Promise.all([
      services.releases.list(query.limit),
      services.proposals.list(PROPOSALS_KNOWN),
    ])
    const { content } = services.settings
    return {
      live: services.releases.live() ?? null,
      releases: releases.map(({ report, ...release }) => ({
        ...release,
        findings: release.findings.map((finding) => ({ ...finding })),
        ...(report === undefined ? {} : { report: reportAnswer(report) }),
        pull_requests: pullRequestsOf({ report }, proposals, content).map((one) => ({ ...one })),
        at: iso(release.at),
      })),
    }
  },
})

export const pushRelease = route({
  method: 'put',
  path: '/api/v1/releases',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Offer a commit as the live content: the body is a Git bundle that holds it',
  query: z.object({ commit: Commit, force: z.enum(['true', 'false']).default('false') }),
  bodyType: 'application/x-git-bundle',
  answer: ReleaseOutcomeSchema,
  also: { 422: ReleaseOutcomeSchema },
  handle: async ({ query, principal, services, c }) => {
    const bundle = await readLimited(c.req.raw, BUNDLE_MAX_BYTES)
    if (bundle.length === 0) throw new ServiceError('invalid', 'the body must be a Git bundle')
    const { commit } = query
    const sent = c.req.header('x-trapline-signature')
    const signature = sent === undefined ? undefined : Buffer.from(sent, 'base64').toString()
    const report = senderReport(c.req.header('x-trapline-report'))
    const push = { bundle, commit, force: query.force === 'true', signature, report }
    const outcome = await services.releases.push(push, actorOf(principal, c))
    return c.json(outcomeAnswer(outcome), outcome.status === 'live' ? 200 : 422)
  },
})

const Pulled = z.object({ outcome: ReleaseOutcomeSchema.nullable() })

export const pullRelease = route({
  method: 'post',
  path: '/api/v1/releases/pull',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Look at the followed branch now instead of at the next interval',
  answer: Pulled,
  also: { 422: Pulled },
  handle: async ({ principal, services, c }) => {
    const outcome = await services.releases.pull(actorOf(principal, c))
    const answer = outcome === undefined ? null : outcomeAnswer(outcome)
    return c.json({ outcome: answer }, outcome?.status === 'refused' ? 422 : 200)
  },
})

export const rollbackRelease = route({
  method: 'post',
  path: '/api/v1/releases/rollback',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Make the commit that was live before, or a named one that was live once, live again',
  body: z.strictObject({ commit: Commit.optional() }),
  answer: ReleaseOutcomeSchema,
  also: { 422: ReleaseOutcomeSchema },
  handle: async ({ body, principal, services, c }) => {
    const outcome = await services.releases.rollback(body.commit, actorOf(principal, c))
    return c.json(outcomeAnswer(outcome), outcome.status === 'live' ? 200 : 422)
  },
})
